/** Villages: which station serves which; found by words, changed one by one. */

import { html, render, useEffect, useMemo, useState } from "/vendor/preact.js";
import { ask } from "../wire/api.js";
import { typed, useAttempt } from "./attempt.js";

/**
 * @typedef {{code: string, name: string}} Station
 * @typedef {{id: string, code: string, name: string, station: Station}} Village
 * @typedef {{code: string, name: string, station: string}} Fields
 */

const MOST_SHOWN = 100;

/** @type {{csrf: string, stations: Station[]}} */
const { csrf, stations } = JSON.parse(document.getElementById("boot")?.textContent ?? "{}");

/**
 * @param {{start: Fields, fresh: boolean, save: (fields: Fields) => Promise<unknown>, close: () => void}} props
 */
function VillageForm({ start, fresh, save, close }) {
  const [fields, setFields] = useState(start);
  const { busy, error, run } = useAttempt();
  const set = (/** @type {keyof Fields} */ name) => (/** @type {Event} */ event) =>
    setFields({ ...fields, [name]: typed(event) });
  const submit = async (/** @type {Event} */ event) => {
    event.preventDefault();
    if (await run(async () => void (await save(fields)))) close();
  };
  return html`<form class="person-form" onSubmit=${submit}>
    ${fresh &&
    html`<label class="field"><span class="label">编号</span>
      <input class="input" name="code" required maxlength="20" value=${fields.code} onInput=${set("code")} /></label>`}
    <label class="field"><span class="label">名称</span>
      <input class="input" name="name" required maxlength="60" value=${fields.name} onInput=${set("name")} /></label>
    <label class="field"><span class="label">归哪个工作站</span>
      <select class="input" name="station" required value=${fields.station} onChange=${set("station")}>
        <option value="">请选择</option>
        ${stations.map((one) => html`<option value=${one.code}>${one.name}</option>`)}
      </select></label>
    <p class="error" role="alert">${error}</p>
    <p class="row person-form-actions">
      <button class="button primary" type="submit" disabled=${busy}>保存</button>
      <button class="button" type="button" onClick=${close}>取消</button>
    </p>
  </form>`;
}

/** @param {{village: Village, changed: () => Promise<void>}} props */
function Row({ village, changed }) {
  const [open, setOpen] = useState(false);
  const save = async (/** @type {Fields} */ { name, station }) => {
    await ask("PUT", `/api/villages/${village.id}`, { body: { name, station }, csrf });
    await changed();
  };
  const start = { code: village.code, name: village.name, station: village.station.code };
  return html`<tr>
      <td>${village.name}</td>
      <td class="code-text">${village.code}</td>
      <td>${village.station.name}</td>
      <td class="number">
        <button class="button" type="button" aria-expanded=${open} onClick=${() => setOpen(!open)}>
          ${open ? "收起" : "修改"}<span class="visually-hidden">${village.name}</span>
        </button>
      </td>
    </tr>
    ${open &&
    html`<tr><td colspan="4"><${VillageForm} start=${start} fresh=${false} save=${save} close=${() => setOpen(false)} /></td></tr>`}`;
}

function Villages() {
  const [villages, setVillages] = useState(/** @type {Village[]|null} */ (null));
  const [error, setError] = useState("");
  const [words, setWords] = useState("");
  const [adding, setAdding] = useState(false);
  const load = async () => {
    try {
      setVillages((await ask("GET", "/api/villages")).items);
      setError("");
    } catch (problem) {
      setError(problem instanceof Error ? problem.message : "没有读到村居。");
    }
  };
  useEffect(() => void load(), []);
  const found = useMemo(() => {
    const wanted = words.trim().split(/\s+/);
    return (villages ?? []).filter((one) => wanted.every((word) => `${one.name} ${one.code} ${one.station.name}`.includes(word)));
  }, [villages, words]);
  if (!villages) return html`<p class=${error ? "note stop" : "loading"} role="status">${error || "正在读取…"}</p>`;
  const add = async (/** @type {Fields} */ fields) => {
    await ask("POST", "/api/villages", { body: fields, csrf });
    await load();
  };
  return html`<div class="page-head">
      <div><h1>村居</h1><p class="soft">${villages.length} 个村居，${stations.length} 个工作站</p></div>
      <span class="row">
        <a class="button" href="/admin/import">从表格导入、导出</a>
        <button class="button primary" type="button" disabled=${adding} onClick=${() => setAdding(true)}>新增村居</button>
      </span>
    </div>
    ${error && html`<p class="note stop" role="alert">${error}</p>`}
    ${adding &&
    html`<section class="sheet adding" aria-label="新增村居">
      <${VillageForm} start=${{ code: "", name: "", station: "" }} fresh=${true} save=${add} close=${() => setAdding(false)} />
    </section>`}
    <form class="filters" role="search" onSubmit=${(/** @type {Event} */ event) => event.preventDefault()}>
      <label class="find"><span class="label">查找</span>
        <input class="input" type="search" placeholder="村名、编号或工作站" value=${words}
          onInput=${(/** @type {Event} */ event) => setWords(typed(event))} /></label>
    </form>
    ${found.length
      ? html`<div class="sheet table-wrap" tabindex="0" role="region" aria-label="村居">
          <table class="table">
            <thead><tr><th>村居</th><th>编号</th><th>工作站</th><th><span class="visually-hidden">操作</span></th></tr></thead>
            <tbody>${found.slice(0, MOST_SHOWN).map((one) => html`<${Row} key=${one.id} village=${one} changed=${load} />`)}</tbody>
          </table>
        </div>`
      : html`<div class="sheet empty"><p>没有符合“${words}”的村居。</p>
          <button class="button" type="button" onClick=${() => setWords("")}>全部显示</button></div>`}
    ${found.length > MOST_SHOWN && html`<p class="soft">还有 ${found.length - MOST_SHOWN} 个没有列出，请用查找缩小范围。</p>`}`;
}

const root = document.getElementById("app");
if (root) {
  root.replaceChildren();
  render(html`<${Villages} />`, root);
}
