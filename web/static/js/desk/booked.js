/** The lawyer's appointments, and calling a station. */

import { html, useEffect, useState } from "/vendor/preact.js";
import { SlotChoice } from "../appointments/slots.js";
import { chime } from "../media/sounds.js";
import { typed } from "../pages/attempt.js";
import { REASONS, dayOf, mayEnter, reminderOf, timeOf } from "../state/appointments.js";
import { secondsLeft } from "../state/format.js";
import { kindWords } from "../state/words.js";
import { useLive, useNow } from "../ui/hooks.js";
import { Button, Dialog, Empty, Note } from "../ui/parts.js";
import { ask } from "../wire/api.js";

/**
 * @typedef {import("../wire/types.js").Appointment} Appointment
 * @typedef {import("../wire/types.js").LawyerView} LawyerView
 * @typedef {import("../state/appointments.js").Slot} Slot
 * @typedef {{id: string, name: string, online: boolean, busy: boolean, unattended: boolean}} Callable
 */

/** @param {{view: LawyerView}} props */
export function Reminder({ view }) {
  const now = useNow();
  const reminder = reminderOf(view.appointments, now);
  const key = reminder?.key ?? "";
  useEffect(() => {
    if (key) chime();
  }, [key]);
  if (!reminder) return null;
  const { one, minutes, open } = reminder;
  return html`<${Note} tone="wait" icon="clock" testid="appointment-reminder">
    <strong>${minutes > 0 ? `还有 ${minutes} 分钟` : "时间到了"}：${timeOf(one.starts_at)} ${one.station.name}的预约。</strong>
    <span>${view.duty.on ? "工作站进入时，会先呼叫您。" : "请先开始值班，工作站进入时会先呼叫您。"}</span>
    ${open && view.duty.on && html`<${Enter} one=${one} />`}
  <//>`;
}

/** Go in first: ring the station's terminal. @param {{one: Appointment}} props */
function Enter({ one }) {
  const live = useLive();
  const call = () =>
    live.command("station.call", { station: one.station.id, kind: one.kind, matter: one.matter.code, appointment: one.id });
  return html`<${Button} tone="go" icon="phone" testid="enter-appointment" onClick=${call}>进入：呼叫工作站<//>`;
}

/** @param {{view: LawyerView}} props */
export function MyAppointments({ view }) {
  const [changing, setChanging] = useState(/** @type {Appointment|null} */ (null));
  const [calling, setCalling] = useState(false);
  const now = useNow();
  const { appointments } = view;
  return html`<section class="sheet" aria-labelledby="appointments" data-testid="appointment-list">
    <h2 id="appointments" class="d-title">我的预约<span class="badge none">${appointments.length}</span></h2>
    ${appointments.length === 0 && html`<${Empty}>两周内没有预约。<//>`}
    <ul class="d-list">
      ${appointments.map(
        (one) => html`<li class="d-item" key=${one.id}>
          <div class="d-item-main">
            <strong>${dayOf(one.starts_at)} ${timeOf(one.starts_at)}　${one.station.name}</strong>
            <span>${kindWords(one.kind)} · ${one.matter.name}</span>
            ${one.about && html`<span class="soft small">${one.about}</span>`}
          </div>
          ${
            mayEnter(one, now) && view.duty.on
              ? html`<${Enter} one=${one} />`
              : one.state === "booked" && html`<${Button} testid="change-appointment" onClick=${() => setChanging(one)}>改期或取消<//>`
          }
        </li>`,
      )}
    </ul>
    <p class="row">
      <a class="button quiet" href="/api/appointments/appointments.ics" download>加到日历</a>
      ${view.duty.on && html`<${Button} tone="quiet" icon="phone" testid="call-station" onClick=${() => setCalling(true)}>呼叫一个工作站<//>`}
    </p>
    ${changing && html`<${Change} one=${changing} close=${() => setChanging(null)} />`}
    ${calling && html`<${CallStation} close=${() => setCalling(false)} />`}
    ${view.calling && html`<${Calling} call=${view.calling} />`}
  </section>`;
}

/** @param {{one: Appointment, close: () => void}} props */
function Change({ one, close }) {
  const live = useLive();
  const [reason, setReason] = useState("");
  const [slot, setSlot] = useState(/** @type {Slot|null} */ (null));
  const why = reason.trim();
  const move = async () => {
    const body = { appointment: one.id, starts_at: slot?.starts_at, reason: why };
    if (await live.command("appointment.move", body)) close();
  };
  const cancel = async () => {
    if (await live.command("appointment.cancel", { appointment: one.id, reason: why })) close();
  };
  return html`<${Dialog} title=${`${dayOf(one.starts_at)} ${timeOf(one.starts_at)} 的预约`} onClose=${close} testid="change-dialog">
    <${WhyField} label="原因（工作站会看到）" choices=${REASONS} words=${reason} change=${setReason} />
    <${SlotChoice} question=${`station=${one.station.id}&move=${one.id}`} chosen=${slot} choose=${setSlot} />
    <div class="dialog-actions">
      <${Button} onClick=${close}>返回<//>
      <${Button} tone="stop" testid="cancel-appointment" disabled=${!why} onClick=${cancel}>取消预约<//>
      <${Button} tone="go" testid="move-appointment" disabled=${!why || !slot} onClick=${move}>改到所选时间<//>
    </div>
  <//>`;
}

/**
 * A reason: one of some, or in one's own words.
 * @param {{label: string, choices: readonly string[], words: string, change: (words: string) => void,
 *   testid?: string}} props
 */
export function WhyField({ label, choices, words, change, testid = "why" }) {
  return html`<div class="stack">
    <div class="row">${choices.map((one) => html`<${Button} pressed=${words === one} onClick=${() => change(one)}>${one}<//>`)}</div>
    <label class="field"><span class="label">${label}</span>
      <input class="input" data-testid=${testid} maxlength="100" value=${words} onInput=${(/** @type {Event} */ event) => change(typed(event))} />
    </label>
  </div>`;
}

/** People asked to be called back; they are given a time. @param {{session: string, close: () => void}} props */
export function GiveTime({ session, close }) {
  const live = useLive();
  const [slot, setSlot] = useState(/** @type {Slot|null} */ (null));
  const book = async () => {
    const body = { session, lawyer: slot?.lawyer.id, starts_at: slot?.starts_at };
    if (await live.command("session.book", body)) close();
  };
  return html`<${Dialog} title="改为预约：选您值班的时间" onClose=${close} testid="give-time-dialog">
    <p>请先打电话与当事人商定。预约后，工作站的终端会显示并提醒。</p>
    <${SlotChoice} question=${`session=${session}`} chosen=${slot} choose=${setSlot} />
    <div class="dialog-actions">
      <${Button} onClick=${close}>返回<//>
      <${Button} tone="go" testid="give-time-yes" disabled=${!slot} onClick=${book}>预约<//>
    </div>
  <//>`;
}

/** @param {{close: () => void}} props */
function CallStation({ close }) {
  const live = useLive();
  const [stations, setStations] = useState(/** @type {Callable[]|null} */ (null));
  const [matter, setMatter] = useState(live.boot.matters.at(-1)?.code ?? "");
  useEffect(() => {
    ask("GET", "/api/stations/callable").then(({ items }) => setStations(items), () => setStations([]));
  }, []);
  const call = async (/** @type {string} */ station) => {
    if (await live.command("station.call", { station, kind: "consultation", matter })) close();
  };
  return html`<${Dialog} title="呼叫一个工作站" onClose=${close} testid="call-station-dialog">
    <p class="soft small">接通前不会看到画面。没有问过现场的人，不录音录像。</p>
    <label class="field"><span class="label">纠纷类型</span>
      <select class="input" value=${matter} onChange=${(/** @type {Event} */ event) => setMatter(typed(event))}>
        ${live.boot.matters.map(({ code, name }) => html`<option value=${code}>${name}</option>`)}
      </select></label>
    ${stations === null && html`<p class="loading">正在读取…</p>`}
    ${stations?.length === 0 && html`<${Empty}>没有读到工作站，请稍后再试。<//>`}
    <ul class="d-list d-stations">
      ${(stations ?? []).map(
        (one) => html`<li class="d-item" key=${one.id}>
          <div class="d-item-main"><strong>${one.name}</strong><span class="soft small">${stateWords(one)}</span></div>
          <${Button} icon="phone" disabled=${!one.online || one.busy} label=${`呼叫${one.name}`} onClick=${() => call(one.id)}>呼叫<//>
        </li>`,
      )}
    </ul>
    <div class="dialog-actions"><${Button} onClick=${close}>返回<//></div>
  <//>`;
}

/** @param {Callable} station */
function stateWords({ online, busy, unattended }) {
  if (!online) return "终端没有开机，或没有人登录";
  if (busy) return "正在通话或等候";
  return unattended ? "可以呼叫；无人时可能自动接听" : "可以呼叫；要有人接听";
}

/** @param {{call: import("../wire/types.js").StationCall}} props */
function Calling({ call }) {
  const live = useLive();
  const now = useNow();
  const stop = () => live.command("station.stop", { call: call.id });
  const auto = call.auto_at !== null && now < call.auto_at;
  return html`<${Dialog} title=${`正在呼叫 ${call.station.name}`} onClose=${stop} testid="calling-station">
    <p class="d-countdown">${
      auto
        ? html`<strong>${secondsLeft(call.auto_at ?? 0, now)}</strong> 秒后终端自动接听（本站允许无人值守）`
        : html`还响 <strong>${secondsLeft(call.until, now)}</strong> 秒，等人接听`
    }</p>
    <div class="dialog-actions"><${Button} tone="stop" icon="hangup" testid="stop-calling" onClick=${stop}>取消呼叫<//></div>
  <//>`;
}
