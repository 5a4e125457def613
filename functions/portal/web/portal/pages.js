// Lists that come a page at a time.

import { html, useCallback, useEffect, useRef, useState, told } from './ui.js';
import { get } from './admin_api.js';

/** The list at `where` with `query`: `{ items, next, error, busy, more, reload }`. */
export function usePages(where, query) {
  const [state, setState] = useState({ items: undefined, next: null, error: null, busy: true });
  const newest = useRef(0);
  const asked = JSON.stringify([where, query]);
  const read = useCallback(
    async (cursor) => {
      const mine = ++newest.current;
      setState((before) => ({ ...before, busy: true }));
      try {
        const page = await get(where, { ...query, cursor });
        if (mine !== newest.current) return;
        setState(({ items }) => ({
          items: cursor ? [...items, ...page.items] : page.items,
          next: page.next ?? null,
          error: null,
          busy: false,
        }));
      } catch (problem) {
        if (mine === newest.current) setState((before) => ({ ...before, error: told(problem), busy: false }));
      }
    },
    [asked],
  );
  useEffect(() => {
    read();
    return () => {
      newest.current += 1;
    };
  }, [read]);
  return { ...state, data: state.items, more: () => read(state.next), reload: () => read() };
}

/** The button for the next page, where there is one. */
export function More({ pages }) {
  if (!pages.next) return null;
  return html`
    <p class="more">
      <button type="button" data-test="more" disabled=${pages.busy} onClick=${pages.more}>Show more</button>
    </p>`;
}
