/** How the overview says numbers. */

/** @param {number|null} seconds */
export function inWords(seconds) {
  if (seconds === null) return "—";
  if (seconds < 60) return `${seconds} 秒`;
  const rest = seconds % 60;
  return `${Math.floor(seconds / 60)} 分${rest ? ` ${rest} 秒` : "钟"}`;
}

/** @param {number|null} share  0..1 */
export function percent(share) {
  return share === null ? "—" : `${(share * 100).toFixed(1)}%`;
}

const DAY_MS = 24 * 3600 * 1000;

/**
 * So many weeks up to today, as days in China.
 * @param {number} weeks
 * @param {number} [now]
 * @returns {{from: string, to: string}}
 */
export function spanOf(weeks, now = Date.now()) {
  const day = (/** @type {number} */ moment) => new Date(moment + 8 * 3600 * 1000).toISOString().slice(0, 10);
  return { from: day(now - (weeks * 7 - 1) * DAY_MS), to: day(now) };
}
