// The portal of administrators: which screen is shown.

import { html, render, useEffect, useState, told } from './ui.js';
import { begin, useSession } from './admin_session.js';
import { Refusal } from './forms.js';
import { Frame } from './frame.js';
import { InvitationScreen, takenToken } from './invitation_screen.js';
import { useRoute } from './router.js';
import { screenAt } from './screens.js';
import { SignInScreen } from './sign_in_screen.js';

function Portal() {
  const session = useSession();
  const route = useRoute();
  const [token, setToken] = useState(takenToken);
  const [error, setError] = useState(null);
  useEffect(() => {
    begin().catch((problem) => setError(told(problem)));
    // A link that is opened while the portal is.
    const moved = () => {
      const taken = takenToken();
      if (taken) setToken(taken);
    };
    window.addEventListener('hashchange', moved);
    return () => window.removeEventListener('hashchange', moved);
  }, []);
  useEffect(() => {
    if (token || error || session.phase !== 'unknown') document.documentElement.dataset.ready = 'true';
  });
  if (token) {
    return html`<${Frame} bare><${InvitationScreen} key=${token} token=${token} onDone=${() => setToken(null)} /><//>`;
  }
  if (error) return html`<${Frame} bare><${Refusal} error=${error} /><//>`;
  if (session.phase === 'unknown') return html`<${Frame} bare><p class="placeholder" aria-busy="true">Loading…</p><//>`;
  if (session.phase === 'out') return html`<${Frame} bare><${SignInScreen} notice=${session.notice} /><//>`;
  const { screen, space, place } = screenAt(route, session.company);
  return html`<${Frame} ...${{ session, space, place, route }}><div key=${route.join('/')}>${screen}</div><//>`;
}

render(html`<${Portal} />`, document.getElementById('app'));
