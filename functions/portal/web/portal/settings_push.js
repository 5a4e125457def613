// Where pushes go, by platform.

import { html } from './ui.js';
import { put } from './admin_api.js';
import { inSpace } from './admin_session.js';
import { Check, Choice, Lines, Text, useForm } from './forms.js';
import { Changing } from './settings_form.js';
import { Facts } from './table.js';

const WAYS = {
  android: [['', 'Leave it as it is'], ['application', 'An SNS platform application'], ['account', 'A service account of Firebase'], ['none', 'No pushes']],
  ios: [['', 'Leave it as it is'], ['application', 'An SNS platform application'], ['key', 'A key of Apple (.p8)'], ['none', 'No pushes']],
};

const NOTHING = {
  android: '', 'android.application': '', 'android.serviceAccount': '',
  ios: '', 'ios.application': '', 'ios.key': '', 'ios.keyId': '', 'ios.teamId': '', 'ios.bundleId': '', 'ios.sandbox': false,
};

export function PushSettings({ space, settings: { push }, changes, saved }) {
  const form = useForm(NOTHING);
  const save = form.submit(async (values) => {
    await put(inSpace(space)`push`, { android: androidOf(values), ios: iosOf(values) });
    form.reset();
    await saved();
  });
  const { android, ios } = form.values;
  const way = { form, changes };
  return html`
    <${Facts} facts=${[
      ['Android (FCM)', push.android ? html`<code>${push.android}</code>` : 'no pushes', 'push-android'],
      ['iOS (APNs)', push.ios ? html`<code>${push.ios}</code>` : 'no pushes', 'push-ios'],
    ]} />
    ${changes && html`
      <${Changing} ...${way} onSubmit=${save} test="settings-push">
        <${Choice} form=${form} name="android" label="Android" options=${WAYS.android} />
        ${android === 'application' && html`<${Text} form=${form} name="android.application" label="ARN of the platform application" spellcheck="false" />`}
        ${android === 'account' && html`
          <${Lines} form=${form} name="android.serviceAccount" label="Service account (the JSON file)" hint="It is handed to SNS and not kept here." spellcheck="false" />`}
        <${Choice} form=${form} name="ios" label="iOS" options=${WAYS.ios} />
        ${ios === 'application' && html`<${Text} form=${form} name="ios.application" label="ARN of the platform application" spellcheck="false" />`}
        ${ios === 'key' && html`
          <${Lines} form=${form} name="ios.key" label="Key (the .p8 file)" hint="It is handed to SNS and not kept here." spellcheck="false" />
          <${Text} form=${form} name="ios.keyId" label="Key id" spellcheck="false" />
          <${Text} form=${form} name="ios.teamId" label="Team id" spellcheck="false" />
          <${Text} form=${form} name="ios.bundleId" label="Bundle id" spellcheck="false" />
          <${Check} form=${form} name="ios.sandbox" label="Sandbox" />`}
      <//>`}`;
}

/** What is absent stays as it is. */
function androidOf(values) {
  if (values.android === 'none') return null;
  if (values.android === 'application') return { application: values['android.application'] };
  if (values.android === 'account') return { serviceAccount: values['android.serviceAccount'] };
  return undefined;
}

function iosOf(values) {
  if (values.ios === 'none') return null;
  if (values.ios === 'application') return { application: values['ios.application'] };
  if (values.ios !== 'key') return undefined;
  const { 'ios.key': key, 'ios.keyId': keyId, 'ios.teamId': teamId, 'ios.bundleId': bundleId, 'ios.sandbox': sandbox } = values;
  return { key, keyId, teamId, bundleId, sandbox };
}
