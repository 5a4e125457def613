// How long a request can still be answered, by the service's time.

import { now } from './service.js';
import { html, useEffect, useState } from './ui.js';

/** `until` in milliseconds since the epoch. Not read out each second: whoever wants to know reads it. */
export function Countdown({ until, ...rest }) {
  const [time, setTime] = useState(now());
  useEffect(() => {
    const timer = setInterval(() => setTime(now()), 1_000);
    return () => clearInterval(timer);
  }, []);
  return html`<span role="timer" aria-live="off" ...${rest}>${words(until - time)}</span>`;
}

function words(millis) {
  if (millis <= 0) return 'Expired';
  const seconds = Math.ceil(millis / 1000);
  const [minutes, hours] = [Math.floor(seconds / 60), Math.floor(seconds / 3600)];
  if (hours > 0) return `${hours} h ${minutes % 60} min left`;
  return minutes > 0 ? `${minutes} min ${seconds % 60} s left` : `${seconds} s left`;
}
