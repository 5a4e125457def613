// Settings of the Cloud API.

import { html } from './ui.js';
import { Check, Lines, Text, useForm } from './forms.js';
import { linesOf, SettingsForm, textOf } from './settings_form.js';

export function CloudSettings({ space, settings: { cloud }, changes, saved }) {
  const party = cloud?.relyingParty;
  const form = useForm({
    'cloud.appLink': cloud?.appLink ?? '',
    'cloud.facets': textOf(cloud?.facets),
    'cloud.authenticators': cloud?.authenticators.length ? JSON.stringify(cloud.authenticators, null, 2) : '',
    'cloud.serverEndPoints': textOf(cloud?.serverEndPoints),
    party: Boolean(party),
    'cloud.relyingParty.id': party?.id ?? '',
    'cloud.relyingParty.name': party?.name ?? '',
    'cloud.relyingParty.origins': textOf(party?.origins),
  });
  const body = (values) => ({
    cloud: {
      appLink: values['cloud.appLink'] || null,
      facets: linesOf(values['cloud.facets']),
      authenticators: statements(values['cloud.authenticators']),
      serverEndPoints: linesOf(values['cloud.serverEndPoints']),
      relyingParty: values.party ? {
        id: values['cloud.relyingParty.id'],
        name: values['cloud.relyingParty.name'],
        origins: linesOf(values['cloud.relyingParty.origins']),
      } : null,
    },
  });
  return html`
    <${SettingsForm} ...${{ form, space, changes, saved, body }} test="settings-cloud">
      <${Text} form=${form} name="cloud.appLink" label="App link" hint="The https link that opens the app." spellcheck="false" />
      <${Lines} form=${form} name="cloud.facets" label="Facets" hint="One per line: who may speak for the app." spellcheck="false" />
      <${Lines} form=${form} name="cloud.authenticators" label="Authenticators" rows="6" spellcheck="false"
        hint="FIDO metadata statements of the UAF authenticators that may be registered: a JSON list." />
      <${Lines} form=${form} name="cloud.serverEndPoints" label="Server end points" rows="2" spellcheck="false"
        hint="One per line: hashes of the certificates that connections may end with. Without any nothing is compared." />
      <${Check} form=${form} name="party" label="FIDO2: a relying party for passkeys" />
      ${form.values.party && html`
        <${Text} form=${form} name="cloud.relyingParty.id" label="RP ID" hint="A domain." spellcheck="false" />
        <${Text} form=${form} name="cloud.relyingParty.name" label="Name of the relying party" />
        <${Lines} form=${form} name="cloud.relyingParty.origins" label="Origins" hint="One per line, with https and without a path." rows="3" spellcheck="false" />`}
    <//>`;
}

function statements(text) {
  if (!text.trim()) return [];
  try {
    return [JSON.parse(text)].flat();
  } catch {
    throw Object.assign(new Error('This is not JSON.'), { code: 'invalid_field', field: 'cloud.authenticators' });
  }
}
