// @ts-check
/** What happened, placed on the time line: from the session's log and its advice. Pure. */

import { SUBJECTS } from "../admin/words.js";
import { clamp } from "./timeline.js";

/**
 * @typedef {{seq: number, at: number, type: string, actor: string | null,
 *   participant: string | null, body: Record<string, unknown>}} EventJson
 */
/**
 * @typedef {{id: string, author: string, at: number, moment: number, advice: string,
 *   matter: {code: string, name: string}, bring: string, next_step: string,
 *   legal_basis: {law: string, article: string, version_date: string}[],
 *   corrects: string | null, corrected_by: string | null}} AdviceJson
 */
/** @typedef {{type: string, at: number, label: string, key: string}} Marker `at` in seconds */

/**
 * Kinds of events that are drawn: the marker's type, its words, and whether they name somebody.
 * @type {Readonly<Record<string, readonly [type: string, words: string]>>}
 */
const DRAWN = Object.freeze({
  "participant.joined": ["joined", "加入"],
  "participant.returned": ["joined", "恢复连接"],
  "participant.lost": ["lost", "连接中断"],
  "participant.left": ["left", "离开"],
  "consent.given": ["consent", "同意"],
  "consent.refused": ["consent", "不同意"],
  "consent.withdrawn": ["consent", "收回同意"],
  "photo.given": ["photo", "交证据照片"],
  "session.paused": ["paused", "暂停"],
  "session.resumed": ["resumed", "继续"],
  "recording.started": ["recording", "开始录制"],
  "recording.interrupted": ["failed", "录制中断"],
  "recording.failed": ["failed", "录制故障"],
  "session.hung_up": ["left", "通话结束"],
});

/**
 * @param {readonly EventJson[]} events
 * @param {{origin: number, duration: number}} timeline
 * @returns {Marker[]}
 */
export function eventMarkers(events, timeline) {
  /** @type {Marker[]} */
  const markers = [];
  for (const event of events) {
    const drawn = DRAWN[event.type];
    if (!drawn) continue;
    const [type, words] = drawn;
    const subject = type === "consent" ? (SUBJECTS[String(event.body["subject"])] ?? "") : "";
    const who = event.participant ?? (type === "consent" ? "" : event.actor) ?? "";
    markers.push({
      type,
      at: clamp((event.at - timeline.origin) / 1000, timeline.duration),
      label: `${who} ${words}${subject}`.trim(),
      key: `event-${event.seq}`,
    });
  }
  return markers.sort((one, other) => one.at - other.at);
}

/**
 * Where each advice entry belongs.
 * @param {readonly AdviceJson[]} advice
 * @param {{origin: number, duration: number}} timeline
 * @returns {Marker[]}
 */
export function adviceMarkers(advice, timeline) {
  return advice
    .map((entry) => ({
      type: "advice",
      at: clamp((entry.moment - timeline.origin) / 1000, timeline.duration),
      label: entry.advice.length > 40 ? `${entry.advice.slice(0, 40)}…` : entry.advice,
      key: entry.id,
    }))
    .sort((one, other) => one.at - other.at);
}

/**
 * Spans in which the session was paused; one that was never resumed lasts to the end.
 * @param {readonly Marker[]} markers by time
 * @param {number} duration
 * @returns {import("./timeline.js").Span[]}
 */
export function pauses(markers, duration) {
  /** @type {import("./timeline.js").Span[]} */
  const spans = [];
  for (const { type, at } of markers) {
    const open = spans.at(-1)?.end === Infinity ? spans.at(-1) : undefined;
    if (type === "paused" && !open) spans.push({ start: at, end: Infinity });
    if (type === "resumed" && open) open.end = at;
  }
  return spans.map(({ start, end }) => ({ start, end: Math.min(end, duration) }));
}

/**
 * Markers that would be drawn over one another become one.
 * @param {readonly Marker[]} markers by time
 * @param {number} apart seconds
 * @returns {(Marker & {count: number})[]}
 */
export function grouped(markers, apart) {
  /** @type {(Marker & {count: number})[]} */
  const groups = [];
  for (const marker of markers) {
    const before = groups.findLast((group) => group.type === marker.type);
    if (before && marker.at - before.at < apart) {
      before.count += 1;
      if (before.count <= 4) before.label += `\n${marker.label}`;
    } else {
      groups.push({ ...marker, count: 1 });
    }
  }
  return groups;
}

/**
 * The marker that the play head has passed last, for lists that follow.
 * @param {readonly Marker[]} markers by time
 * @param {number} at
 * @returns {Marker | undefined}
 */
export function current(markers, at) {
  // A click on an entry lands on its moment: rounding must not show the one before it.
  return markers.findLast((marker) => marker.at <= at + 0.05);
}

/**
 * The marker before or after the play head, for jumping from one to the next.
 * @param {readonly Marker[]} markers by time
 * @param {number} at
 * @param {1 | -1} direction
 * @returns {Marker | undefined}
 */
export function neighbour(markers, at, direction) {
  return direction > 0
    ? markers.find((marker) => marker.at > at + 0.5)
    : markers.findLast((marker) => marker.at < at - 1.5);
}
