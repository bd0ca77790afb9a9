/** The people of a session in plain words, for the mediator. */

/**
 * @typedef {import("../wire/types.js").Visitor} Visitor
 * @typedef {import("../wire/types.js").Session} Session
 */

/** @type {Record<Visitor["state"], string>} */
const STATE_WORDS = {
  invited: "已邀请，还没打开",
  preparing: "正在看告知书、试设备",
  waiting: "在等候室",
  inside: "在房间里",
  away: "已离开",
  refused: "未让进入",
  over: "已结束",
};

/** @param {Visitor["state"]} state */
export const guestWords = (state) => STATE_WORDS[state];

export const WAYS = /** @type {const} */ ([
  { way: "document", words: "看过身份证件" },
  { way: "known", words: "本人认识" },
  { way: "not_possible", words: "无法核验" },
]);

/** @param {Visitor["identity"]} way */
export const identityWords = (way) => WAYS.find((one) => one.way === way)?.words ?? "未核验";

/**
 * What of somebody's answers the mediator must know before letting them in.
 * @param {Visitor} visitor
 * @returns {string[]}
 */
export function objections({ consents }) {
  const found = [];
  if (consents.recording === false) found.push("不同意录音录像：进来后不录");
  if (consents.lawyer_presence === false) found.push("不同意律师参加");
  return found;
}

/** @param {Session} session */
export const waiting = (session) => session.lobby.filter((one) => one.state === "waiting");

const PICTURES = 6;
const SEATS = 12;

/**
 * How whoever is let in next takes part: with a picture, by sound alone, or not at all.
 * @param {Session} session
 * @returns {"picture"|"sound"|"full"}
 */
export function nextIn({ participants }) {
  const taken = participants.filter((one) => one.state !== "left").map((one) => one.place);
  if (taken.length >= SEATS) return "full";
  return taken.filter((place) => place < PICTURES).length < PICTURES ? "picture" : "sound";
}

/** Who wants the mediator. @param {Session} session */
export const callers = (session) => session.participants.filter((one) => one.calling !== null && !one.me);

/**
 * With whom a talk apart is possible: who is beside the terminal, or in the room from elsewhere.
 * @param {Session} session
 * @returns {{id: string, name: string}[]}
 */
export function partiesInside(session) {
  const inside = new Set(session.lobby.filter((one) => one.state === "inside").map((one) => one.person));
  return session.persons.filter((one) => one.here || inside.has(one.id));
}
