/**
 * Where to go after sign-in: a path of our own that the guard put into the address, else null.
 * Anything that a browser could read as another site is refused.
 * @param {string} search
 */
export function safeNext(search) {
  const next = new URLSearchParams(search).get("next") ?? "";
  return /^\/(?:[a-z0-9][a-z0-9/-]*)?$/.test(next) ? next : null;
}
