// @ts-check
/**
 * The time line of a recorded session: tracks with their pieces and gaps, in seconds since its
 * start. Pure: no page, no media, no clock.
 */

/** @typedef {{id: string, start: number, seconds: number, mime: string, bytes: number}} SegmentJson */
/** @typedef {{start: number, end: number, cause: string}} GapJson */
/**
 * @typedef {{participant: string, name: string, role: string, track: string,
 *   segments: SegmentJson[], gaps: GapJson[]}} TrackJson
 */
/** @typedef {{start: number, end: number, tracks: TrackJson[]}} TimelineJson moments in ms */

/** @typedef {{start: number, end: number}} Span seconds, half open */
/** @typedef {Span & {id: string, mime: string, bytes: number}} Piece */
/** @typedef {Span & {cause: string}} Gap */
/**
 * @typedef {{key: string, participant: string, name: string, role: string, kind: string,
 *   pieces: Piece[], gaps: Gap[]}} Track
 */
/** @typedef {{origin: number, duration: number, tracks: Track[]}} Timeline `origin` in unix ms */

/** @type {Readonly<Record<string, string>>} */
const CAUSES = Object.freeze({
  muted: "已静音",
  camera_off: "画面已关闭",
  reconnect: "断线重连",
  relay_restart: "服务重启",
  paused: "暂停录制",
  disk: "存储故障",
  packet_loss: "网络丢包",
  unsteady: "信号反复中断",
});

/**
 * @param {TimelineJson} json
 * @returns {Timeline}
 */
export function timelineOf(json) {
  const since = (/** @type {number} */ moment) => (moment - json.start) / 1000;
  return {
    origin: json.start,
    duration: Math.max(since(json.end), 0),
    tracks: json.tracks.map((track) => ({
      key: `${track.participant}/${track.track}`,
      participant: track.participant,
      name: track.name,
      role: track.role,
      kind: track.track,
      pieces: track.segments
        .map(({ id, start, seconds, mime, bytes }) => ({
          id,
          mime,
          bytes,
          start: since(start),
          end: since(start) + seconds,
        }))
        .sort(byStart),
      gaps: track.gaps
        .map((gap) => ({ start: since(gap.start), end: since(gap.end), cause: gap.cause }))
        .sort(byStart),
    })),
  };
}

/**
 * @param {Span} one
 * @param {Span} other
 */
function byStart(one, other) {
  return one.start - other.start;
}

/**
 * The last span that holds the moment: where two overlap, the later one was recorded after a
 * reconnect and is the one to show.
 * @template {Span} T
 * @param {readonly T[]} spans by start
 * @param {number} at
 * @returns {T | undefined}
 */
export function spanAt(spans, at) {
  let low = 0;
  let high = spans.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (/** @type {T} */ (spans[middle]).start <= at) low = middle + 1;
    else high = middle;
  }
  const found = spans[low - 1];
  return found && at < found.end ? found : undefined;
}

/**
 * The pieces to have in memory around a moment, the most urgent first.
 * @param {readonly Piece[]} pieces by start
 * @param {number} at
 * @param {number} ahead seconds
 * @returns {Piece[]}
 */
export function wanted(pieces, at, ahead) {
  return pieces.filter((piece) => piece.end > at && piece.start < at + ahead);
}

/**
 * What to keep in memory: some seconds on both sides, and every piece that is in use, whole, for a
 * piece that had lost a part would have to be fetched again.
 * @param {readonly Piece[]} pieces by start
 * @param {number} at
 * @param {{behind: number, ahead: number}} reach seconds
 * @returns {Span}
 */
export function kept(pieces, at, { behind, ahead }) {
  const used = wanted(pieces, at, ahead);
  return {
    start: Math.min(at - behind, used[0]?.start ?? at),
    end: Math.max(at + ahead, used.at(-1)?.end ?? at),
  };
}

/**
 * What may be thrown out of memory: everything outside the window, except spans too small to
 * matter.
 * @param {readonly Span[]} buffered
 * @param {Span} window
 * @returns {Span[]}
 */
export function evictable(buffered, window) {
  const spans = [];
  for (const { start, end } of buffered) {
    if (start < window.start) spans.push({ start, end: Math.min(end, window.start) });
    if (end > window.end) spans.push({ start: Math.max(start, window.end), end });
  }
  return spans.filter((span) => span.end - span.start > 1);
}

/**
 * Why a track shows nothing at a moment.
 * @param {Track} track
 * @param {number} at
 * @returns {string}
 */
export function absence(track, at) {
  const gap = spanAt(track.gaps, at);
  if (gap) return causeText(gap.cause);
  const first = track.pieces[0];
  return first && at < first.start ? "尚未加入" : "没有录像";
}

/**
 * @param {string} cause
 * @returns {string}
 */
export function causeText(cause) {
  return CAUSES[cause] ?? "中断";
}

/**
 * One picture each: cameras and screens that were recorded, and a plain tile for a voice alone.
 * @param {readonly Track[]} tracks
 * @returns {{track: Track, sound: Track | undefined}[]}
 */
export function tilesOf(tracks) {
  const sound = (/** @type {Track} */ track) =>
    tracks.find((other) => other.participant === track.participant && other.kind === "microphone");
  const pictures = tracks.filter((track) => track.kind !== "microphone");
  const voices = tracks.filter(
    (track) =>
      track.kind === "microphone" &&
      !pictures.some((other) => other.participant === track.participant),
  );
  return [...pictures, ...voices].map((track) => ({ track, sound: sound(track) }));
}

/**
 * How to bring an element that is `drift` seconds ahead of the master clock (behind: negative)
 * back in step: a jump when it is far off, else a playback rate that closes in unheard.
 * @param {number} drift
 * @param {number} speed
 * @returns {{jump: boolean, rate: number}}
 */
export function steer(drift, speed) {
  const off = Math.abs(drift);
  if (off > FAR_S * Math.max(speed, 1)) return { jump: true, rate: speed };
  if (off < NEAR_S) return { jump: false, rate: speed };
  const nudge = Math.max(-MOST_NUDGE, Math.min(MOST_NUDGE, drift / CLOSE_IN_S / speed));
  return { jump: false, rate: speed * (1 - nudge) };
}

const NEAR_S = 0.015;
const FAR_S = 0.2;
const CLOSE_IN_S = 1;
const MOST_NUDGE = 0.1;

/**
 * @param {number} at
 * @param {number} duration
 */
export function clamp(at, duration) {
  return Math.max(0, Math.min(duration, at));
}

/**
 * Round moments for a ruler over the time line: at least two, at most about `most`.
 * @param {number} duration
 * @param {number} most
 * @returns {number[]}
 */
export function ticks(duration, most) {
  const step = STEPS.find((size) => duration / size <= most) ?? 3600;
  const count = Math.floor(duration / step);
  return Array.from({ length: count + 1 }, (_, number) => number * step);
}

const STEPS = Object.freeze([1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800]);

/**
 * Seconds as 3:07 or 1:03:07.
 * @param {number} seconds
 * @returns {string}
 */
export function elapsed(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor(whole / 60) % 60;
  const rest = String(whole % 60).padStart(2, "0");
  return hours ? `${hours}:${String(minutes).padStart(2, "0")}:${rest}` : `${minutes}:${rest}`;
}
