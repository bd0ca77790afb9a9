// @ts-check
/** One search result. */

import { html } from "/vendor/preact.js";
import { dayAndTime, exactly, kindWords, recordingWords, stateWords } from "./words.js";

/** @typedef {{text: string, hit: boolean}} Piece */
/** @typedef {import("./words.js").Card & {advice_count: number, snippet: Piece[]}} ResultJson */

/** @param {{item: ResultJson}} props */
export function Result({ item }) {
  const [state, tone] = stateWords(item.state);
  const recorded = item.recording.since !== null;
  return html`<li class="result" data-testid="result-row">
    <a href="/admin/sessions/${item.id}">
      <span class="result-when">
        <time title=${exactly(item.requested_at)}>${dayAndTime(item.requested_at)}</time>
        <span class="result-number">${item.number}</span>
      </span>
      <span class="result-what">
        <strong>${item.matter.name}</strong>
        <span class="result-line">${kindWords(item.kind)} · ${item.station} · ${item.lawyer ?? "未接通律师"}</span>
        ${item.snippet.length > 0 &&
        html`<span class="snippet">
          ${item.snippet.map(({ text, hit }) => (hit ? html`<mark>${text}</mark>` : text))}
        </span>`}
      </span>
      <span class="result-marks">
        <span class="badge ${tone}">${state}</span>
        <span class="badge ${recorded ? "" : "none"}">${recorded ? "有录像" : recordingWords(item.recording)}</span>
        <span class="result-advice">${item.advice_count ? `${item.advice_count} 条建议` : "没有建议"}</span>
      </span>
    </a>
  </li>`;
}
