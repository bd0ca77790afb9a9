/** The desk: who waits, what is unfinished, what was done today. */

import { html, useState } from "/vendor/preact.js";
import { dayAndTime, exact, lengthInWords, timeOfDay } from "../state/format.js";
import { kindWords, needWords, sessionWords } from "../state/words.js";
import { useLive, useNow } from "../ui/hooks.js";
import { Button, Empty, Note } from "../ui/parts.js";
import { GiveTime, MyAppointments, Reminder } from "./booked.js";
import { WhyNow, useDutyChange } from "./duty.js";
import { Bar } from "./frame.js";

/**
 * @typedef {import("../wire/types.js").LawyerView} LawyerView
 * @typedef {import("../wire/types.js").Card} Card
 */

/** @param {{view: LawyerView, check: () => void, resume: () => void}} props */
export function Home({ view, check, resume }) {
  return html`<${Bar} view=${view} />
    <main id="main" class="page d-home" tabindex="-1" data-testid="desk">
      ${!view.duty.on && html`<${OffDuty} waiting=${view.waiting.length} />`}
      <${Reminder} view=${view} />
      <${Rota} rota=${view.rota} />
      <div class="d-columns">
        <div class="stack">
          <${Waiting} view=${view} />
          <${Callbacks} view=${view} />
          <${Wrapping} cards=${view.wrapping} resume=${resume} />
        </div>
        <div class="stack">
          <${MyAppointments} view=${view} />
          <${Today} cards=${view.today} />
          <${Button} tone="quiet" icon="camera" testid="check-again" onClick=${check}>重新检查设备<//>
        </div>
      </div>
    </main>`;
}

/** Who is on by the roster now, and next. @param {{rota: LawyerView["rota"]}} props */
function Rota({ rota }) {
  const { now, next } = rota;
  if (now.length === 0 && !next) return null;
  return html`<p class="soft" data-testid="rota">
    值班表：现在${now.length ? now.join("、") : "没有安排"}${next ? `；${dayAndTime(next.at)} 起 ${next.names.join("、")}` : ""}
    <a href="/desk/roster">我的值班</a>
  </p>`;
}

/** @param {{waiting: number}} props */
function OffDuty({ waiting }) {
  const { asking, change, close } = useDutyChange();
  return html`<${Note} tone=${waiting ? "wait" : ""} icon="person">
    <strong>您现在没有值班，不会接到来电。</strong>
    <${Button} tone="go" testid="go-on-duty" onClick=${() => change("duty.on")}>开始值班<//>
    <${Button} testid="go-on-standby" onClick=${() => change("duty.on", { standby: true })}>做后备，其他人都没接时再叫我<//>
    ${asking && html`<${WhyNow} asking=${asking} change=${change} close=${close} />`}
  <//>`;
}

/** @param {{view: LawyerView}} props */
function Waiting({ view }) {
  // In the order of the service: who has waited longest, or has a need to be first.
  const cards = view.waiting;
  return html`<section class="sheet" aria-labelledby="waiting" data-testid="waiting-list">
    <h2 id="waiting" class="d-title">正在等候<span class=${cards.length ? "badge wait" : "badge none"}>${cards.length}</span></h2>
    ${cards.length === 0 && html`<${Empty}>没有人在等。有来电时会响铃，页面标题也会变。<//>`}
    <ul class="d-list">${cards.map((card) => html`<${WaitingCard} key=${card.id} card=${card} on=${view.duty.on} />`)}</ul>
  </section>`;
}

/** @param {{card: Card, on: boolean}} props */
function WaitingCard({ card, on }) {
  const live = useLive();
  const now = useNow();
  const take = (/** @type {boolean} */ recording) => live.command("call.accept", { session: card.id, recording });
  return html`<li class="d-item" data-testid="waiting-card">
    <div class="d-item-main">
      <strong>${card.station}</strong>
      <span>${kindWords(card.kind)} · ${card.matter.name}</span>
      <span class="soft small">${sessionWords(card.state)}</span>
      ${card.needs.length > 0 && html`<span class="badge wait">优先：${card.needs.map(needWords).join("、")}</span>`}
    </div>
    <span class="d-wait" title=${exact(card.requested_at)} data-testid="waiting-time">
      已等 ${lengthInWords(now - card.requested_at)}
    </span>
    ${on && html`<${Button} tone="go" icon="phone" testid="take-call" onClick=${() => take(true)}>接听，同意录音录像<//>
      <${Button} testid="take-unrecorded" onClick=${() => take(false)}>接听，不同意<//>`}
  </li>`;
}

/** Nobody answered them; they asked to be called back. @param {{view: LawyerView}} props */
function Callbacks({ view }) {
  const live = useLive();
  const now = useNow();
  const [giving, setGiving] = useState(/** @type {string|null} */ (null));
  if (view.callbacks.length === 0) return null;
  const done = (/** @type {string} */ session) => live.command("callback.done", { session });
  return html`<section class="sheet" aria-labelledby="callbacks" data-testid="callback-list">
    <h2 id="callbacks" class="d-title">请回电<span class="badge wait">${view.callbacks.length}</span></h2>
    <ul class="d-list">
      ${view.callbacks.map(
        (card) =>
          html`<li class="d-item" key=${card.id} data-testid="callback-card">
            <div class="d-item-main">
              <strong>${card.phone}　${card.persons.join("、")}</strong>
              <span>${card.station} · ${card.matter.name}</span>
            </div>
            <span class="d-wait" title=${exact(card.asked_at)}>${lengthInWords(now - card.asked_at)}前</span>
            ${view.duty.on && html`<${Button} icon="clock" testid="give-time" onClick=${() => setGiving(card.id)}>约时间<//>
              <${Button} icon="check" testid="callback-done" onClick=${() => done(card.id)}>已回电<//>`}
          </li>`,
      )}
    </ul>
    ${giving && html`<${GiveTime} session=${giving} close=${() => setGiving(null)} />`}
  </section>`;
}

/** @param {{cards: Card[], resume: () => void}} props */
function Wrapping({ cards, resume }) {
  if (cards.length === 0) return null;
  return html`<section class="sheet d-wrapping" aria-labelledby="wrapping" data-testid="wrapping-list">
    <h2 id="wrapping" class="d-title">待完善的记录<span class="badge wait">${cards.length}</span></h2>
    <p class="soft small">写完建议或说明原因，才算办结。</p>
    <ul class="d-list">
      ${cards.map(
        (card) =>
          html`<li class="d-item" key=${card.id}>
            <div class="d-item-main">
              <strong>${card.station}</strong>
              <span>${card.matter.name} · 编号 ${card.number}</span>
            </div>
            <span class="soft small" title=${card.ended_at ? exact(card.ended_at) : ""}>
              ${card.ended_at ? `${timeOfDay(card.ended_at)} 结束` : ""}
            </span>
          </li>`,
      )}
    </ul>
    <${Button} tone="primary" icon="edit" testid="resume-wrapup" onClick=${resume}>继续填写<//>
  </section>`;
}

/** @param {{cards: Card[]}} props */
function Today({ cards }) {
  return html`<section class="sheet" aria-labelledby="today" data-testid="today-list">
    <h2 id="today" class="d-title">今天办结<span class="badge none">${cards.length}</span></h2>
    ${cards.length === 0 && html`<${Empty}>今天还没有办结的会话。<//>`}
    <ul class="d-list">
      ${cards.map(
        (card) =>
          html`<li class="d-item" key=${card.id}>
            <div class="d-item-main">
              <strong>${card.station}</strong>
              <span>${kindWords(card.kind)} · ${card.matter.name}</span>
              <span class="soft small" title=${exact(card.requested_at)}>
                ${timeOfDay(card.requested_at)} · ${sessionWords(card.state)}${talk(card)} · 编号 ${card.number}
              </span>
            </div>
          </li>`,
      )}
    </ul>
  </section>`;
}

/** @param {Card} card */
function talk({ live_at, ended_at }) {
  return live_at && ended_at ? ` · 通话 ${lengthInWords(ended_at - live_at)}` : "";
}
