// @ts-check
/** The participants side by side, each with what is known of them at the play head. */

import { html, useEffect, useRef } from "/vendor/preact.js";
import { tilesOf } from "./timeline.js";

/** @typedef {import("./playback.js").Playback} Playback */
/** @typedef {import("./timeline.js").Track} Track */

/** @type {Readonly<Record<string, string>>} */
export const ROLES = Object.freeze({
  lawyer: "值班律师",
  mediator: "调解员",
  party: "当事人",
  admin: "管理员",
  supervisor: "督导",
});

/**
 * @param {{playback: Playback, watermark: string}} props
 */
export function Stage({ playback, watermark }) {
  const tiles = tilesOf(playback.timeline.tracks);
  return html`<div class="stage" data-count=${Math.min(tiles.length, 6)}>
    ${tiles.map(
      (tile) => html`<${Tile} key=${tile.track.key} playback=${playback} ...${tile} />`,
    )}
    <div class="watermark" aria-hidden="true">
      ${Array.from({ length: 12 }, () => html`<span>${watermark}</span>`)}
    </div>
  </div>`;
}

/**
 * @param {{playback: Playback, track: Track, sound: Track | undefined}} props
 */
function Tile({ playback, track, sound }) {
  const screen = useRef(/** @type {HTMLDivElement | null} */ (null));
  useEffect(() => {
    const element = playback.element(track.key);
    if (element instanceof HTMLVideoElement) screen.current?.replaceChildren(element);
  }, [playback, track.key]);
  const { presence, why } = playback.status(track.key);
  const voice = sound && playback.status(sound.key);
  return html`<figure class="tile" data-presence=${presence} data-testid="tile-${track.kind}">
    <div class="tile-screen" ref=${screen}></div>
    ${presence !== "here" && html`<p class="tile-why">${why}</p>`}
    ${presence === "here" && track.kind === "microphone" && html`<p class="tile-why">仅有声音</p>`}
    <figcaption class="tile-name">
      <span>${track.name} · ${ROLES[track.role] ?? ""}${track.kind === "screen" ? " · 展示材料" : ""}</span>
      ${presence === "here" && voice?.presence === "absent" && html`<span class="tile-note">${voice.why}</span>`}
      ${sound &&
      track.kind !== "screen" &&
      html`<${MuteButton} playback=${playback} participant=${track.participant} name=${track.name} />`}
    </figcaption>
  </figure>`;
}

/**
 * @param {{playback: Playback, participant: string, name: string}} props
 */
function MuteButton({ playback, participant, name }) {
  const muted = playback.muted(participant);
  return html`<button
    type="button"
    class="tile-mute"
    aria-pressed=${muted}
    aria-label="${name}：${muted ? "已静音，点击恢复" : "有声音，点击静音"}"
    onClick=${() => playback.toggleMuted(participant)}
  >
    ${muted ? "已静音" : "有声音"}
  </button>`;
}
