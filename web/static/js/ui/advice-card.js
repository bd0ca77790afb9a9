/** An advice entry as everybody reads it. */

import { html } from "/vendor/preact.js";
import { elapsed, exact, timeOfDay } from "../state/format.js";

/**
 * @typedef {import("../wire/types.js").Advice} Advice
 * @typedef {import("../wire/types.js").Citation} Citation
 */

/** @param {Citation} basis */
export function citationWords({ law, article, version_date }) {
  const version = version_date ? `（${version_date} 起施行）` : "";
  return `《${law.replace(/^《|》$/g, "")}》${article}${version}`;
}

/**
 * @param {{entry: Advice, number: number, children?: import("preact").ComponentChildren}} props
 */
export function AdviceCard({ entry, number, children }) {
  const replaced = entry.corrected_by !== null;
  return html`<article
    class=${replaced ? "advice advice-replaced" : "advice"}
    data-testid="advice-card"
    data-advice=${entry.id}
  >
    <header class="advice-head">
      <span class="advice-number">建议 ${number}</span>
      <span>${entry.matter.name}</span>
      <time title=${exact(entry.at)}>${timeOfDay(entry.at)}</time>
      ${
        entry.media_seconds !== null &&
        html`<span class="advice-moment">通话 ${elapsed(entry.media_seconds * 1000)}</span>`
      }
    </header>
    ${replaced && html`<p class="advice-note">已由后面的建议更正，以更正后的为准</p>`}
    ${entry.corrects && html`<p class="advice-note">更正了前面的一条建议</p>`}
    <p class="advice-text">${entry.advice}</p>
    <${Details} entry=${entry} />
    ${children}
  </article>`;
}

/** @param {{entry: Advice}} props */
function Details({ entry }) {
  return html`<dl class="advice-details">
    ${
      entry.legal_basis.length > 0 &&
      html`<dt>法律依据</dt>
        <dd>${entry.legal_basis.map((basis) => html`<div>${citationWords(basis)}</div>`)}</dd>`
    }
    ${entry.bring && html`<dt>需要带上</dt><dd>${entry.bring}</dd>`}
    ${entry.next_step && html`<dt>下一步</dt><dd>${entry.next_step}</dd>`}
  </dl>`;
}
