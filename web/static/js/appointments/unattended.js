/** What each station allows its terminal when nobody is there (无人值守). */

import { html, useEffect, useState } from "/vendor/preact.js";
import { typed, useAttempt } from "../pages/attempt.js";
import { WEEKDAYS } from "../roster/parts.js";
import { ask } from "../wire/api.js";

/** @typedef {{id: string, name: string, allowed: boolean, start: number, end: number, days: string}} Rule */

/** @param {{csrf: string}} props */
export function Unattended({ csrf }) {
  const [rules, setRules] = useState(/** @type {Rule[]} */ ([]));
  const [open, setOpen] = useState(/** @type {string|null} */ (null));
  const [error, setError] = useState("");
  const load = () =>
    ask("GET", "/api/stations/answering").then(({ items }) => setRules(items), (/** @type {Error} */ problem) =>
      setError(problem.message),
    );
  useEffect(() => void load(), []);
  return html`<section class="sheet appointments-part"><h2>无人值守：终端自动接听</h2>
    <p class="soft small">允许后，中心的值班律师呼叫该站时，终端大声响铃并倒数 15 秒，仍没有人按，就自动接听；
      屏幕上一直显示摄像头已打开、谁在看。任何人都可以按“不接”或“结束”。不录音录像，除非现场的人同意。</p>
    <p class="error" role="alert">${error}</p>
    <div class="table-wrap" tabindex="0" role="region" aria-label="无人值守"><table class="table">
      <thead><tr><th>工作站</th><th>自动接听</th><th></th></tr></thead>
      <tbody>${rules.map((one) => html`<tr key=${one.id}><td>${one.name}</td>
          <td>${one.allowed ? html`<span class="badge wait">允许</span> ${hoursWords(one)}` : html`<span class="badge none">不允许</span>`}</td>
          <td><button class="button" type="button" aria-expanded=${open === one.id} onClick=${() => setOpen(open === one.id ? null : one.id)}>
            设定<span class="visually-hidden">${one.name}</span></button></td></tr>
        ${open === one.id && html`<tr><td colspan="3"><${Form} rule=${one} csrf=${csrf} done=${async () => {
          setOpen(null);
          await load();
        }} /></td></tr>`}`)}</tbody>
    </table></div>
  </section>`;
}

/** @param {number} minute */
const clock = (minute) => `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;

/** @param {string} text HH:MM */
const minutes = (text) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3, 5));

/** @param {Rule} rule */
function hoursWords({ start, end, days }) {
  const which = days.length === 7 ? "每天" : [...days].map((day) => WEEKDAYS[Number(day)]).join("、");
  return `${which} ${clock(start)}–${clock(end)}`;
}

/** @param {{rule: Rule, csrf: string, done: () => Promise<void>}} props */
function Form({ rule, csrf, done }) {
  const [fields, setFields] = useState(
    rule.days ? rule : { ...rule, start: 8 * 60, end: 18 * 60, days: "01234" },
  );
  const { busy, error, run } = useAttempt();
  const save = (/** @type {boolean} */ allowed) =>
    run(async () => {
      const { start, end, days } = fields;
      await ask("PUT", `/api/stations/${rule.id}/answering`, { body: { allowed, start, end, days }, csrf });
      await done();
    });
  const turn = (/** @type {string} */ day) =>
    setFields({ ...fields, days: fields.days.includes(day) ? fields.days.replace(day, "") : fields.days + day });
  return html`<div class="stack">
    <div class="weekdays" role="group" aria-label="哪几天">${WEEKDAYS.map(
      (name, n) => html`<label><input type="checkbox" checked=${fields.days.includes(String(n))} onChange=${() => turn(String(n))} /> ${name}</label>`,
    )}</div>
    <div class="appointments-form">
      <label class="field"><span class="label">从</span><input class="input" type="time" value=${clock(fields.start)}
        onInput=${(/** @type {Event} */ event) => setFields({ ...fields, start: minutes(typed(event)) })} /></label>
      <label class="field"><span class="label">到</span><input class="input" type="time" value=${clock(Math.min(fields.end, 1439))}
        onInput=${(/** @type {Event} */ event) => setFields({ ...fields, end: minutes(typed(event)) })} /></label>
    </div>
    <p class="error" role="alert">${error}</p>
    <p class="row">
      <button class="button primary" type="button" disabled=${busy} onClick=${() => save(true)}>允许在这些时间自动接听</button>
      <button class="button" type="button" disabled=${busy} onClick=${() => save(false)}>不允许</button>
    </p>
  </div>`;
}
