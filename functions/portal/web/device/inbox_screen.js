// What is asked: one button for each open request, and what is the matter with an account.

import { summary } from './content.js';
import { Countdown } from './countdown.js';
import { Heading, html } from './ui.js';

const PROBLEM = {
  suspended: 'is suspended. Requests cannot be answered until whoever runs the account lifts that.',
  revoked: 'is no longer bound to this browser. Its keys are of no use any more.',
  unreachable: 'cannot be asked for right now. It is tried again by itself.',
};

/** `onOpen(challenge)`, `onAccount(account)`, `onRefresh()`. */
export function InboxScreen({ accounts, inbox, onOpen, onAccount, onRefresh }) {
  const { challenges, problems, wrong } = inbox;
  return html`
    <main data-screen="inbox">
      <div class="row spread">
        <${Heading}>Requests<//>
        <button type="button" class="plain" data-test="refresh" onClick=${onRefresh}>Look again</button>
      </div>
      ${accounts
        .filter(({ deviceGuid }) => problems[deviceGuid])
        .map((account) => html`<${Problem} account=${account} problem=${problems[account.deviceGuid]} onAccount=${onAccount} />`)}
      ${wrong.length > 0 && html`<p class="notice bad" data-test="error" data-code="not_genuine">${wrong[0].message}</p>`}
      ${challenges.length === 0
        ? html`
            <div class="empty" data-test="inbox-empty">
              <p>Nothing to answer.</p>
              <p class="quiet">Requests appear here by themselves while this page is open.</p>
            </div>`
        : html`
            <ul class="cards">
              ${challenges.map(
                (challenge) => html`
                  <li key=${challenge.guid}><${Card} challenge=${challenge} onOpen=${onOpen} /></li>`,
              )}
            </ul>`}
    </main>`;
}

function Card({ challenge, onOpen }) {
  const { guid, account, shown, expiresAt } = challenge;
  return html`
    <button
      type="button"
      class="card"
      data-test="request"
      data-challenge=${guid}
      data-account=${account.deviceGuid}
      onClick=${() => onOpen(challenge)}
    >
      <span class="from">${shown.requestOriginName ?? account.appSpaceName}</span>
      <span class="line" dir="auto">${summary(shown.content)}</span>
      <span class="row spread quiet"><span>${account.accountId}</span><${Countdown} until=${expiresAt} /></span>
    </button>`;
}

function Problem({ account, problem, onAccount }) {
  return html`
    <p class="notice ${problem === 'unreachable' ? '' : 'bad'}" data-test="account-problem" data-problem=${problem}>
      <strong>${account.accountId}</strong> at ${account.appSpaceName} ${PROBLEM[problem]}${' '}
      <button type="button" class="plain" onClick=${() => onAccount(account)}>Account</button>
    </p>`;
}
