/** States in plain words, once for all pages. */

import { elapsed } from "./format.js";

/**
 * @typedef {import("../wire/types.js").RecordingState} RecordingState
 * @typedef {import("../wire/types.js").SessionState} SessionState
 * @typedef {import("../wire/types.js").Participant} Participant
 * @typedef {import("../wire/types.js").Quality} Quality
 * @typedef {import("../wire/types.js").Session} Session
 *
 * @typedef {{tone: "recording"|"quiet"|"wait"|"alarm", words: string}} Lamp
 */

/** @type {Record<Exclude<RecordingState, "recording">, Lamp>} */
const LAMPS = {
  off: { tone: "quiet", words: "未录音录像" },
  declined: { tone: "quiet", words: "未录音录像（有人不同意）" },
  armed: { tone: "wait", words: "准备录音录像" },
  paused: { tone: "wait", words: "录音录像已暂停" },
  interrupted: { tone: "wait", words: "录音录像中断，正在恢复" },
  failed: { tone: "alarm", words: "录音录像故障，现在没有录" },
  closed: { tone: "quiet", words: "录音录像已结束" },
};

/** @type {Record<string, string>} */
const TRACKS = { microphone: "声音", camera: "画面", screen: "共享的屏幕" };

/**
 * What has failed, where it is one person's track.
 * @param {Session["recording"]} recording
 * @param {readonly Pick<Participant, "id"|"name"|"me">[]} people
 */
function failure({ stalled }, people) {
  const who = people.find((one) => one.id === stalled?.participant);
  const what = TRACKS[stalled?.track ?? ""];
  if (!who || !what) return LAMPS.failed;
  return { tone: LAMPS.failed.tone, words: `故障：${who.me ? "您" : who.name}的${what}没有录下` };
}

/**
 * What the REC lamp says. It is red only while the server says that media reaches the disk, and
 * it claims nothing while the server cannot be heard.
 * @param {Session["recording"]} recording
 * @param {number} now
 * @param {boolean} informed  the line to the server stands
 * @param {readonly Pick<Participant, "id"|"name"|"me">[]} people
 * @returns {Lamp}
 */
export function lamp(recording, now, informed = true, people = []) {
  if (recording.state === "failed") return failure(recording, people);
  if (recording.state !== "recording") return LAMPS[recording.state];
  if (!informed) return { tone: "wait", words: "录音录像状态待确认" };
  const since = recording.since === null ? "" : ` ${elapsed(now - recording.since)}`;
  return { tone: "recording", words: `正在录音录像${since}` };
}

/**
 * The lamp of a talk apart that is recorded for itself; null: the session's own says it all.
 * @param {import("../wire/types.js").Kept|null} kept
 * @param {boolean} informed
 * @returns {{tone: string, words: string}|null}
 */
export function keptLamp(kept, informed) {
  if (kept?.state === "failed") return { tone: "alarm", words: "单独谈话录音录像出错" };
  if (kept?.state !== "recording") return null;
  if (!informed) return { tone: "wait", words: "录音录像状态待确认" };
  return { tone: "recording", words: "单独谈话正在录音录像" };
}

/** @type {Record<SessionState, string>} */
const SESSION_WORDS = {
  requested: "排队等候",
  ringing: "正在呼叫",
  unanswered: "暂无人接听",
  accepted: "正在接通",
  live: "进行中",
  paused: "休息中",
  wrapping: "待完善",
  closed: "已结束",
  cancelled: "已取消",
  deferred: "约定回电",
  failed: "意外中断",
};

/** @param {SessionState} state */
export const sessionWords = (state) => SESSION_WORDS[state];

/** @param {import("../wire/types.js").SessionKind} kind */
export const kindWords = (kind) => (kind === "mediation" ? "人民调解" : "法律咨询");

/** Why somebody is served first. @type {Record<import("../wire/types.js").Need, string>} */
const NEED_WORDS = {
  minor: "有未成年人",
  elderly: "有老人或残疾人",
  violence: "怕出事、有危险",
  limitation: "期限快到了",
};

export const NEEDS = /** @type {import("../wire/types.js").Need[]} */ (Object.keys(NEED_WORDS));

/** @param {import("../wire/types.js").Need} need */
export const needWords = (need) => NEED_WORDS[need];

const ROLE_WORDS = { lawyer: "律师", mediator: "调解员", party: "当事人" };

/** @param {Participant["role"]} role */
export const roleWords = (role) => ROLE_WORDS[role];

/**
 * What is wrong with somebody's connection, or that it is well.
 * @param {Participant} participant
 * @param {Quality|undefined} quality
 * @returns {{tone: "good"|"poor"|"bad"|"wait", words: string}}
 */
export function connectionWords(participant, quality) {
  const who = participant.me ? "本机" : "对方";
  if (participant.state === "expected" || participant.state === "connecting") {
    return { tone: "wait", words: `${who}正在接入` };
  }
  if (participant.state === "reconnecting") return { tone: "wait", words: `${who}正在重新连接` };
  if (participant.state === "left") return { tone: "wait", words: `${who}已离开` };
  if (quality?.video === "paused") {
    return { tone: "bad", words: participant.me ? "已优先保证声音" : `${who}网络较差，已优先保证声音` };
  }
  if (quality?.level === "bad") return { tone: "bad", words: `${who}网络很差` };
  if (quality?.level === "poor") return { tone: "poor", words: `${who}网络较差` };
  return { tone: "good", words: `${who}网络良好` };
}

/**
 * Why somebody's picture is not there, or null when it should be.
 * @param {Participant|undefined} participant
 * @param {boolean} connected  this page's own media
 * @param {boolean} [withheld]  this page's line is too thin for pictures
 */
export function pictureMissing(participant, connected, withheld = false) {
  if (!participant) return "等待对方进入";
  if (participant.state === "left") return `${participant.name}已离开`;
  if (participant.state === "reconnecting") return "对方连接中断，正在重新连接…";
  if (!connected || participant.state !== "connected") return "正在接通画面…";
  if (withheld && participant.camera) return "网络较差，已优先保证声音；画面会自动恢复";
  if (!participant.camera) return `${participant.name}已关闭画面，仍可通话`;
  return null;
}
