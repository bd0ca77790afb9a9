/** Photos of evidence in the room: a strip of small ones, and each large. */

import { html, useState } from "/vendor/preact.js";
import { described, givenAt, givenBy, mayTakeBack, seenBy, stateOf } from "../state/photos.js";
import { ApiError, ask } from "../wire/api.js";
import { useLive } from "./hooks.js";
import { Button, Dialog, Note } from "./parts.js";

/**
 * @typedef {import("../wire/types.js").Session} Session
 * @typedef {import("../wire/types.js").Photo} Photo
 */

/**
 * `covered`: people stand around this screen, so what one side gave for the mediator alone is not
 * shown before somebody asks for it. `children`: a button before the photos.
 * @param {{session: Session, covered?: boolean, children?: import("preact").ComponentChildren}} props
 */
export function PhotoStrip({ session, covered = false, children }) {
  const [open, setOpen] = useState(/** @type {string|null} */ (null));
  const { photos } = session;
  const large = photos.find((one) => one.id === open);
  if (!photos.length && !children) return null;
  return html`<section class="photos" aria-label="证据照片" data-testid="photos">
    ${children}
    ${
      photos.length > 0 &&
      html`<ul class="photos-list" aria-live="polite">
        ${photos.map((photo) => html`<${Small} key=${photo.id} session=${session} photo=${photo} covered=${covered} open=${() => setOpen(photo.id)} />`)}
      </ul>`
    }
    ${large && html`<${Large} session=${session} photo=${large} covered=${covered} close=${() => setOpen(null)} />`}
  </section>`;
}

/** @param {Session} session @param {Photo} photo @param {string} [end] */
const address = (session, photo, end = "") => `/api/sessions/${session.id}/photos/${photo.id}${end}`;

/** @param {{session: Session, photo: Photo, covered: boolean, open: () => void}} props */
function Small({ session, photo, covered, open }) {
  const hidden = covered && !photo.shown && !photo.me;
  return html`<li>
    <button type="button" class="photo-small" data-testid="photo" onClick=${open}>
      ${
        hidden
          ? html`<span class="photo-covered">点开看</span><span class="visually-hidden">${described(photo)}</span>`
          : html`<img src=${address(session, photo, "/small")} alt=${described(photo)} draggable=${false} />`
      }
      <span class=${photo.shown ? "photo-state photo-open" : "photo-state"}>${stateOf(photo)}</span>
    </button>
  </li>`;
}

/** @param {{session: Session, photo: Photo, covered: boolean, close: () => void}} props */
function Large({ session, photo, covered, close }) {
  const live = useLive();
  const [allowed, setAllowed] = useState(!covered || photo.shown || photo.me);
  const [taking, setTaking] = useState(false);
  const show = () => live.command("photo.show", { session: session.id, photo: photo.id });
  const mediates = session.participants.some((one) => one.me && one.role === "mediator");
  return html`<${Dialog} title=${photo.caption || "证据照片"} testid="photo-large" onClose=${close}>
    <p class="photo-about">${givenBy(photo)} ${givenAt(photo)} 交 · ${seenBy(photo)}${photo.place && " · 照片里保留了拍摄地点"}</p>
    ${
      allowed
        ? html`<${Frame} key=${photo.id} session=${session} photo=${photo} low=${taking} />`
        : html`<div class="photo-warned">
            <p>${photo.earlier ? "这张照片是前一次交的，今天到场的人不一定看过。" : "这张照片只交给了调解员和律师。"}打开前，请看一下旁边有没有不该看到的人。</p>
            <${Button} tone="primary" testid="photo-uncover" onClick=${() => setAllowed(true)}>打开照片<//>
          </div>`
    }
    ${
      taking
        ? html`<${TakeBack} session=${session} photo=${photo} close=${close} stop=${() => setTaking(false)} />`
        : html`<div class="dialog-actions">
            ${mayTakeBack(photo, mediates) && html`<${Button} testid="photo-take-back" onClick=${() => setTaking(true)}>${photo.shown ? "收起…" : "交错了，收回…"}<//>`}
            ${mediates && !photo.shown && !photo.away && html`<${Button} icon="people" testid="photo-show" onClick=${show}>给大家看<//>`}
            <${Button} tone="primary" testid="photo-close" onClick=${close}>返回<//>
          </div>`
    }
  <//>`;
}

/** `low`: there is something to be read and answered below it. @param {{session: Session, photo: Photo, low: boolean}} props */
function Frame({ session, photo, low }) {
  const [state, setState] = useState(/** @type {"loading"|"there"|"failed"} */ ("loading"));
  return html`<div class=${low ? "photo-frame photo-frame-low" : "photo-frame"}>
    ${state === "loading" && html`<p class="photo-wait" role="status">正在打开…</p>`}
    ${
      state === "failed"
        ? html`<p role="alert">这张照片没有打开，请检查网络后再点开一次。</p>`
        : html`<img
            src=${address(session, photo)}
            alt=${described(photo)}
            width=${photo.width}
            height=${photo.height}
            onLoad=${() => setState("there")}
            onError=${() => setState("failed")}
          />`
    }
  </div>`;
}

/**
 * Asked once more: what is taken back is destroyed, what everybody has seen is put away with a reason.
 * @param {{session: Session, photo: Photo, close: () => void, stop: () => void}} props
 */
function TakeBack({ session, photo, close, stop }) {
  const live = useLive();
  const [words, setWords] = useState("");
  const [wrong, setWrong] = useState("");
  const go = async () => {
    try {
      await ask("POST", address(session, photo, "/taken-back"), { body: { words: words.trim() }, csrf: live.boot.csrf });
      live.say(photo.shown ? "照片已收起。" : "照片已收回并销毁。");
      close();
    } catch (error) {
      setWrong(error instanceof ApiError ? error.message : "没有收回，请再试一次。");
    }
  };
  return html`<div class="photo-back" data-testid="photo-taking-back">
    <p>
      <strong>${photo.shown ? "收起这张照片吗？" : "收回这张照片吗？"}</strong>
      ${photo.shown ? "大家已经看过。收起后只有您还看得到；照片仍保存在记录里。" : "照片内容会立即销毁，不能恢复。记录里只留下：交过一张照片，已收回。"}
    </p>
    ${
      photo.shown &&
      html`<label class="photo-words"><span>为什么收起（必填）</span>
        <input class="input" data-testid="photo-back-words" maxlength="200" autocomplete="off" value=${words} onInput=${(/** @type {{currentTarget: HTMLInputElement}} */ event) => setWords(event.currentTarget.value)} />
      </label>`
    }
    ${wrong && html`<${Note} tone="stop" icon="alert">${wrong}<//>`}
    <div class="dialog-actions">
      <${Button} testid="photo-keep" onClick=${stop}>${photo.shown ? "不收起" : "不收回"}<//>
      <${Button} tone="danger" testid="photo-take-back-yes" disabled=${photo.shown && !words.trim()} onClick=${go}>${photo.shown ? "收起照片" : "收回并销毁"}<//>
    </div>
  </div>`;
}
