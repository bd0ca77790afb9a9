/** How the wall says things. */

/** @typedef {"good"|"warn"|"bad"|"off"} Light */

/** A state is a sign and a word, never only a colour. */
export const LIGHTS = /** @type {const} */ ({
  good: { tone: "go", words: "正常", sign: "✓" },
  warn: { tone: "wait", words: "留意", sign: "!" },
  bad: { tone: "stop", words: "故障", sign: "✕" },
  off: { tone: "none", words: "未开机", sign: "○" },
});

/** @type {Record<string, string>} */
export const STARTED = { morning: "自动", button: "有人点的" };

/** @type {Light[]} */
const ORDER = ["bad", "warn", "off", "good"];

/**
 * What needs somebody first, then by name as given.
 * @template {{light: Light}} T
 * @param {T[]} tiles
 * @returns {T[]}
 */
export function worstFirst(tiles) {
  return [...tiles].sort((one, other) => ORDER.indexOf(one.light) - ORDER.indexOf(other.light));
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/**
 * How long ago, in words.
 * @param {number} moment
 * @param {number} [now]
 */
export function ago(moment, now = Date.now()) {
  const past = now - moment;
  if (past < MINUTE) return "刚刚";
  if (past < HOUR) return `${Math.floor(past / MINUTE)} 分钟前`;
  if (past < DAY) return `${Math.floor(past / HOUR)} 小时前`;
  return `${Math.floor(past / DAY)} 天前`;
}
