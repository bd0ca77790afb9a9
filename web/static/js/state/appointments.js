/** Appointments as pure functions: which is next, what to remind of, free times by day. */

/**
 * @typedef {import("../wire/types.js").Appointment} Appointment
 * @typedef {{starts_at: number, lawyer: {id: string, name: string}}} Slot
 * @typedef {{day: string, times: {at: number, lawyers: Slot["lawyer"][]}[]}} Day
 */

const MINUTE = 60_000;

/** Minutes before the beginning at which both sides are reminded. */
export const REMINDERS = Object.freeze([15, 5]);

/**
 * Whether the doors are open: both may go in.
 * @param {Appointment} one
 * @param {number} now
 */
export const mayEnter = (one, now) => one.state === "booked" && now >= one.doors_at && now < one.ends_at;

/**
 * What to remind of now: the next appointment within a quarter of an hour, and which of the two
 * reminders it is. Its key changes when a reminder is due, so that a sound is made once for each.
 * @param {Appointment[]} appointments  the earliest first
 * @param {number} now
 * @returns {{one: Appointment, minutes: number, open: boolean, key: string}|null}
 */
export function reminderOf(appointments, now) {
  const [least, most] = [Math.min(...REMINDERS), Math.max(...REMINDERS)];
  const one = appointments.find(
    ({ state, starts_at, ends_at }) => state === "booked" && starts_at - now <= most * MINUTE && now < ends_at,
  );
  if (!one) return null;
  const minutes = Math.max(0, Math.ceil((one.starts_at - now) / MINUTE));
  const which = one.starts_at - now <= least * MINUTE ? least : most;
  return { one, minutes, open: mayEnter(one, now), key: `${one.id}-${one.starts_at}-${which}` };
}

const DAY = new Intl.DateTimeFormat("zh-CN", {
  timeZone: "Asia/Shanghai",
  month: "long",
  day: "numeric",
  weekday: "short",
});
const TIME = new Intl.DateTimeFormat("zh-CN", {
  timeZone: "Asia/Shanghai",
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
});

/** "11月24日周二", in China's time. @param {number} at */
export const dayOf = (at) => DAY.format(at);

/** "09:30", in China's time. @param {number} at */
export const timeOf = (at) => TIME.format(at);

/**
 * Free slots by day and time; several lawyers may be free at the same time.
 * @param {Slot[]} slots  the earliest first
 * @returns {Day[]}
 */
export function byDay(slots) {
  /** @type {Day[]} */
  const days = [];
  for (const { starts_at, lawyer } of slots) {
    const name = dayOf(starts_at);
    let day = days.at(-1);
    if (day?.day !== name) days.push((day = { day: name, times: [] }));
    const time = day.times.at(-1);
    if (time?.at === starts_at) time.lawyers.push(lawyer);
    else day.times.push({ at: starts_at, lawyers: [lawyer] });
  }
  return days;
}

/** Why an appointment is moved or cancelled, to choose from. */
export const REASONS = Object.freeze(["当事人有事来不了", "律师临时有事", "已经另行解决", "约错了时间"]);
