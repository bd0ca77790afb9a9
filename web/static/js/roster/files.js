/** The roster in and out as files. A table replaces the whole roster: asked for before it is sent. */

import { html, useState } from "/vendor/preact.js";
import { useAttempt } from "../pages/attempt.js";
import { ask } from "../wire/api.js";

/** @typedef {{file: File, lines: number}} Table */

/** The lines of a table below its heads; a quoted field may go over several. @param {string} text */
function linesOf(text) {
  const lines = text.replace(/"[^"]*"/g, "x").split(/\r\n?|\n/);
  return Math.max(0, lines.filter((line) => line.trim()).length - 1);
}

/** @param {{csrf: string, done: () => Promise<void>}} props */
export function Files({ csrf, done }) {
  const [told, setTold] = useState("");
  const [table, setTable] = useState(/** @type {Table|null} */ (null));
  const { busy, error, run } = useAttempt();
  const send = (/** @type {File} */ file, /** @type {string} */ name, /** @type {(lines: number) => string} */ words) =>
    run(async () => {
      setTable(null);
      const { lines } = await ask("POST", `/api/roster/files/${name}`, { file, csrf });
      setTold(words(lines));
      await done();
    });
  const chosen = (/** @type {Event} */ event) => {
    const field = /** @type {HTMLInputElement} */ (event.target);
    const file = field.files?.[0];
    field.value = ""; // the same file, corrected, can be chosen again
    if (!file) return;
    setTold("");
    setTable(null);
    if (file.name.endsWith(".ics")) void send(file, "roster.ics", (lines) => `已加上 ${lines} 个班。`);
    else void run(async () => setTable({ file, lines: linesOf(await file.text()) }));
  };
  const replace = () => table && send(table.file, "roster.csv", (lines) => `已用文件里的 ${lines} 行替换整张值班表。`);
  return html`<section class="sheet roster-part"><h2>导入导出</h2>
    <p class="row">
      <a class="button" href="/api/roster/files/roster.csv" download>导出表格（CSV）</a>
      <a class="button" href="/api/roster/files/roster.ics" download>导出日历（iCalendar）</a>
      <label class="button">导入<input class="visually-hidden" type="file" accept=".csv,.ics" disabled=${busy} onChange=${chosen} /></label>
    </p>
    <p class="soft small">导入表格会替换整张值班表；导入日历是加上，日程里要写明律师姓名。有一处不对就什么都不导入。</p>
    <p class="error" role="alert">${error}</p>
    ${table && html`<${Replacing} table=${table} busy=${busy} replace=${replace} stop=${() => setTable(null)} />`}
    ${told && html`<p class="note go" role="status">${told}</p>`}
  </section>`;
}

/** @param {{table: Table, busy: boolean, replace: () => void, stop: () => void}} props */
function Replacing({ table, busy, replace, stop }) {
  return html`<div class="note wait stack" role="status" data-testid="replacing">
    <p>将用 <strong>${table.file.name}</strong> 里的 ${table.lines} 行替换现有的整张值班表。替换后不能恢复，需要时请先导出现有的表格。</p>
    <p class="row">
      <button class="button primary" type="button" disabled=${busy} onClick=${replace}>替换值班表</button>
      <button class="button" type="button" onClick=${stop}>不替换</button>
    </p>
  </div>`;
}
