/** The supervisor's wall: who waits, who is on duty and does what, how today goes. Always fresh. */

import { html, render, useEffect, useState } from "/vendor/preact.js";
import { lengthInWords } from "../state/format.js";
import { kindWords, needWords } from "../state/words.js";
import { formatExactly } from "../pages/moments.js";
import { ask } from "../wire/api.js";
import { doing, levelWords, stateWords } from "./words.js";

const EVERY_MS = 700;
/** The picture is older than this: it is drawn pale, and says so. */
const STALE_MS = 8000;

/**
 * @typedef {{id: string, number: string, station: string, kind: import("../wire/types.js").SessionKind,
 *   matter: string, needs: import("../wire/types.js").Need[], state: string, waits_since: number,
 *   ringing: string[]}} Waiting
 * @typedef {{id: string, name: string, doing: string, since: number, station: string,
 *   on_since: number, today: number}} Lawyer
 * @typedef {{within_seconds: number, target: number, calls: number, within: number, counted: number,
 *   share: number|null, median_seconds: number|null, longest_seconds: number|null}} Level
 * @typedef {{id: string, kind: string, number: string|null, text: string, opened_at: number,
 *   owner: string|null, taken_at: number|null}} Alarm
 * @typedef {{now: number, waiting: Waiting[], lawyers: Lawyer[], level: Level, callbacks: number,
 *   alarms: Alarm[]}} Wall
 */

function Page() {
  const [wall, setWall] = useState(/** @type {Wall|null} */ (null));
  const [error, setError] = useState("");
  const [seen, setSeen] = useState(0);
  const [clock, setClock] = useState(Date.now());
  useEffect(() => {
    let open = true;
    const look = async () => {
      try {
        const next = await ask("GET", "/api/wall");
        if (!open) return;
        setWall(next);
        setSeen(Date.now());
        setError("");
      } catch (problem) {
        setError(problem instanceof Error ? problem.message : "没有读到。");
      }
      if (open) setTimeout(look, EVERY_MS);
    };
    void look();
    const tick = setInterval(() => setClock(Date.now()), 1000);
    return () => {
      open = false;
      clearInterval(tick);
    };
  }, []);
  if (!wall) return html`<p class=${error ? "note stop" : "loading"} role="status">${error || "正在读取…"}</p>`;
  const stale = clock - seen > STALE_MS;
  // The service's clock, carried on by ours since the last look.
  const now = wall.now + (clock - seen);
  return html`<div class="page-head">
      <div>
        <h1>值班大屏</h1>
        <p class="soft">每 2 秒更新一次。<time>${formatExactly(now)}</time></p>
      </div>
    </div>
    ${stale && html`<p class="note stop" role="alert">${error || "服务没有答复"}：下面是 ${lengthInWords(clock - seen)}前的情况。</p>`}
    <div class=${stale ? "wall-stale" : ""}>
      <${Figures} wall=${wall} now=${now} />
      <div class="wall-columns">
        <div class="stack">
          <${WaitingList} waiting=${wall.waiting} now=${now} limit=${wall.level.within_seconds} />
          <${Alarms} alarms=${wall.alarms} now=${now} />
        </div>
        <${Lawyers} lawyers=${wall.lawyers} now=${now} />
      </div>
    </div>`;
}

/** @param {{wall: Wall, now: number}} props */
function Figures({ wall, now }) {
  const { level, waiting, lawyers } = wall;
  const free = lawyers.filter((one) => one.doing === "free").length;
  const longest = Math.max(0, ...waiting.map((one) => now - one.waits_since));
  const words = levelWords(level);
  return html`<div class="wall-figures">
    <${Figure} label="正在等候" tone=${waiting.length === 0 ? "well" : "attend"} testid="wall-waiting"
      value=${waiting.length} words=${waiting.length ? `最久 ${lengthInWords(longest)}` : "没有人在等"} />
    <${Figure} label="空闲律师" tone=${free ? "well" : "alarm"} value=${free} words=${`值班 ${lawyers.length} 人`} />
    <${Figure} label=${`今天 ${level.within_seconds} 秒内接听`} tone=${words.tone} value=${words.value} words=${words.words} />
    <${Figure} label="今天接听前等候" tone="" value=${level.median_seconds === null ? "—" : lengthInWords(level.median_seconds * 1000)}
      words=${level.longest_seconds === null ? "今天还没有接听" : `一半不超过；最长 ${lengthInWords(level.longest_seconds * 1000)}`} />
    <${Figure} label="待回电" tone=${wall.callbacks ? "attend" : "well"} value=${wall.callbacks} words="约了回电、还没有打" />
  </div>`;
}

/** @param {{label: string, tone: string, value: unknown, words: string, testid?: string}} props */
function Figure({ label, tone, value, words, testid }) {
  return html`<div class=${`wall-figure ${tone}`} data-testid=${testid}>
    <span>${label}</span><strong>${value}</strong><span class="soft small">${words}</span>
  </div>`;
}

/** @param {{waiting: Waiting[], now: number, limit: number}} props */
function WaitingList({ waiting, now, limit }) {
  return html`<section class="sheet" aria-labelledby="wall-waits">
    <h2 id="wall-waits">谁在等</h2>
    ${waiting.length === 0
      ? html`<p class="soft">没有人在等候律师。</p>`
      : html`<div class="table-wrap" tabindex="0" role="region" aria-label="正在等候"><table class="table">
          <thead><tr><th>工作站</th><th>事项</th><th>情况</th><th>已等</th></tr></thead>
          <tbody>${waiting.map((one) => html`<tr key=${one.id} data-testid="wall-row">
            <td><strong>${one.station}</strong></td>
            <td>${kindWords(one.kind)} · ${one.matter}
              ${one.needs.length > 0 && html`<span class="badge wait">优先：${one.needs.map(needWords).join("、")}</span>`}</td>
            <td>${one.ringing.length ? `正在呼叫 ${one.ringing.join("、")}` : stateWords(one.state)}</td>
            <td class=${now - one.waits_since > limit * 1000 ? "wall-waited wall-late" : "wall-waited"}>
              ${lengthInWords(now - one.waits_since)}</td>
          </tr>`)}</tbody>
        </table></div>`}
  </section>`;
}

/** @param {{alarms: Alarm[], now: number}} props */
function Alarms({ alarms, now }) {
  return html`<section class="sheet" aria-labelledby="wall-alarms">
    <h2 id="wall-alarms">报警</h2>
    ${alarms.length === 0
      ? html`<p class="soft">没有报警。有人等候超过 1 分钟、录音录像出故障时会出现在这里，并记入<a href="/admin/tasks">待办</a>。</p>`
      : html`<ul class="plain-list">${alarms.map((one) => html`<li key=${one.id}>
          <strong>${one.text}</strong>
          ${one.number && html`<span class="soft small">编号 ${one.number}</span>`}
          <span class="soft small">${lengthInWords(now - one.opened_at)}前</span>
          <span class=${one.owner ? "badge go" : "badge stop"}>${one.owner ? `${one.owner} 在处理` : "还没有人处理"}</span>
          <a class="button" href="/admin/tasks">去处理</a>
        </li>`)}</ul>`}
  </section>`;
}

/** @param {{lawyers: Lawyer[], now: number}} props */
function Lawyers({ lawyers, now }) {
  return html`<section class="sheet" aria-labelledby="wall-lawyers">
    <h2 id="wall-lawyers">值班律师</h2>
    ${lawyers.length === 0
      ? html`<p class="note stop">现在没有律师值班，来电无人接听。</p>`
      : html`<div class="table-wrap" tabindex="0" role="region" aria-label="值班律师"><table class="table">
          <thead><tr><th>律师</th><th>在做什么</th><th>今天</th></tr></thead>
          <tbody>${lawyers.map((one) => {
            const { tone, words } = doing(one);
            return html`<tr key=${one.id}>
              <td class="nowrap"><strong>${one.name}</strong></td>
              <td><span class=${`badge ${tone}`}>${words}</span>${" "}
                <span class="soft small">${lengthInWords(now - one.since)}</span></td>
              <td class="nowrap">${one.today} 次</td>
            </tr>`;
          })}</tbody>
        </table></div>`}
  </section>`;
}

const root = document.getElementById("app");
if (root) {
  root.replaceChildren();
  render(html`<${Page} />`, root);
}
