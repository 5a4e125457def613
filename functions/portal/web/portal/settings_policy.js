// Lifetimes and limits.

import { html } from './ui.js';
import { Text, useForm } from './forms.js';
import { SettingsForm } from './settings_form.js';

/** `[name, label, hint]` */
const DURATIONS = [
  ['challengeLifetime', 'Lifetime of a challenge', 'Where its Request Origin does not say.'],
  ['challengeLifetimeMax', 'Longest lifetime of a challenge', 'That a Request Origin may ask for.'],
  ['enrolmentLifetime', 'Lifetime of an enrolment', 'How long a bind link works.'],
  ['pushWindow', 'Window of pushes', 'Over which pushes to one user are counted.'],
  ['coolDown', 'Cool-down', 'How long a user is left alone after a "not me".'],
];
const NUMBERS = [
  ['pendingMax', 'Open challenges per user', 'Most at a time.'],
  ['pushesMax', 'Pushes per user', 'Most within the window.'],
  ['wrongCodesMax', 'Wrong matching codes', 'So many fail a challenge.'],
  ['strongFailuresMax', 'Failed PINs', 'So many revoke a device.'],
  ['devicesMax', 'Active devices per user', 'Most at a time.'],
];
const TEXTS = [
  ['notificationTitle', 'Title of notifications', 'Where its Request Origin does not say.'],
  ['notificationBody', 'Text of notifications', 'Where its Request Origin does not say.'],
];
const ALL = [...DURATIONS, ...NUMBERS, ...TEXTS];

export function PolicySettings({ space, settings: { policy }, changes, saved }) {
  const form = useForm(Object.fromEntries(ALL.map(([name]) => [`policy.${name}`, String(policy[name])])));
  const body = (values) => {
    const value = (name) => values[`policy.${name}`];
    const texts = [...DURATIONS, ...TEXTS].map(([name]) => [name, value(name)]);
    return { policy: Object.fromEntries([...texts, ...NUMBERS.map(([name]) => [name, whole(value(name))])]) };
  };
  const fields = (list, more) => list.map(([name, label, hint]) => html`
    <${Text} key=${name} form=${form} name=${`policy.${name}`} label=${label} hint=${hint} ...${more} />`);
  return html`
    <${SettingsForm} ...${{ form, space, changes, saved, body }} test="settings-policy">
      <p class="hint">Times are like 90s, 5m or 24h.</p>
      <div class="columns">${fields(DURATIONS, { spellcheck: false })}${fields(NUMBERS, { inputmode: 'numeric' })}</div>
      ${fields(TEXTS)}
    <//>`;
}

/** The number, or the text as it is: the API says what is wrong with it. */
const whole = (text) => (/^\d{1,9}$/.test(text.trim()) ? Number(text) : text);
