// What stands around every screen: where one is, where one can go, and what just happened.

import { html, useEffect, useRef } from './ui.js';
import { Live } from './live.js';
import { to } from './router.js';
import { placesOf } from './screens.js';

/** `bare`: nobody is signed in. */
export function Frame({ bare, session, space, place, children }) {
  return html`
    <a class="skip" href="#main" onClick=${skip}>Skip to the content</a>
    <header class="top">
      <a class="mark" href=${to()}><img src="./portal.svg" alt="" width="24" height="24" />Countersign</a>
      ${!bare && html`<${Where} company=${session.company} space=${space} />`}
      ${!bare && html`<a class="me" href=${to('account')} data-test="nav-account">${session.session.administrator.name}</a>`}
    </header>
    <div key=${bare ? 'bare' : 'whole'} class=${bare ? 'body bare' : 'body'}>
      ${!bare && html`<${Places} company=${session.company} space=${space} place=${place} />`}
      <main id="main" tabindex="-1">${children}</main>
    </div>
    <${Live} />`;
}

/** The fragment is where one is in the portal; it must not become `#main`. */
function skip(event) {
  event.preventDefault();
  document.getElementById('main').focus();
}

/** The company and its App Spaces, to choose from. Links, and no select: one would go somewhere at each arrow key. */
function Where({ company, space }) {
  const menu = useRef(null);
  const close = () => {
    menu.current.open = false;
  };
  const pressed = (event) => {
    if (event.key !== 'Escape' || !menu.current.open) return;
    close();
    menu.current.querySelector('summary').focus();
  };
  const left = ({ relatedTarget }) => !menu.current.contains(relatedTarget) && close();
  const item = (name, href, here, guid) => html`
    <li><a href=${href} data-test="nav-space-item" data-guid=${guid} aria-current=${here ? 'true' : undefined} onClick=${close}>${name}</a></li>`;
  return html`
    <details class="where" ref=${menu} onKeyDown=${pressed} onFocusOut=${left}>
      <summary data-test="nav-space"><span class="unseen">Company or App Space: </span>${space ? space.name : company.name}</summary>
      <ul>
        ${item(company.name, to(), !space)}
        ${company.appSpaces.map(({ guid, name }) => item(name, to('spaces', guid), space?.guid === guid, guid))}
      </ul>
    </details>`;
}

function Places({ company, space, place }) {
  const base = space ? ['spaces', space.guid] : ['company'];
  const nav = useRef(null);
  useEffect(() => {
    // On a phone the places are one line that scrolls.
    nav.current.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [space?.guid, place]);
  return html`
    <nav ref=${nav} class="places" aria-label=${space ? space.name : company.name}>
      <ul>
        ${placesOf(company, space).map(([segment, title]) => html`
          <li key=${segment}>
            <a href=${to(...base, ...(segment ? [segment] : []))} data-test=${`nav-${segment || 'home'}`}
              aria-current=${segment === place ? 'page' : undefined}>${title}</a>
          </li>`)}
      </ul>
    </nav>`;
}
