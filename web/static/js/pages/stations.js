/** Stations and their terminals: enrolment codes, revocation. */

import { html, render, useEffect, useMemo, useState } from "/vendor/preact.js";
import { ask } from "../wire/api.js";
import { readBoot } from "../wire/boot.js";
import { formatMoment } from "./moments.js";

/**
 * @typedef {{id: string, enrolled_at: number, signed_in: string|null}} Terminal
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

/** @param {{terminal: Terminal, revoke: () => Promise<void>}} props */
function TerminalRow({ terminal, revoke }) {
  const [asking, setAsking] = useState(false);
  return html`<li class="terminal">
    <span>
      <span class=${terminal.signed_in ? "badge go" : "badge none"}>
        ${terminal.signed_in ? `${terminal.signed_in} 已登录` : "无人登录"}
      </span>
      <span class="soft small"> 登记于 ${formatMoment(terminal.enrolled_at)}</span>
    </span>
    ${asking
      ? html`<span class="row">
          <span class="small">注销后这台设备须重新登记。</span>
          <button class="button danger" type="button" onClick=${revoke}>确认注销</button>
          <button class="button" type="button" onClick=${() => setAsking(false)}>不注销</button>
        </span>`
      : html`<button class="button quiet" type="button" onClick=${() => setAsking(true)}>
          注销
        </button>`}
  </li>`;
}

/** @param {{station: Station, reload: () => Promise<void>}} props */
function StationTile({ station, reload }) {
  const [code, setCode] = useState(/** @type {Code|null} */ (null));
  const [error, setError] = useState("");
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
              html`<${TerminalRow} key=${one.id} terminal=${one} revoke=${() => revoke(one.id)} />`,
          )}
        </ul>`
      : html`<p class="soft">还没有终端。</p>`}
    ${code ? html`<${FreshCode} code=${code} close=${() => setCode(null)} />` : null}
    ${error ? html`<p class="error" role="alert">${error}</p>` : null}
    <button class="button station-action" type="button" onClick=${enrol}>
      ${code ? "再生成一个登记码" : "登记一台终端"}
    </button>
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
