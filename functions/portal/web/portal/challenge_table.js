// Challenges, with their state, and all that is known of one.

import { html } from './ui.js';
import { Opens } from './dialogs.js';
import { to } from './router.js';
import { Facts, Table } from './table.js';
import { duration, Moment } from './times.js';

const WORDS = {
  claimable: 'waiting to be claimed',
  pending: 'waiting for an answer',
  declined: 'declined',
  failed: 'failed: wrong codes',
  cancelled: 'cancelled',
  expired: 'expired',
};

/** What became of a challenge, in words. */
export function outcomeOf({ status, buttons, buttonSelected, declineReason }) {
  if (status === 'answered') return `answered: ${buttons?.[buttonSelected]?.title ?? buttonSelected}`;
  if (status === 'declined' && declineReason === 'not_me') return 'declined: not me';
  return WORDS[status] ?? status;
}

/** The state as a badge; the colour only repeats what the words say. */
export const Outcome = ({ challenge, test = 'outcome' }) => html`
  <span class="badge" data-test=${test} data-state=${challenge.status}>${outcomeOf(challenge)}</span>`;

/** `space` where users are to be named; a user's own page leaves it out. */
export function ChallengeTable({ caption, items, space, empty = 'Nobody was asked yet.' }) {
  const user = {
    title: 'User',
    cell: (challenge) => (challenge.user
      ? html`<a href=${to('spaces', space.guid, 'users', challenge.user.guid)}>${challenge.user.accountId}</a>`
      : 'nobody yet'),
  };
  return html`
    <${Table} caption=${caption} test="challenge" rows=${items} rowKey=${({ guid }) => guid} empty=${empty}
      rowData=${({ guid, status }) => ({ 'data-guid': guid, 'data-status': status })}
      columns=${space ? [COLUMNS[0], user, ...COLUMNS.slice(1)] : COLUMNS} />`;
}

const COLUMNS = [
  { title: 'Asked', cell: ({ createdAt }) => html`<${Moment} at=${createdAt} />` },
  { title: 'Title', cell: ({ title }) => title ?? 'not shown' },
  { title: 'State', cell: (challenge) => html`<${Outcome} challenge=${challenge} />` },
  { title: 'Answer time', numeric: true, cell: ({ answerSeconds }) => duration(answerSeconds) },
  {
    title: 'Details',
    cell: (challenge) => html`
      <${Opens} small label="Details" title="Challenge" test="challenge-details">
        ${(close) => html`<${Details} ...${{ challenge, close }} />`}
      <//>`,
  },
];

function Details({ challenge, close }) {
  const { guid, user, requestOrigin, content, buttons, createdAt, expiresAt, decidedAt, transactionId, showCode } = challenge;
  const text = typeof content === 'string' ? content : JSON.stringify(content, null, 2);
  return html`
    <${Facts} facts=${[
      ['State', html`<${Outcome} challenge=${challenge} test="details-outcome" />`],
      ['User', user?.accountId],
      ['GUID', html`<code>${guid}</code>`],
      ['Request Origin', requestOrigin ? html`<code>${requestOrigin}</code>` : 'none: asked by hand, or by the user\'s own app'],
      ['Transaction', transactionId],
      ['Answers offered', buttons?.map(({ title, strongAuth }) => (strongAuth ? `${title} (strong)` : title)).join(', ')],
      ['Matching code', showCode ? 'asked for' : undefined],
      ['Asked', html`<${Moment} at=${createdAt} />`],
      ['Expires', html`<${Moment} at=${expiresAt} />`],
      ['Decided', html`<${Moment} at=${decidedAt} />`],
    ]} />
    ${content !== undefined && content !== null && html`<h3>Content</h3><pre tabindex="0" data-test="details-content">${text}</pre>`}
    <div class="actions"><button type="button" data-test="close" onClick=${close}>Close</button></div>`;
}
