// Settings of the Authenticator API.

import { html } from './ui.js';
import { Copied } from './dialogs.js';
import { Check, Choice, Lines, Text, useForm } from './forms.js';
import { SettingsForm } from './settings_form.js';
import { Facts } from './table.js';

const GEOLOCATION = [['', 'The app decides'], ['true', 'Needed'], ['false', 'Not needed']];

export function AuthenticatorSettings({ space, overview, settings: { authenticator }, changes, saved }) {
  const form = useForm({
    'authenticator.name': authenticator?.name ?? overview.name,
    'authenticator.logoUrl': authenticator?.logoUrl ?? '',
    'authenticator.supportEmail': authenticator?.supportEmail ?? '',
    'authenticator.consentManagement': authenticator?.consentManagement ?? false,
    'authenticator.geolocationRequired': String(authenticator?.geolocationRequired ?? ''),
    bank: Boolean(authenticator?.bank),
    'authenticator.bank.url': authenticator?.bank?.url ?? '',
    'authenticator.bank.publicKey': authenticator?.bank?.publicKey ?? '',
  });
  const body = (values) => {
    const value = (name) => values[`authenticator.${name}`];
    return {
      authenticator: {
        name: value('name'),
        logoUrl: value('logoUrl') || null,
        supportEmail: value('supportEmail'),
        consentManagement: value('consentManagement'),
        geolocationRequired: { true: true, false: false }[value('geolocationRequired')] ?? null,
        bank: values.bank ? { url: value('bank.url'), publicKey: value('bank.publicKey') } : null,
      },
    };
  };
  return html`
    ${!authenticator && html`<p class="notice">The Authenticator API is off here. Saving turns it on; its key is made then, which takes a moment.</p>`}
    <${SettingsForm} ...${{ form, space, changes, saved, body }} test="settings-authenticator">
      <${Text} form=${form} name="authenticator.name" label="Name" hint="What apps call the App Space." maxlength="100" />
      <${Text} form=${form} name="authenticator.supportEmail" label="Support email" type="email" />
      <${Text} form=${form} name="authenticator.logoUrl" label="Logo" hint="An https URL." spellcheck="false" />
      <${Check} form=${form} name="authenticator.consentManagement" label="Apps offer the list of consents" />
      <${Choice} form=${form} name="authenticator.geolocationRequired" label="Place of the user" options=${GEOLOCATION} />
      <${Check} form=${form} name="bank" label="A bank encrypts for the apps, in place of this service" />
      ${form.values.bank && html`
        <${Text} form=${form} name="authenticator.bank.url" label="URL of the bank" spellcheck="false" />
        <${Lines} form=${form} name="authenticator.bank.publicKey" label="Public key of the bank (PEM)" spellcheck="false" />`}
    <//>
    ${authenticator && html`<${Known} authenticator=${authenticator} />`}`;
}

function Known({ authenticator: { publicKey, providerId, providerCode, configurationV1, configurationV2 } }) {
  return html`
    <${Facts} facts=${[['Provider id', providerId], ['Provider code', providerCode]]} />
    <${Copied} label="Configuration for v1 apps" value=${configurationV1} test="authenticator-v1" />
    <${Copied} label="Configuration for v2 apps" value=${configurationV2} test="authenticator-v2" />
    <details><summary>Public key of the App Space</summary><pre tabindex="0">${publicKey}</pre></details>`;
}
