/** What things are called on the wall. */

/** @type {Readonly<Record<string, readonly [tone: string, words: string]>>} */
const DOING = Object.freeze({
  free: ["go", "空闲"],
  ringing: ["wait", "正在响铃"],
  talking: ["wait", "正在接待"],
  helping: ["wait", "协助同事"],
  wrapping: ["wait", "正在写记录"],
  standby: ["none", "后备"],
  absent: ["stop", "页面断开"],
});

/** @param {{doing: string, station: string}} lawyer */
export function doing(lawyer) {
  const [tone, words] = DOING[lawyer.doing] ?? ["none", lawyer.doing];
  return { tone, words: lawyer.station ? `${words}：${lawyer.station}` : words };
}

/** @type {Readonly<Record<string, string>>} */
const STATES = Object.freeze({
  requested: "排队，没有空闲律师",
  ringing: "正在呼叫",
  unanswered: "无人接听，请当事人选择",
});

/** @param {string} state */
export const stateWords = (state) => STATES[state] ?? state;

/**
 * The service level as a figure; nothing is claimed before something counts.
 * @param {import("./main.js").Level} level
 */
export function levelWords(level) {
  const target = `目标 ${Math.round(level.target * 100)}%`;
  if (level.share === null) return { tone: "", value: "—", words: `今天还没有来电；${target}` };
  const value = `${Math.floor(level.share * 100)}%`;
  const words = `${level.counted} 个来电中 ${level.within} 个；${target}`;
  return { tone: level.share >= level.target ? "well" : "alarm", value, words };
}
