/** Giving a photo of evidence: take or choose it, look at it, say what it is, send it. */

import { html, useEffect, useMemo, useRef, useState } from "/vendor/preact.js";
import { snapshot } from "../media/snapshot.js";
import { KINDS, MOST_CAPTION, whyNot } from "../state/photos.js";
import { put } from "../wire/upload.js";
import { useLive, useStore } from "./hooks.js";
import { Button, Dialog, Note } from "./parts.js";

/** @typedef {import("../wire/types.js").Session} Session */

/** `cameras`: of this computer, beside files. @param {{session: Session, close: () => void, cameras?: boolean}} props */
export function GivePhoto({ session, close, cameras = false }) {
  const [file, setFile] = useState(/** @type {File|null} */ (null));
  const [wrong, setWrong] = useState("");
  const take = (/** @type {File|null} */ chosen) => {
    if (!chosen) return;
    const why = whyNot(chosen);
    setWrong(why);
    setFile(why ? null : chosen);
  };
  const unreadable = () => {
    setFile(null);
    setWrong("这张照片打不开，请重新拍照，或另选一张 JPEG、PNG、WebP 格式的图片。");
  };
  return html`<${Dialog} title="交一张证据照片" testid="give-photo" onClose=${close}>
    ${
      file
        ? html`<${Look} session=${session} file=${file} close=${close} again=${() => setFile(null)} unreadable=${unreadable} />`
        : html`<p>${promise(session)}</p>
            ${wrong && html`<${Note} tone="stop" icon="alert" testid="photo-wrong">${wrong}<//>`}
            <${Ways} take=${take} cameras=${cameras} />
            <div class="dialog-actions"><${Button} testid="photo-cancel" onClick=${close}>返回<//></div>`
    }
  <//>`;
}

/** Who will see it. @param {Session} session */
function promise({ participants, aside }) {
  if (participants.some((one) => one.me && one.role === "mediator")) {
    return "交上后，当事人先看不到；您点开照片，按“给大家看”，他们才看得到。";
  }
  const who = aside?.state === "locked" && !aside.lawyers?.length ? "调解员" : "调解员和律师";
  return `照片先只给${who}看。对方要等调解员点了“给大家看”才看得到。`;
}

/** @param {{take: (file: File|null) => void, cameras: boolean}} props */
function Ways({ take, cameras }) {
  return html`<div class="share-ways">
    ${cameras ? html`<${Cameras} take=${take} />` : html`<${Choose} take=${take} words="拍一张" testid="photo-take" camera />`}
    <${Choose} take=${take} words=${cameras ? "从这台电脑里选图片" : "从手机相册里选"} testid="photo-choose" />
  </div>`;
}

/** @param {{take: (file: File|null) => void, words: string, testid: string, camera?: boolean}} props */
function Choose({ take, words, testid, camera = false }) {
  const input = useRef(/** @type {HTMLInputElement|null} */ (null));
  const chosen = () => {
    take(input.current?.files?.[0] ?? null);
    if (input.current) input.current.value = "";
  };
  return html`<${Button} icon=${camera ? "photo" : "paper"} size="large" testid=${testid} onClick=${() => input.current?.click()}>${words}<//>
    <input ref=${input} type="file" hidden aria-label=${words} data-testid=${`${testid}-file`} accept=${KINDS} capture=${camera ? "environment" : undefined} onChange=${chosen} />`;
}

/** What this computer's own camera or document camera shows at this moment. @param {{take: (file: File|null) => void}} props */
function Cameras({ take }) {
  const live = useLive();
  const { camera, screen } = useStore(live.capture);
  const shoot = async (/** @type {MediaStreamTrack} */ track) => {
    const file = await snapshot(track).catch(() => null);
    if (file) take(file);
    else live.say("没有拍到，请再试一次。", "alarm");
  };
  return html`
    ${screen && html`<${Button} icon="paper" size="large" testid="photo-screen" onClick=${() => shoot(screen)}>拍下正在展示的材料<//>`}
    ${camera && html`<${Button} icon="photo" size="large" testid="photo-camera" onClick=${() => shoot(camera)}>用这台机器的摄像头拍<//>`}
  `;
}

/**
 * The photo before it is sent, and while it is.
 * @param {{session: Session, file: File, close: () => void, again: () => void, unreadable: () => void}} props
 */
function Look({ session, file, close, again, unreadable }) {
  const live = useLive();
  const [caption, setCaption] = useState("");
  const [place, setPlace] = useState(false);
  const { share, wrong, send, stop } = useSending(session, file, close);
  const url = useMemo(() => URL.createObjectURL(file), [file]);
  useEffect(() => () => URL.revokeObjectURL(url), [url]);
  const sending = share !== null;
  return html`
    <div class="photo-frame"><img src=${url} alt="要交的照片" data-testid="photo-preview" onError=${unreadable} /></div>
    <label class="photo-words"><span>写一句说明（可不写）</span>
      <input class="input" data-testid="photo-caption" maxlength=${MOST_CAPTION} autocomplete="off" placeholder="例如：欠条原件" disabled=${sending} value=${caption}
        onInput=${(/** @type {{currentTarget: HTMLInputElement}} */ event) => setCaption(event.currentTarget.value)} />
    </label>
    <label class="check photo-place"><input type="checkbox" data-testid="photo-place" disabled=${sending} checked=${place}
        onChange=${(/** @type {{currentTarget: HTMLInputElement}} */ event) => setPlace(event.currentTarget.checked)} />
      <span>保留拍摄地点<small>平时不保留。只有要证明照片是在哪里拍的，才勾选。</small></span>
    </label>
    ${wrong && html`<${Note} tone="stop" icon="alert" testid="photo-wrong">${wrong}<//>`}
    ${sending && html`<${Progress} share=${share} />`}
    <div class="dialog-actions">
      ${sending ? html`<${Button} testid="photo-stop" onClick=${stop}>取消上传<//>` : html`<${Button} testid="photo-again" onClick=${again}>重新拍或选<//>`}
      <${Button} tone="primary" icon="check" testid="photo-send" disabled=${sending} onClick=${() => send(live, caption, place)}>${wrong ? "再试一次" : "交上去"}<//>
    </div>`;
}

/** @param {{share: number}} props */
function Progress({ share }) {
  const percent = Math.round(share * 100);
  return html`<div class="photo-progress" role="status">
    <progress max="100" value=${percent} aria-label="已上传"></progress>
    <span>${percent < 100 ? `正在上传 ${percent}%` : "已传完，正在保存…"}</span>
  </div>`;
}

/**
 * Sending: the share that has gone, or null; sent again, the same photo is kept once.
 * @param {Session} session @param {File} file @param {() => void} done
 */
function useSending(session, file, done) {
  const [share, setShare] = useState(/** @type {number|null} */ (null));
  const [wrong, setWrong] = useState("");
  const id = useMemo(() => crypto.randomUUID().replaceAll("-", ""), [file]);
  const stopping = useRef(/** @type {AbortController|null} */ (null));
  useEffect(() => () => stopping.current?.abort(), []);
  const send = async (/** @type {import("./live.js").Live} */ live, /** @type {string} */ caption, /** @type {boolean} */ place) => {
    stopping.current = new AbortController();
    setShare(0);
    setWrong("");
    try {
      await put(`/api/sessions/${session.id}/photos/${id}`, {
        file,
        csrf: live.boot.csrf,
        headers: { "X-Photo-Caption": encodeURIComponent(caption.trim()), "X-Photo-Place": place ? "keep" : "" },
        told: setShare,
        signal: stopping.current.signal,
      });
      live.say("照片已交上。");
      done();
    } catch (error) {
      setShare(null);
      setWrong(error instanceof Error ? error.message : "照片没有传上去，请再试一次。");
    }
  };
  return { share, wrong, send, stop: () => stopping.current?.abort() };
}
