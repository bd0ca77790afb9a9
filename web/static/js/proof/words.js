/** Proofs in words. Pure. */

import { formatMoment } from "../pages/moments.js";

/**
 * @typedef {object} Run
 * @property {string} id
 * @property {string|null} night
 * @property {string|null} asked_by
 * @property {number} asked_at
 * @property {number|null} finished_at
 * @property {Record<string, number>} counts
 *
 * @typedef {object} Finding
 * @property {string} kind
 * @property {string} text
 * @property {string} name
 * @property {string} role
 * @property {string} [track]
 * @property {string} [cause]
 * @property {[number, number][]} [spans]  milliseconds since 1970
 * @property {string} [where]
 * @property {string} [what]
 *
 * @typedef {{name: string, role: string, track: string, expected: number, stored: number}} Length
 *
 * @typedef {object} Proof
 * @property {string} session
 * @property {string} [number]
 * @property {number} at
 * @property {string} state
 * @property {number} expected  seconds
 * @property {number} stored
 * @property {Length[]} lengths
 * @property {Finding[]} findings
 */

/** @type {Record<string, string>} */
export const STATES = { whole: "完整", gaps: "有缺失，已说明", broken: "有问题", erased: "已销毁" };

/** @type {Record<string, string>} */
export const BADGES = { whole: "go", gaps: "wait", broken: "stop", erased: "none" };

/** @type {Record<string, string>} */
const TRACKS = { microphone: "声音", camera: "画面", screen: "展示" };

/** @type {Record<string, string>} */
const CAUSES = {
  disk: "存储故障",
  relay_restart: "媒体服务重启",
  packet_loss: "网络丢包",
  unsteady: "信号反复中断",
};

/** @type {Record<string, string>} */
const PROBLEMS = {
  "was changed after it was sealed": "封存后被改动",
  "is missing": "文件缺失",
  "cannot be read": "文件读不出来",
  "is in no journal record": "多出来的文件，没有记录",
  "is missing: nothing is signed": "没有签名",
  "has no line": "没有签名",
};

/** @param {number} seconds */
export function length(seconds) {
  const whole = Math.round(seconds);
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const text = parts.map((one) => String(one).padStart(2, "0")).join(":");
  return parts[0] ? text : text.slice(3);
}

/** @param {Run} run */
export function runName(run) {
  if (run.night) return `${run.night} 夜间核对`;
  return `${formatMoment(run.asked_at)} ${run.asked_by ? `${run.asked_by}发起` : "命令行发起"}`;
}

/** Who and what a finding is about. @param {Finding} one */
export function findingWords(one) {
  const missing = (one.spans ?? []).reduce((sum, [start, end]) => sum + end - start, 0) / 1000;
  const parts = [
    [one.name, TRACKS[one.track ?? ""]].filter(Boolean).join("的"),
    CAUSES[one.cause ?? ""] ?? "",
    missing ? `共 ${missing < 10 ? missing.toFixed(1) : Math.round(missing)} 秒` : "",
    one.where ? `${one.where}：${PROBLEMS[one.what ?? ""] ?? one.what}` : "",
  ];
  return parts.filter(Boolean).join("，");
}

/** @param {Length} one */
export function lengthWords(one) {
  const where = `${one.name}的${TRACKS[one.track] ?? one.track}`;
  return `${where}：应有 ${length(one.expected)}，存有 ${length(one.stored)}`;
}
