/** The dark stage: the other side large, oneself small, a shared paper in front when there is one. */

import { html, useState } from "/vendor/preact.js";
import { byVoice } from "../state/media.js";
import { pictureMissing, roleWords } from "../state/words.js";
import { WaitOutside } from "./aside.js";
import { useLive, useSpeaking, useStore } from "./hooks.js";
import { Captions } from "./captions.js";
import { Icon } from "./icons.js";
import { ConnectionWords } from "./lamp.js";
import { Pointing } from "./pointing.js";
import { Picture, Voices, useOwnStream } from "./video.js";

/**
 * @typedef {import("../wire/types.js").Participant} Participant
 * @typedef {import("../wire/types.js").Session} Session
 */

/** From so many others on, one's own picture has a tile beside theirs: a corner of small tiles is somebody's label. */
const TILED_FROM = 3;

/** @param {{session: Session}} props */
export function Stage({ session }) {
  const here = session.participants.filter((one) => !one.me && one.beside && one.state !== "left");
  const others = here.filter((one) => !byVoice(one.place));
  const voices = here.filter((one) => byVoice(one.place));
  const paper = others.find((one) => one.screen);
  const shown = others.length ? others : session.participants.filter((one) => !one.me && one.role !== "party").slice(0, 1);
  const me = session.participants.find((one) => one.me);
  const heard = byVoice(me?.place);
  const tiled = !paper && shown.length >= TILED_FROM;
  return html`<section class=${paper ? "stage stage-paper" : "stage"} data-testid="stage" aria-label="通话画面">
    ${paper && html`<${Paper} owner=${paper} />`}
    <div class=${`stage-others stage-others-${Math.min(5, Math.max(1, shown.length))}`}>
      ${shown.length ? shown.map((one) => html`<${Other} key=${one.id} participant=${one} />`) : html`<${Nobody} />`}
      ${tiled && !heard && html`<${SelfTile} session=${session} />`}
    </div>
    ${!tiled && !heard && html`<${Self} session=${session} />`}
    ${
      (heard || voices.length > 0) &&
      html`<ul class="stage-voices" aria-label="以语音参加的人">
        ${heard && html`<${OwnVoice} me=${me} />`}
        ${voices.map((one) => html`<${Voice} key=${one.id} participant=${one} />`)}
      </ul>`
    }
    <${Voices} />
    <${Captions} />
    ${session.state === "paused" && html`<${Paused} session=${session} />`}
    <${WaitOutside} session=${session} />
  </section>`;
}

/** @param {{participant: Participant}} props */
function Other({ participant }) {
  const live = useLive();
  const { room, known } = live;
  const { streams, line } = useStore(room);
  const { view, quality } = useStore(known);
  const me = view?.session?.participants.find((one) => one.me);
  const carries = me && quality[me.id]?.video;
  const withheld = carries === "paused";
  const missing = pictureMissing(participant, line === "connected", withheld);
  const stream = streams?.video[participant.place] ?? null;
  const speaking = useSpeaking(participant.place) && participant.microphone;
  return html`<figure class=${speaking ? "other other-speaking" : "other"} data-testid=${`video-${participant.role}`}>
    <${Picture} stream=${stream} label=${`${participant.name}的画面`} />
    ${missing && html`<div class="other-missing" role="status"><${Icon} name="person" /><p>${missing}</p>
      ${withheld && html`<button type="button" class="button" data-testid="pictures-anyway" onClick=${() => void live.wantPictures(true)}>仍要看画面</button>`}
    </div>`}
    ${carries === "insisted" && html`<button type="button" class="button other-sound-first" data-testid="sound-first" onClick=${() => void live.wantPictures(false)}>优先保证声音</button>`}
    <figcaption>
      <span class="other-name">${roleWords(participant.role)} ${participant.name}</span>
      ${!participant.microphone && participant.state === "connected" && html`<span class="other-muted"><${Icon} name="micOff" />${participant.hushed ? "被调解员静音" : "已静音"}</span>`}
      ${participant.hand !== null && html`<span class="other-hand" data-testid="hand"><${Icon} name="flag" />举手</span>`}
      ${speaking && html`<span class="other-voice"><${Icon} name="speaker" />正在说话</span>`}
      <${ConnectionWords} participant=${participant} />
    </figcaption>
  </figure>`;
}

/** One's own place has no picture. @param {{me: Participant|undefined}} props */
function OwnVoice({ me }) {
  const { muted } = useStore(useLive().capture);
  const shut = me?.hushed ? "（被调解员静音）" : muted ? "（已静音）" : "";
  return html`<li class="voice voice-own" data-testid="by-voice">
    <${Icon} name=${shut ? "micOff" : "mic"} />
    <span>房间里已有六路画面，您以语音参加${shut}</span>
  </li>`;
}

/** Somebody who takes part by sound alone. @param {{participant: Participant}} props */
function Voice({ participant }) {
  const speaking = useSpeaking(participant.place) && participant.microphone;
  const muted = !participant.microphone && participant.state === "connected";
  return html`<li class=${speaking ? "voice voice-speaking" : "voice"} data-testid="voice">
    <${Icon} name=${muted ? "micOff" : speaking ? "speaker" : "mic"} />
    <span>${participant.name}（语音）${participant.hushed ? "被调解员静音" : muted ? "已静音" : speaking ? "正在说话" : ""}</span>
    ${participant.hand !== null && html`<span class="other-hand" data-testid="hand"><${Icon} name="flag" />举手</span>`}
    ${participant.state !== "connected" && html`<span>${participant.state === "reconnecting" ? "正在重新连接" : "正在接通"}</span>`}
  </li>`;
}

function Nobody() {
  return html`<figure class="other">
    <div class="other-missing" role="status"><${Icon} name="person" /><p>正在接通对方…</p></div>
  </figure>`;
}

/** @param {{owner: Participant}} props */
function Paper({ owner }) {
  const { streams } = useStore(useLive().room);
  return html`<figure class="paper" data-testid="paper">
    <${Picture} stream=${streams?.screen ?? null} label=${`${owner.name}展示的材料`} />
    <${Pointing} press />
    <figcaption>${roleWords(owner.role)} ${owner.name} 正在展示材料<span class="paper-hint">点画面可指给大家看</span></figcaption>
  </figure>`;
}

const CORNERS = ["右下", "左下", "左上", "右上"];

/** One's own picture; a touch moves it to the next corner. @param {{session: Session}} props */
function Self({ session }) {
  const [corner, setCorner] = useState(0);
  const me = session.participants.find((one) => one.me);
  return html`<div class=${`self self-${corner}`} data-testid="self">
    <button
      type="button"
      class="self-move"
      aria-label=${`本机画面，现在在${CORNERS[corner]}角，点一下换个角`}
      onClick=${() => setCorner((corner + 1) % CORNERS.length)}
    >
      <${OwnPicture} me=${me} />
    </button>
    ${me && html`<${ConnectionWords} participant=${me} />`}
  </div>`;
}

/** One's own picture as one of the tiles. @param {{session: Session}} props */
function SelfTile({ session }) {
  const me = session.participants.find((one) => one.me);
  return html`<div class="self-tile" data-testid="self">
    <${OwnPicture} me=${me} />
    ${me && html`<${ConnectionWords} participant=${me} />`}
  </div>`;
}

/** @param {{me: Participant|undefined}} props */
function OwnPicture({ me }) {
  const { capture } = useLive();
  const { muted, cameraOff, screen } = useStore(capture);
  const kind = screen ? "screen" : "camera";
  const stream = useOwnStream(kind);
  return html`<${Picture} stream=${stream} label="本机画面" mirrored=${kind === "camera"} testid="self-video" />
    ${screen && html`<${Pointing} />`}
    <span class="self-words">
      ${screen ? "正在展示材料" : cameraOff ? "画面已关闭" : "本机"}
      ${(muted || me?.hushed) && html`<span class="other-muted"><${Icon} name="micOff" />${me?.hushed ? "被调解员静音" : "已静音"}</span>`}
    </span>`;
}

/** Who asked for the break, and why. @param {{session: Session}} props */
function Paused({ session }) {
  const { hold } = session;
  return html`<div class="paused" role="status">
    <${Icon} name="pause" />
    <p>${hold?.by ? `${hold.by}请大家稍等` : "休息中"}${hold?.reason ? `：${hold.reason}` : ""}</p>
    <span>暂停期间不录音录像；按“继续”恢复。</span>
  </div>`;
}
