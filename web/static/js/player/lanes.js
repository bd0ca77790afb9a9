// @ts-check
/**
 * The time line: a ruler, a lane for each participant, lanes of markers, and the play head.
 * Positions are SVG attributes in pixels; nothing is styled inline.
 */

import { html, useEffect, useMemo, useRef, useState } from "/vendor/preact.js";
import { Bubble } from "./bubble.js";
import { grouped, pauses } from "./markers.js";
import { voicePath } from "./voices.js";
import { usePictures } from "./use-pictures.js";
import { causeText, clamp, elapsed, ticks } from "./timeline.js";

/** @typedef {import("./timeline.js").Timeline} Timeline */
/** @typedef {import("./timeline.js").Track} Track */
/** @typedef {import("./timeline.js").Span} Span */
/** @typedef {import("./markers.js").Marker} Marker */

const RULER = 22;
const LANE = 34;
const MARKS = 22;
const MARK_PX = 13;

/**
 * @typedef {{title: string, y: number, height: number, tracks: Track[], markers: Marker[]}} Lane
 */

/**
 * From top to bottom: participants, advice, consent, what happened.
 * @param {Timeline} timeline
 * @param {readonly Marker[]} markers
 * @returns {Lane[]}
 */
export function lanesOf(timeline, markers) {
  /** @type {Lane[]} */
  const lanes = [];
  let y = RULER;
  const add = (/** @type {Omit<Lane, "y">} */ lane) => {
    lanes.push({ ...lane, y });
    y += lane.height;
  };
  for (const participant of new Set(timeline.tracks.map((track) => track.participant))) {
    const tracks = timeline.tracks.filter((track) => track.participant === participant);
    add({ title: tracks[0]?.name ?? "", height: LANE, tracks, markers: [] });
  }
  const of = (/** @type {string[]} */ ...types) => markers.filter(({ type }) => types.includes(type));
  add({ title: "法律建议", height: MARKS, tracks: [], markers: of("advice") });
  add({ title: "同意", height: MARKS, tracks: [], markers: of("consent") });
  const events = of("joined", "lost", "left", "paused", "resumed", "recording", "failed", "photo");
  add({ title: "事件", height: MARKS, tracks: [], markers: events });
  return lanes;
}

/**
 * @param {{timeline: Timeline, markers: readonly Marker[], at: number,
 *   voices: import("./voices.js").Voices, viewing: string, watermark: string,
 *   seek: (at: number, how: "drag" | "drop" | "marker") => void}} props
 */
export function Lanes({ timeline, markers, voices, viewing, watermark, at, seek }) {
  const box = useRef(/** @type {HTMLDivElement | null} */ (null));
  const width = useWidth(box);
  const [hover, setHover] = useState(/** @type {number | null} */ (null));
  const scale = timeline.duration > 0 ? width / timeline.duration : 0;
  const lanes = useMemo(() => lanesOf(timeline, markers), [timeline, markers]);
  const height = lanes.reduce((sum, lane) => sum + lane.height, RULER);
  const moment = (/** @type {PointerEvent} */ event) =>
    clamp((event.clientX - (box.current?.getBoundingClientRect().left ?? 0)) / (scale || 1), timeline.duration);
  const pictures = usePictures(timeline, viewing, hover);
  const pointer = usePointer(moment, seek, setHover);
  const drawn = useMemo(
    () => html`<${Drawing} ...${{ timeline, markers, lanes, voices, scale, width, height, seek }} />`,
    [timeline, markers, lanes, voices, scale, width, height, seek],
  );
  return html`<div class="lanes">
    <div class="lane-titles" aria-hidden="true">
      ${lanes.map((lane) => html`<span class=${lane.tracks.length ? "tall" : ""}>${lane.title}</span>`)}
    </div>
    <div
      class="lane-box"
      data-testid="timeline"
      ...${pointer}
    >
      <div class="lane-reach" ref=${box}><svg width=${width} height=${height}>
        ${drawn}
        ${hover !== null && html`<line class="hover-line" x1=${hover * scale} x2=${hover * scale} y1="0" y2=${height} />`}
        <${Head} at=${at} duration=${timeline.duration} x=${at * scale} height=${height} />
      </svg>
      ${hover !== null && html`<${Bubble} x=${hover * scale} width=${width} text=${when(timeline, hover)} pictures=${pictures} watermark=${watermark} />`}
      </div>
    </div>
  </div>`;
}

/**
 * @param {Timeline} timeline
 * @param {number} at
 */
function when(timeline, at) {
  const clock = new Date(timeline.origin + at * 1000).toLocaleTimeString("zh-CN", {
    timeZone: "Asia/Shanghai",
    hour12: false,
  });
  return `${elapsed(at)}（${clock}）`;
}

/**
 * @param {(event: PointerEvent) => number} moment
 * @param {(at: number, how: "drag" | "drop") => void} seek
 * @param {(at: number | null) => void} hover
 */
function usePointer(moment, seek, hover) {
  const dragging = useRef(false);
  return {
    onPointerDown(/** @type {PointerEvent & {currentTarget: Element}} */ event) {
      if (event.button !== 0) return;
      event.currentTarget.setPointerCapture(event.pointerId);
      dragging.current = true;
      seek(moment(event), "drag");
    },
    onPointerMove(/** @type {PointerEvent} */ event) {
      hover(moment(event));
      if (dragging.current) seek(moment(event), "drag");
    },
    onPointerUp(/** @type {PointerEvent} */ event) {
      if (dragging.current) seek(moment(event), "drop");
      dragging.current = false;
    },
    onPointerCancel() {
      dragging.current = false;
    },
    onPointerLeave: () => hover(null),
  };
}

/** @param {{current: HTMLElement | null}} box */
function useWidth(box) {
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const element = box.current;
    if (!element) return undefined;
    const observer = new ResizeObserver(() => setWidth(element.clientWidth));
    observer.observe(element);
    setWidth(element.clientWidth);
    return () => observer.disconnect();
  }, [box]);
  return width;
}

/**
 * @param {{timeline: Timeline, markers: readonly Marker[], lanes: Lane[],
 *   voices: import("./voices.js").Voices, scale: number,
 *   width: number, height: number, seek: (at: number, how: "marker") => void}} props
 */
function Drawing({ timeline, markers, lanes, voices, scale, width, height, seek }) {
  return html`<g>
    ${ticks(timeline.duration, Math.max(2, width / 90)).filter((at) => width - at * scale > 40).map(
      (at) => html`<g class="tick">
        <line x1=${at * scale} x2=${at * scale} y1="0" y2=${height} />
        <text x=${at * scale + 4} y="14">${elapsed(at)}</text>
      </g>`,
    )}
    ${lanes.map((lane) => html`<line class="lane-line" x1="0" x2=${width} y1=${lane.y} y2=${lane.y} />`)}
    ${pauses(markers, timeline.duration).map(
      (span) => html`<rect class="pause-band" y=${RULER} height=${height - RULER} ...${across(span, scale)} />`,
    )}
    ${lanes.map((lane) => lane.tracks.map((track) => html`<${Bars} track=${track} voices=${voices} y=${lane.y} scale=${scale} />`))}
    ${lanes.map((lane) =>
      grouped(lane.markers, scale > 0 ? MARK_PX / scale : 0).map(
        (marker) => html`<${Mark} key=${marker.key} marker=${marker} x=${marker.at * scale} y=${lane.y + MARKS / 2} seek=${seek} />`,
      ),
    )}
  </g>`;
}

/**
 * @param {Span} span
 * @param {number} scale
 */
function across(span, scale) {
  return { x: span.start * scale, width: Math.max(1, (span.end - span.start) * scale) };
}

/** @type {Readonly<Record<string, readonly [top: number, height: number]>>} */
const BAR = Object.freeze({ camera: [4, 11], screen: [4, 4], microphone: [17, 13] });
/** Under a voice runs a thin line: there is sound, whether somebody speaks or not. */
const FLOOR = 3;

/** @param {{track: Track, voices: import("./voices.js").Voices, y: number, scale: number}} props */
function Bars({ track, voices, y, scale }) {
  const [top, height] = BAR[track.kind] ?? [4, 6];
  const spoken = track.kind === "microphone";
  const [from, thick] = spoken ? [top + height - FLOOR, FLOOR] : [top, height];
  return html`<g class="bar-${track.kind}">
    ${track.pieces.map((piece) => html`<rect class="piece" y=${y + from} height=${thick} ...${across(piece, scale)} />`)}
    ${spoken && html`<path class="voice" data-testid="voice" d=${voicePath(track.pieces, voices, scale, y + top + height, height)} />`}
    ${track.gaps.map(
      (gap) => html`<rect class="gap" y=${y + top} height=${height} ...${across(gap, scale)}>
        <title>${causeText(gap.cause)} ${elapsed(gap.start)}–${elapsed(gap.end)}</title>
      </rect>`,
    )}
  </g>`;
}

/** @type {Readonly<Record<string, string>>} */
const SHAPES = Object.freeze({
  advice: "M-5,-7 h10 v10 l-5,5 l-5,-5 z",
  consent: "M-6,0 l4,5 l8,-10",
  joined: "M-5,-6 l9,6 l-9,6 z",
  left: "M5,-6 l-9,6 l9,6 z",
  lost: "M-5,-5 l10,10 M-5,5 l10,-10",
  failed: "M0,-7 l7,12 h-14 z",
  paused: "M-5,-6 h3.5 v12 h-3.5 z M1.5,-6 h3.5 v12 h-3.5 z",
  resumed: "M-4,-6 l9,6 l-9,6 z",
  photo: "M-6,-4 h3 l1,-2 h4 l1,2 h3 v9 h-12 z",
  recording: "M-5,0 a5,5 0 1,0 10,0 a5,5 0 1,0 -10,0",
});

/**
 * @param {{marker: Marker & {count: number}, x: number, y: number,
 *   seek: (at: number, how: "marker") => void}} props
 */
function Mark({ marker, x, y, seek }) {
  const go = () => seek(marker.at, "marker");
  return html`<g
    class="mark mark-${marker.type}"
    data-testid="marker-${marker.type}"
    role="button"
    tabindex="0"
    aria-label="${elapsed(marker.at)} ${marker.count > 1 ? `${marker.count} 项：` : ""}${marker.label}"
    transform="translate(${x},${y})"
    onPointerDown=${(/** @type {Event} */ event) => event.stopPropagation()}
    onClick=${go}
    onKeyDown=${(/** @type {KeyboardEvent} */ event) => {
      if (event.key === "Enter") go();
    }}
  >
    <rect class="mark-reach" x="-9" y="-11" width="18" height="22" />
    <path d=${SHAPES[marker.type] ?? SHAPES["recording"]} />
    ${marker.count > 1 && html`<text class="mark-count" x="7" y="4">${marker.count}</text>`}
    <title>${elapsed(marker.at)} ${marker.label}</title>
  </g>`;
}

/** @param {{at: number, duration: number, x: number, height: number}} props */
function Head({ at, duration, x, height }) {
  return html`<g
    class="head"
    transform="translate(${x},0)"
    role="slider"
    tabindex="0"
    aria-label="播放位置"
    aria-valuemin="0"
    aria-valuemax=${Math.round(duration)}
    aria-valuenow=${Math.round(at)}
    aria-valuetext="${elapsed(at)} / ${elapsed(duration)}"
  >
    <line x1="0" x2="0" y1="8" y2=${height} />
    <path d="M-6,0 h12 v7 l-6,6 l-6,-6 z" />
  </g>`;
}
