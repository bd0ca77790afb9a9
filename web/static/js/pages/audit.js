/** The audit log: filters, pages, newest first. The filter is in the address, so it can be kept. */

import { html, render, useEffect, useState } from "/vendor/preact.js";
import { Unread, useLoaded } from "./loaded.js";
import { formatExactly, formatMoment } from "./moments.js";

/**
 * @typedef {object} Entry
 * @property {string} id
 * @property {number} at
 * @property {string} action
 * @property {string} label
 * @property {{id: string, name: string, role: string}|null} actor
 * @property {string} subject
 * @property {Record<string, string|number>} detail
 *
 * @typedef {{total: number, page: number, size: number, items: Entry[]}} Page
 * @typedef {{action: string, actor: string, from: string, to: string, page: string}} Question
 */

/** @type {{actions: {code: string, name: string}[], actors: {id: string, name: string}[]}} */
const choices = JSON.parse(document.getElementById("boot")?.textContent ?? "{}");

/** @returns {Question} */
function fromAddress() {
  const query = new URLSearchParams(location.search);
  const of = (/** @type {string} */ name) => query.get(name) ?? "";
  return {
    action: of("action"),
    actor: of("actor"),
    from: of("from"),
    to: of("to"),
    page: of("page"),
  };
}

/** @param {Question} question */
function toQuery(question) {
  const given = Object.entries(question).filter(([, value]) => value);
  return new URLSearchParams(given).toString();
}

/** @param {{question: Question, change: (part: Partial<Question>) => void}} props */
function Filters({ question, change }) {
  /** @param {keyof Question} name */
  const set = (name) => (/** @type {{target: HTMLInputElement}} */ event) =>
    change({ [name]: event.target.value, page: "" });
  return html`<form class="filters" onSubmit=${(/** @type {Event} */ event) => event.preventDefault()}>
    <label><span class="label">做了什么</span>
      <select class="input" value=${question.action} onChange=${set("action")}>
        <option value="">全部</option>
        ${choices.actions.map((one) => html`<option value=${one.code}>${one.name}</option>`)}
      </select>
    </label>
    <label><span class="label">谁</span>
      <select class="input" value=${question.actor} onChange=${set("actor")}>
        <option value="">所有人</option>
        ${choices.actors.map((one) => html`<option value=${one.id}>${one.name}</option>`)}
      </select>
    </label>
    <label><span class="label">从</span>
      <input class="input" type="date" value=${question.from} onChange=${set("from")} />
    </label>
    <label><span class="label">到</span>
      <input class="input" type="date" value=${question.to} onChange=${set("to")} />
    </label>
    <button class="button" type="button"
      onClick=${() => change({ action: "", actor: "", from: "", to: "", page: "" })}>清除筛选</button>
  </form>`;
}

/** @param {{entry: Entry}} props */
function Line({ entry }) {
  const detail = Object.entries(entry.detail).map(([name, value]) => `${name} ${value}`);
  return html`<tr>
    <td class="nowrap" title=${formatExactly(entry.at)}>${formatMoment(entry.at)}</td>
    <td class="nowrap">${entry.label}</td>
    <td class="nowrap">${entry.actor ? entry.actor.name : html`<span class="soft">系统</span>`}</td>
    <td class="code-text" title=${entry.subject}>${entry.subject.slice(0, 12)}</td>
    <td class="soft small">${detail.join("，")}</td>
  </tr>`;
}

/** @param {{found: Page, change: (part: Partial<Question>) => void}} props */
function Pages({ found, change }) {
  const last = Math.max(1, Math.ceil(found.total / found.size));
  return html`<nav class="pages" aria-label="翻页">
    <button class="button" type="button" disabled=${found.page <= 1}
      onClick=${() => change({ page: String(found.page - 1) })}>较新</button>
    <span>第 ${found.page} 页，共 ${last} 页（${found.total} 条）</span>
    <button class="button" type="button" disabled=${found.page >= last}
      onClick=${() => change({ page: String(found.page + 1) })}>较早</button>
  </nav>`;
}

/** @param {{found: Page, change: (part: Partial<Question>) => void}} props */
function Found({ found, change }) {
  if (!found.items.length) {
    return html`<div class="sheet empty"><p>没有符合条件的记录。</p>
      <p>放宽日期，或清除筛选再看。</p></div>`;
  }
  return html`<div class="sheet table-wrap" tabindex="0" role="region" aria-label="审计记录">
      <table class="table">
        <thead><tr><th>时间</th><th>事项</th><th>操作人</th><th>对象编号</th><th>细节</th></tr></thead>
        <tbody>${found.items.map((one) => html`<${Line} key=${one.id} entry=${one} />`)}</tbody>
      </table>
    </div>
    <${Pages} found=${found} change=${change} />`;
}

function Audit() {
  const [question, setQuestion] = useState(fromAddress);
  const { found, error, load } = useLoaded(`/api/audit?${toQuery(question)}`);
  useEffect(() => {
    const back = () => setQuestion(fromAddress());
    addEventListener("popstate", back);
    return () => removeEventListener("popstate", back);
  }, []);
  /** @param {Partial<Question>} part */
  const change = (part) => {
    const next = { ...question, ...part };
    history.pushState(null, "", `?${toQuery(next)}`);
    setQuestion(next);
  };
  return html`<div class="page-head">
      <div>
        <h1>审计日志</h1>
        <p class="soft">谁在什么时候做了什么。只能追加，不能修改；查阅本身也会记下。</p>
      </div>
      <a class="button" href="/api/audit/export?${toQuery({ ...question, page: "" })}" download>
        导出为表格
      </a>
    </div>
    <${Filters} question=${question} change=${change} />
    <${Unread} error=${error} load=${load} />
    ${found ? html`<${Found} found=${found} change=${change} />` : !error && html`<p class="loading">正在读取…</p>`}`;
}

const root = document.getElementById("app");
if (root) {
  root.replaceChildren();
  render(html`<${Audit} />`, root);
}
