/** Retention: the table of terms, what is held, what is destroyed or waits for it. */

import { html, render, useEffect, useState } from "/vendor/preact.js";
import { typed, useAttempt } from "../pages/attempt.js";
import { formatExactly, formatMoment } from "../pages/moments.js";
import { ask } from "../wire/api.js";
import { TalksApartRule } from "./apart.js";
import { STATES, termWords } from "./words.js";

/**
 * @typedef {import("./words.js").Term} Term
 * @typedef {import("./words.js").Hold} Hold
 * @typedef {import("./words.js").Deletion} Deletion
 * @typedef {{csrf: string, may_set: boolean}} Boot
 * @typedef {{classes: Term[], kinds: {kind: string, code: string}[], unclassed: number,
 *   holds: Hold[], deletions: Deletion[]}} Table
 */

/** @type {Record<string, string>} */
const KINDS = { mediation: "人民调解", consultation: "法律咨询" };

/** @param {{term: Term, boot: Boot, changed: () => Promise<void>, close: () => void}} props */
function TermForm({ term, boot, changed, close }) {
  const { busy, error, run } = useAttempt();
  const [years, setYears] = useState(String(term.years ?? ""));
  const [permanent, setPermanent] = useState(term.permanent);
  const [basis, setBasis] = useState(term.basis);
  const save = async (/** @type {Event} */ event) => {
    event.preventDefault();
    const body = permanent ? { permanent, basis } : { years: Number(years), basis };
    const done = await run(async () => {
      await ask("PUT", `/api/retention/classes/${term.code}`, { body, csrf: boot.csrf });
      await changed();
    });
    if (done) close();
  };
  return html`<tr><td colspan="5"><form class="term-form" onSubmit=${save}>
    <label><span class="label">年数</span>
      <input class="input" name="years" type="number" min="1" max="100" required=${!permanent}
        disabled=${permanent} value=${years}
        onInput=${(/** @type {Event} */ event) => setYears(typed(event))} />
    </label>
    <label class="check"><input type="checkbox" checked=${permanent}
      onChange=${() => setPermanent(!permanent)} />永久</label>
    <label class="term-basis"><span class="label">依据</span>
      <input class="input" name="basis" maxlength="200" required value=${basis}
        onInput=${(/** @type {Event} */ event) => setBasis(typed(event))} />
    </label>
    <span class="row">
      <button class="button primary" type="submit" disabled=${busy}>保存</button>
      <button class="button" type="button" onClick=${close}>取消</button>
    </span>
    ${error ? html`<p class="error" role="alert">${error}</p>` : null}
  </form></td></tr>`;
}

/** @param {{table: Table, boot: Boot, changed: () => Promise<void>}} props */
function Terms({ table, boot, changed }) {
  const [open, setOpen] = useState("");
  return html`<section class="sheet" aria-labelledby="terms">
    <h2 id="terms">保管期限表</h2>
    ${table.classes.some((one) => !one.is_set)
      ? html`<p class="note wait">没有找到调解录音录像的法定保管期限（待确认）。请按本单位的档案分类方案设定；设定以前什么都不会到期。</p>`
      : null}
    <div class="table-wrap" tabindex="0" role="region" aria-label="保管期限表">
      <table class="table">
        <thead><tr><th>类别</th><th>期限</th><th>依据</th><th>录像</th><th></th></tr></thead>
        <tbody>${table.classes.map((one) =>
          open === one.code
            ? html`<${TermForm} key=${one.code} term=${one} boot=${boot} changed=${changed}
                close=${() => setOpen("")} />`
            : html`<tr key=${one.code}>
                <td>${one.name}</td>
                <td>${one.is_set ? termWords(one) : html`<span class="badge wait">${termWords(one)}</span>`}</td>
                <td>${one.basis || html`<span class="soft">—</span>`}</td>
                <td>${one.sessions ?? 0}</td>
                <td>${boot.may_set
                  ? html`<button class="button" type="button" onClick=${() => setOpen(one.code)}
                      aria-label="设定${one.name}">设定</button>`
                  : null}</td>
              </tr>`,
        )}</tbody>
      </table>
    </div>
    <${Kinds} table=${table} boot=${boot} changed=${changed} />
  </section>`;
}

/** @param {{table: Table, boot: Boot, changed: () => Promise<void>}} props */
function Kinds({ table, boot, changed }) {
  const { busy, error, run } = useAttempt();
  const choose = (/** @type {string} */ kind) => (/** @type {Event} */ event) => {
    const code = typed(event);
    return run(async () => {
      await ask("PUT", `/api/retention/kinds/${kind}`, { body: { code }, csrf: boot.csrf });
      await changed();
    });
  };
  return html`<div class="kinds">
      ${table.kinds.map(
        ({ kind, code }) => html`<label><span class="label">${KINDS[kind] ?? kind}</span>
          <select class="input" value=${code} disabled=${busy || !boot.may_set} onChange=${choose(kind)}>
            <option value="">未设定</option>
            ${table.classes.map((one) => html`<option value=${one.code}>${one.name}</option>`)}
          </select>
        </label>`,
      )}
      <p class="soft small">${table.unclassed} 个录像没有类别。单个会话可以在它的页面上另选。</p>
    </div>
    ${error ? html`<p class="error" role="alert">${error}</p>` : null}`;
}

/** @param {{holds: Hold[]}} props */
function Holds({ holds }) {
  return html`<section class="sheet" aria-labelledby="holds">
    <h2 id="holds">保全中</h2>
    ${holds.length
      ? html`<ul class="kept-list">${holds.map(
          (one) => html`<li><a href="/admin/sessions/${one.session}">${one.number}</a> ${one.reason}
            <span class="soft small" title=${formatExactly(one.at)}>${one.by}，${formatMoment(one.at)}</span></li>`,
        )}</ul>`
      : html`<p class="soft">没有保全的录像。保全在会话页上办理，优先于任何期限。</p>`}
  </section>`;
}

/** @param {{deletions: Deletion[]}} props */
function Deletions({ deletions }) {
  return html`<section class="sheet" aria-labelledby="deletions">
    <h2 id="deletions">销毁</h2>
    ${deletions.length
      ? html`<ul class="kept-list">${deletions.map((one) => {
          const [words, badge] = STATES[one.state] ?? [one.state, "none"];
          return html`<li><a href="/admin/sessions/${one.session}">${one.number}</a>
            <span class="badge ${badge}">${words}</span> ${one.reason}
            <span class="soft small" title=${formatExactly(one.proposed_at)}>${one.proposed_by} 提出${one.confirmed_by
              ? `，${one.confirmed_by} 确认`
              : ""}，${formatMoment(one.erased_at ?? one.confirmed_at ?? one.proposed_at)}</span></li>`;
        })}</ul>`
      : html`<p class="soft">没有销毁。销毁在会话页上提出，由另一人确认；到期不会自动销毁。</p>`}
  </section>`;
}

/** @param {{boot: Boot}} props */
function Retention({ boot }) {
  const [table, setTable] = useState(/** @type {Table|null} */ (null));
  const [error, setError] = useState("");
  const load = async () => {
    try {
      setTable(await ask("GET", "/api/retention"));
      setError("");
    } catch (problem) {
      setError(problem instanceof Error ? problem.message : "没有读到保管期限。");
    }
  };
  useEffect(() => void load(), []);
  return html`<div class="page-head">
      <div>
        <h1>保管</h1>
        <p class="soft">录音录像保管多久，哪些被保全，哪些经两人销毁。到期只会提醒，不会自动删除。</p>
      </div>
    </div>
    ${error ? html`<p class="note stop" role="alert">${error}</p>` : null}
    ${!table && !error ? html`<p class="loading">正在读取…</p>` : null}
    ${table
      ? html`<div class="kept">
          <${Terms} table=${table} boot=${boot} changed=${load} />
          <${Deletions} deletions=${table.deletions} />
          <${Holds} holds=${table.holds} />
          <${TalksApartRule} boot=${boot} />
        </div>`
      : null}`;
}

const boot = JSON.parse(document.getElementById("boot")?.textContent ?? "{}");
const root = document.getElementById("app");
if (root) {
  root.replaceChildren();
  render(html`<${Retention} boot=${boot} />`, root);
}
