// The marked-up texts of the Cloud API: `<html>…</html>` with b, em, i, strong, u, each closed in the order in which it was opened, and
// br; no attributes. They are read into a tree, and never given to the browser's own parser.

const ENCLOSING = new Set(['b', 'em', 'i', 'strong', 'u']);
const ENTITIES = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'" };
const TOKEN = /<(\/?)([a-z]+)( ?\/)?>|&(?:amp|lt|gt|quot|#39);|[^<&]+/y;

/** A list of texts and `{tag, children}`; `null` if the text is not of that form, and so is to be shown as it is. */
export function readRich(text) {
  if (!text.startsWith('<html>') || !text.endsWith('</html>')) return null;
  const inner = text.slice('<html>'.length, -'</html>'.length);
  const root = { tag: 'html', children: [] };
  const open = [root];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < inner.length) {
    const token = TOKEN.exec(inner);
    if (!token || !take(token, open)) return null;
  }
  return open.length === 1 ? root.children : null;
}

/** Adds a token to the tree; `false` if it cannot stand there. */
function take([token, closing, tag, empty], open) {
  const { children } = open.at(-1);
  if (!tag) {
    children.push(ENTITIES[token] ?? token);
  } else if (tag === 'br' && !closing) {
    children.push({ tag, children: [] });
  } else if (!ENCLOSING.has(tag) || empty) {
    return false;
  } else if (closing) {
    return open.length > 1 && open.pop().tag === tag;
  } else {
    const element = { tag, children: [] };
    children.push(element);
    open.push(element);
  }
  return true;
}
