/**
 * Moments and lengths of time as people read them. Moments are milliseconds since 1970, and are
 * told in China's time, whatever a machine is set to: they end up on paper.
 */

const TWO = new Intl.NumberFormat("zh-CN", { minimumIntegerDigits: 2, useGrouping: false });
const WEEKDAYS = ["星期日", "星期一", "星期二", "星期三", "星期四", "星期五", "星期六"];
const ZONE = "Asia/Shanghai";

/** @param {number} n */
const two = (n) => TWO.format(n);

const TIME = new Intl.DateTimeFormat("zh-CN", { timeZone: ZONE, hour: "2-digit", minute: "2-digit", hourCycle: "h23" });

/**
 * 09:05
 * @param {number} at
 */
export const timeOfDay = (at) => TIME.format(at);

const DAY = new Intl.DateTimeFormat("zh-CN", { timeZone: ZONE, year: "numeric", month: "long", day: "numeric" });
const WEEKDAY = new Intl.DateTimeFormat("zh-CN", { timeZone: ZONE, weekday: "long" });

/**
 * 2026年3月9日 星期一
 * @param {number} at
 */
export const dayInWords = (at) => `${DAY.format(at)} ${WEEKDAY.format(at)}`;

const SECONDS = new Intl.DateTimeFormat("zh-CN", { timeZone: ZONE, hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });

/**
 * 2026-03-09 09:05:12, for titles and print
 * @param {number} at
 */
export const exact = (at) => `${dateOf(at)} ${SECONDS.format(at)}`;

/**
 * A running length: 04:07, from an hour on 1:04:07. Never negative.
 * @param {number} milliseconds
 */
export function elapsed(milliseconds) {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const rest = `${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return seconds < 3600 ? rest : `${Math.floor(seconds / 3600)}:${rest}`;
}

/**
 * A length in words: 8秒, 3分20秒, 1小时4分
 * @param {number} milliseconds
 */
export function lengthInWords(milliseconds) {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  if (seconds < 60) return `${seconds}秒`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)}分${seconds % 60}秒`;
  return `${Math.floor(seconds / 3600)}小时${Math.floor(seconds / 60) % 60}分`;
}

/**
 * Whole seconds left, rounded up so that a countdown ends at 0 and not before.
 * @param {number} until
 * @param {number} now
 */
export function secondsLeft(until, now) {
  return Math.max(0, Math.ceil((until - now) / 1000));
}

const DAY_AND_TIME = new Intl.DateTimeFormat("zh-CN", {
  timeZone: ZONE,
  month: "numeric",
  day: "numeric",
  weekday: "short",
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
});

/** "11月23日周一 08:30" in China's time. @param {number} at */
export function dayAndTime(at) {
  return DAY_AND_TIME.format(at);
}

const SHORT_DAY = new Intl.DateTimeFormat("zh-CN", { timeZone: ZONE, month: "numeric", day: "numeric" });

/** "11月23日" in China's time. @param {number} at */
export function shortDay(at) {
  const [month, day] = SHORT_DAY.formatToParts(at).filter(({ type }) => type !== "literal");
  return `${month?.value ?? ""}月${day?.value ?? ""}日`;
}

const DATE = new Intl.DateTimeFormat("en-CA", { timeZone: ZONE });

/** "2026-11-23": the date of a moment in China. @param {number} at */
export const dateOf = (at) => DATE.format(at);

/**
 * "12月1日 星期二"
 * @param {string} date  like 2026-12-01
 */
export function dateWords(date) {
  const noon = new Date(`${date}T12:00:00Z`);
  if (Number.isNaN(noon.getTime())) return date;
  return `${noon.getUTCMonth() + 1}月${noon.getUTCDate()}日 ${WEEKDAYS[noon.getUTCDay()] ?? ""}`;
}
