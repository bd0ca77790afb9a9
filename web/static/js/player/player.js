// @ts-check
/** The player: picture, controls, time line and advice, all following one clock. */

import { html, useCallback, useEffect, useMemo, useReducer, useRef } from "/vendor/preact.js";
import { AdviceList } from "./advice.js";
import { SPEEDS, actOf, nextSpeed } from "./keys.js";
import { Lanes } from "./lanes.js";
import { adviceMarkers, eventMarkers, neighbour } from "./markers.js";
import { Playback } from "./playback.js";
import { Stage } from "./stage.js";
import { elapsed, timelineOf } from "./timeline.js";
import { useVoices } from "./use-voices.js";

/** @typedef {import("./markers.js").AdviceJson} AdviceJson */
/** @typedef {import("./markers.js").EventJson} EventJson */
/** @typedef {import("./markers.js").Marker} Marker */
/** @typedef {import("./timeline.js").TimelineJson} TimelineJson */
/**
 * @typedef {{time: () => number, playing: () => boolean, origin: () => number,
 *   tracks: () => ReturnType<Playback["report"]>}} Probe
 */

/**
 * @param {{viewing: string, timeline: TimelineJson, events: readonly EventJson[],
 *   advice: readonly AdviceJson[] | null, watermark: string,
 *   refused: (reason: import("./feed.js").Refused) => void}} props
 *   `viewing`: the address below which its segments are; `advice`: null where none belongs to it
 */
export function Player({ viewing, timeline, events, advice, watermark, refused }) {
  const line = useMemo(() => timelineOf(timeline), [timeline]);
  const given = useMemo(() => adviceMarkers(advice ?? [], line), [advice, line]);
  const markers = useMemo(
    () => [...eventMarkers(events, line), ...given].sort((one, other) => one.at - other.at),
    [events, given, line],
  );
  const playback = usePlayback(line, viewing, refused);
  const voices = useVoices(line, viewing);
  useKeys(playback, given);
  const play = useCallback(
    (/** @type {number} */ at) => {
      playback?.seek(at);
      playback?.play();
    },
    [playback],
  );
  const seek = useSeek(playback, play);
  if (!playback) return html`<p class="stage-message">正在打开…</p>`;
  const at = playback.clock.at();
  return html`<section class="player" aria-label="录音录像">
    <div class="player-top">
      <${Stage} playback=${playback} watermark=${watermark} />
      ${advice && html`<${AdviceList} advice=${advice} markers=${given} at=${at} play=${play} />`}
    </div>
    <${Controls} playback=${playback} at=${at} given=${given} />
    <${Lanes} timeline=${line} markers=${markers} voices=${voices} viewing=${viewing} watermark=${watermark} at=${at} seek=${seek} />
  </section>`;
}

/**
 * @param {import("./timeline.js").Timeline} line
 * @param {string} viewing
 * @param {(reason: import("./feed.js").Refused) => void} refused
 */
function usePlayback(line, viewing, refused) {
  const [, redraw] = useReducer((/** @type {number} */ count) => count + 1, 0);
  const playback = useRef(/** @type {Playback | null} */ (null));
  useEffect(() => {
    const opened = new Playback(line, {
      address: (piece, since) =>
        `${viewing}/segments/${piece.id}${since ? `?since=${since.toFixed(3)}` : ""}`,
      refused,
      changed: () => redraw(0),
    });
    playback.current = opened;
    window.yuntiaoPlayer = Object.freeze({
      time: () => opened.clock.at(),
      playing: () => opened.clock.playing,
      origin: () => line.origin,
      tracks: () => opened.report(),
    });
    redraw(0);
    return () => {
      delete window.yuntiaoPlayer;
      playback.current = null;
      opened.close();
    };
  }, [line, viewing, refused]);
  return playback.current;
}

/**
 * Dragging shows the pictures that are passed; letting go plays on if it played before.
 * @param {Playback | null} playback
 * @param {(at: number) => void} play
 */
function useSeek(playback, play) {
  const resume = useRef(/** @type {boolean | null} */ (null));
  return useCallback(
    (/** @type {number} */ at, /** @type {"drag" | "drop" | "marker"} */ how) => {
      if (!playback) return;
      if (how === "marker") return play(at);
      if (how === "drag") {
        resume.current ??= playback.clock.playing;
        playback.pause();
        playback.seek(at);
      } else {
        playback.seek(at);
        if (resume.current) playback.play();
        resume.current = null;
      }
    },
    [playback, play],
  );
}

/**
 * @param {Playback | null} playback
 * @param {readonly Marker[]} given
 */
function useKeys(playback, given) {
  useEffect(() => {
    if (!playback) return undefined;
    const pressed = (/** @type {KeyboardEvent} */ event) => {
      const into = event.target instanceof Element ? event.target.tagName : "";
      const act = actOf(event, into);
      if (!act) return;
      event.preventDefault();
      carryOut(act, playback, given);
    };
    document.addEventListener("keydown", pressed);
    return () => document.removeEventListener("keydown", pressed);
  }, [playback, given]);
}

/**
 * @param {import("./keys.js").PlayerAct} act
 * @param {Playback} playback
 * @param {readonly Marker[]} given
 */
function carryOut(act, playback, given) {
  const at = playback.clock.at();
  if (act.do === "toggle") playback.toggle();
  else if (act.do === "skip") playback.seek(at + act.seconds);
  else if (act.do === "speed") playback.setSpeed(nextSpeed(playback.clock.speed, act.step));
  else if (act.do === "edge") playback.seek(act.end ? playback.timeline.duration : 0);
  else playback.seek(neighbour(given, at, act.direction)?.at ?? at);
}

/** @param {{playback: Playback, at: number, given: readonly Marker[]}} props */
function Controls({ playback, at, given }) {
  const { clock, timeline } = playback;
  const skip = (/** @type {number} */ seconds) => () => playback.seek(clock.at() + seconds);
  return html`<div class="controls">
    <button type="button" class="control main" data-testid="play-toggle" onClick=${() => playback.toggle()}>
      ${clock.playing ? "暂停" : "播放"}
    </button>
    <button type="button" class="control" onClick=${skip(-10)} title="快捷键 J">后退 10 秒</button>
    <button type="button" class="control" onClick=${skip(10)} title="快捷键 L">前进 10 秒</button>
    <span class="control-time" data-testid="time">${elapsed(at)} <i>/ ${elapsed(timeline.duration)}</i></span>
    <span class="control-clock">${wallClock(timeline.origin + at * 1000)}</span>
    <span class="control-state" role="status">${clock.playing && clock.held ? "正在读取…" : ""}</span>
    ${given.length > 0 &&
    html`<button
      type="button"
      class="control"
      title="快捷键 N"
      onClick=${() => playback.seek(neighbour(given, clock.at(), 1)?.at ?? clock.at())}
    >
      下一条建议
    </button>`}
    <label class="control-speed">
      速度
      <select
        data-testid="speed"
        onChange=${(/** @type {{currentTarget: HTMLSelectElement}} */ event) =>
          playback.setSpeed(Number(event.currentTarget.value))}
      >
        ${SPEEDS.map((speed) => html`<option value=${speed} selected=${speed === clock.speed}>${speed}×</option>`)}
      </select>
    </label>
    <details class="control-keys">
      <summary>快捷键</summary>
      <p>空格或 K 播放/暂停 · J/L 前后 10 秒 · ←/→ 5 秒 · ,/. 逐帧 · ↑/↓ 速度 · N/P 下一条/上一条建议 · Home/End 首尾</p>
    </details>
  </div>`;
}

/** @param {number} moment */
function wallClock(moment) {
  return new Date(moment).toLocaleString("zh-CN", { timeZone: "Asia/Shanghai", hour12: false });
}
