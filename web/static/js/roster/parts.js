/** What both pages of the roster are made of. */

import { html } from "/vendor/preact.js";
import { typed } from "../pages/attempt.js";

/**
 * @typedef {{id: string, lawyer: string, name: string, kind: "duty"|"standby"|"leave",
 *   weekday: number|null, day: string|null, start: string, end: string, reason: string}} Entry
 * @typedef {{day: string, start: string, end: string, lawyer: string, name: string, standby: boolean}} Shift
 * @typedef {{id: string, giver: string, taker: string, mine: boolean, day: string, start: string,
 *   end: string, state: string}} Swap
 * @typedef {{first: string, days: number, lawyers: {id: string, name: string}[], entries: Entry[],
 *   shifts: Shift[], swaps: Swap[]}} Roster
 */

export const WEEKDAYS = Object.freeze(["周一", "周二", "周三", "周四", "周五", "周六", "周日"]);
export const KINDS = Object.freeze({ duty: "值班", standby: "后备", leave: "请假" });

/** @param {string} day YYYY-MM-DD @param {number} by */
export function dayAfter(day, by) {
  const moved = new Date(`${day}T00:00:00Z`);
  moved.setUTCDate(moved.getUTCDate() + by);
  return moved.toISOString().slice(0, 10);
}

/** The Monday of a day's week. @param {string} day */
export function monday(day) {
  return dayAfter(day, -((new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7));
}

/** Today in China. */
export const today = () =>
  new Intl.DateTimeFormat("sv-SE", { timeZone: "Asia/Shanghai" }).format(Date.now());

/** "11月23日 周一" @param {string} day */
export function dayWords(day) {
  const [, month, date] = day.split("-");
  const weekday = WEEKDAYS[(new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7];
  return `${Number(month)}月${Number(date)}日 ${weekday}`;
}

/** @param {{first: string, move: (first: string) => void}} props */
export function WeekChoice({ first, move }) {
  return html`<p class="row">
    <button class="button" type="button" onClick=${() => move(dayAfter(first, -7))}>上一周</button>
    <button class="button" type="button" onClick=${() => move(monday(today()))}>本周</button>
    <button class="button" type="button" onClick=${() => move(dayAfter(first, 7))}>下一周</button>
  </p>`;
}

/** @param {{roster: Roster}} props */
export function Week({ roster }) {
  const days = Array.from({ length: 7 }, (_, n) => dayAfter(roster.first, n));
  const now = today();
  const busy = roster.lawyers.filter((who) => roster.shifts.some((one) => one.lawyer === who.id));
  if (busy.length === 0) {
    return html`<div class="sheet empty"><p>这一周还没有排班。</p><p>没有值班表时，律师可以随时上下班；有了值班表，表外上班要说明原因。</p></div>`;
  }
  return html`<div class="sheet table-wrap" tabindex="0" role="region" aria-label="一周值班">
    <table class="table roster-week" data-testid="roster-week">
      <thead><tr><th>律师</th>${days.map((day) => html`<th class=${day === now ? "today" : ""}>${dayWords(day)}</th>`)}</tr></thead>
      <tbody>
        ${busy.map(
          (who) => html`<tr key=${who.id}><th scope="row">${who.name}</th>
            ${days.map((day) => html`<td class=${day === now ? "today" : ""}>
              ${roster.shifts
                .filter((one) => one.lawyer === who.id && one.day === day)
                .map((one) => html`<span class=${one.standby ? "roster-shift standby" : "roster-shift"}>
                  ${one.start}–${one.end}${one.standby ? " 后备" : ""}</span>`)}
            </td>`)}
          </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

/**
 * A field of a form whose values are held by its owner.
 * @template {Record<string, string>} F
 * @param {F} fields
 * @param {(fields: F) => void} change
 */
export function fieldsOf(fields, change) {
  const set = (/** @type {string} */ name) => (/** @type {Event} */ event) =>
    change({ ...fields, [name]: typed(event) });
  return {
    /** @param {string} name @param {string} label @param {string} type @param {boolean} [required] */
    input: (name, label, type, required = true) => html`<label class="field"><span class="label">${label}</span>
      <input class="input" name=${name} type=${type} required=${required} maxlength="100" value=${fields[name]} onInput=${set(name)} />
    </label>`,
    /** @param {string} name @param {string} label @param {(readonly [string, string])[]} choices */
    select: (name, label, choices) => html`<label class="field"><span class="label">${label}</span>
      <select class="input" name=${name} required value=${fields[name]} onChange=${set(name)}>
        <option value="">请选择</option>
        ${choices.map(([value, words]) => html`<option value=${value}>${words}</option>`)}
      </select>
    </label>`,
  };
}
