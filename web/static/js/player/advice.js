// @ts-check
/** The advice log beside the picture: follows the play head, and plays the moment of an entry. */

import { html, useEffect, useRef } from "/vendor/preact.js";
import { current } from "./markers.js";
import { elapsed } from "./timeline.js";

/** @typedef {import("./markers.js").AdviceJson} AdviceJson */
/** @typedef {import("./markers.js").Marker} Marker */

/**
 * @param {{advice: readonly AdviceJson[], markers: readonly Marker[], at: number,
 *   play: (at: number) => void}} props `markers`: where each entry is on the time line
 */
export function AdviceList({ advice, markers, at, play }) {
  const list = useRef(/** @type {HTMLOListElement | null} */ (null));
  const now = current(markers, at)?.key;
  useEffect(() => show(list.current, now), [now]);
  return html`<aside class="advice-panel" aria-label="法律建议">
    <h2>法律建议 <span class="count">${advice.length}</span></h2>
    ${advice.length === 0 && html`<p class="empty">这次会话没有登记法律建议。</p>`}
    <ol ref=${list}>
      ${markers.map((marker) => {
        const entry = advice.find((one) => one.id === marker.key);
        return (
          entry &&
          html`<${Row} key=${entry.id} entry=${entry} at=${marker.at} now=${now === entry.id} play=${play} />`
        );
      })}
    </ol>
  </aside>`;
}

/**
 * Scroll the list, and only the list, to the entry.
 * @param {HTMLElement | null} list
 * @param {string | undefined} key
 */
function show(list, key) {
  const row = key && list?.querySelector(`[data-key="${CSS.escape(key)}"]`);
  if (!list || !(row instanceof HTMLElement)) return;
  const top = row.offsetTop - list.offsetTop;
  if (top < list.scrollTop || top + row.offsetHeight > list.scrollTop + list.clientHeight) {
    list.scrollTop = top - list.clientHeight / 3;
  }
}

/**
 * @param {{entry: AdviceJson, at: number, now: boolean, play: (at: number) => void}} props
 */
function Row({ entry, at, now, play }) {
  const basis = entry.legal_basis.map((one) => `《${one.law}》${one.article}`).join("、");
  return html`<li data-key=${entry.id}>
    <button
      type="button"
      class="advice-row"
      data-testid="advice-row"
      aria-current=${now ? "true" : undefined}
      onClick=${() => play(at)}
    >
      <span class="advice-head">
        <time>${elapsed(at)}</time> ${entry.author}
        ${entry.corrected_by && html`<em class="corrected">已更正</em>`}
        ${entry.corrects && html`<em>更正</em>`}
      </span>
      <span class=${entry.corrected_by ? "advice-text old" : "advice-text"}>${entry.advice}</span>
      ${basis && html`<span class="advice-basis">${basis}</span>`}
    </button>
  </li>`;
}
