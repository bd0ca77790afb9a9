/** In a talk: hand it over, call a colleague in, give it back to the desk; or leave as a second. */

import { html, useState } from "/vendor/preact.js";
import { HandingStrip } from "../ui/handing.js";
import { useLive, useStore } from "../ui/hooks.js";
import { Button, Dialog, Empty } from "../ui/parts.js";
import { WhyField } from "./booked.js";

/**
 * @typedef {import("../wire/types.js").Session} Session
 * @typedef {import("../wire/types.js").Colleague} Colleague
 */

/** @param {{session: Session}} props */
export function Colleagues({ session }) {
  const [open, setOpen] = useState(false);
  const talking = session.state === "live" || session.state === "paused";
  if (!session.lead) return html`<${Leave} session=${session} />`;
  return html`<${Button} icon="people" testid="colleagues" disabled=${!talking || (session.handing !== null && !session.handing.unmet)} onClick=${() => setOpen(true)}>请同事<//>
    ${open && html`<${Asking} session=${session} close=${() => setOpen(false)} />`}`;
}

/** @param {{session: Session, close: () => void}} props */
function Asking({ session, close }) {
  const live = useLive();
  const { view } = useStore(live.known);
  const colleagues = view?.role === "lawyer" ? view.colleagues : [];
  const [reason, setReason] = useState("");
  const ask = async (/** @type {string|null} */ lawyer, /** @type {"transfer"|"call_in"} */ kind) => {
    const body = { session: session.id, lawyer, kind, reason: reason.trim() };
    if (await live.command("call.hand_over", body)) close();
  };
  return html`<${Dialog} title="请同事" onClose=${close} testid="colleagues-dialog">
    <p>会话照常进行。对方接听前，当事人会看到您在请谁。</p>
    <${WhyField} label="请同事做什么（对方接听前看得到，可以不填）" choices=${ASK_REASONS} words=${reason} change=${setReason} testid="ask-why" />
    <div class="d-item" data-testid="anybody">
      <div class="d-item-main"><strong>谁有空都行</strong><span class="soft small">按派单规则逐个呼叫，最多三位</span></div>
      <${Button} icon="plus" testid="call-in-anybody" onClick=${() => ask(null, "call_in")}>请来一起<//>
      <${Button} icon="next" testid="transfer-anybody" onClick=${() => ask(null, "transfer")}>转过去<//>
    </div>
    ${colleagues.length === 0 && html`<${Empty}>现在没有空闲的值班律师；后备律师由“谁有空都行”呼叫。<//>`}
    <ul class="d-list">
      ${colleagues.map(
        (one) => html`<li class="d-item" key=${one.id}>
          <div class="d-item-main"><strong>${one.name} 律师</strong><span class="soft small">${one.firm}</span></div>
          <${Button} icon="plus" testid="call-in" onClick=${() => ask(one.id, "call_in")}>请来一起<//>
          <${Button} icon="next" testid="transfer" onClick=${() => ask(one.id, "transfer")}>转过去<//>
        </li>`,
      )}
    </ul>
    <div class="dialog-actions">
      <${GiveBack} session=${session} />
      <${Button} onClick=${close}>返回会话<//>
    </div>
  <//>`;
}

const ASK_REASONS = Object.freeze(["案情复杂，一起商量", "涉及我不熟悉的领域", "需要方言或手语"]);
const GIVE_BACK_REASONS = Object.freeze(["发现利益冲突", "要去开庭或外出", "身体不适", "设备或网络故障"]);

/** @param {Session} session */
function whoGoesOn(session) {
  const seconds = session.participants.filter((one) => one.role === "lawyer" && !one.me && one.state === "connected");
  if (seconds.length > 1) return "会话由最先来的那位律师继续";
  return seconds[0] ? `会话由${seconds[0].name}律师继续` : "当事人将重新排队，由别人接听";
}

/** @param {{session: Session}} props */
function GiveBack({ session }) {
  const live = useLive();
  const [sure, setSure] = useState(false);
  const [reason, setReason] = useState("");
  const give = () => live.command("call.give_back", { session: session.id, reason: reason.trim() });
  if (!sure) return html`<${Button} tone="quiet" testid="give-back" onClick=${() => setSure(true)}>我不能继续，交回值班台<//>`;
  return html`<div class="stack">
    <${WhyField} label="为什么交回（记在日志里，当事人看不到）" choices=${GIVE_BACK_REASONS} words=${reason} change=${setReason} />
    <${Button} tone="stop" testid="give-back-yes" disabled=${reason.trim() === ""} onClick=${give}>确认交回：${whoGoesOn(session)}<//>
  </div>`;
}

/** @param {{session: Session}} props */
function Leave({ session }) {
  const live = useLive();
  const leave = () => live.command("call.leave", { session: session.id });
  return html`<${Button} tone="stop" icon="hangup" testid="leave-talk" onClick=${leave}>离开（其他人继续）<//>`;
}

/** @param {{session: Session}} props */
export function Handing({ session }) {
  const live = useLive();
  const stop = () => live.command("call.stop_hand_over", { session: session.id });
  return html`<${HandingStrip} session=${session}>
    ${session.lead && html`<${Button} testid="stop-hand-over" onClick=${stop}>${session.handing?.unmet ? "知道了" : "取消"}<//>`}
  <//>`;
}
