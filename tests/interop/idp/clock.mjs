// The providers' clock: the machine's, and so many seconds more. All that oidc-provider knows of the time is Date.now.

const machine = Date.now;
let ahead = 0;

Date.now = () => machine() + 1000 * ahead;

export function setAhead(seconds) {
  if (!Number.isInteger(seconds)) {
    throw new Error("seconds: a whole number");
  }
  ahead = seconds;
}
