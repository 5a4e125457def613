// The web device: which screen is shown, and what leads from one to the other.

import { AccountScreen, AccountsScreen } from './account_screen.js';
import { AddScreen } from './add_screen.js';
import { follow } from './arrivals.js';
import { ChallengeScreen } from './challenge_screen.js';
import { summary } from './content.js';
import { EnrolScreen } from './enrol_screen.js';
import { useInbox } from './inbox.js';
import { InboxScreen } from './inbox_screen.js';
import { accounts as keptAccounts } from './store.js';
import { Heading, html, told, useEffect, useState } from './ui.js';

/** `kept`: the accounts of this browser. `arrival`: what stood behind the `#` of the address, if anything did. */
export function App({ kept, arrival }) {
  const [accounts, setAccounts] = useState(kept);
  const [view, setView] = useState({ screen: arrival ? 'wait' : 'inbox' });
  const [news, setNews] = useState('');
  const announce = ({ shown, account }) =>
    setNews(`New request from ${shown.requestOriginName ?? account.appSpaceName}: ${summary(shown.content)}`);
  const inbox = useInbox(accounts, announce);

  const show = (next, message = '') => {
    setView(next);
    setNews(message);
  };
  const home = async (message) => {
    const now = await keptAccounts();
    setAccounts(now);
    show({ screen: 'inbox' }, message);
    inbox.refresh(now);
  };
  const go = async (text) => {
    const next = await follow(text, await keptAccounts());
    show(next, next.news);
  };
  useEffect(() => {
    document.documentElement.dataset.ready = 'true';
    const arrive = (hash) => go(hash).catch((problem) => show({ screen: 'add', problem: told(problem) }));
    if (arrival) arrive(arrival);
    const changed = () => {
      const hash = hashTaken();
      if (hash) arrive(hash);
    };
    window.addEventListener('hashchange', changed);
    return () => window.removeEventListener('hashchange', changed);
  }, []);
  const count = inbox.challenges.length;
  useEffect(() => {
    document.title = count > 0 ? `(${count}) Countersign` : 'Countersign';
  }, [count]);

  const screens = {
    wait: () => html`<main data-screen="wait"><p class="quiet">One moment…</p></main>`,
    inbox: () =>
      accounts.length === 0
        ? html`<${Welcome} onAdd=${() => show({ screen: 'add' })} />`
        : html`
            <${InboxScreen}
              accounts=${accounts}
              inbox=${inbox}
              onOpen=${(challenge) => show({ screen: 'challenge', challenge })}
              onAccount=${(account) => show({ screen: 'account', account })}
              onRefresh=${() => inbox.refresh()}
            />`,
    add: () => html`<${AddScreen} appSpaceGuid=${view.appSpaceGuid} problem=${view.problem} onLink=${go} />`,
    enrol: () => html`
      <${EnrolScreen}
        enrolment=${view.enrolment}
        onBound=${({ accountId, appSpaceName }) => home(`This browser is bound to ${accountId} at ${appSpaceName}.`)}
        onCancel=${() => home()}
      />`,
    challenge: () => html`
      <${ChallengeScreen}
        key=${view.challenge.guid}
        challenge=${view.challenge}
        listed=${inbox.challenges.some(({ guid }) => guid === view.challenge.guid)}
        onDone=${() => home()}
        onRevoked=${() => home('Too many wrong PINs. This browser is no longer a device of the account.')}
      />`,
    accounts: () => html`<${AccountsScreen} accounts=${accounts} onOpen=${(account) => show({ screen: 'account', account })} />`,
    account: () => html`
      <${AccountScreen}
        key=${view.account.deviceGuid}
        account=${view.account}
        onGone=${() => home('The device is removed from this browser.')}
        onBack=${() => show({ screen: 'accounts' })}
      />`,
  };
  return html`
    <${Header} screen=${view.screen} count=${count} some=${accounts.length > 0} onGo=${(screen) => show({ screen })} />
    <p class="live" role="status" data-test="live">${news}</p>
    ${screens[view.screen]()}`;
}

/** What stands behind the `#`, taken away from the address: it may hold a token. */
export function hashTaken() {
  const hash = location.hash.slice(1);
  if (hash) history.replaceState(null, '', location.pathname);
  return hash;
}

function Header({ screen, count, some, onGo }) {
  const link = (to, label) => html`
    <button
      type="button"
      class="nav"
      data-test=${`nav-${to}`}
      aria-current=${screen === to ? 'page' : undefined}
      onClick=${() => onGo(to)}
    >
      ${label}
    </button>`;
  return html`
    <header class="top">
      <span class="brand"><img src="./device-icon.svg" alt="" width="28" height="28" /><span>Countersign</span></span>
      <nav aria-label="Screens">
        ${link('inbox', count > 0 ? `Requests (${count})` : 'Requests')} ${link('add', 'Add')} ${some && link('accounts', 'Accounts')}
      </nav>
    </header>`;
}

function Welcome({ onAdd }) {
  return html`
    <main data-screen="welcome">
      <${Heading}>Your browser, as your second signature<//>
      <p>
        When a service asks whether it was really you, the question appears here. You see exactly what you sign, and your answer is
        signed with a key that stays in this browser.
      </p>
      <button type="button" class="primary" data-test="start-add" onClick=${onAdd}>Add an account</button>
    </main>`;
}
