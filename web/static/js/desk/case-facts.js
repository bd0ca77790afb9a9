/** What is known of the case, and what each person agreed to. */

import { html } from "/vendor/preact.js";
import { exact } from "../state/format.js";
import { kindWords } from "../state/words.js";

/** @param {{session: import("../wire/types.js").Session}} props */
export function CaseFacts({ session }) {
  return html`<dl class="d-facts" data-testid="case-facts">
    <dt>编号</dt><dd>${session.number}</dd>
    <dt>来自</dt><dd>${session.station} · 调解员 ${session.mediator.name}</dd>
    <dt>类别</dt><dd>${kindWords(session.kind)} · ${session.matter.name}</dd>
    <dt>发起</dt><dd>${exact(session.requested_at)}</dd>
    <dt>当事人</dt>
    <dd>
      <ul class="d-persons">
        ${session.persons.map(
          (person) =>
            html`<li key=${person.id}>
              <span>${person.name}</span>
              <span class=${person.recording ? "badge go" : "badge none"}>
                ${person.recording ? "同意录音录像" : "不同意录音录像"}
              </span>
            </li>`,
        )}
      </ul>
    </dd>
    <dt>情况</dt><dd class="d-facts-text">${session.facts || "没有填写"}</dd>
  </dl>`;
}
