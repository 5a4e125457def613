// Rendering and templates, as a module: the libraries are scripts that the page loads before it (preact.js, preact-hooks.js, htm.js).

const { h, render } = globalThis.preact;

export const html = globalThis.htm.bind(h);
export { h, render };
export const { useCallback, useEffect, useLayoutEffect, useMemo, useReducer, useRef, useState } = globalThis.preactHooks;
