// Reading from the API while a screen is drawn.

import { html, useCallback, useEffect, useRef, useState, told } from './ui.js';

/** `{ data, error, reload }` of what `read` gives; read again when one of `reasons` changes. Old data stays until new data is there. */
export function useLoad(read, reasons = []) {
  const [state, setState] = useState({ data: undefined, error: null });
  const newest = useRef(0);
  const reload = useCallback(async () => {
    const mine = ++newest.current;
    try {
      const data = await read();
      if (mine === newest.current) setState({ data, error: null });
    } catch (problem) {
      if (mine === newest.current) setState(({ data }) => ({ data, error: told(problem) }));
    }
  }, reasons);
  useEffect(() => {
    reload();
    return () => {
      newest.current += 1;
    };
  }, [reload]);
  return { ...state, reload };
}

/** Runs `work` every `milliseconds` while the page is visible and `active`. */
export function usePolling(work, milliseconds, active = true) {
  const newest = useRef(work);
  newest.current = work;
  useEffect(() => {
    if (!active) return undefined;
    let timer;
    let ended = false;
    const turn = async () => {
      if (document.visibilityState === 'visible') await newest.current();
      if (!ended) timer = setTimeout(turn, milliseconds);
    };
    timer = setTimeout(turn, milliseconds);
    return () => {
      ended = true;
      clearTimeout(timer);
    };
  }, [milliseconds, active]);
}

/** Draws `children(data)` when there is something, and says what is the matter when there is not. */
export function Loaded({ of: { data, error, reload }, children }) {
  if (error) return html`<${Problem} error=${error} retry=${reload} />`;
  if (data === undefined) return html`<p class="placeholder" aria-busy="true">Loading…</p>`;
  return children(data);
}

/** Why something could not be read. A place that one may not see is told as plainly as one that is not there. */
function Problem({ error, retry }) {
  const words = {
    forbidden: 'Your roles do not allow you to see this.',
    not_found: 'There is no such thing here, or it is not yours to see.',
  };
  return html`
    <div class="notice bad" role="alert" data-test="problem" data-code=${error.code}>
      <p>${words[error.code] ?? error.message}</p>
      ${!words[error.code] && html`<button type="button" onClick=${retry}>Try again</button>`}
    </div>`;
}
