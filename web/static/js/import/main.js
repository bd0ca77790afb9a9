/** The district's tables out and in as CSV: nothing changes before it has been looked at. */

import { html, render, useState } from "/vendor/preact.js";
import { useAttempt } from "../pages/attempt.js";
import { ask } from "../wire/api.js";
import { Imported, Preview } from "./preview.js";

/**
 * @typedef {{csrf: string, files: Record<string, string[]>}} Boot
 * @typedef {import("./preview.js").Rehearsal} Rehearsal
 * @typedef {import("./preview.js").Done} Done
 */

/** @type {Record<string, string>} */
const NAMES = {
  "people.csv": "人员",
  "villages.csv": "村居",
  "stations.csv": "工作站",
  "matters.csv": "纠纷类型",
  "notices.csv": "告知书文本",
};

/** @param {{boot: Boot}} props */
function Import({ boot }) {
  const [file, setFile] = useState("people.csv");
  return html`<div class="page-head">
      <div>
        <h1>导入导出</h1>
        <p class="soft">先导出，在表格软件里改好，再导入。导入前会列出要改什么，确认后才写入；有一行不对就什么都不写。</p>
      </div>
    </div>
    <div class="row import-kinds" role="group" aria-label="哪一类资料">
      ${Object.entries(NAMES).map(
        ([one, name]) => html`<button
          key=${one}
          class=${one === file ? "button primary" : "button"}
          type="button"
          aria-pressed=${one === file}
          onClick=${() => setFile(one)}
        >
          ${name}
        </button>`,
      )}
    </div>
    <${OneFile} key=${file} file=${file} columns=${boot.files[file] ?? []} csrf=${boot.csrf} />`;
}

/** @param {{file: string, columns: string[], csrf: string}} props */
function OneFile({ file, columns, csrf }) {
  const [chosen, setChosen] = useState(/** @type {File|null} */ (null));
  const [rehearsal, setRehearsal] = useState(/** @type {Rehearsal|null} */ (null));
  const [done, setDone] = useState(/** @type {Done|null} */ (null));
  const { busy, error, run } = useAttempt();
  const choose = (/** @type {Event} */ event) => {
    const field = /** @type {HTMLInputElement} */ (event.target);
    const picked = field.files?.[0] ?? null;
    field.value = ""; // the same file, corrected, can be chosen again
    setChosen(picked);
    setRehearsal(null);
    setDone(null);
    if (!picked) return;
    void run(async () =>
      setRehearsal(await ask("POST", `/api/import/${file}/preview`, { file: picked, csrf })),
    );
  };
  const write = () =>
    run(async () => {
      if (!chosen) return;
      setDone(await ask("POST", `/api/import/${file}`, { file: chosen, csrf }));
      setRehearsal(null);
    });
  return html`<section class="sheet import-sheet" aria-label=${NAMES[file]}>
    <div class="row">
      <a class="button" href="/api/export/${file}" download>导出现有的${NAMES[file]}</a>
      <label class="button import-choose">
        选择要导入的 ${file}
        <input class="visually-hidden" type="file" accept=".csv,text/csv" disabled=${busy} onChange=${choose} />
      </label>
    </div>
    <p class="soft small">必须有的列：${columns.join("、")}。CSV 格式，UTF-8 或 GBK 编码都可以。</p>
    ${busy ? html`<p role="status">正在核对…</p>` : null}
    ${error ? html`<p class="note stop" role="alert">${error}</p>` : null}
    ${chosen && rehearsal
      ? html`<${Preview} name=${chosen.name} rehearsal=${rehearsal} busy=${busy} write=${write} />`
      : null}
    ${done ? html`<${Imported} done=${done} />` : null}
  </section>`;
}

const boot = JSON.parse(document.getElementById("boot")?.textContent ?? "{}");
const root = document.getElementById("app");
if (root) {
  root.replaceChildren();
  render(html`<${Import} boot=${boot} />`, root);
}
