// An address that leads nowhere for this administrator.

import { html } from './ui.js';
import { Title } from './heading.js';
import { to } from './router.js';

export function NowhereScreen() {
  return html`
    <${Title} test="nowhere">Nothing here<//>
    <p>There is no such page, or your roles do not allow you to see it.</p>
    <p><a href=${to()}>To your App Spaces</a></p>`;
}
