/** What is known of the case, and what each person agreed to. */

import { html } from "/vendor/preact.js";
import { dateWords, exact } from "../state/format.js";
import { kindWords } from "../state/words.js";

/** @param {{session: import("../wire/types.js").Session}} props */
export function CaseFacts({ session }) {
  return html`<dl class="d-facts" data-testid="case-facts">
    <dt>编号</dt><dd>${session.number}</dd>
    <dt>来自</dt><dd>${session.station} · 调解员 ${session.mediator.name}</dd>
    <dt>类别</dt><dd>${kindWords(session.kind)} · ${session.matter.name}</dd>
    ${session.previous && html`<${Previous} previous=${session.previous} />`}
    ${session.adjourned && html`<dt>改日</dt><dd>约定${dateWords(session.adjourned.day)}继续${session.adjourned.reason && `：${session.adjourned.reason}`}</dd>`}
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

/** What was advised on the earlier day. @param {{previous: NonNullable<import("../wire/types.js").Session["previous"]>}} props */
function Previous({ previous }) {
  const { number, live_at, lawyer, advice } = previous;
  return html`<dt>接续</dt>
    <dd data-testid="previous">
      ${number}${live_at && ` · ${exact(live_at)}`}${lawyer && ` · ${lawyer}律师`}
      ${advice.length > 0 && html`<ol class="d-earlier">${advice.map((text) => html`<li>${text}</li>`)}</ol>`}
    </dd>`;
}
