/** The wall of stations' health, and one station's history. */

import { html, render, useEffect, useState } from "/vendor/preact.js";
import { formatExactly, formatMoment } from "../pages/moments.js";
import { ask } from "../wire/api.js";
import { ago, LIGHTS, STARTED, worstFirst } from "./words.js";

/**
 * @typedef {import("./words.js").Light} Light
 * @typedef {{id: string, name: string, light: Light, words: string, here: boolean,
 *   seen_at: number|null, tested_at: number|null}} Terminal
 * @typedef {{id: string, code: string, name: string, light: Light, words: string,
 *   terminals: Terminal[], task: string|null}} Tile
 * @typedef {{part: string, state: "good"|"warn"|"bad", words: string}} Part
 * @typedef {{id: string, at: number, started_by: string, worst: "good"|"warn"|"bad",
 *   parts: Part[], terminal: {id: string, name: string, revoked: boolean}}} Test
 * @typedef {Tile & {tests: Test[]}} Station
 */

const AGAIN_MS = 20_000;

/** What the service says now, asked again and again. @param {string} path */
function useFresh(path) {
  const [answer, setAnswer] = useState(/** @type {any} */ (null));
  const [error, setError] = useState("");
  useEffect(() => {
    const load = async () => {
      try {
        setAnswer(await ask("GET", path));
        setError("");
      } catch (problem) {
        setError(problem instanceof Error ? problem.message : "没有读到终端的情况。");
      }
    };
    void load();
    const timer = setInterval(load, AGAIN_MS);
    return () => clearInterval(timer);
  }, [path]);
  return { answer, error };
}

/** @param {{light: Light}} props */
function Badge({ light }) {
  const { tone, words, sign } = LIGHTS[light];
  return html`<span class=${`badge ${tone}`}><span aria-hidden="true">${sign}</span>${words}</span>`;
}

/** @param {{tile: Tile}} props */
function StationTile({ tile }) {
  return html`<li class=${`sheet health-tile health-${tile.light}`}>
    <h2><a href=${`/admin/health/${tile.id}`}>${tile.name}</a></h2>
    <p><${Badge} light=${tile.light} /></p>
    ${tile.light !== "good" && html`<p>${tile.words}</p>`}
    ${tile.terminals.map((one) => html`<${LastWords} key=${one.id} terminal=${one} many=${tile.terminals.length > 1} />`)}
    ${tile.task !== null && html`<${Fault} owner=${tile.task} />`}
  </li>`;
}

/** @param {{terminal: Terminal, many: boolean}} props */
function LastWords({ terminal, many }) {
  const { seen_at: seen, tested_at: tested, here, name } = terminal;
  return html`<p class="soft small">
    ${many ? `${name || "终端"}：` : ""}${here ? "在线" : seen ? `最近在线 ${ago(seen)}` : "还没有开过机"}
    ${tested ? html`，<span title=${formatExactly(tested)}>自检 ${ago(tested)}</span>` : "，没有自检"}
  </p>`;
}

/** @param {{owner: string}} props */
function Fault({ owner }) {
  return html`<p class="small"><a href="/admin/tasks?kind=terminal_fault">待办</a>：${owner ? `${owner} 在处理` : "还没有人领取"}</p>`;
}

function Wall() {
  const { answer, error } = useFresh("/api/health");
  /** @type {Tile[]|null} */
  const tiles = answer?.items ?? null;
  if (!tiles) return html`<p class=${error ? "note stop" : "loading"} role="status">${error || "正在读取…"}</p>`;
  const count = (/** @type {Light} */ light) => tiles.filter((one) => one.light === light).length;
  return html`<div class="page-head">
      <div>
        <h1>终端健康</h1>
        <p class="soft">${tiles.length} 个工作站。终端每天早上六点以后空闲时自检，也可以在终端上点“设备自检”。</p>
      </div>
      <p class="row" role="status">
        ${/** @type {Light[]} */ (["good", "warn", "bad", "off"]).map(
          (light) => html`<span class=${`badge ${LIGHTS[light].tone}`}>${LIGHTS[light].words} ${count(light)}</span>`,
        )}
      </p>
    </div>
    ${error && html`<p class="note stop" role="alert">${error} 下面是先前的情况。</p>`}
    ${tiles.length === 0 && html`<div class="sheet empty"><p>还没有工作站。</p><p>请先在“导入导出”里导入工作站。</p></div>`}
    <ul class="health-wall">
      ${worstFirst(tiles).map((one) => html`<${StationTile} key=${one.id} tile=${one} />`)}
    </ul>`;
}

/** @param {{id: string}} props */
function History({ id }) {
  const { answer, error } = useFresh(`/api/health/${id}`);
  /** @type {Station|null} */
  const station = answer;
  if (!station) return html`<p class=${error ? "note stop" : "loading"} role="status">${error || "正在读取…"}</p>`;
  return html`<div class="page-head">
      <div>
        <p><a href="/admin/health">终端健康</a></p>
        <h1>${station.name}</h1>
        <p class="row"><${Badge} light=${station.light} /><span>${station.words}</span></p>
      </div>
      ${station.task !== null && html`<${Fault} owner=${station.task} />`}
    </div>
    <section class="sheet" aria-labelledby="terminals-title">
      <h2 id="terminals-title">终端</h2>
      ${station.terminals.length === 0 && html`<p class="soft">还没有登记终端。</p>`}
      ${station.terminals.map((one) => html`<${LastWords} key=${one.id} terminal=${one} many=${true} />`)}
    </section>
    <${Tests} tests=${station.tests} />`;
}

/** @param {{tests: Test[]}} props */
function Tests({ tests }) {
  if (tests.length === 0) {
    return html`<div class="sheet empty health-tests"><p>还没有自检记录。</p></div>`;
  }
  return html`<div class="sheet table-wrap health-tests" tabindex="0" role="region" aria-label="自检记录">
    <table class="table">
      <caption class="visually-hidden">自检记录，最近的在前</caption>
      <thead><tr><th>时间</th><th>终端</th><th>怎样开始</th><th>结果</th><th>说明</th></tr></thead>
      <tbody>${tests.map((one) => html`<${TestRow} key=${one.id} test=${one} />`)}</tbody>
    </table>
  </div>`;
}

/** @param {{test: Test}} props */
function TestRow({ test }) {
  const wrong = test.parts.filter((one) => one.state !== "good");
  const { terminal } = test;
  return html`<tr>
    <td class="nowrap" title=${formatExactly(test.at)}>${formatMoment(test.at)}</td>
    <td>${terminal.name || "终端"}${terminal.revoked ? "（已注销）" : ""}</td>
    <td class="nowrap">${STARTED[test.started_by] ?? test.started_by}</td>
    <td><${Badge} light=${test.worst} /></td>
    <td>
      ${wrong.map((one) => html`<p key=${one.part}>${one.words}</p>`)}
      <details><summary>全部 ${test.parts.length} 项</summary>
        ${test.parts.map((one) => html`<p key=${one.part} class="small">${one.words}</p>`)}
      </details>
    </td>
  </tr>`;
}

const { station } = JSON.parse(document.getElementById("boot")?.textContent ?? "{}");
const root = document.getElementById("app");
if (root) {
  root.replaceChildren();
  render(station ? html`<${History} id=${station} />` : html`<${Wall} />`, root);
}
