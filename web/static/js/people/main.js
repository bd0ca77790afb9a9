/** The people who sign in here: finding, adding, changing, shutting out. */

import { html, render, useEffect, useMemo, useState } from "/vendor/preact.js";
import { typed } from "../pages/attempt.js";
import { ask } from "../wire/api.js";
import { EMPTY, PersonForm } from "./form.js";
import { FreshPassword, Row } from "./row.js";
import { ROLES } from "./words.js";

/**
 * @typedef {object} Person
 * @property {string} id
 * @property {string} username
 * @property {string} name
 * @property {keyof typeof ROLES} role
 * @property {{code: string, name: string}|null} station
 * @property {string} firm
 * @property {string} licence_no
 * @property {string} phone
 * @property {string} matters
 * @property {string} languages
 * @property {boolean} active
 * @property {boolean} codes  one-time codes are set up
 * @property {boolean} first_password  somebody else has seen the password
 * @property {number|null} seen
 *
 * @typedef {{csrf: string, me: string, stations: {code: string, name: string}[],
 *   matters: {code: string, name: string}[]}} Boot
 * @typedef {{words: string, role: string, shut: boolean}} Question
 */

/** @param {Person} person @param {Question} question */
function matches(person, { words, role, shut }) {
  if (role && person.role !== role) return false;
  if (!shut && !person.active) return false;
  const { name, username, firm, phone, licence_no: licence, station } = person;
  const text = [name, username, firm, phone, licence, station?.name ?? ""].join(" ");
  return words
    .trim()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

/** @param {{question: Question, change: (part: Partial<Question>) => void}} props */
function Filters({ question, change }) {
  return html`<form class="filters" role="search"
    onSubmit=${(/** @type {Event} */ event) => event.preventDefault()}>
    <label class="find"><span class="label">查找</span>
      <input class="input" type="search" placeholder="姓名、用户名、电话、单位" value=${question.words}
        onInput=${(/** @type {Event} */ event) => change({ words: typed(event) })} />
    </label>
    <label><span class="label">角色</span>
      <select class="input" value=${question.role}
        onChange=${(/** @type {Event} */ event) => change({ role: typed(event) })}>
        <option value="">全部</option>
        ${Object.entries(ROLES).map(([code, name]) => html`<option value=${code}>${name}</option>`)}
      </select>
    </label>
    <label class="check">
      <input type="checkbox" checked=${question.shut}
        onChange=${() => change({ shut: !question.shut })} />
      也显示已停用的
    </label>
  </form>`;
}

/** @param {{boot: Boot, done: () => Promise<void>, close: () => void}} props */
function Adding({ boot, done, close }) {
  const [made, setMade] = useState(/** @type {{name: string, password: string}|null} */ (null));
  const save = async (/** @type {import("./form.js").Fields} */ fields) => {
    const answer = await ask("POST", "/api/people", { body: fields, csrf: boot.csrf });
    setMade({ name: fields.name, password: answer.password });
    await done();
  };
  return html`<section class="sheet adding" aria-labelledby="adding-title">
    <h2 id="adding-title">新增人员</h2>
    ${made
      ? html`<${FreshPassword} name=${made.name} password=${made.password} close=${close} />`
      : html`<${PersonForm} start=${EMPTY} stations=${boot.stations} matters=${boot.matters} fresh=${true} save=${save} cancel=${close} />`}
  </section>`;
}

/** @param {{boot: Boot}} props */
function People({ boot }) {
  const [people, setPeople] = useState(/** @type {Person[]|null} */ (null));
  const [error, setError] = useState("");
  const [adding, setAdding] = useState(false);
  const [question, setQuestion] = useState({ words: "", role: "", shut: false });
  const load = async () => {
    try {
      setPeople((await ask("GET", "/api/people")).items);
      setError("");
    } catch (problem) {
      setError(problem instanceof Error ? problem.message : "没有读到人员。");
    }
  };
  useEffect(() => void load(), []);
  const shown = useMemo(
    () => (people ?? []).filter((one) => matches(one, question)),
    [people, question],
  );
  if (error && !people) return html`<p class="note stop" role="alert">${error}</p>`;
  if (!people) return html`<p class="loading">正在读取…</p>`;
  return html`<div class="page-head">
      <div>
        <h1>人员</h1>
        <p class="soft">${people.filter((one) => one.active).length} 人可以登录</p>
      </div>
      <span class="row">
        <a class="button" href="/admin/import">从表格导入</a>
        <button class="button primary" type="button" disabled=${adding} onClick=${() => setAdding(true)}>
          新增人员
        </button>
      </span>
    </div>
    ${adding ? html`<${Adding} boot=${boot} done=${load} close=${() => setAdding(false)} />` : null}
    <${Filters} question=${question}
      change=${(/** @type {Partial<Question>} */ part) => setQuestion({ ...question, ...part })} />
    ${error ? html`<p class="note stop" role="alert">${error}</p>` : null}
    ${shown.length
      ? html`<div class="sheet table-wrap" tabindex="0" role="region" aria-label="人员">
          <table class="table people-table">
            <thead>
              <tr><th>姓名</th><th>角色</th><th>单位</th><th>电话</th><th>登录</th><th></th></tr>
            </thead>
            <tbody>
              ${shown.map((one) => html`<${Row} key=${one.id} person=${one} boot=${boot} changed=${load} />`)}
            </tbody>
          </table>
        </div>`
      : html`<div class="sheet empty"><p>没有符合条件的人员。</p>
          <p>换一个词，或勾选“也显示已停用的”。</p></div>`}`;
}

const boot = JSON.parse(document.getElementById("boot")?.textContent ?? "{}");
const root = document.getElementById("app");
if (root) {
  root.replaceChildren();
  render(html`<${People} boot=${boot} />`, root);
}
