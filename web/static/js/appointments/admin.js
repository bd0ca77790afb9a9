/** Every appointment: booked, moved, cancelled, missed; calls to stations; what stations allow. */

import { html, render, useState } from "/vendor/preact.js";
import { typed, useAttempt } from "../pages/attempt.js";
import { Unread, useLoaded } from "../pages/loaded.js";
import { formatMoment } from "../pages/moments.js";
import { WeekChoice, dayWords, monday, today } from "../roster/parts.js";
import { dayOf, timeOf } from "../state/appointments.js";
import { kindWords } from "../state/words.js";
import { ask } from "../wire/api.js";
import { SlotChoice } from "./slots.js";
import { Unattended } from "./unattended.js";
import { appointmentWords, callWords, entryWords } from "./words.js";

/**
 * @typedef {{id: string, name: string}} Named
 * @typedef {{id: string, state: string, starts_at: number, ends_at: number, station: Named, lawyer: Named,
 *   kind: "mediation"|"consultation", matter: string, session: string|null, reason: string,
 *   log: {at: number, type: string, by: string, body: Record<string, any>}[]}} Item
 * @typedef {{id: string, at: number, lawyer: string, station: string, state: string,
 *   by_itself: boolean, session: string|null}} StationCall
 * @typedef {{first: string, items: Item[], calls: StationCall[]}} Shown
 * @typedef {{csrf: string, role: string, matters: {code: string, name: string}[], stations: Named[]}} Boot
 * @typedef {import("../state/appointments.js").Slot} Slot
 */

/** @param {{boot: Boot}} props */
function Page({ boot }) {
  const [first, setFirst] = useState(monday(today()));
  const { found, error, load } = useLoaded(`/api/appointments?from=${first}&days=7`);
  const shown = /** @type {Shown|null} */ (found);
  const unread = html`<${Unread} error=${error} load=${load} />`;
  if (!shown) return error ? unread : html`<p class="loading">正在读取…</p>`;
  const admin = boot.role === "admin";
  return html`${unread}
    <div class="page-head">
      <div><h1>预约</h1><p class="soft">${dayWords(shown.first)} 起的一周，按开始时间排列</p></div>
      <p class="row"><a class="button" href="/api/appointments/appointments.ics" download>导出日历（iCalendar）</a></p>
      <${WeekChoice} first=${first} move=${setFirst} />
    </div>
    <${List} items=${shown.items} boot=${boot} done=${load} />
    ${admin && html`<${Booking} boot=${boot} done=${load} />`}
    <${Calls} calls=${shown.calls} />
    ${admin && html`<${Unattended} csrf=${boot.csrf} />`}`;
}

/** @param {{items: Item[], boot: Boot, done: () => Promise<void>}} props */
function List({ items, boot, done }) {
  const [changing, setChanging] = useState(/** @type {string|null} */ (null));
  const names = new Map(boot.matters.map(({ code, name }) => [code, name]));
  return html`<section class="sheet table-wrap" tabindex="0" role="region" aria-label="预约">
    <table class="table">
      <thead><tr><th>时间</th><th>工作站</th><th>律师</th><th>事项</th><th>情况</th><th>经过</th><th></th></tr></thead>
      <tbody>
        ${items.length === 0 && html`<tr><td colspan="7" class="soft">这一周没有预约。</td></tr>`}
        ${items.map((one) => html`<${Line} key=${one.id} one=${one} matter=${names.get(one.matter) ?? ""} admin=${boot.role === "admin"}
          change=${() => setChanging(changing === one.id ? null : one.id)} />
          ${changing === one.id && html`<tr><td colspan="7"><${Change} one=${one} csrf=${boot.csrf} done=${async () => {
            setChanging(null);
            await done();
          }} /></td></tr>`}`)}
      </tbody>
    </table>
  </section>`;
}

/** @param {{one: Item, matter: string, admin: boolean, change: () => void}} props */
function Line({ one, matter, admin, change }) {
  const [words, tone] = appointmentWords(one.state);
  return html`<tr>
    <td class="nowrap"><strong>${dayOf(one.starts_at)} ${timeOf(one.starts_at)}</strong></td>
    <td>${one.station.name}</td><td class="nowrap">${one.lawyer.name}</td>
    <td>${kindWords(one.kind)} · ${matter}</td>
    <td class="nowrap"><span class=${`badge ${tone}`}>${words}</span>
      ${one.session && html` <a href=${`/admin/sessions/${one.session}`}>会话</a>`}</td>
    <td><ol class="appointment-log">${one.log.map((entry) => html`<li>${formatMoment(entry.at)} ${entryWords(entry)}</li>`)}</ol></td>
    <td>${admin && one.state === "booked" && html`<button class="button" type="button" data-testid="change" onClick=${change}>改期或取消</button>`}</td>
  </tr>`;
}

/** @param {{one: Item, csrf: string, done: () => Promise<void>}} props */
function Change({ one, csrf, done }) {
  const [slot, setSlot] = useState(/** @type {Slot|null} */ (null));
  const [reason, setReason] = useState("");
  const { busy, error, run } = useAttempt();
  const send = (/** @type {string} */ deed, /** @type {object} */ body) =>
    run(async () => {
      await ask("POST", `/api/appointments/${one.id}/${deed}`, { body, csrf });
      await done();
    });
  const why = reason.trim();
  return html`<div class="stack">
    <label class="field"><span class="label">原因（双方都会看到）</span>
      <input class="input" data-testid="reason" maxlength="200" value=${reason} onInput=${(/** @type {Event} */ event) => setReason(typed(event))} /></label>
    <${SlotChoice} question=${`station=${one.station.id}&move=${one.id}`} chosen=${slot} choose=${setSlot} />
    <p class="error" role="alert">${error}</p>
    <p class="row">
      <button class="button primary" type="button" disabled=${busy || !slot || slot.lawyer.id !== one.lawyer.id || !why}
        onClick=${() => send("move", { starts_at: slot?.starts_at, reason: why })}>改到这个时间（同一位律师）</button>
      <button class="button stop" type="button" data-testid="cancel" disabled=${busy || !why} onClick=${() => send("cancel", { reason: why })}>取消预约</button>
    </p>
  </div>`;
}

const EMPTY = { station: "", kind: "consultation", matter: "", about: "" };

/** @param {{boot: Boot, done: () => Promise<void>}} props */
function Booking({ boot, done }) {
  const [fields, setFields] = useState(EMPTY);
  const [slot, setSlot] = useState(/** @type {Slot|null} */ (null));
  const { busy, error, run } = useAttempt();
  const set = (/** @type {string} */ name) => (/** @type {Event} */ event) => {
    if (name === "station") setSlot(null);
    setFields({ ...fields, [name]: typed(event) });
  };
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    if (!slot) return undefined;
    const body = { ...fields, lawyer: slot.lawyer.id, starts_at: slot.starts_at };
    return run(async () => {
      await ask("POST", "/api/appointments", { body, csrf: boot.csrf });
      setFields(EMPTY);
      setSlot(null);
      await done();
    });
  };
  return html`<section class="sheet appointments-part"><h2>替工作站预约律师</h2>
    <form onSubmit=${submit}>
      <div class="appointments-form">
        <label class="field"><span class="label">工作站</span>
          <select class="input" name="station" required value=${fields.station} onChange=${set("station")}>
            <option value="">请选择</option>${boot.stations.map((one) => html`<option value=${one.id}>${one.name}</option>`)}
          </select></label>
        <label class="field"><span class="label">类别</span>
          <select class="input" name="kind" value=${fields.kind} onChange=${set("kind")}>
            <option value="consultation">法律咨询</option><option value="mediation">人民调解</option>
          </select></label>
        <label class="field"><span class="label">纠纷类型</span>
          <select class="input" name="matter" required value=${fields.matter} onChange=${set("matter")}>
            <option value="">请选择</option>${boot.matters.map(({ code, name }) => html`<option value=${code}>${name}</option>`)}
          </select></label>
        <label class="field"><span class="label">一句话说明（可不填，给律师看）</span>
          <input class="input" name="about" maxlength="200" value=${fields.about} onInput=${set("about")} /></label>
      </div>
      ${fields.station
        ? html`<${SlotChoice} question=${`station=${fields.station}`} chosen=${slot} choose=${setSlot} />`
        : html`<p class="soft">先选工作站，再选时间和律师。</p>`}
      <p class="error" role="alert">${error}</p>
      <button class="button primary" data-testid="book" disabled=${busy || !slot}>
        ${slot ? `预约 ${dayOf(slot.starts_at)} ${timeOf(slot.starts_at)} ${slot.lawyer.name}律师` : "预约"}</button>
    </form>
  </section>`;
}

/** @param {{calls: StationCall[]}} props */
function Calls({ calls }) {
  return html`<section class="sheet appointments-part"><h2>中心呼叫工作站</h2>
    ${calls.length === 0
      ? html`<p class="soft">这一周以来中心没有呼叫过工作站。</p>`
      : html`<div class="table-wrap" tabindex="0" role="region" aria-label="中心呼叫工作站"><table class="table">
          <thead><tr><th>时间</th><th>律师</th><th>工作站</th><th>结果</th></tr></thead>
          <tbody>${calls.map((one) => html`<tr key=${one.id}>
            <td class="nowrap">${formatMoment(one.at)}</td><td class="nowrap">${one.lawyer}</td><td>${one.station}</td>
            <td>${callWords(one)}${one.session && html` <a href=${`/admin/sessions/${one.session}`}>会话</a>`}</td></tr>`)}</tbody>
        </table></div>`}
  </section>`;
}

const boot = JSON.parse(document.getElementById("boot")?.textContent ?? "{}");
const root = document.getElementById("app");
if (root) {
  root.replaceChildren();
  render(html`<${Page} boot=${boot} />`, root);
}
