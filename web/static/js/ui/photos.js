/** Photos of evidence in the room: a strip of small ones, and each large. */

import { html, useEffect, useState } from "/vendor/preact.js";
import { described, givenAt, givenBy, seenBy, stateOf } from "../state/photos.js";
import { useLive } from "./hooks.js";
import { Button, Dialog } from "./parts.js";

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
  const [state, setState] = useState(/** @type {"loading"|"there"|"failed"} */ ("loading"));
  const [allowed, setAllowed] = useState(!covered || photo.shown || photo.me);
  useEffect(() => setState("loading"), [photo.id]);
  const show = () => live.command("photo.show", { session: session.id, photo: photo.id });
  const mediates = session.participants.some((one) => one.me && one.role === "mediator");
  return html`<${Dialog} title=${photo.caption || "证据照片"} testid="photo-large" onClose=${close}>
    <p class="photo-about">${givenBy(photo)} ${givenAt(photo)} 交 · ${seenBy(photo)}${photo.place && " · 照片里保留了拍摄地点"}</p>
    ${
      allowed
        ? html`<div class="photo-frame">
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
          </div>`
        : html`<div class="photo-warned">
            <p>${photo.earlier ? "这张照片是前一次交的，今天到场的人不一定看过。" : "这张照片只交给了调解员和律师。"}打开前，请看一下旁边有没有不该看到的人。</p>
            <${Button} tone="primary" testid="photo-uncover" onClick=${() => setAllowed(true)}>打开照片<//>
          </div>`
    }
    <div class="dialog-actions">
      ${mediates && !photo.shown && html`<${Button} icon="people" testid="photo-show" onClick=${show}>给大家看<//>`}
      <${Button} tone="primary" testid="photo-close" onClick=${close}>返回<//>
    </div>
  <//>`;
}
