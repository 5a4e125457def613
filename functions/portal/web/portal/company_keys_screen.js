// The company's provisioning key, and the rotation of the service's keys.

import { html, useState } from './ui.js';
import { post, remove } from './admin_api.js';
import { inCompany, may, refresh } from './admin_session.js';
import { Asking, Secret } from './dialogs.js';
import { Title } from './heading.js';

export function CompanyKeysScreen({ company }) {
  return html`
    <${Title} of=${company.name} test="company-keys">Keys<//>
    ${may(company, 'manageCompany') && html`<${Provisioning} company=${company} />`}
    <section class="card">
      <h2>Keys of the service</h2>
      <p>They are rotated by themselves. Rotate them by hand when one may have become known. What the former keys signed or sealed stays readable.</p>
      <div class="actions">
        <${Rotate} which="signing" />
        <${Rotate} which="sealing" />
      </div>
    </section>`;
}

function Rotate({ which }) {
  return html`
    <${Asking} label=${`Rotate the ${which} keys`} title=${`Rotate the ${which} keys?`} test=${`rotate-${which}`} danger=${false}
      done="The rotation has begun." work=${() => post(inCompany`keys/rotate`, { which })}>
      <p>The next keys become the current ones. This concerns the whole service.</p>
    <//>`;
}

function Provisioning({ company }) {
  const [key, setKey] = useState(null);
  const generate = async () => setKey((await post(inCompany`keyManagement`, {})).key);
  const done = async () => {
    setKey(null);
    await refresh();
  };
  const words = company.hasKey ? 'The former key stops working at once.' : 'It acts as a Company Admin of this company.';
  return html`
    <section class="card">
      <h2>Provisioning key</h2>
      <p>A program signs with it to make App Spaces and Request Origins.
        <strong data-test="company-key-state">${company.hasKey ? ' There is a key.' : ' There is no key.'}</strong></p>
      <div class="actions">
        <${Asking} label=${company.hasKey ? 'Generate a new key' : 'Generate a key'} title="Generate a provisioning key?" action="Generate"
          test="company-key-generate" danger=${company.hasKey} work=${generate}><p>${words}</p><//>
        ${company.hasKey && html`
          <${Asking} label="Revoke the key" title="Revoke the provisioning key?" action="Revoke" test="company-key-revoke"
            done="The provisioning key is revoked." work=${() => remove(inCompany`keyManagement`)} after=${refresh}>
            <p>Programs that sign with it are refused at once.</p>
          <//>`}
      </div>
      ${key && html`
        <${Secret} title="The provisioning key" label="Provisioning key" value=${key} onDone=${done}>
          <p>Sign with it in the name of the company <code>${company.guid}</code>.</p>
        <//>`}
    </section>`;
}
