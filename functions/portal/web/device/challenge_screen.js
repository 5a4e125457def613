// One request: what is asked, by whom, and the answers.

import { answerChallenge, fetchChallenge, needsCode } from './challenge.js';
import { Content } from './content.js';
import { Countdown } from './countdown.js';
import { reportViewed } from './device_calls.js';
import { beginLogin } from './login.js';
import { SignedDetails } from './signed_details.js';
import { needsPin, strongKey } from './strong_key.js';
import { ConfirmDialog, UnlockDialog } from './unlock_dialog.js';
import { ErrorBox, Field, Heading, html, useEffect, useRef, useState, useWork } from './ui.js';

const CODE = /^[0-9]{6}$/;

/**
 * `onDone()` leads back; `onRevoked()` after the last wrong PIN. `challenge` has its `account`; `listed` says whether the inbox has it.
 */
export function ChallengeScreen({ challenge, listed, onDone, onRevoked }) {
  const { account } = challenge;
  const [current, setCurrent] = useState(challenge);
  const [code, setCode] = useState('');
  const [asking, setAsking] = useState(null);
  const [outcome, setOutcome] = useState(null);
  const [busy, error, run, setError] = useWork();
  const { shown } = current;
  const wasListed = useRef(listed);

  useEffect(() => {
    // The service records that it was fetched, and says whether it is still open.
    run(async () => setCurrent(await fetchChallenge(account, challenge.guid)));
    const began = performance.now();
    return () => reportViewed(account, challenge.guid, performance.now() - began);
  }, []);

  useEffect(() => {
    // It was there and is not any more: withdrawn, expired, or answered on another device. The service says which.
    const gone = wasListed.current && !listed && !busy && !outcome;
    wasListed.current = listed;
    if (gone) run(async () => setCurrent(await fetchChallenge(account, challenge.guid)));
  }, [listed]);

  const deliver = async (key, answer) => {
    try {
      const answered = await answerChallenge(account, current, key, answer);
      const button = shown.buttons[answer.answer];
      setOutcome({ status: answered.status, title: button?.title, notMe: answer.declineReason === 'not_me' });
    } catch (problem) {
      if (problem.code === 'wrong_code') {
        setCode('');
        if (problem.attemptsLeft === 0) return setOutcome({ status: 'failed' });
        problem.message += problem.attemptsLeft === 1 ? ' 1 attempt left.' : ` ${problem.attemptsLeft} attempts left.`;
      }
      // Decided elsewhere by now: how, the service says.
      if (problem.code === 'wrong_state') setCurrent(await fetchChallenge(account, challenge.guid));
      throw problem;
    }
  };

  const send = (key, answer) => {
    setAsking(null);
    return run(() => deliver(key, answer));
  };

  const press = (index) => {
    const { strongAuth, title } = shown.buttons[index];
    const answer = { answer: index };
    if (needsCode(shown, index)) {
      if (!CODE.test(code)) return setError({ code: 'code_missing', message: 'Type the six digits that you are shown.' });
      answer.code = code;
    }
    if (!strongAuth) return send(account.authKey, answer);
    if (needsPin(account)) return setAsking({ kind: 'pin', title, answer });
    return run(async () => deliver(await strongKey(account), answer));
  };

  if (outcome) return html`<${Outcome} ...${outcome} onDone=${onDone} />`;
  if (current.status !== 'pending') return html`<${Outcome} status=${current.status} onDone=${onDone} />`;
  return html`
    <main data-screen="challenge">
      <button type="button" class="plain" data-test="back" onClick=${onDone}>Back</button>
      <article class="request">
        <header>
          <${Heading}><span data-test="request-origin">${shown.requestOriginName ?? account.appSpaceName}</span> asks<//>
          <p class="row spread quiet">
            <span>${account.accountId} at ${account.appSpaceName}</span>
            <${Countdown} until=${current.expiresAt} data-test="expires" />
          </p>
        </header>
        <${Content} content=${shown.content} />
        <${SignedDetails} shown=${shown} digest=${current.digest} />
        ${shown.showCode && html`
          <${Field}
            label="Code"
            hint="The six digits that you are shown where you began. If you see none there, it is not you who asked."
            id="code"
            data-test="code"
            inputmode="numeric"
            autocomplete="one-time-code"
            maxlength="6"
            value=${code}
            onInput=${setCode}
          />`}
        <${ErrorBox} error=${error} />
        ${error?.code === 'login_required' && html`
          <button type="button" data-test="login-again" onClick=${() => run(() => beginLogin(account.appSpaceGuid, account))}>
            Log in again
          </button>`}
        <div class="answers">
          ${shown.buttons.map(
            ({ title, strongAuth }, index) => html`
              <button
                type="button"
                class=${strongAuth ? 'primary' : ''}
                data-test="answer"
                data-index=${index}
                disabled=${busy || !current.nonce}
                onClick=${() => press(index)}
              >
                ${title}
              </button>`,
          )}
        </div>
        <footer class="row">
          <button
            type="button"
            class="plain"
            data-test="decline"
            disabled=${busy}
            onClick=${() => send(account.authKey, { answer: 'decline', declineReason: 'cancelled' })}
          >
            Close without an answer
          </button>
          <button type="button" class="plain bad" data-test="not-me" disabled=${busy} onClick=${() => setAsking({ kind: 'notMe' })}>
            It was not me who asked
          </button>
        </footer>
      </article>
      ${asking?.kind === 'pin' && html`
        <${UnlockDialog}
          account=${account}
          title=${asking.title}
          onKey=${(key) => send(key, asking.answer)}
          onRevoked=${onRevoked}
          onCancel=${() => setAsking(null)}
        />`}
      ${asking?.kind === 'notMe' && html`
        <${ConfirmDialog}
          title="It was not you?"
          text="The request is declined, and whoever sent it is told that somebody else may be using your account. For a while you get no new requests."
          action="It was not me"
          test="confirm-not-me"
          onYes=${() => send(account.authKey, { answer: 'decline', declineReason: 'not_me' })}
          onCancel=${() => setAsking(null)}
        />`}
    </main>`;
}

const OUTCOMES = {
  declined: 'Declined',
  failed: 'Closed after too many wrong codes',
  cancelled: 'Withdrawn by whoever asked',
  expired: 'Expired',
};

function Outcome({ status, title, notMe, onDone }) {
  const words = status === 'answered' ? (title ? `Answered: ${title}` : 'Answered already') : OUTCOMES[status];
  return html`
    <main data-screen="challenge">
      <div class="outcome" data-test="outcome" data-status=${status}>
        <${Heading}>${words ?? status}<//>
        ${notMe && html`<p>Whoever asked is told that it was not you.</p>`}
        <button type="button" class="primary" data-test="outcome-done" onClick=${onDone}>Back to the requests</button>
      </div>
    </main>`;
}
