/** After the talk: complete the advice, or say why there is none. */

import { html, useState } from "/vendor/preact.js";
import { isBlank, isComplete } from "../state/advice.js";
import { CLOSE_REASONS } from "../state/desk.js";
import { lengthInWords, timeOfDay } from "../state/format.js";
import { useLive } from "../ui/hooks.js";
import { Button, Dialog, Note } from "../ui/parts.js";
import { AdviceDesk } from "./advice-desk.js";
import { CaseFacts } from "./case-facts.js";
import { Bar } from "./frame.js";
import { useWriting } from "./writing.js";

/**
 * @typedef {import("../wire/types.js").Session} Session
 * @typedef {import("./writing.js").Writing} Writing
 * @typedef {{session: Session, view: import("../wire/types.js").LawyerView, later: () => void}} Props
 */

/** @param {Props} props */
export function WrapUp({ session, view, later }) {
  const others = view.wrapping.length - 1;
  const writing = useWriting(session);
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
        <section class="sheet" aria-label="建议"><${AdviceDesk} session=${session} writing=${writing} /></section>
        <div class="stack">
          <section class="sheet"><${CaseFacts} session=${session} /></section>
          <${Close} session=${session} writing=${writing} />
        </div>
      </div>
    </main>`;
}

/** @param {Session} session */
function talk({ live_at, ended_at }) {
  if (!live_at || !ended_at) return "没有接通";
  return `${timeOfDay(live_at)} 至 ${timeOfDay(ended_at)}，通话 ${lengthInWords(ended_at - live_at)}`;
}

/** @param {{session: Session, writing: Writing}} props */
function Close({ session, writing }) {
  const live = useLive();
  const [reason, setReason] = useState("");
  const [asking, setAsking] = useState(false);
  const advised = session.advice.length > 0;
  const ready = advised || reason.trim() !== "";
  const close = (/** @type {string} */ why) => live.command("session.close", { session: session.id, reason: why });
  const drop = async () => {
    setAsking(false);
    if (await close(reason.trim())) writing.clear();
  };
  const send = async () => {
    setAsking(false);
    if (await writing.post()) await close("");
  };
  const finish = () => (isBlank(writing.draft) ? close(reason.trim()) : setAsking(true));
  return html`<section class="sheet stack" aria-labelledby="close">
    <h2 id="close">办结</h2>
    ${
      advised
        ? html`<${Note} tone="go" icon="check">已有 ${session.advice.length} 条建议${session.receipt_at ? "，调解员已确认收到" : "，调解员还没有确认收到"}。<//>`
        : html`<${NoAdvice} reason=${reason} choose=${setReason} />`
    }
    <${Button} tone="primary" size="wide" testid="close-session" disabled=${!ready} onClick=${finish}>
      ${ready ? "办结，回到工作台" : "请先写建议，或说明原因"}
    <//>
    ${asking && html`<${Unsent} writing=${writing} send=${send} drop=${drop} back=${() => setAsking(false)} />`}
  </section>`;
}

/**
 * Nothing can be added to a closed session: what is typed and not sent would be lost without a word.
 * @param {{writing: Writing, send: () => unknown, drop: () => unknown, back: () => void}} props
 */
function Unsent({ writing: { draft, sending }, send, drop, back }) {
  const can = isComplete(draft) && !sending;
  return html`<${Dialog} title=${draft.corrects ? "有一条更正没有发出" : "还有一条建议没有发出"} onClose=${back} testid="unsent">
    <p>办结以后不能再写。${can ? "" : sending ? "这一条正在送达，请稍等。" : "“建议”一栏还空着，写好才能发出。"}</p>
    <div class="dialog-actions">
      <${Button} testid="unsent-back" onClick=${back}>回去修改<//>
      <${Button} tone="stop" testid="unsent-drop" disabled=${sending} onClick=${drop}>不要这一条，直接办结<//>
      <${Button} tone="primary" testid="unsent-send" disabled=${!can} onClick=${send}>发出并办结<//>
    </div>
  <//>`;
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
