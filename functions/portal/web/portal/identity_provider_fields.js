// Where the users of an App Space log in: the fields of all kinds of identity providers.

import { html } from './ui.js';
import { Check, Choice, Text } from './forms.js';

const TYPES = [
  ['simple', 'Simple: Request Origins bind the users'],
  ['oidc', 'OpenID Connect'],
  ['oauth2', 'OAuth2'],
];

const FAILURES = [
  ['suspend', 'Suspend the user'],
  ['revoke', 'Revoke the user'],
  ['nothing', 'Do nothing'],
];

/** `[name, label, hint, optional?]` of what only one kind has. */
const OF_TYPE = {
  simple: [],
  oidc: [['discoveryUrl', 'Discovery URL', 'Ends in /.well-known/openid-configuration.']],
  oauth2: [
    ['authorizationUrl', 'Authorization URL', 'Where users log in.'],
    ['accessTokenUrl', 'Access token URL', 'Where codes become tokens.'],
    ['userProfileUrl', 'User profile URL', 'Who the holder of a token is.'],
    ['verifyTokenUrl', 'Verify token URL (optional)', 'Whether a token is still good; else the profile is read.', true],
    ['endUserIdName', 'End user ID name', 'The field of the profile that denotes the user, e.g. user_id.'],
  ],
};

const COMMON = ['idpServerName', 'clientId', 'tokenFailBehaviour', 'scopes'];

/** The values of a form without a provider. */
export const NO_PROVIDER = {
  idpType: 'simple', idpServerName: '', clientId: '', clientSecret: '', noSecret: false, tokenFailBehaviour: 'suspend', scopes: '',
  discoveryUrl: '', authorizationUrl: '', accessTokenUrl: '', userProfileUrl: '', verifyTokenUrl: '', endUserIdName: '',
};

/** The values of a form for the `identityProvider` of the API; the secret is never given out. */
export function valuesOf(provider) {
  const values = { ...NO_PROVIDER };
  for (const name of Object.keys(values)) values[name] = provider?.[name] ?? values[name];
  return { ...values, noSecret: Boolean(provider) && !provider.hasClientSecret };
}

/** What the API takes, of a form's values. An empty secret leaves the one that there is. */
export function providerOf(values) {
  if (values.idpType === 'simple') return { idpType: 'simple' };
  const provider = { idpType: values.idpType };
  for (const name of COMMON) provider[name] = values[name];
  for (const [name, , , optional] of OF_TYPE[values.idpType]) provider[name] = values[name] || (optional ? undefined : '');
  if (values.noSecret) provider.clientSecret = null;
  else if (values.clientSecret) provider.clientSecret = values.clientSecret;
  return provider;
}

/** `hasSecret`: one is set already. */
export function IdentityProviderFields({ form, hasSecret }) {
  const { idpType, noSecret } = form.values;
  return html`
    <${Choice} form=${form} name="idpType" label="Identity provider" options=${TYPES} />
    ${idpType !== 'simple' && html`
      <${Text} form=${form} name="idpServerName" label="IDP server name" hint="As administrators and users see it." />
      ${OF_TYPE[idpType].map(([name, label, hint]) => html`
        <${Text} key=${name} form=${form} name=${name} label=${label} hint=${hint} spellcheck="false" />`)}
      <${Text} form=${form} name="clientId" label="Client id" spellcheck="false" />
      <${Check} form=${form} name="noSecret" label="Public client: no secret" />
      ${!noSecret && html`
        <${Text} form=${form} name="clientSecret" label="Client secret" type="password" autocomplete="new-password"
          hint=${hasSecret ? 'One is set. Leave this empty to keep it.' : 'It is sealed and never shown again.'} />`}
      <${Text} form=${form} name="scopes" label="Scopes (optional)" hint="With a space between them." spellcheck="false" />
      <${Choice} form=${form} name="tokenFailBehaviour" label="When a user's tokens no longer work" options=${FAILURES} />`}`;
}
