// An App Space at a glance.

import { html, useState } from './ui.js';
import { get } from './admin_api.js';
import { inSpace, may } from './admin_session.js';
import { AnswerTimes, Outcomes } from './charts.js';
import { ChallengeTable } from './challenge_table.js';
import { Title } from './heading.js';
import { useLiveChallenges } from './live_challenges.js';
import { Loaded, useLoad } from './load.js';
import { to } from './router.js';
import { Facts, Table } from './table.js';
import { TestChallenge } from './test_challenge.js';
import { number } from './times.js';

const IDP_TYPES = { simple: 'Simple', oidc: 'OpenID Connect', oauth2: 'OAuth2' };

export function OverviewScreen({ company, space }) {
  const read = useLoad(() => get(inSpace(space)``), [space.guid]);
  return html`
    <${Title} of=${company.name} test="overview" actions=${may(space, 'sendChallenges') && html`<${TestChallenge} space=${space} />`}>
      ${space.name}
    <//>
    <${Loaded} of=${read}>${(overview) => html`
      <${Known} ...${{ overview, space }} />
      <${Charts} space=${space} />
      ${may(space, 'readChallenges') && html`<${Newest} space=${space} />`}`}<//>`;
}

function Known({ overview: { name, guid, idpType, idpName, counts, administrators }, space }) {
  return html`
    <${Facts} facts=${[
      ['Name', name, 'overview-name'],
      ['GUID', html`<code>${guid}</code>`, 'overview-guid'],
      ['IDP type', IDP_TYPES[idpType] ?? idpType, 'overview-idp-type'],
      ['IDP name', idpName, 'overview-idp-name'],
      ['Active Request Origins', number(counts.requestOrigins), 'overview-request-origins'],
      ['Active users, within 30 days', number(counts.activeUsers ?? 0), 'overview-active-users'],
      ['Administrators', number(counts.administrators), 'overview-administrators'],
    ]} />
    ${administrators && html`
      <section>
        <${Table} caption="Administrators" test="overview-administrator" rows=${administrators} rowKey=${(one) => one.guid} empty="Nobody yet."
          columns=${[
            { title: 'Name', cell: (one) => one.name },
            { title: 'Roles', cell: ({ roles }) => roles.join(', ') },
            { title: 'State', cell: ({ state }) => html`<span class="badge" data-state=${state}>${state}</span>` },
          ]} />
        ${may(space, 'readAdministrators') && html`
          <p class="more"><a href=${to('spaces', space.guid, 'administrators')}>Manage administrators</a></p>`}
      </section>`}`;
}

/** Keeps the place of a chart, so that nothing moves when it comes. */
const Waiting = () => html`<div class="card chart waiting" aria-busy="true"></div>`;

const WINDOWS = [['7', '7 days'], ['30', '30 days'], ['90', '90 days']];

function Charts({ space }) {
  const [days, setDays] = useState('30');
  const figures = useLoad(() => get(inSpace(space)`figures`, { days }), [space.guid, days]);
  return html`
    <section>
      <div class="title">
        <h2>Figures</h2>
        <div class="field inline">
          <label for="window">Within</label>
          <select id="window" data-test="figures-days" value=${days} onChange=${(event) => setDays(event.currentTarget.value)}>
            ${WINDOWS.map(([value, title]) => html`<option value=${value} selected=${value === days}>${title}</option>`)}
          </select>
        </div>
      </div>
      <div class="charts">
        ${figures.data || figures.error
          ? html`<${Loaded} of=${figures}>${(known) => html`<${Outcomes} figures=${known} /><${AnswerTimes} figures=${known} />`}<//>`
          : html`<${Waiting} /><${Waiting} />`}
      </div>
    </section>`;
}

function Newest({ space }) {
  const live = useLiveChallenges(space, 10);
  return html`
    <section>
      <${Loaded} of=${live}>${(items) => html`
        <${ChallengeTable} caption="Newest challenges" items=${items} space=${space} />`}<//>
      <p class="more"><a href=${to('spaces', space.guid, 'challenges')}>All challenges</a></p>
    </section>`;
}
