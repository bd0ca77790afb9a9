/** The nightly proof: the last rounds, and what a round found. */

import { html, render, useEffect, useState } from "/vendor/preact.js";
import { useAttempt } from "../pages/attempt.js";
import { formatExactly, formatMoment } from "../pages/moments.js";
import { ask } from "../wire/api.js";
import { Findings, StateBadge } from "./findings.js";
import { Plot, total } from "./plot.js";
import { length, runName, STATES } from "./words.js";

/**
 * @typedef {import("./words.js").Run} Run
 * @typedef {import("./words.js").Proof} Proof
 * @typedef {{csrf: string, may_ask: boolean}} Boot
 * @typedef {{total: number, page: number, size: number, items: Proof[]}} Page
 */

const AGAIN_MS = 3000;

/** @param {{proof: Proof}} props */
function Row({ proof }) {
  const [open, setOpen] = useState(proof.state === "broken");
  return html`<tr>
    <td class="nowrap"><a href="/admin/sessions/${proof.session}">${proof.number}</a></td>
    <td><${StateBadge} state=${proof.state} /></td>
    <td class="nowrap">${length(proof.stored)} <span class="soft">/ ${length(proof.expected)}</span></td>
    <td>
      ${open
        ? html`<${Findings} proof=${proof} />`
        : html`<button class="button quiet" type="button" onClick=${() => setOpen(true)}>
            ${proof.findings.length ? `${proof.findings.length} 处发现` : "看每个人的时长"}
          </button>`}
    </td>
  </tr>`;
}

/** @param {{run: Run}} props */
function Sessions({ run }) {
  const [found, setFound] = useState(/** @type {Page|null} */ (null));
  const [question, setQuestion] = useState({ states: "broken,gaps", page: 1 });
  const [error, setError] = useState("");
  const counted = total(run);
  useEffect(() => {
    let stale = false;
    ask("GET", `/api/proof/runs/${run.id}?state=${question.states}&page=${question.page}`)
      .then((page) => stale || (setFound(page), setError("")))
      .catch((problem) => stale || setError(problem.message));
    return () => {
      stale = true;
    };
  }, [run.id, counted, question]);
  const last = found ? Math.max(1, Math.ceil(found.total / found.size)) : 1;
  const turn = (/** @type {number} */ page) => setQuestion({ ...question, page });
  return html`<section aria-labelledby="run-title">
    <div class="proof-head">
      <h2 id="run-title">${runName(run)}</h2>
      <p class="soft">
        ${run.finished_at
          ? html`<span title=${formatExactly(run.finished_at)}>完成于 ${formatMoment(run.finished_at)}</span>`
          : "正在核对…"}
        ${Object.entries(STATES).map(([state, name]) =>
          run.counts[state] ? ` · ${name} ${run.counts[state]}` : "",
        )}
      </p>
      <div class="row" role="group" aria-label="显示">
        ${[["broken,gaps", "有发现的"], ["", "全部"]].map(
          ([states, name]) => html`<button class="button" type="button"
            aria-pressed=${states === question.states}
            onClick=${() => setQuestion({ states: states ?? "", page: 1 })}>${name}</button>`,
        )}
      </div>
    </div>
    ${error ? html`<p class="note stop" role="alert">${error}</p>` : null}
    ${found && !found.items.length
      ? html`<div class="sheet empty"><p>${counted
          ? "这一轮没有发现问题。"
          : "这一轮没有需要核对的会话：新结束的都已核对，旧的每三十天再核对一次。"}</p></div>`
      : null}
    ${found?.items.length
      ? html`<div class="sheet table-wrap" tabindex="0" role="region" aria-label="会话">
          <table class="table">
            <thead><tr><th>会话</th><th>结果</th><th>存有 / 应有</th><th>发现</th></tr></thead>
            <tbody>${found.items.map((one) => html`<${Row} key=${run.id + one.session} proof=${one} />`)}</tbody>
          </table>
        </div>`
      : null}
    ${found && last > 1
      ? html`<nav class="pages" aria-label="翻页">
          <button class="button" type="button" disabled=${found.page <= 1}
            onClick=${() => turn(found.page - 1)}>上一页</button>
          <span>第 ${found.page} 页，共 ${last} 页（${found.total} 个会话）</span>
          <button class="button" type="button" disabled=${found.page >= last}
            onClick=${() => turn(found.page + 1)}>下一页</button>
        </nav>`
      : null}
  </section>`;
}

/** @param {{boot: Boot}} props */
function Proofs({ boot }) {
  const [runs, setRuns] = useState(/** @type {Run[]|null} */ (null));
  const [chosen, setChosen] = useState("");
  const [error, setError] = useState("");
  const asking = useAttempt();
  const load = async () => {
    try {
      setRuns((await ask("GET", "/api/proof/runs")).items);
      setError("");
    } catch (problem) {
      setError(problem instanceof Error ? problem.message : "没有读到核对结果。");
    }
  };
  useEffect(() => void load(), []);
  const goesOn = Boolean(runs?.some((one) => !one.finished_at));
  useEffect(() => {
    if (!goesOn) return;
    const timer = setInterval(() => void load(), AGAIN_MS);
    return () => clearInterval(timer);
  }, [goesOn]);
  const begin = () =>
    asking.run(async () => {
      setChosen((await ask("POST", "/api/proof/runs", { csrf: boot.csrf })).id);
      await load();
    });
  const run = runs?.find((one) => one.id === chosen) ?? runs?.[0];
  return html`<div class="page-head">
      <div>
        <h1>录像核对</h1>
        <p class="soft">每晚把应当录下的与实际存下的逐个比对：每个人的时长、缺失的原因、每个文件的哈希值、链条和签名。</p>
      </div>
      ${boot.may_ask
        ? html`<button class="button primary" type="button" disabled=${asking.busy || goesOn}
            onClick=${begin}>${goesOn ? "正在核对…" : "现在全部核对一次"}</button>`
        : null}
    </div>
    ${error || asking.error
      ? html`<p class="note stop" role="alert">${error || asking.error}</p>`
      : null}
    ${!runs && !error ? html`<p class="loading">正在读取…</p>` : null}
    ${runs && !run
      ? html`<div class="sheet empty"><p>还没有核对过。</p>
          <p>每晚自动核对；也可以现在就核对一次。</p></div>`
      : null}
    ${runs && run
      ? html`<${Plot} runs=${runs} chosen=${run.id} choose=${setChosen} />
          <${Sessions} key=${run.id} run=${run} />`
      : null}`;
}

const boot = JSON.parse(document.getElementById("boot")?.textContent ?? "{}");
const root = document.getElementById("app");
if (root) {
  root.replaceChildren();
  render(html`<${Proofs} boot=${boot} />`, root);
}
