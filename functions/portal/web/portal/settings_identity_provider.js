// Where the users of an App Space log in.

import { html } from './ui.js';
import { put } from './admin_api.js';
import { inSpace } from './admin_session.js';
import { Copied } from './dialogs.js';
import { useForm } from './forms.js';
import { IdentityProviderFields, providerOf, valuesOf } from './identity_provider_fields.js';
import { Changing } from './settings_form.js';

export function IdentityProviderSettings({ space, settings: { identityProvider }, changes, saved }) {
  const form = useForm(valuesOf(identityProvider));
  const save = form.submit(async (values) => {
    await put(inSpace(space)`identityProvider`, providerOf(values));
    form.set('clientSecret', '');
    await saved();
  });
  return html`
    ${identityProvider?.callbackUrl && html`
      <${Copied} label="Callback URL, to register at the provider" value=${identityProvider.callbackUrl} test="idp-callback" />`}
    <p class="hint">A change takes effect at the next bind.</p>
    <${Changing} ...${{ form, changes }} onSubmit=${save} test="settings-identity-provider">
      <${IdentityProviderFields} form=${form} hasSecret=${identityProvider?.hasClientSecret} />
    <//>`;
}
