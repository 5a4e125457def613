// Name, app and brand.

import { html } from './ui.js';
import { Check, Text, useForm } from './forms.js';
import { SettingsForm } from './settings_form.js';

export function GeneralSettings({ space, overview, settings: { appProtocol, useUniversalApp, brandInfo }, changes, saved }) {
  const form = useForm({
    name: overview.name,
    appProtocol,
    useUniversalApp,
    'brandInfo.url': brandInfo.url ?? '',
    'brandInfo.color': brandInfo.color ?? '',
  });
  const body = (values) => ({
    name: values.name,
    appProtocol: values.appProtocol,
    useUniversalApp: values.useUniversalApp,
    brandInfo: { url: values['brandInfo.url'] || null, color: values['brandInfo.color'] || null },
  });
  return html`
    <${SettingsForm} ...${{ form, space, changes, saved, body }} test="settings-general">
      <${Text} form=${form} name="name" label="Name" hint="As users see it." maxlength="100" />
      <${Text} form=${form} name="appProtocol" label="App protocol" hint="The URL scheme that opens the app." spellcheck="false" />
      <${Check} form=${form} name="useUniversalApp" label="Users use an app that serves several App Spaces" />
      <${Text} form=${form} name="brandInfo.url" label="Logo or home page" hint="An https URL." spellcheck="false" />
      <${Text} form=${form} name="brandInfo.color" label="Colour" hint="Like #1a2b3c." spellcheck="false" />
    <//>`;
}
