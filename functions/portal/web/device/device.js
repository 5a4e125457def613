// The entry of the web device.

import { App, hashTaken } from './app.js';
import { accounts } from './store.js';
import { html, render } from './ui.js';

const root = document.getElementById('app');
const arrival = hashTaken();

async function start() {
  if (!window.isSecureContext) return refuse('This page needs HTTPS: a browser keeps no keys for other addresses.');
  let kept;
  try {
    kept = await accounts();
  } catch {
    return refuse('This browser keeps nothing for this page. Leave private browsing, or allow it to store data, and load the page again.');
  }
  render(html`<${App} kept=${kept} arrival=${arrival} />`, root);
}

function refuse(message) {
  render(html`<main><p class="notice bad" role="alert" data-test="error" data-code="browser">${message}</p></main>`, root);
}

start();
