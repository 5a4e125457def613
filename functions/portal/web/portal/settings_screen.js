// The settings of an App Space, a section at a time.

import { html } from './ui.js';
import { get } from './admin_api.js';
import { inSpace, may, refresh } from './admin_session.js';
import { Title } from './heading.js';
import { say } from './live.js';
import { Loaded, useLoad } from './load.js';
import { NowhereScreen } from './nowhere_screen.js';
import { to } from './router.js';
import { AuthenticatorSettings } from './settings_authenticator.js';
import { CloudSettings } from './settings_cloud.js';
import { GeneralSettings } from './settings_general.js';
import { IdentityProviderSettings } from './settings_identity_provider.js';
import { PolicySettings } from './settings_policy.js';
import { PushSettings } from './settings_push.js';

/** `[segment, title, permission to change it, section]` */
const SECTIONS = [
  ['general', 'General', 'manageAppSpaces', GeneralSettings],
  ['policy', 'Policy', 'manageAppSpaces', PolicySettings],
  ['push', 'Push', 'managePush', PushSettings],
  ['identity-provider', 'Identity provider', 'manageIdentityProvider', IdentityProviderSettings],
  ['cloud', 'Cloud API', 'manageAppSpaces', CloudSettings],
  ['authenticator', 'Authenticator API', 'manageAppSpaces', AuthenticatorSettings],
];

export function SettingsScreen({ space, id = 'general' }) {
  const read = useLoad(() => get(inSpace(space)``), [space.guid]);
  const section = SECTIONS.find(([segment]) => segment === id);
  if (!section) return html`<${NowhereScreen} />`;
  const [, title, permission, Section] = section;
  const changes = may(space, permission);
  const saved = async () => {
    say('Saved.');
    await Promise.all([read.reload(), refresh()]);
  };
  return html`
    <${Title} of=${[space.name, 'Settings']} test=${`settings-${id}`}>${title}<//>
    <nav class="tabs" aria-label="Settings">
      <ul>
        ${SECTIONS.map(([segment, name]) => html`
          <li><a href=${to('spaces', space.guid, 'settings', segment)} data-test=${`settings-tab-${segment}`}
            aria-current=${segment === id ? 'page' : undefined}>${name}</a></li>`)}
      </ul>
    </nav>
    <${Loaded} of=${read}>${(overview) => html`
      <div class="card">
        ${!changes && html`<p class="notice" data-test="read-only">Your roles let you see this, and not change it.</p>`}
        <${Section} ...${{ space, overview, changes, saved }} settings=${overview.settings} />
      </div>`}<//>`;
}
