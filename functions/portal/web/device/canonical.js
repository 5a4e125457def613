// Canonical JSON (RFC 8785). Its numbers and strings are those of JSON.stringify, and its order is that of UTF-16 code units, which
// is how JavaScript sorts texts.

/** The canonical text of a value that JSON.parse gave. */
export function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (value !== null && typeof value === 'object') {
    const members = Object.keys(value).sort();
    return `{${members.map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join(',')}}`;
  }
  return JSON.stringify(value);
}
