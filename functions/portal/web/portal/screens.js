// Which address shows which screen, and which of them the caller is offered.

import { html } from './ui.js';
import { may } from './admin_session.js';
import { AdministratorsScreen } from './administrators_screen.js';
import { AppSpaceNewScreen } from './app_space_new_screen.js';
import { AuditScreen } from './audit_screen.js';
import { ChallengesScreen } from './challenges_screen.js';
import { CompanyScreen } from './company_screen.js';
import { CompanyKeysScreen } from './company_keys_screen.js';
import { DeliveriesScreen } from './deliveries_screen.js';
import { NowhereScreen } from './nowhere_screen.js';
import { OverviewScreen } from './overview_screen.js';
import { AccountScreen } from './own_account_screen.js';
import { RequestOriginScreen } from './request_origin_screen.js';
import { RequestOriginsScreen } from './request_origins_screen.js';
import { SettingsScreen } from './settings_screen.js';
import { UserScreen } from './user_screen.js';
import { UsersScreen } from './users_screen.js';

/** Of the company: `[segment, title, permission]`; without a segment its own page, without a permission for everybody in it. */
const COMPANY = [
  ['', 'App Spaces', null, CompanyScreen],
  ['administrators', 'Administrators', 'readAdministrators', AdministratorsScreen],
  ['keys', 'Keys', 'rotateKeys', CompanyKeysScreen],
  ['audit', 'Audit trail', 'readAuditTrail', AuditScreen],
];

/** Of an App Space. */
const SPACE = [
  ['', 'Overview', 'readAppSpace', OverviewScreen],
  ['challenges', 'Challenges', 'readChallenges', ChallengesScreen],
  ['users', 'Users', 'readUsers', UsersScreen, UserScreen],
  ['request-origins', 'Request Origins', 'manageRequestOrigins', RequestOriginsScreen, RequestOriginScreen],
  ['deliveries', 'Deliveries', 'manageDeliveries', DeliveriesScreen],
  ['administrators', 'Administrators', 'readAdministrators', AdministratorsScreen],
  ['audit', 'Audit trail', 'readAuditTrail', AuditScreen],
  ['settings', 'Settings', 'readSettings', SettingsScreen, SettingsScreen],
];

const offered = (places, where) => places.filter(([, , permission]) => !permission || may(where, permission));

/** What the navigation offers in the company or in an App Space: `[[segment, title]]`. */
export const placesOf = (company, space) => (space ? offered(SPACE, space) : offered(COMPANY, company));

/** `{ screen, space, place }` at `route`: what to draw, the App Space it is in, and the segment of the navigation. */
export function screenAt(route, company) {
  const nowhere = { screen: html`<${NowhereScreen} />` };
  if (!route.length || route[0] === 'company') {
    const [, segment = '', ...rest] = route;
    if (segment === 'new' && may(company, 'manageAppSpaces')) return { screen: html`<${AppSpaceNewScreen} />`, place: '' };
    const found = offered(COMPANY, company).find(([known]) => known === segment);
    if (!found || rest.length) return nowhere;
    return { screen: html`<${found[3]} company=${company} />`, place: segment };
  }
  if (route[0] === 'account' && route.length === 1) return { screen: html`<${AccountScreen} />` };
  if (route[0] !== 'spaces') return nowhere;
  const [, guid, segment = '', id, ...rest] = route;
  const space = company.appSpaces.find((known) => known.guid === guid);
  const found = space && offered(SPACE, space).find(([known]) => known === segment);
  const Screen = found && (id === undefined ? found[3] : found[4]);
  if (!Screen || rest.length) return { ...nowhere, space };
  return { screen: html`<${Screen} company=${company} space=${space} id=${id} />`, space, place: segment };
}
