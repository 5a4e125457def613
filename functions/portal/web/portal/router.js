// Where one is in the portal: the fragment of the address, so that links, the back button and bookmarks work.

import { useEffect, useState } from './ui.js';

/** The fragment that leads to `segments`, e.g. `to('spaces', guid, 'users')`. */
export const to = (...segments) => `#/${segments.map(encodeURIComponent).join('/')}`;

/** Goes to a fragment; `replace` leaves no step to go back to. */
export function go(fragment, { replace = false } = {}) {
  if (!replace) location.hash = fragment;
  else {
    history.replaceState(null, '', fragment);
    window.dispatchEvent(new HashChangeEvent('hashchange'));
  }
}

/** The segments of where one is; redrawn when that changes. */
export function useRoute() {
  const [segments, setSegments] = useState(here);
  useEffect(() => {
    const moved = () => setSegments(here());
    window.addEventListener('hashchange', moved);
    return () => window.removeEventListener('hashchange', moved);
  }, []);
  return segments;
}

function here() {
  const text = location.hash.startsWith('#/') ? location.hash.slice(2) : '';
  try {
    return text.split('/').filter(Boolean).map(decodeURIComponent);
  } catch {
    return ['nowhere'];
  }
}
