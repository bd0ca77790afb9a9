/** One's own declared conflicts of interest: calls with these names go to somebody else. */

import { html, render, useEffect, useState } from "/vendor/preact.js";
import { typed, useAttempt } from "../pages/attempt.js";
import { formatMoment } from "../pages/moments.js";
import { ask } from "../wire/api.js";

/**
 * @typedef {{id: string, name: string, declared_at: number}} Declared
 * @typedef {{csrf: string}} Boot
 */

/** @param {{boot: Boot}} props */
function Conflicts({ boot }) {
  const [items, setItems] = useState(/** @type {Declared[]|null} */ (null));
  const [error, setError] = useState("");
  const load = () =>
    ask("GET", "/api/conflicts").then(
      (answer) => setItems(answer.items),
      (/** @type {Error} */ problem) => setError(problem.message),
    );
  useEffect(() => void load(), []);
  return html`<div class="page-head">
      <div>
        <h1>回避申报</h1>
        <p class="soft measure">
          写下与您有利害关系的人或单位：近亲属、委托人、对方当事人、本所顾问单位等。
          有这些名字的来电不会呼叫您，会直接转给其他律师。
        </p>
      </div>
    </div>
    <p class="note">名字只有您本人看得到。管理员只知道“因申报回避而未呼叫”，不知道是谁。</p>
    <${Declare} csrf=${boot.csrf} done=${load} />
    ${error ? html`<p class="note stop" role="alert">${error}</p>` : null}
    <${List} items=${items} csrf=${boot.csrf} changed=${load} />`;
}

/** @param {{csrf: string, done: () => Promise<void>}} props */
function Declare({ csrf, done }) {
  const [name, setName] = useState("");
  const { busy, error, run } = useAttempt();
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    return run(async () => {
      await ask("POST", "/api/conflicts", { body: { name }, csrf });
      setName("");
      await done();
    });
  };
  return html`<form class="sheet account-form" onSubmit=${submit}>
    <label class="field"><span class="label">姓名或单位名称</span>
      <input class="input" name="name" data-testid="conflict-name" required maxlength="60" autocomplete="off"
        value=${name} onInput=${(/** @type {Event} */ event) => setName(typed(event))} />
    </label>
    <p class="soft small">空格、全角半角、大小写、间隔号不同，都按同一个名字核对。同名同姓的人也会回避。</p>
    <p class="error" role="alert">${error}</p>
    <p><button class="button primary" data-testid="conflict-declare" disabled=${busy}>申报</button></p>
  </form>`;
}

/** @param {{items: Declared[]|null, csrf: string, changed: () => Promise<void>}} props */
function List({ items, csrf, changed }) {
  const { busy, error, run } = useAttempt();
  if (!items) return html`<p class="loading">正在读取…</p>`;
  if (items.length === 0) {
    return html`<div class="sheet empty"><p>还没有申报。</p><p>没有需要回避的人，就不用写。</p></div>`;
  }
  const withdraw = (/** @type {string} */ id) =>
    run(async () => {
      await ask("DELETE", `/api/conflicts/${id}`, { csrf });
      await changed();
    });
  return html`<div class="sheet table-wrap">
    <p class="error" role="alert">${error}</p>
    <table class="table" data-testid="conflict-list">
      <thead><tr><th>姓名或单位</th><th>申报时间</th><th></th></tr></thead>
      <tbody>
        ${items.map(
          (one) => html`<tr key=${one.id}>
            <td><strong>${one.name}</strong></td>
            <td>${formatMoment(one.declared_at)}</td>
            <td><button class="button" type="button" disabled=${busy} onClick=${() => withdraw(one.id)}>
              撤回<span class="visually-hidden">${one.name}</span>
            </button></td>
          </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

const boot = JSON.parse(document.getElementById("boot")?.textContent ?? "{}");
const root = document.getElementById("app");
if (root) {
  root.replaceChildren();
  render(html`<${Conflicts} boot=${boot} />`, root);
}
