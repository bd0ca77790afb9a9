/** Stations and their terminals: their facts and names, enrolment codes, revocation. */

import { html, render, useEffect, useMemo, useState } from "/vendor/preact.js";
import { ask } from "../wire/api.js";
import { readBoot } from "../wire/boot.js";
import { typed, useAttempt } from "./attempt.js";
import { formatMoment } from "./moments.js";

/**
 * @typedef {{id: string, name: string, enrolled_at: number, seen_at: number|null,
 *   signed_in: string|null}} Terminal
 * @typedef {object} Station
 * @property {string} id
 * @property {string} code
 * @property {string} name
 * @property {string} town
 * @property {string} phone
 * @property {boolean} centre
 * @property {number} villages
 * @property {string[]} mediators
 * @property {Terminal[]} terminals
 *
 * @typedef {{station: string, code: string, until: number}} Code
 */

const { csrf } = readBoot();

/** @param {{code: Code, close: () => void}} props */
function FreshCode({ code, close }) {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  const left = Math.max(0, Math.round((code.until - now) / 1000));
  const link = `${location.origin}/terminal?code=${code.code}`;
  return html`<div class="fresh" role="status">
    <p class="fresh-code">${code.code}</p>
    <p class="soft small">
      ${left
        ? html`在终端上打开 <strong>${location.host}/terminal</strong> 输入。只能用一次，还剩${" "}
            ${Math.floor(left / 60)} 分 ${left % 60} 秒。`
        : "已经失效，请重新生成。"}
    </p>
    <div class="row">
      <button class="button" type="button" onClick=${() => navigator.clipboard.writeText(link)}>
        复制链接
      </button>
      <button class="button quiet" type="button" onClick=${close}>收起</button>
    </div>
  </div>`;
}

/**
 * @param {{label: string, value: string, least: number, most: number,
 *   save: (value: string) => Promise<unknown>, close: () => void}} props
 */
function OneField({ label, value, least, most, save, close }) {
  const [text, setText] = useState(value);
  const { busy, error, run } = useAttempt();
  const submit = async (/** @type {Event} */ event) => {
    event.preventDefault();
    if (await run(async () => void (await save(text)))) close();
  };
  return html`<form class="one-field" onSubmit=${submit}>
    <label><span class="label">${label}</span>
      <input class="input" value=${text} minlength=${least} maxlength=${most}
        onInput=${(/** @type {Event} */ event) => setText(typed(event))} /></label>
    <p class="error" role="alert">${error}</p>
    <p class="row">
      <button class="button primary" type="submit" disabled=${busy}>保存</button>
      <button class="button" type="button" onClick=${close}>取消</button>
    </p>
  </form>`;
}

/**
 * @param {{terminal: Terminal, revoke: () => Promise<void>, rename: (name: string) => Promise<void>}} props
 */
function TerminalRow({ terminal, revoke, rename }) {
  const [doing, setDoing] = useState(/** @type {"revoke"|"rename"|null} */ (null));
  const stop = () => setDoing(null);
  return html`<li class="terminal">
    <span>
      ${terminal.name && html`<strong>${terminal.name}</strong>`}
      <span class=${terminal.signed_in ? "badge go" : "badge none"}>
        ${terminal.signed_in ? `${terminal.signed_in} 已登录` : "无人登录"}
      </span>
      <span class="soft small">登记于 ${formatMoment(terminal.enrolled_at)}</span>
      <span class="soft small">
        ${terminal.seen_at ? `最近在线 ${formatMoment(terminal.seen_at)}` : "还没有开过机"}
      </span>
    </span>
    ${doing === null &&
    html`<span>
      <button class="button quiet" type="button" onClick=${() => setDoing("rename")}>命名</button>
      <button class="button quiet" type="button" onClick=${() => setDoing("revoke")}>注销</button>
    </span>`}
    ${doing === "revoke" &&
    html`<span class="row">
      <span class="small">注销后这台设备须重新登记。</span>
      <button class="button danger" type="button" onClick=${revoke}>确认注销</button>
      <button class="button" type="button" onClick=${stop}>不注销</button>
    </span>`}
    ${doing === "rename" &&
    html`<${OneField} label="这台终端叫什么" value=${terminal.name} least=${0} most=${40} save=${rename} close=${stop} />`}
  </li>`;
}

/** @param {{station: Station, save: (facts: object) => Promise<void>, close: () => void}} props */
function StationForm({ station, save, close }) {
  const [facts, setFacts] = useState({ name: station.name, town: station.town, phone: station.phone });
  const { busy, error, run } = useAttempt();
  const submit = async (/** @type {Event} */ event) => {
    event.preventDefault();
    if (await run(() => save(facts))) close();
  };
  /** @param {keyof typeof facts} name @param {string} label @param {number} most @param {boolean} required */
  const field = (name, label, most, required) => html`<label class="field"><span class="label">${label}</span>
    <input class="input" name=${name} required=${required} maxlength=${most} value=${facts[name]}
      onInput=${(/** @type {Event} */ event) => setFacts({ ...facts, [name]: typed(event) })} /></label>`;
  return html`<form class="one-field" onSubmit=${submit}>
    ${field("name", "名称", 60, true)} ${field("town", "乡镇", 40, true)} ${field("phone", "电话（可不填）", 20, false)}
    <p class="error" role="alert">${error}</p>
    <p class="row">
      <button class="button primary" type="submit" disabled=${busy}>保存</button>
      <button class="button" type="button" onClick=${close}>取消</button>
    </p>
  </form>`;
}

/** @param {{station: Station, reload: () => Promise<void>}} props */
function StationTile({ station, reload }) {
  const [code, setCode] = useState(/** @type {Code|null} */ (null));
  const [error, setError] = useState("");
  const [editing, setEditing] = useState(false);
  /** @param {() => Promise<void>} work */
  const attempt = async (work) => {
    setError("");
    try {
      await work();
    } catch (problem) {
      setError(problem instanceof Error ? problem.message : "操作未完成。");
    }
  };
  const enrol = () =>
    attempt(async () => {
      const made = await ask("POST", `/api/stations/${station.id}/enrolments`, { csrf });
      setCode({ station: station.id, ...made });
    });
  /** @param {string} id */
  const revoke = (id) =>
    attempt(async () => {
      await ask("DELETE", `/api/terminals/${id}`, { csrf });
      await reload();
    });
  const rename = (/** @type {string} */ id) => async (/** @type {string} */ name) => {
    await ask("PUT", `/api/terminals/${id}`, { body: { name }, csrf });
    await reload();
  };
  const save = async (/** @type {object} */ facts) => {
    await ask("PUT", `/api/stations/${station.id}`, { body: facts, csrf });
    await reload();
  };
  return html`<li class="sheet station">
    <h2>${station.name}</h2>
    <p class="soft small">
      ${station.code} · ${station.phone || "未登记电话"}${station.centre
        ? ""
        : ` · ${station.villages} 个村居`}
    </p>
    ${station.centre
      ? null
      : html`<p>
          ${station.mediators.length ? `调解员：${station.mediators.join("、")}` : "没有调解员"}
        </p>`}
    ${station.terminals.length
      ? html`<ul class="terminals">
          ${station.terminals.map(
            (one) =>
              html`<${TerminalRow} key=${one.id} terminal=${one} revoke=${() => revoke(one.id)} rename=${rename(one.id)} />`,
          )}
        </ul>`
      : html`<p class="soft">还没有终端。</p>`}
    ${code ? html`<${FreshCode} code=${code} close=${() => setCode(null)} />` : null}
    ${error ? html`<p class="error" role="alert">${error}</p>` : null}
    ${editing && html`<${StationForm} station=${station} save=${save} close=${() => setEditing(false)} />`}
    <p class="row station-action">
      <button class="button" type="button" onClick=${enrol}>
        ${code ? "再生成一个登记码" : "登记一台终端"}
      </button>
      ${!editing && html`<button class="button quiet" type="button" onClick=${() => setEditing(true)}>修改资料</button>`}
    </p>
  </li>`;
}

/** @param {Station} station @param {string} words */
function matches(station, words) {
  const text = [station.name, station.code, station.town, ...station.mediators].join(" ");
  return words.split(/\s+/).every((word) => text.includes(word));
}

function Stations() {
  const [stations, setStations] = useState(/** @type {Station[]|null} */ (null));
  const [error, setError] = useState("");
  const [words, setWords] = useState("");
  const load = async () => {
    try {
      setStations((await ask("GET", "/api/stations")).items);
      setError("");
    } catch (problem) {
      setError(problem instanceof Error ? problem.message : "没有读到工作站。");
    }
  };
  useEffect(() => void load(), []);
  const shown = useMemo(
    () => (stations ?? []).filter((one) => matches(one, words.trim())),
    [stations, words],
  );
  if (error) return html`<p class="note stop" role="alert">${error}</p>`;
  if (!stations) return html`<p class="loading">正在读取…</p>`;
  const terminals = stations.reduce((sum, one) => sum + one.terminals.length, 0);
  const towns = stations.filter((one) => !one.centre).length;
  return html`<div class="page-head">
      <div>
        <h1>工作站与终端</h1>
        <p class="soft">${towns} 个工作站，${terminals} 台终端</p>
      </div>
      <label class="find">
        <span class="visually-hidden">查找工作站</span>
        <input
          class="input"
          type="search"
          placeholder="查找乡镇、编号或调解员"
          value=${words}
          onInput=${(/** @type {{target: HTMLInputElement}} */ event) =>
            setWords(event.target.value)}
        />
      </label>
    </div>
    ${shown.length
      ? html`<ul class="stations">
          ${shown.map((one) => html`<${StationTile} key=${one.id} station=${one} reload=${load} />`)}
        </ul>`
      : html`<div class="sheet empty">
          <p>没有符合“${words}”的工作站。</p>
          <button class="button" type="button" onClick=${() => setWords("")}>全部显示</button>
        </div>`}`;
}

const root = document.getElementById("app");
if (root) {
  root.replaceChildren();
  render(html`<${Stations} />`, root);
}
