// A new App Space.

import { html } from './ui.js';
import { create } from './admin_api.js';
import { inCompany, refresh } from './admin_session.js';
import { Check, Form, Text, useForm } from './forms.js';
import { Title } from './heading.js';
import { IdentityProviderFields, NO_PROVIDER, providerOf } from './identity_provider_fields.js';
import { say } from './live.js';
import { go, to } from './router.js';

export function AppSpaceNewScreen() {
  const form = useForm({ name: '', appProtocol: '', useUniversalApp: false, 'brandInfo.url': '', 'brandInfo.color': '', ...NO_PROVIDER });
  const made = form.submit(async (values, key) => {
    const { idpType, ...identityProvider } = providerOf(values);
    const body = {
      name: values.name,
      idpType,
      identityProvider: idpType === 'simple' ? undefined : identityProvider,
      useUniversalApp: values.useUniversalApp,
      appProtocol: values.appProtocol || undefined,
      brandInfo: { url: values['brandInfo.url'] || undefined, color: values['brandInfo.color'] || undefined },
    };
    const { id } = await create(inCompany`appSpaces/new`, body, key);
    await refresh();
    say(`The App Space ${values.name} is made.`);
    go(to('spaces', id));
  });
  const cancel = html`<a class="button" href=${to()}>Cancel</a>`;
  return html`
    <${Title} test="app-space-new">New App Space<//>
    <div class="card">
      <${Form} form=${form} onSubmit=${made} submit="Make the App Space" test="app-space-new" actions=${cancel}>
        <${Text} form=${form} name="name" label="Name" hint="As users see it." maxlength="100" required />
        <${Text} form=${form} name="appProtocol" label="App protocol (optional)" spellcheck="false"
          hint="The URL scheme that opens the app. Without one it is made from the name." />
        <${Check} form=${form} name="useUniversalApp" label="Users use an app that serves several App Spaces" />
        <${Text} form=${form} name="brandInfo.url" label="Logo or home page (optional)" hint="An https URL." spellcheck="false" />
        <${Text} form=${form} name="brandInfo.color" label="Colour (optional)" hint="Like #1a2b3c." spellcheck="false" />
        <${IdentityProviderFields} form=${form} />
      <//>
    </div>`;
}
