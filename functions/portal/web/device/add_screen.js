// Ways in: a link that a Request Origin shows, pasted or read off a QR code, and a login at an identity provider.

import { Camera } from './camera.js';
import { beginLogin } from './login.js';
import { ErrorBox, Field, Heading, html, useState, useWork } from './ui.js';

const GUID = '[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}';

/** `onLink(text)` takes a link, and throws if it leads nowhere. `problem`: what was wrong with the link that opened this page. */
export function AddScreen({ appSpaceGuid, problem, onLink }) {
  const [link, setLink] = useState('');
  const [appSpace, setAppSpace] = useState(appSpaceGuid ?? '');
  const [scanning, setScanning] = useState(false);
  const [busy, error, run, setError] = useWork();
  const use = (text) => run(() => onLink(text));
  const submitted = (work) => (event) => {
    event.preventDefault();
    work();
  };
  const scanned = (text) => {
    setScanning(false);
    use(text);
  };
  const failed = (problem) => {
    setScanning(false);
    setError(problem);
  };
  return html`
    <main data-screen="add">
      <${Heading}>Add<//>
      <${ErrorBox} error=${error ?? problem} />
      <section>
        <h2>By code or link</h2>
        <p>Bind this browser to an account, or take up a request: with the QR code or the link that you are shown.</p>
        ${scanning
          ? html`<${Camera} onText=${scanned} onCancel=${() => setScanning(false)} onError=${failed} />`
          : html`<button type="button" data-test="scan" onClick=${() => setScanning(true)}>Scan a QR code</button>`}
        <form onSubmit=${submitted(() => use(link))}>
          <${Field}
            multiline
            label="Link"
            id="link"
            data-test="link"
            autocomplete="off"
            autocapitalize="none"
            spellcheck=${false}
            required
            value=${link}
            onInput=${setLink}
          />
          <button type="submit" class="primary" data-test="use-link" disabled=${busy}>Go on</button>
        </form>
      </section>
      <section>
        <h2>By login</h2>
        <p>Where accounts live at an identity provider, you log in there, and come back to this page.</p>
        <form onSubmit=${submitted(() => run(() => beginLogin(appSpace.trim())))}>
          <${Field}
            label="App Space"
            hint="Its GUID. Whoever runs the accounts tells you, or gives you a link to this page that has it filled in."
            id="login-app-space"
            data-test="login-app-space"
            pattern=${GUID}
            autocomplete="off"
            spellcheck=${false}
            required
            value=${appSpace}
            onInput=${setAppSpace}
          />
          <button type="submit" data-test="login-begin" disabled=${busy}>Log in</button>
        </form>
      </section>
    </main>`;
}
