/** After the talk: the advice to read, confirm and print; then nothing of it stays here. */

import { html, useState } from "/vendor/preact.js";
import { dayInWords, exact, timeOfDay } from "../state/format.js";
import { inForce } from "../state/terminal.js";
import { kindWords } from "../state/words.js";
import { AdviceCard } from "../ui/advice-card.js";
import { useLive } from "../ui/hooks.js";
import { Button, Dialog, Empty, Note } from "../ui/parts.js";
import { AdjournAfter } from "./adjourn.js";
import { Bar } from "./frame.js";
import { Integrity, useIntegrity } from "./integrity.js";
import { Rate } from "./rate.js";

/**
 * @typedef {import("../wire/types.js").Session} Session
 * @typedef {{session: Session, done: () => unknown}} Props
 */

/** @param {Props} props */
export function After({ session, done }) {
  if (session.state === "deferred") return html`<${Deferred} session=${session} done=${done} />`;
  return html`<${Finished} session=${session} done=${done} />`;
}

/** @param {Props} props */
function Finished({ session, done }) {
  const entries = inForce(session.advice);
  const value = useIntegrity(session);
  return html`<${Bar} />
    <main id="main" class="t-after" tabindex="-1" data-testid="after">
      <div class="t-after-head">
        <h1>${session.state === "failed" ? "通话意外中断了" : "通话结束"}</h1>
        <${Status} session=${session} />
      </div>
      <${Paper} session=${session} entries=${entries} value=${value} />
      ${session.state !== "failed" && html`<${Rate} session=${session} />`}
    </main>
    <${Actions} session=${session} done=${done} any=${entries.length > 0} paper=${entries.length > 0 || value !== null} />`;
}

/** @param {{session: Session}} props */
function Status({ session }) {
  if (session.state === "failed") {
    return html`<${Note} tone="stop" icon="alert">已经写下的建议都在。请返回首页，重新发起。<//>`;
  }
  if (session.state === "wrapping") {
    return html`<${Note} tone="wait" icon="edit">律师正在补充书面建议，会自动显示在这里。<//>`;
  }
  if (session.reason && session.advice.length === 0) {
    return html`<${Note} tone="" icon="flag">律师没有留下书面建议，原因：${session.reason}<//>`;
  }
  return html`<${Note} tone="go" icon="check">律师已经写完建议。<//>`;
}

/**
 * What goes on paper.
 * @param {{session: Session, entries: Session["advice"],
 *   value: import("./integrity.js").Value|null}} props
 */
function Paper({ session, entries, value }) {
  const { lawyer } = session;
  return html`<section class="sheet t-paper" aria-label="书面建议" tabindex="0">
    <header class="t-paper-head">
      <h2>法律建议单</h2>
      <p>${kindWords(session.kind)} · ${session.matter.name} · 编号 ${session.number}</p>
      <p>
        ${session.station} · 调解员 ${session.mediator.name}
        ${lawyer && ` · 律师 ${lawyer.name}（${lawyer.firm}，执业证号 ${lawyer.licence_no}）`}
      </p>
      <p>
        ${dayInWords(session.requested_at)}
        ${session.live_at && ` ${timeOfDay(session.live_at)}`}${session.ended_at && ` 至 ${timeOfDay(session.ended_at)}`}
        ${` · ${session.kind === "mediation" ? "当事人" : "咨询人"} ${session.persons.map((one) => one.name).join("、")}`}
      </p>
    </header>
    ${entries.length === 0 && html`<${Empty}>${session.state === "wrapping" ? "还没有书面建议。" : "这次没有书面建议。"}<//>`}
    ${entries.map((entry, n) => html`<${AdviceCard} key=${entry.id} entry=${entry} number=${n + 1} />`)}
    <p class="t-disclaimer">
      以上是法律建议，供各方自愿协商时参考，不是判决或裁决；律师不代理任何一方。
      ${session.receipt_at && `调解员已于 ${exact(session.receipt_at)} 确认收到。`}
    </p>
    <${Integrity} session=${session} value=${value} />
  </section>`;
}

/** @param {Props & {any: boolean, paper: boolean}} props */
function Actions({ session, done, any, paper }) {
  const live = useLive();
  const [asking, setAsking] = useState(false);
  const confirm = () => live.command("session.confirm_receipt", { session: session.id });
  const unread = any && session.receipt_at === null && session.state !== "failed";
  const early = session.state === "wrapping" || unread;
  const finish = () => (early ? setAsking(true) : done());
  return html`<footer class="t-actions">
    <${Button} icon="print" testid="print" disabled=${!paper} onClick=${() => window.print()}>${any ? "打印建议" : "打印"}<//>
    ${session.state !== "failed" && html`<${AdjournAfter} session=${session} />`}
    <p class="soft">完成后，这里不留任何个人信息。</p>
    <div class="t-actions-main">
      ${
        unread
          ? html`<${Button} tone="go" size="large" icon="check" testid="confirm-receipt" onClick=${confirm}>确认收到建议<//>`
          : session.receipt_at !== null && html`<span class="badge go" data-testid="receipt-confirmed">已确认收到</span>`
      }
      <${Button} tone=${early ? "" : "primary"} icon="home" testid="finish" onClick=${finish}>完成<//>
    </div>
    ${
      asking &&
      html`<${Dialog} title="现在就回首页吗？" onClose=${() => setAsking(false)}>
        <p>${unread ? "还没有确认收到建议。" : ""}${session.state === "wrapping" ? "律师还在补充建议，回首页后这里不再显示。" : ""}</p>
        <div class="dialog-actions">
          <${Button} tone="primary" onClick=${() => setAsking(false)}>留在这里<//>
          <${Button} testid="finish-yes" onClick=${done}>回首页<//>
        </div>
      <//>`
    }
  </footer>`;
}

/** @param {Props} props */
function Deferred({ session, done }) {
  const { boot } = useLive();
  return html`<${Bar} />
    <main id="main" class="t-unanswered" tabindex="-1" data-testid="deferred">
      <h1>已经记下，律师会打电话给您</h1>
      <p>编号 ${session.number}。请保持电话畅通；急事可以随时拨打 ${boot.hotline}。</p>
    </main>
    <footer class="t-actions">
      <div class="t-actions-main">
        <${Button} tone="primary" size="large" icon="home" testid="finish" onClick=${done}>完成<//>
      </div>
    </footer>`;
}
