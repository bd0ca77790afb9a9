/** Tasks: what needs a person, who looks after it, and how it ended. */

import { html, render, useState } from "/vendor/preact.js";
import { typed, useAttempt } from "../pages/attempt.js";
import { Unread, useLoaded } from "../pages/loaded.js";
import { formatExactly, formatMoment } from "../pages/moments.js";
import { ask } from "../wire/api.js";

/**
 * @typedef {{name: string, place: string, by_hand: boolean}} Kind
 * @typedef {{csrf: string, me: string, kinds: Record<string, Kind>}} Boot
 * @typedef {object} Task
 * @property {string} id
 * @property {string} kind
 * @property {string} subject
 * @property {string|null} number  of the session it is about
 * @property {Record<string, string|number>} detail
 * @property {number} opened_at
 * @property {{id: string, name: string}|null} owner
 * @property {number|null} done_at
 * @property {string|null} done_by  null: the cause went away by itself
 * @property {string} outcome
 *
 * @typedef {{total: number, page: number, size: number, items: Task[]}} Page
 * @typedef {{state: "open"|"done", kind: string, page: string}} Question
 * @typedef {{task: Task, boot: Boot, changed: () => Promise<void>}} TaskProps
 */

/** @param {Question} question */
function toQuery({ state, kind, page }) {
  const given = Object.entries({ state: state === "done" ? state : "", kind, page });
  return new URLSearchParams(given.filter(([, value]) => value)).toString();
}

/** @returns {Question} */
function fromAddress() {
  const query = new URLSearchParams(location.search);
  return {
    state: query.get("state") === "done" ? "done" : "open",
    kind: query.get("kind") ?? "",
    page: query.get("page") ?? "",
  };
}

/** @param {{task: Task, boot: Boot}} props */
function What({ task, boot }) {
  const kind = boot.kinds[task.kind];
  const place = kind?.place.replace("{subject}", encodeURIComponent(task.subject));
  return html`<td>
    <strong>${kind?.name ?? task.kind}</strong>
    ${task.detail.text ? html`<span class="under">${task.detail.text}</span>` : null}
    <a class="under" href=${place}>${task.number ? `会话 ${task.number}` : "去查看"}</a>
  </td>`;
}

/** @param {TaskProps & {close: () => void}} props */
function Ending({ task, boot, changed, close }) {
  const { busy, error, run } = useAttempt();
  const [outcome, setOutcome] = useState("");
  const end = (/** @type {Event} */ event) => {
    event.preventDefault();
    void run(async () => {
      await ask("POST", `/api/tasks/${task.id}/done`, { body: { outcome }, csrf: boot.csrf });
      await changed();
    });
  };
  return html`<form class="task-ending" onSubmit=${end}>
    <label class="find"><span class="label">查明的原因和处理结果</span>
      <input class="input" name="outcome" maxlength="200" required value=${outcome}
        onInput=${(/** @type {Event} */ event) => setOutcome(typed(event))} />
    </label>
    <span class="row">
      <button class="button primary" type="submit" disabled=${busy || !outcome.trim()}>办结</button>
      <button class="button quiet" type="button" onClick=${close}>取消</button>
    </span>
    ${error ? html`<p class="error" role="alert">${error}</p>` : null}
  </form>`;
}

/** @param {TaskProps} props */
function Deeds({ task, boot, changed }) {
  const { busy, error, run } = useAttempt();
  const [ending, setEnding] = useState(false);
  const mine = task.owner?.id === boot.me;
  const take = () =>
    run(async () => {
      const body = { owner: task.owner?.id ?? "" };
      await ask("POST", `/api/tasks/${task.id}/take`, { body, csrf: boot.csrf });
      await changed();
    });
  if (ending) {
    return html`<${Ending} task=${task} boot=${boot} changed=${changed} close=${() => setEnding(false)} />`;
  }
  return html`<span class="row task-deeds">
      ${mine
        ? null
        : html`<button class="button" type="button" disabled=${busy} onClick=${take}>
            ${task.owner ? "接过来" : "领取"}
          </button>`}
      ${mine && boot.kinds[task.kind]?.by_hand
        ? html`<button class="button primary" type="button" onClick=${() => setEnding(true)}>办结</button>`
        : null}
      ${boot.kinds[task.kind]?.by_hand === false
        ? html`<span class="soft small">处理后自动办结</span>`
        : null}
    </span>
    ${error ? html`<p class="error" role="alert">${error}</p>` : null}`;
}

/** @param {TaskProps} props */
function OpenRow({ task, boot, changed }) {
  return html`<tr>
    <${What} task=${task} boot=${boot} />
    <td class="nowrap" title=${formatExactly(task.opened_at)}>${formatMoment(task.opened_at)}</td>
    <td class="nowrap">${task.owner
      ? html`<span class="badge go">${task.owner.id === boot.me ? "我" : task.owner.name}</span>`
      : html`<span class="badge wait">无人领取</span>`}</td>
    <td><${Deeds} task=${task} boot=${boot} changed=${changed} /></td>
  </tr>`;
}

/** @param {{task: Task, boot: Boot}} props */
function DoneRow({ task, boot }) {
  const moment = task.done_at ?? task.opened_at;
  return html`<tr>
    <${What} task=${task} boot=${boot} />
    <td class="nowrap" title=${formatExactly(moment)}>${formatMoment(moment)}</td>
    <td class="nowrap">${task.done_by ?? html`<span class="soft">自动办结</span>`}</td>
    <td>${task.outcome || html`<span class="soft">原因已消除</span>`}</td>
  </tr>`;
}

/** @param {{found: Page, question: Question, boot: Boot, changed: () => Promise<void>}} props */
function Found({ found, question, boot, changed }) {
  const open = question.state === "open";
  if (!found.items.length) {
    return html`<div class="sheet empty">
      ${open
        ? html`<p>没有待办。</p><p>夜间核对、报警、保管期满和需要第二人批准的事会出现在这里。</p>`
        : html`<p>还没有办结的待办。</p>`}
    </div>`;
  }
  const heads = open ? ["事项", "发生时间", "谁在办", ""] : ["事项", "办结时间", "谁办结", "结果"];
  return html`<div class="sheet table-wrap" tabindex="0" role="region" aria-label="待办">
    <table class="table task-table">
      <thead><tr>${heads.map((one) => html`<th>${one}</th>`)}</tr></thead>
      <tbody>
        ${found.items.map((one) =>
          open
            ? html`<${OpenRow} key=${one.id} task=${one} boot=${boot} changed=${changed} />`
            : html`<${DoneRow} key=${one.id} task=${one} boot=${boot} />`,
        )}
      </tbody>
    </table>
  </div>`;
}

/** @param {{boot: Boot, question: Question, change: (part: Partial<Question>) => void}} props */
function Filters({ boot, question, change }) {
  /** @type {["open"|"done", string][]} */
  const states = [["open", "待办"], ["done", "已办结"]];
  return html`<div class="filters">
    <div class="row" role="group" aria-label="状态">
      ${states.map(
        ([state, name]) => html`<button class="button" type="button"
          aria-pressed=${question.state === state}
          onClick=${() => change({ state, page: "" })}>${name}</button>`,
      )}
    </div>
    <label><span class="visually-hidden">哪一类</span>
      <select class="input" value=${question.kind}
        onChange=${(/** @type {Event} */ event) => change({ kind: typed(event), page: "" })}>
        <option value="">各类事项</option>
        ${Object.entries(boot.kinds).map(
          ([code, kind]) => html`<option value=${code}>${kind.name}</option>`,
        )}
      </select>
    </label>
  </div>`;
}

/** @param {{found: Page, change: (part: Partial<Question>) => void}} props */
function Pages({ found, change }) {
  const last = Math.max(1, Math.ceil(found.total / found.size));
  if (last === 1) return null;
  return html`<nav class="pages" aria-label="翻页">
    <button class="button" type="button" disabled=${found.page <= 1}
      onClick=${() => change({ page: String(found.page - 1) })}>上一页</button>
    <span>第 ${found.page} 页，共 ${last} 页（${found.total} 件）</span>
    <button class="button" type="button" disabled=${found.page >= last}
      onClick=${() => change({ page: String(found.page + 1) })}>下一页</button>
  </nav>`;
}

/** @param {{boot: Boot}} props */
function Tasks({ boot }) {
  const [question, setQuestion] = useState(fromAddress);
  const path = `/api/tasks?${toQuery(question)}`;
  const { found, answers, error, load } = useLoaded(path);
  /** @param {Partial<Question>} part */
  const change = (part) => {
    const next = { ...question, ...part };
    history.replaceState(null, "", `?${toQuery(next)}`);
    setQuestion(next);
  };
  return html`<div class="page-head">
      <div>
        <h1>待办</h1>
        <p class="soft">需要有人查明或决定的事。领取后由您办理，办结时写明原因和结果。</p>
      </div>
    </div>
    <${Filters} boot=${boot} question=${question} change=${change} />
    <${Unread} error=${error} load=${load} />
    ${answers === path
      ? html`<${Found} found=${found} question=${question} boot=${boot} changed=${load} />
          <${Pages} found=${found} change=${change} />`
      : !error && html`<p class="loading">正在读取…</p>`}`;
}

const boot = JSON.parse(document.getElementById("boot")?.textContent ?? "{}");
const root = document.getElementById("app");
if (root) {
  root.replaceChildren();
  render(html`<${Tasks} boot=${boot} />`, root);
}
