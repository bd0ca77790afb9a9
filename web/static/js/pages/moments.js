/** Moments as people write them, in China's time. */

const FORMAT = new Intl.DateTimeFormat("zh-CN", {
  year: "numeric",
  month: "2-digit",
  day: "2-digit",
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
  timeZone: "Asia/Shanghai",
});

const EXACT = new Intl.DateTimeFormat("zh-CN", {
  dateStyle: "full",
  timeStyle: "medium",
  hourCycle: "h23",
  timeZone: "Asia/Shanghai",
});

/** @param {number} ms */
export function formatMoment(ms) {
  return FORMAT.format(ms);
}

/** With weekday and seconds, for a title. @param {number} ms */
export function formatExactly(ms) {
  return EXACT.format(ms);
}
