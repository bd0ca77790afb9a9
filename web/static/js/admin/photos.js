// @ts-check
/** Photos of evidence of a session: what is written of each, and, for a stated purpose, the photo. */

import { html, useState } from "/vendor/preact.js";
import { dayAndTime, exactly } from "./words.js";

/**
 * @typedef {{id: string, at: number, name: string, caption: string, shown_at: number | null,
 *   gone_at: number | null, gone_words: string, destroyed: boolean,
 *   aside: boolean, place: boolean, width: number, height: number, sha256: string,
 *   arrived_sha256: string}} PhotoJson
 */

/** @param {{photos: readonly PhotoJson[], viewing: string | null}} props */
export function Photos({ photos, viewing }) {
  const [open, setOpen] = useState(/** @type {string | null} */ (null));
  if (photos.length === 0) return null;
  const toggle = (/** @type {string} */ id) => () => setOpen(open === id ? null : id);
  return html`<section class="sheet photo-sheet" aria-label="证据照片" data-testid="photo-sheet">
    <h2>证据照片 <span class="count">${photos.length}</span></h2>
    ${!viewing && html`<p class="soft photo-why">照片本身要填写用途后才能打开，和录像一样记入访问记录。</p>`}
    <ol class="photo-list">
      ${photos.map((one) => html`<${Item} key=${one.id} photo=${one} viewing=${viewing} large=${open === one.id} toggle=${toggle(one.id)} />`)}
    </ol>
  </section>`;
}

/** @param {{photo: PhotoJson, viewing: string | null, large: boolean, toggle: () => void}} props */
function Item({ photo, viewing, large, toggle }) {
  const address = `/api/viewings/${viewing}/photos/${photo.id}`;
  const words = photo.caption || "没有写说明";
  return html`<li class=${large ? "photo-item photo-item-large" : "photo-item"} data-testid="photo-item">
    ${viewing && !photo.destroyed &&
    html`<button type="button" class="photo-open-large" aria-expanded=${large} onClick=${toggle}>
      <img src=${large ? address : `${address}/small`} alt=${`照片：${words}`} width=${photo.width} height=${photo.height} />
      <span>${large ? "收起" : "看大图"}</span>
    </button>`}
    <div class="photo-said">
      <p><strong>${words}</strong></p>
      <p><time title=${exactly(photo.at)}>${dayAndTime(photo.at)}</time> ${photo.name} 交</p>
      <p class="photo-badges">
        ${photo.aside && html`<span class="badge wait">背对背时交的，勿转告对方</span>`}
        ${photo.shown_at ? html`<span class="badge go">给大家看过</span>` : html`<span class="badge">没有给对方看</span>`}
        ${photo.gone_at && html`<span class="badge stop">${photo.destroyed ? "已收回，内容已销毁" : "已收起"} ${dayAndTime(photo.gone_at)}</span>`}
        ${photo.place && html`<span class="badge">照片里有拍摄地点</span>`}
      </p>
      ${photo.gone_words && html`<p class="small">原因：${photo.gone_words}</p>`}
      <details>
        <summary>校验值（SHA-256）</summary>
        <p class="small">保存的：<code>${photo.sha256}</code></p>
        <p class="small">收到时的原件：<code>${photo.arrived_sha256}</code></p>
      </details>
    </div>
  </li>`;
}
