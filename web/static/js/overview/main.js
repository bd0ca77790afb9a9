/** The overview: what goes on now, then plots of a span of days, of one station or of all. */

import { html, render, useEffect, useState } from "/vendor/preact.js";
import { typed } from "../pages/attempt.js";
import { ask } from "../wire/api.js";
import { Bars, Columns } from "./charts.js";
import { inWords, percent, spanOf } from "./words.js";

/**
 * @typedef {{from: string, to: string, station: string}} Question
 * @typedef {{name: string, count: number}} Named
 * @typedef {object} Figures
 * @property {string} from
 * @property {string} to
 * @property {number} total
 * @property {{week: string, mediation: number, consultation: number}[]} weeks
 * @property {(Named & {id: string})[]} stations
 * @property {{kind: string, count: number}[]} kinds
 * @property {Named[]} ends
 * @property {{answered: number, p50: number|null, p90: number|null, prompt_share: number|null, steps: Named[]}} waiting
 * @property {{count: number, mean: number|null, scores: {score: number, count: number}[],
 *   reasons: (Named & {code: string})[],
 *   words: {score: number, words: string, why: string[], station: string, day: string}[]}} feedback
 */

const SCORES = ["", "很不满意", "不太满意", "一般", "满意", "非常满意"];
const NOW_EVERY_MS = 15_000;

/** @returns {Question} */
function asked() {
  const query = new URLSearchParams(location.search);
  return { from: query.get("from") ?? "", to: query.get("to") ?? "", station: query.get("station") ?? "" };
}

/** @param {Question} question */
function queryOf(question) {
  return new URLSearchParams(Object.entries(question).filter(([, value]) => value)).toString();
}

function Now() {
  const [now, setNow] = useState(/** @type {{talking: number, waiting: number}|null} */ (null));
  useEffect(() => {
    // An answer that is missed is asked for again soon; the figures below do not depend on it.
    const load = () => ask("GET", "/api/overview/now").then(setNow, () => undefined);
    void load();
    const timer = setInterval(load, NOW_EVERY_MS);
    return () => clearInterval(timer);
  }, []);
  return html`<p class="row" role="status">
    <span class="badge go">正在通话 ${now?.talking ?? "—"}</span>
    <span class=${now?.waiting ? "badge wait" : "badge none"}>正在等候 ${now?.waiting ?? "—"}</span>
    <a href="/admin/health">终端健康</a>
  </p>`;
}

/**
 * @param {{question: Question, shown: {from: string, to: string}|null, stations: {id: string, name: string}[],
 *   change: (part: Partial<Question>) => void}} props
 */
function Filters({ question, shown, stations, change }) {
  return html`<form class="filters" onSubmit=${(/** @type {Event} */ event) => event.preventDefault()}>
    <label><span class="label">从</span>
      <input class="input" type="date" value=${question.from || shown?.from || ""}
        onChange=${(/** @type {Event} */ event) => change({ from: typed(event) })} /></label>
    <label><span class="label">到</span>
      <input class="input" type="date" value=${question.to || shown?.to || ""}
        onChange=${(/** @type {Event} */ event) => change({ to: typed(event) })} /></label>
    <label><span class="label">工作站</span>
      <select class="input" value=${question.station}
        onChange=${(/** @type {Event} */ event) => change({ station: typed(event) })}>
        <option value="">全部</option>
        ${stations.map((one) => html`<option value=${one.id}>${one.name}</option>`)}
      </select></label>
    ${[4, 12, 52].map(
      (weeks) => html`<button class="button" type="button" onClick=${() => change(spanOf(weeks))}>近 ${weeks} 周</button>`,
    )}
  </form>`;
}

/** @param {{figures: Figures}} props */
function Heads({ figures }) {
  const { waiting, feedback } = figures;
  const heads = [
    ["会话", `${figures.total} 次`],
    ["等候时间中位数", inWords(waiting.p50)],
    ["九成人等候不超过", inWords(waiting.p90)],
    ["15 秒内接听", percent(waiting.prompt_share)],
    ["满意度", feedback.mean === null ? "还没有评价" : `${feedback.mean.toFixed(2)} 分（${feedback.count} 份）`],
  ];
  return html`<dl class="heads">
    ${heads.map(([name, value]) => html`<div class="sheet" key=${name}><dt class="soft">${name}</dt><dd>${value}</dd></div>`)}
  </dl>`;
}

/** @param {{figures: Figures, all: boolean}} props */
function Plots({ figures, all }) {
  const { weeks, stations, ends, waiting, feedback } = figures;
  const kinds = /** @type {const} */ ([
    { name: "人民调解", tone: "a" },
    { name: "法律咨询", tone: "b" },
  ]);
  const items = (/** @type {Named[]} */ named) => named.map(({ name, count }) => ({ label: name, values: [count] }));
  const one = (/** @type {string} */ name, tone = "a") => [{ name, tone }];
  return html`<div class="plots">
    <div class="plot-wide">
      <${Columns} title="每周有多少会话？" unit="次" series=${kinds}
        items=${weeks.map((week) => ({ label: week.week, values: [week.mediation, week.consultation] }))} />
    </div>
    <${Bars} title="等多久有律师接听？" unit="次" series=${one("接听")} items=${items(waiting.steps)}
      note=${`${waiting.answered} 次有律师接听，从发起算起`} />
    <${Bars} title="结果怎样？" unit="次" series=${one("会话")} items=${items(ends)} />
    ${all && html`<${Bars} title="哪些工作站用得多？" unit="次" series=${one("会话")} items=${items(stations)} />`}
    <div class="plot-stack">
      <${Bars} title="大家满意吗？" unit="份" series=${one("评价", "go")}
        items=${feedback.scores.map(({ score, count }) => ({ label: SCORES[score] ?? "", values: [count] }))} />
      <${Bars} title="为什么？" unit="份" series=${one("评价", "b")} items=${items(feedback.reasons.filter((reason) => reason.count > 0))} />
    </div>
  </div>
  <${Words} words=${feedback.words} />`;
}

/** @param {{words: Figures["feedback"]["words"]}} props */
function Words({ words }) {
  if (words.length === 0) return null;
  return html`<section class="sheet said" aria-labelledby="said-title">
    <h2 id="said-title">大家说了什么</h2>
    <p class="soft small">评价不记姓名；最近的在前。</p>
    <ul>
      ${words.map(
        (said, n) => html`<li key=${n}>
          <p>${said.words}</p>
          <p class="soft small">${SCORES[said.score]}${said.why.length ? ` · ${said.why.join("、")}` : ""} · ${said.station} · ${said.day}</p>
        </li>`,
      )}
    </ul>
  </section>`;
}

/** @param {{stations: {id: string, name: string}[]}} props */
function Overview({ stations }) {
  const [question, setQuestion] = useState(asked());
  const [figures, setFigures] = useState(/** @type {Figures|null} */ (null));
  const [error, setError] = useState("");
  useEffect(() => {
    const back = () => setQuestion(asked());
    window.addEventListener("popstate", back);
    return () => window.removeEventListener("popstate", back);
  }, []);
  useEffect(() => {
    const only = new AbortController();
    ask("GET", `/api/overview?${queryOf(question)}`, { signal: only.signal }).then(
      (answer) => {
        setFigures(answer);
        setError("");
      },
      (problem) => !only.signal.aborted && setError(problem instanceof Error ? problem.message : "没有读到数字。"),
    );
    return () => only.abort();
  }, [question]);
  const change = (/** @type {Partial<Question>} */ part) => {
    const next = { ...question, ...part };
    history.pushState(null, "", `?${queryOf(next)}`);
    setQuestion(next);
  };
  return html`<div class="page-head"><h1>总览</h1><${Now} /></div>
    <${Filters} question=${question} shown=${figures} stations=${stations} change=${change} />
    ${error && html`<p class="note stop" role="alert">${error.includes("from/to") ? "日期不对：开始要在结束之前，最长两年。" : error}</p>`}
    ${figures ? html`<${Heads} figures=${figures} /><${Plots} figures=${figures} all=${!question.station} />` : html`<p class="loading">正在统计…</p>`}`;
}

const { stations } = JSON.parse(document.getElementById("boot")?.textContent ?? "{}");
const root = document.getElementById("app");
if (root) {
  root.replaceChildren();
  render(html`<${Overview} stations=${stations} />`, root);
}
