/**
 * How long a page waits before it tries the line again. Pure: chance is an argument.
 *
 * An attempt that ran out of time found a line that is cut: this page's own trouble, tried again
 * soon, since it must be back within seconds of the line. An attempt that was refused at once found
 * a service that is away, and thousands of pages with it: each waits for a time that chance gives,
 * under a bound that grows with every refusal, so that they do not all come back in one moment. Where
 * there are very many, the service has said beforehand over how long they shall spread.
 */

export const SOON_MS = 500;
export const FIRST_MS = 1000;
export const MOST_MS = 4000;
const PATIENT = 3;  // refusals before the bound grows: a restart takes a second or two

/**
 * @param {number} refusals  so many attempts in a row were refused at once
 * @param {boolean} refused  whether the last one was (or the service itself closed the line)
 * @param {() => number} chance  from 0 up to 1
 * @param {number} [spread]  milliseconds, what the service asked for in its last view
 * @returns {number} milliseconds
 */
export function waitBefore(refusals, refused, chance, spread = FIRST_MS) {
  if (!refused) return Math.floor(SOON_MS * (1 + chance()) / 2);
  const growth = 2 ** Math.min(Math.max(0, refusals - PATIENT), 8);
  const first = Math.max(FIRST_MS, spread);
  return Math.floor(Math.min(Math.max(MOST_MS, first), first * growth) * chance());
}
