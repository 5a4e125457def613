// Roles in words, and as fields of a form.

import { html } from './ui.js';
import { may } from './admin_session.js';

const TITLES = { companyAdmin: 'Company Admin', appSpaceAdmin: 'App Space Admin', userSupport: 'User Support' };

/** A grant of the API in words. */
export function grantText({ role, appSpace }, company) {
  const title = TITLES[role] ?? role;
  if (!appSpace) return title;
  return `${title} of ${company.appSpaces.find(({ guid }) => guid === appSpace)?.name ?? appSpace}`;
}

const keyOf = ({ role, appSpace }) => [role, appSpace].filter(Boolean).join(' ');

/** The grants that the caller may give: all of them, or User Support where that may be given. */
export function givable(company, space) {
  const all = may(company, 'manageAdministrators');
  const spaces = space ? [space] : company.appSpaces;
  const roles = all ? ['appSpaceAdmin', 'userSupport'] : ['userSupport'];
  const inSpaces = spaces
    .filter((one) => all || may(one, 'manageUserSupport'))
    .flatMap(({ guid }) => roles.map((role) => ({ role, appSpace: guid })));
  return all ? [{ role: 'companyAdmin' }, ...inSpaces] : inSpaces;
}

/** A checkbox per grant of `offered`; `form.values.grants` holds the chosen ones. */
export function GrantFields({ form, offered, company }) {
  const { grants } = form.values;
  const has = (grant) => grants.some((one) => keyOf(one) === keyOf(grant));
  const toggle = (grant) => (event) => {
    const others = grants.filter((one) => keyOf(one) !== keyOf(grant));
    form.set('grants', event.currentTarget.checked ? [...others, grant] : others);
  };
  return html`
    <fieldset data-test="grants">
      <legend>Roles</legend>
      ${offered.map((grant) => html`
        <div class="field check" key=${keyOf(grant)}>
          <label>
            <input type="checkbox" name="grants" data-role=${grant.role} data-space=${grant.appSpace} checked=${has(grant)} onChange=${toggle(grant)} />
            ${grantText(grant, company)}
          </label>
        </div>`)}
    </fieldset>`;
}
