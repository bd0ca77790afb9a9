/** After the talk: complete the advice, or say why there is none. */

import { html, useState } from "/vendor/preact.js";
import { CLOSE_REASONS } from "../state/desk.js";
import { lengthInWords, timeOfDay } from "../state/format.js";
import { useLive } from "../ui/hooks.js";
import { Button, Note } from "../ui/parts.js";
import { AdviceDesk } from "./advice-desk.js";
import { CaseFacts } from "./case-facts.js";
import { Bar } from "./frame.js";

/**
 * @typedef {import("../wire/types.js").Session} Session
 * @typedef {{session: Session, view: import("../wire/types.js").LawyerView, later: () => void}} Props
 */

/** @param {Props} props */
export function WrapUp({ session, view, later }) {
  const others = view.wrapping.length - 1;
  return html`<${Bar} view=${view} />
    <main id="main" class="page d-wrapup" tabindex="-1" data-testid="wrapup">
      <div class="page-head">
        <div>
          <h1>完善记录</h1>
          <p class="soft">${talk(session)}${others > 0 ? ` · 另有 ${others} 份记录待完善` : ""}</p>
        </div>
        <${Button} tone="quiet" testid="wrapup-later" onClick=${later}>稍后再写<//>
      </div>
      <div class="d-columns">
        <section class="sheet" aria-label="建议"><${AdviceDesk} session=${session} /></section>
        <div class="stack">
          <section class="sheet"><${CaseFacts} session=${session} /></section>
          <${Close} session=${session} />
        </div>
      </div>
    </main>`;
}

/** @param {Session} session */
function talk({ live_at, ended_at }) {
  if (!live_at || !ended_at) return "没有接通";
  return `${timeOfDay(live_at)} 至 ${timeOfDay(ended_at)}，通话 ${lengthInWords(ended_at - live_at)}`;
}

/** @param {{session: Session}} props */
function Close({ session }) {
  const live = useLive();
  const [reason, setReason] = useState("");
  const advised = session.advice.length > 0;
  const ready = advised || reason.trim() !== "";
  const close = () => live.command("session.close", { session: session.id, reason: reason.trim() });
  return html`<section class="sheet stack" aria-labelledby="close">
    <h2 id="close">办结</h2>
    ${
      advised
        ? html`<${Note} tone="go" icon="check">已有 ${session.advice.length} 条建议${session.receipt_at ? "，调解员已确认收到" : "，调解员还没有确认收到"}。<//>`
        : html`<${NoAdvice} reason=${reason} choose=${setReason} />`
    }
    <${Button} tone="primary" size="wide" testid="close-session" disabled=${!ready} onClick=${close}>
      ${ready ? "办结，回到工作台" : "请先写建议，或说明原因"}
    <//>
  </section>`;
}

/** @param {{reason: string, choose: (reason: string) => void}} props */
function NoAdvice({ reason, choose }) {
  return html`<p>没有写建议的，请说明原因：</p>
    <div class="d-reasons">
      ${CLOSE_REASONS.map(
        (words) => html`<${Button} pressed=${reason === words} onClick=${() => choose(words)}>${words}<//>`,
      )}
    </div>
    <label class="field"
      ><span class="label">或自己写</span>
      <input
        class="input"
        data-testid="close-reason"
        maxlength="200"
        value=${reason}
        onInput=${(/** @type {{currentTarget: HTMLInputElement}} */ event) => choose(event.currentTarget.value)}
    /></label>`;
}
