/** What a proof found, as the proof page and the session page show it. */

import { html } from "/vendor/preact.js";
import { BADGES, findingWords, lengthWords, STATES } from "./words.js";

/** @typedef {import("./words.js").Proof} Proof */

/** @param {{state: string}} props */
export function StateBadge({ state }) {
  return html`<span class="badge ${BADGES[state] ?? "none"}">${STATES[state] ?? state}</span>`;
}

/** @param {{proof: Proof}} props */
export function Findings({ proof }) {
  return html`${proof.findings.length
      ? html`<ul class="proof-findings">
          ${proof.findings.map(
            (one) => html`<li><strong>${one.text}</strong> ${findingWords(one)}</li>`,
          )}
        </ul>`
      : null}
    <ul class="proof-lengths soft small">
      ${proof.lengths.map((one) => html`<li>${lengthWords(one)}</li>`)}
    </ul>`;
}
