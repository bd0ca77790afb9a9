// @ts-check
/** What things are called on the review pages. Moments are shown in the district's time. */

/**
 * @typedef {{id: string, number: string, kind: string, matter: {code: string, name: string},
 *   station: string, requested_at: number, state: string, lawyer: unknown,
 *   live_at: number | null, ended_at: number | null,
 *   recording: {state: string, since: number | null}}} Card
 */

const ZONE = "Asia/Shanghai";
const DAY = new Intl.DateTimeFormat("zh-CN", { timeZone: ZONE, year: "numeric", month: "2-digit", day: "2-digit" });
const TIME = new Intl.DateTimeFormat("zh-CN", { timeZone: ZONE, hour: "2-digit", minute: "2-digit", hour12: false });
const EXACT = new Intl.DateTimeFormat("zh-CN", {
  timeZone: ZONE,
  year: "numeric",
  month: "2-digit",
  day: "2-digit",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hour12: false,
});

/** @param {number} at ms */
export const dayAndTime = (at) => `${DAY.format(at)} ${TIME.format(at)}`;

/** @param {number} at ms */
export const exactly = (at) => EXACT.format(at);

/** @type {Readonly<Record<string, string>>} */
const KINDS = Object.freeze({ mediation: "人民调解", consultation: "法律咨询" });

/** @type {Readonly<Record<string, readonly [words: string, tone: string]>>} */
const STATES = Object.freeze({
  requested: ["排队中", "wait"],
  ringing: ["呼叫中", "wait"],
  unanswered: ["无人接听", "wait"],
  accepted: ["接通中", "go"],
  live: ["进行中", "go"],
  paused: ["休息中", "wait"],
  wrapping: ["待完善", "wait"],
  closed: ["已结束", ""],
  cancelled: ["已取消", "none"],
  deferred: ["约定回电", "none"],
  failed: ["意外中断", "stop"],
});

/** @type {Readonly<Record<string, string>>} */
const RECORDINGS = Object.freeze({
  off: "未录音录像",
  declined: "不同意录音录像",
  armed: "准备录制",
  recording: "正在录制",
  paused: "录制暂停",
  interrupted: "录制中断",
  failed: "录制故障",
  closed: "已录音录像",
});

/** @param {string} kind */
export const kindWords = (kind) => KINDS[kind] ?? kind;

/** @param {string} state */
export const stateWords = (state) => STATES[state] ?? [state, "none"];

/**
 * What became of the recording; one that never began left nothing behind.
 * @param {{state: string, since: number | null}} recording
 */
export function recordingWords({ state, since }) {
  if (state === "closed" && since === null) return "未录到内容";
  return RECORDINGS[state] ?? state;
}

/** @type {Readonly<Record<string, string>>} */
const EVENTS = Object.freeze({
  "session.requested": "发起会话",
  "session.waiting_on": "继续等待",
  "session.requeued": "重新排队",
  "session.unanswered": "无人接听",
  "session.cancelled": "取消",
  "session.deferred": "约定回电",
  "session.called_back": "已回电",
  "session.booked": "改为预约",
  "session.live": "双方接通",
  "session.paused": "暂停",
  "session.resumed": "继续",
  "session.hung_up": "通话结束",
  "session.adjourned": "约定改日继续",
  "session.continued": "另一天已继续",
  "session.continues": "接续之前的会话",
  "session.reopened": "未能继续，可再次继续",
  "session.dropped": "不再继续",
  "session.closed": "办结",
  "session.failed": "意外中断",
  "station.called": "中心呼叫终端",
  "station.answered": "终端接听",
  "call.rung": "呼叫律师",
  "call.missed": "未接",
  "call.declined": "未接受",
  "call.accepted": "律师接听",
  "call.sought": "请一位有空的同事",
  "call.unmet": "没有同事能来",
  "call.handed": "呼叫同事接手或参加",
  "call.hand_stopped": "取消请同事",
  "call.taken_over": "同事接手",
  "call.joined": "同事参加",
  "call.given_back": "交回值班台",
  "consent.given": "同意",
  "consent.refused": "不同意",
  "consent.withdrawn": "收回同意",
  "guest.invited": "邀请当事人用手机参加",
  "guest.entered": "当事人打开邀请",
  "guest.knocked": "当事人在等候室等候",
  "guest.known": "调解员核验身份",
  "guest.admitted": "请当事人进入房间",
  "guest.sent_out": "请当事人回等候室",
  "guest.refused": "不让当事人进入",
  "guest.left": "当事人自行离开",
  "persons.kept_apart": "设定两人不得相见",
  "aside.invited": "提出背对背谈话",
  "aside.declined": "不愿背对背谈话",
  "aside.begun": "开始隔离房间，准备背对背谈话",
  "aside.locked": "房间已隔离，背对背谈话开始",
  "aside.ended": "背对背谈话结束",
  "participant.hushed": "调解员请其静音",
  "participant.unhushed": "调解员恢复其声音",
  "participant.joined": "进入",
  "participant.lost": "连接中断",
  "participant.returned": "恢复连接",
  "participant.left": "离开",
  "participant.showed": "调整话筒或画面",
  "participant.quality": "网络质量变化",
  "recording.started": "开始录制",
  "recording.paused": "录制暂停",
  "recording.resumed": "录制继续",
  "recording.interrupted": "录制中断",
  "recording.failed": "录制故障",
  "recording.closed": "录制封存",
  "media.restarted": "音视频服务重新启动，通话重连",
  "photo.given": "交证据照片",
  "photo.shown": "把照片给大家看",
  "photo.taken_back": "收回照片，内容已销毁",
  "photo.put_away": "把给大家看过的照片收起",
  "advice.added": "登记建议",
  "advice.corrected": "更正建议",
  "advice.received": "调解员确认收到建议",
});

/** @type {Readonly<Record<string, string>>} */
export const SUBJECTS = Object.freeze({
  rights: "权利义务告知",
  lawyer_presence: "律师参与",
  recording: "录音录像",
  personal_data: "个人信息处理",
});

/**
 * @param {{type: string, body: Record<string, unknown>}} event
 * @returns {string}
 */
export function eventWords({ type, body }) {
  const subject = SUBJECTS[String(body["subject"])] ?? "";
  const reason = typeof body["reason"] === "string" && body["reason"] ? `（${body["reason"]}）` : "";
  return `${EVENTS[type] ?? type}${subject}${reason}`;
}

/** @param {number} bytes */
export function sizeWords(bytes) {
  return bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} KB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

/** @param {number} ms */
export function lengthWords(ms) {
  const minutes = Math.floor(ms / 60_000);
  return minutes < 1 ? `${Math.max(1, Math.round(ms / 1000))} 秒` : `${minutes} 分钟`;
}
