// What is asked, drawn. All of it goes into the page as text: nothing of a request is ever markup.

import { html } from './ui.js';
import { readRich } from './rich_text.js';

/** The content of a document: a text, a marked-up text, a template, or what only an app of its own would understand. */
export function Content({ content }) {
  const kind = kindOf(content);
  return html`
    <div class="content" data-test="request-content" data-content=${kind} dir="auto">${DRAWN[kind](content)}</div>`;
}

const DRAWN = {
  none: () => html`<p class="quiet">There is nothing to read with this request.</p>`,
  text: (text) => html`<p class="prewrap">${text}</p>`,
  rich: (text) => html`<p>${readRich(text).map(rich)}</p>`,
  template: ({ title, keys }) => html`
    <h2>${title}</h2>
    <dl>
      ${keys.map(
        ({ key, value }) => html`
          <div>
            <dt dir="auto">${key}</dt>
            <dd dir="auto">${value}</dd>
          </div>`,
      )}
    </dl>`,
  custom: (value) => html`<${Json} value=${value} />`,
};

function kindOf(content) {
  if (content === undefined || content === null) return 'none';
  if (typeof content === 'string') return readRich(content) ? 'rich' : 'text';
  return isTemplate(content) ? 'template' : 'custom';
}

/** Just `title` and `keys`, all texts: were there more, it would not be shown. */
function isTemplate(content) {
  const exactly = (value, names) =>
    typeof value === 'object' && value !== null && Object.keys(value).sort().join() === names;
  const isLine = (line) => exactly(line, 'key,value') && [line.key, line.value].every((text) => typeof text === 'string');
  return (
    exactly(content, 'keys,title') &&
    typeof content.title === 'string' &&
    Array.isArray(content.keys) &&
    content.keys.every(isLine)
  );
}

function rich(part) {
  if (typeof part === 'string') return part;
  return html`<${part.tag}>${part.children.map(rich)}<//>`;
}

/** Any JSON: names and values, one below the other. */
export function Json({ value }) {
  if (value === null || typeof value !== 'object') return html`<span class="prewrap" dir="auto">${String(value)}</span>`;
  const members = Object.entries(value);
  if (members.length === 0) return html`<span class="quiet">nothing</span>`;
  return html`
    <dl>
      ${members.map(
        ([name, member]) => html`
          <div>
            <dt dir="auto">${Array.isArray(value) ? Number(name) + 1 : name}</dt>
            <dd><${Json} value=${member} /></dd>
          </div>`,
      )}
    </dl>`;
}

/** One line about a request, for the list. */
export function summary(content) {
  switch (kindOf(content)) {
    case 'none':
      return 'Request';
    case 'text':
      return content;
    case 'rich':
      return readRich(content).map(plain).join('');
    case 'template':
      return content.title;
    default:
      return typeof content.title === 'string' ? content.title : 'Request';
  }
}

function plain(part) {
  if (typeof part === 'string') return part;
  return part.tag === 'br' ? ' ' : part.children.map(plain).join('');
}
