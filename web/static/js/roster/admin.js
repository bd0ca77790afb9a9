/** The roster as the admin keeps it: the week, its lines, files in and out, hours of the month. */

import { html, render, useState } from "/vendor/preact.js";
import { typed, useAttempt } from "../pages/attempt.js";
import { Unread, useLoaded } from "../pages/loaded.js";
import { ask } from "../wire/api.js";
import { Files } from "./files.js";
import { KINDS, WEEKDAYS, Week, WeekChoice, dayWords, fieldsOf, monday, today } from "./parts.js";

/**
 * @typedef {import("./parts.js").Roster} Roster
 * @typedef {{csrf: string}} Boot
 * @typedef {{id: string, name: string, planned_minutes: number, served_minutes: number,
 *   off_roster: number}} Hours
 */

const EMPTY = { lawyer: "", kind: "duty", every: "", day: "", start: "08:30", end: "17:30", reason: "" };

/** @param {{boot: Boot}} props */
function Page({ boot }) {
  const [first, setFirst] = useState(monday(today()));
  const { found, error, load } = useLoaded(`/api/roster?from=${first}&days=7`);
  const roster = /** @type {Roster|null} */ (found);
  const unread = html`<${Unread} error=${error} load=${load} />`;
  if (!roster) return error ? unread : html`<p class="loading">正在读取…</p>`;
  return html`${unread}
    <div class="page-head">
      <div><h1>值班表</h1><p class="soft">${dayWords(roster.first)} 起的一周</p></div>
      <${WeekChoice} first=${first} move=${setFirst} />
    </div>
    <${Week} roster=${roster} />
    <${Adding} roster=${roster} csrf=${boot.csrf} done=${load} />
    <${Lines} roster=${roster} csrf=${boot.csrf} done=${load} />
    <${Files} csrf=${boot.csrf} done=${load} />
    <${HoursTable} first=${first} />`;
}

/** @param {{roster: Roster, csrf: string, done: () => Promise<void>}} props */
function Adding({ roster, csrf, done }) {
  const [fields, setFields] = useState(EMPTY);
  const { busy, error, run } = useAttempt();
  const { input, select } = fieldsOf(fields, setFields);
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    return run(async () => {
      const { every, day, ...rest } = fields;
      await ask("POST", "/api/roster/entries", { body: { ...rest, day: every === "once" ? day : every }, csrf });
      setFields({ ...EMPTY, lawyer: fields.lawyer });
      await done();
    });
  };
  return html`<section class="sheet roster-part"><h2>排一个班，或记一次请假</h2>
    <form class="roster-form" onSubmit=${submit}>
      ${select("lawyer", "律师", roster.lawyers.map((one) => [one.id, one.name]))}
      ${select("kind", "内容", Object.entries(KINDS))}
      ${select("every", "哪天", [...WEEKDAYS.map((name, n) => /** @type {const} */ ([String(n), `每${name}`])), ["once", "只有一天…"]])}
      ${fields.every === "once" ? input("day", "日期", "date") : null}
      ${input("start", "从", "time")} ${input("end", "到", "time")} ${input("reason", "说明（可不填）", "text", false)}
      <button class="button primary" data-testid="roster-add" disabled=${busy}>加上</button>
    </form>
    <p class="error" role="alert">${error}</p>
  </section>`;
}

/** @param {{roster: Roster, csrf: string, done: () => Promise<void>}} props */
function Lines({ roster, csrf, done }) {
  const { busy, error, run } = useAttempt();
  const remove = (/** @type {string} */ id) =>
    run(async () => {
      await ask("DELETE", `/api/roster/entries/${id}`, { csrf });
      await done();
    });
  return html`<section class="sheet roster-part"><h2>每周固定和这一周的变动</h2>
    <p class="error" role="alert">${error}</p>
    ${roster.entries.length === 0 && html`<p class="soft">还没有。在上面排第一个班，或导入一个表格。</p>`}
    ${roster.entries.length > 0 &&
    html`<div class="table-wrap" tabindex="0" role="region" aria-label="值班安排"><table class="table">
      <thead><tr><th>律师</th><th>内容</th><th>哪天</th><th>时间</th><th>说明</th><th></th></tr></thead>
      <tbody>${roster.entries.map(
        (one) => html`<tr key=${one.id}>
          <td class="nowrap">${one.name}</td><td class="nowrap">${KINDS[one.kind]}</td>
          <td class="nowrap">${one.day ? dayWords(one.day) : `每${WEEKDAYS[one.weekday ?? 0]}`}</td>
          <td class="nowrap">${one.start}–${one.end}</td><td>${one.reason}</td>
          <td><button class="button" type="button" disabled=${busy} onClick=${() => remove(one.id)}>
            去掉<span class="visually-hidden">${one.name} ${one.start}</span></button></td>
        </tr>`,
      )}</tbody>
    </table></div>`}
  </section>`;
}

/** @param {{first: string}} props */
function HoursTable({ first }) {
  const [month, setMonth] = useState(first.slice(0, 7));
  const path = `/api/roster/hours?from=${month}-01`;
  const { found, answers, error, load } = useLoaded(path);
  // Another month's hours under this month's name would be believed.
  const items = /** @type {Hours[]} */ (answers === path ? found.items : []);
  const hours = (/** @type {number} */ minutes) => `${(minutes / 60).toFixed(1)} 小时`;
  return html`<section class="sheet roster-part"><h2>工时</h2>
    <label class="field"><span class="label">月份</span>
      <input class="input" type="month" value=${month} onChange=${(/** @type {Event} */ event) => setMonth(typed(event))} /></label>
    <${Unread} error=${error} load=${load} />
    <div class="table-wrap" tabindex="0" role="region" aria-label="工时"><table class="table">
      <thead><tr><th>律师</th><th>排班</th><th>实际在岗</th><th>表外上下班</th></tr></thead>
      <tbody>${items.map((one) => html`<tr key=${one.id}><td>${one.name}</td><td>${hours(one.planned_minutes)}</td>
        <td>${hours(one.served_minutes)}</td><td>${one.off_roster} 次</td></tr>`)}</tbody>
    </table></div>
  </section>`;
}

const boot = JSON.parse(document.getElementById("boot")?.textContent ?? "{}");
const root = document.getElementById("app");
if (root) {
  root.replaceChildren();
  render(html`<${Page} boot=${boot} />`, root);
}
