/** The terminal's appointments: the next one on the home screen, booking, moving, cancelling. */

import { html, useEffect, useState } from "/vendor/preact.js";
import { SlotChoice } from "../appointments/slots.js";
import { chime } from "../media/sounds.js";
import { REASONS, dayOf, mayEnter, reminderOf, timeOf } from "../state/appointments.js";
import { kindWords } from "../state/words.js";
import { useLive, useNow } from "../ui/hooks.js";
import { Icon } from "../ui/icons.js";
import { Button, Dialog, Empty } from "../ui/parts.js";

/**
 * @typedef {import("../wire/types.js").Appointment} Appointment
 * @typedef {import("../state/appointments.js").Slot} Slot
 * @typedef {(appointment: Appointment) => void} Enter
 */

/** The next appointment, in words; close to its time with a sound, and the way in. @param {{appointments: Appointment[], enter: Enter}} props */
export function NextAppointment({ appointments, enter }) {
  const now = useNow();
  const reminder = reminderOf(appointments, now);
  const key = reminder?.key ?? "";
  useEffect(() => {
    if (key) chime();
  }, [key]);
  const next = reminder?.one ?? appointments.find((one) => one.state === "booked");
  if (!next) return null;
  const when = `${dayOf(next.starts_at)} ${timeOf(next.starts_at)}`;
  return html`<p class=${reminder ? "t-duty t-duty-none" : "t-duty"} role="status" data-testid="next-appointment">
    <${Icon} name="clock" />
    <span>${
      reminder
        ? html`<strong>${reminder.minutes > 0 ? `还有 ${reminder.minutes} 分钟` : "时间到了"}</strong>：${timeOf(next.starts_at)} 与${next.lawyer.name}律师的预约`
        : html`下一个预约：<strong>${when} ${next.lawyer.name}律师</strong>`
    }</span>
    ${mayEnter(next, now) && html`<${Button} tone="go" icon="next" testid="enter-appointment" onClick=${() => enter(next)}>进入<//>`}
  </p>`;
}

/** @param {{appointments: Appointment[], enter: Enter, close: () => void}} props */
export function AppointmentsDialog({ appointments, enter, close }) {
  const [changing, setChanging] = useState(/** @type {Appointment|null} */ (null));
  const [booking, setBooking] = useState(appointments.length === 0);
  const now = useNow();
  if (changing) return html`<${Change} one=${changing} back=${() => setChanging(null)} />`;
  if (booking) return html`<${Book} done=${() => setBooking(false)} close=${close} />`;
  return html`<${Dialog} title="本站的预约" onClose=${close} testid="appointments-dialog">
    ${appointments.length === 0 && html`<${Empty}>还没有预约。<//>`}
    <ul class="t-booked">
      ${appointments.map(
        (one) => html`<li key=${one.id}>
          <span><strong>${dayOf(one.starts_at)} ${timeOf(one.starts_at)}</strong> ${one.lawyer.name}律师<br />
            <span class="soft">${kindWords(one.kind)} · ${one.matter.name}</span></span>
          ${
            mayEnter(one, now)
              ? html`<${Button} tone="go" onClick=${() => enter(one)}>进入<//>`
              : one.state === "booked" && html`<${Button} testid="change-appointment" onClick=${() => setChanging(one)}>改期或取消<//>`
          }
        </li>`,
      )}
    </ul>
    <div class="dialog-actions">
      <${Button} onClick=${close}>返回<//>
      <${Button} tone="primary" icon="plus" testid="book-new" onClick=${() => setBooking(true)}>再约一个<//>
    </div>
  <//>`;
}

/** @param {{done: () => void, close: () => void}} props */
function Book({ done, close }) {
  const live = useLive();
  const [kind, setKind] = useState(/** @type {"mediation"|"consultation"} */ ("consultation"));
  const [matter, setMatter] = useState("");
  const [slot, setSlot] = useState(/** @type {Slot|null} */ (null));
  const book = async () => {
    if (!slot) return;
    const body = { lawyer: slot.lawyer.id, starts_at: slot.starts_at, kind, matter };
    if (await live.command("appointment.book", body)) done();
    else setSlot(null);
  };
  const chosen = (/** @type {{currentTarget: HTMLSelectElement}} */ event) => setMatter(event.currentTarget.value);
  return html`<${Dialog} title="预约律师" onClose=${close} testid="book-dialog">
    <div class="row">
      ${/** @type {const} */ (["consultation", "mediation"]).map(
        (one) => html`<${Button} pressed=${kind === one} onClick=${() => setKind(one)}>${kindWords(one)}<//>`,
      )}
      <label class="field t-booked-matter"><span class="visually-hidden">纠纷类型</span>
        <select class="input" data-testid="book-matter" value=${matter} onChange=${chosen}>
          <option value="">选择纠纷类型</option>
          ${live.boot.matters.map(({ code, name }) => html`<option value=${code}>${name}</option>`)}
        </select></label>
    </div>
    <${SlotChoice} question="" chosen=${slot} choose=${setSlot} />
    <div class="dialog-actions">
      <${Button} onClick=${close}>返回<//>
      <${Button} tone="go" testid="book-yes" disabled=${!slot || !matter} onClick=${book}>
        ${slot ? `预约 ${dayOf(slot.starts_at)} ${timeOf(slot.starts_at)} ${slot.lawyer.name}律师` : "先选时间"}
      <//>
    </div>
  <//>`;
}

/** @param {{one: Appointment, back: () => void}} props */
function Change({ one, back }) {
  const live = useLive();
  const [reason, setReason] = useState("");
  const [slot, setSlot] = useState(/** @type {Slot|null} */ (null));
  const move = async () => {
    const body = { appointment: one.id, starts_at: slot?.starts_at, reason };
    if (await live.command("appointment.move", body)) back();
  };
  const cancel = async () => {
    if (await live.command("appointment.cancel", { appointment: one.id, reason })) back();
  };
  return html`<${Dialog} title=${`${dayOf(one.starts_at)} ${timeOf(one.starts_at)} 的预约`} onClose=${back} testid="change-dialog">
    <p>为什么改？律师会看到。</p>
    <div class="row">${REASONS.map((words) => html`<${Button} pressed=${reason === words} onClick=${() => setReason(words)}>${words}<//>`)}</div>
    <${SlotChoice} question=${`move=${one.id}`} chosen=${slot} choose=${setSlot} />
    <div class="dialog-actions">
      <${Button} onClick=${back}>返回<//>
      <${Button} tone="stop" testid="cancel-appointment" disabled=${!reason} onClick=${cancel}>取消预约<//>
      <${Button} tone="go" testid="move-appointment" disabled=${!reason || slot?.lawyer.id !== one.lawyer.id} onClick=${move}>改到所选时间<//>
    </div>
  <//>`;
}

/** Nobody answered: put it off to a time. @param {{session: string, asked: (asked: boolean) => void, close: () => void}} props */
export function PutOff({ session, asked, close }) {
  const live = useLive();
  const [slot, setSlot] = useState(/** @type {Slot|null} */ (null));
  const book = async () => {
    if (!slot) return;
    asked(true);
    const body = { session, lawyer: slot.lawyer.id, starts_at: slot.starts_at };
    if (await live.command("session.book", body)) close();
    else asked(false);
  };
  return html`<${Dialog} title="约一个时间" onClose=${close} testid="put-off-dialog">
    <p>到时间前 15 分钟和 5 分钟，这里和律师那里都会提醒。</p>
    <${SlotChoice} question=${`session=${session}`} chosen=${slot} choose=${setSlot} />
    <div class="dialog-actions">
      <${Button} onClick=${close}>返回<//>
      <${Button} tone="go" testid="put-off-yes" disabled=${!slot} onClick=${book}>
        ${slot ? `约 ${dayOf(slot.starts_at)} ${timeOf(slot.starts_at)} ${slot.lawyer.name}律师` : "先选时间"}
      <//>
    </div>
  <//>`;
}
