/** The desk's screens as pure functions of the server's view. */

/**
 * @typedef {import("../wire/types.js").LawyerView} LawyerView
 * @typedef {"loading"|"check"|"desk"|"room"|"wrapup"} Screen
 */

/** @type {Partial<Record<import("../wire/types.js").SessionState, Screen>>} */
const SCREENS = { accepted: "room", live: "room", paused: "room", wrapping: "wrapup" };

/**
 * @param {LawyerView|null} view
 * @param {{checked: boolean, later: string|null}} local  later: a wrap-up put aside for now
 * @returns {Screen}
 */
export function screenOf(view, local) {
  if (!view) return "loading";
  const session = view.session;
  const screen = session ? SCREENS[session.state] : undefined;
  if (screen === "room") return "room";
  if (screen === "wrapup" && session?.id !== local.later) return "wrapup";
  return local.checked ? "desk" : "check";
}

/**
 * The tab's title and whether its icon shows a call; a hidden tab has nothing else to say it with.
 * @param {LawyerView|null} view
 * @returns {{title: string, icon: "calm"|"waiting"|"ringing"}}
 */
export function badge(view) {
  const name = "律师工作台 · 云调";
  if (view?.ringing) return { title: `【来电】${view.ringing.station}`, icon: "ringing" };
  const waiting = view?.duty.on ? view.waiting.length : 0;
  if (waiting > 0) return { title: `(${waiting}) ${name}`, icon: "waiting" };
  return { title: name, icon: "calm" };
}

/** What a lawyer may say when not taking a call; the keys are shown beside the words. */
export const DECLINE_REASONS = /** @type {const} */ ([
  { reason: "conflict", key: "1", words: "利益冲突", detail: "与当事人有利害关系，应当回避" },
  { reason: "busy", key: "2", words: "正在处理其他事务", detail: "转给下一位值班律师" },
  { reason: "other", key: "3", words: "其他原因", detail: "转给下一位值班律师" },
]);

/** Reasons to close a session without advice. */
export const CLOSE_REASONS = /** @type {const} */ ([
  "不属于法律问题，已说明应找的部门",
  "当事人中途离开",
  "设备或网络故障，未能交流",
  "存在利益冲突，已回避",
]);
