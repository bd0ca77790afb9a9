/** Words for appointments, their logs, and calls to stations. */

import { dayOf, timeOf } from "../state/appointments.js";

/** @type {Readonly<Record<string, readonly [string, string]>>} */
const STATES = Object.freeze({
  booked: ["已预约", "wait"],
  entered: ["已进入", "wait"],
  kept: ["已接通", "go"],
  missed: ["未到", "stop"],
  cancelled: ["已取消", "none"],
});

/** @param {string} state */
export const appointmentWords = (state) => STATES[state] ?? [state, "none"];

/** @type {Readonly<Record<string, string>>} */
const CALLS = Object.freeze({
  ringing: "正在呼叫",
  answered: "有人接听",
  refused: "终端没有接",
  missed: "无人应答",
  withdrawn: "中心取消",
});

/** @param {{state: string, by_itself: boolean}} call */
export const callWords = ({ state, by_itself }) => (by_itself ? "终端自动接听" : (CALLS[state] ?? state));

/** @type {Readonly<Record<string, string>>} */
const ENTRIES = Object.freeze({
  booked: "预约",
  move: "改期",
  cancel: "取消",
  enter: "进入",
  leave: "没接通，离开",
  keep: "接通",
  miss: "未到",
});

const MISSED = Object.freeze({ people: "当事人没有来", lawyer: "来了，没有律师接听" });

/** @param {{type: string, by: string, body: Record<string, any>}} entry */
export function entryWords({ type, by, body }) {
  const to = type === "move" || type === "booked" ? ` ${dayOf(body["starts_at"])} ${timeOf(body["starts_at"])}` : "";
  const why = body["reason"] ? `：${body["reason"]}` : "";
  const missing = type === "miss" ? `：${MISSED[/** @type {keyof typeof MISSED} */ (body["by"])] ?? ""}` : "";
  return `${by ? `${by} ` : ""}${ENTRIES[type] ?? type}${to}${why}${missing}`;
}
