// @ts-check
/** Why was this lawyer rung? Each step of dispatch: who was considered, and why passed over. */

import { html, useEffect, useState } from "/vendor/preact.js";
import { ask } from "../wire/api.js";
import { exactly } from "./words.js";

/**
 * @typedef {{outcome: string, at: number|null, reason: string}} Outcome
 * @typedef {{name: string, verdict: string, notes: string[], outcome: Outcome|null}} Considered
 * @typedef {{n: number, at: number, step: string, until: number|null, asked_by: string,
 *   reason: string, considered: Considered[], more: Record<string, number>}} Step
 * @typedef {{requested_at: number, accepted_at: number|null, needs: string[], language: string,
 *   steps: Step[]}} Explained
 */

/** @type {Readonly<Record<string, string>>} */
const STEPS = Object.freeze({
  preferred: "先呼叫指定的律师",
  single: "呼叫一位律师",
  everyone: "同时呼叫所有空闲的值班律师",
  backup: "呼叫后备律师",
  wait: "没有律师可以呼叫，排队等候",
  give_up: "无人接听，请当事人选择",
  call_in: "通话中请同事一起参加",
  transfer: "通话中转给同事",
  unmet: "没有同事能来，会话照常继续",
});

/** @type {Readonly<Record<string, string>>} */
const VERDICTS = Object.freeze({
  rung: "呼叫",
  later: "排在后面",
  rung_before: "本轮已呼叫过，未接",
  declined: "本次已表示不接",
  conflict: "因申报回避，不呼叫",
  standby: "后备，还没有轮到",
  being_rung: "正在被另一个会话呼叫",
  in_call: "正在接待",
  absent: "值班，但页面没有连接",
});

/** @type {Readonly<Record<string, string>>} */
const NOTES = Object.freeze({
  booked: "几分钟后有预约，排后",
  earlier_role: "此前单独为一方提供过咨询或回避过，排后",
  language: "未登记所需语言，排后",
  matter: "不是擅长的纠纷类型，排后",
  unfinished: "待完善的记录较多，排后",
  named: "由通话中的律师指名",
});

/** @type {Readonly<Record<string, string>>} */
const OUTCOMES = Object.freeze({
  accepted: "接听",
  declined: "不接",
  missed: "未接",
  withdrawn: "呼叫取消",
});

/** @type {Readonly<Record<string, string>>} */
const REASONS = Object.freeze({ conflict: "利益冲突", busy: "正在处理其他事务", other: "其他原因" });

/** @type {Readonly<Record<string, string>>} */
export const NEEDS = Object.freeze({
  minor: "有未成年人",
  elderly: "有老年人或残疾人",
  violence: "可能有人身危险",
  limitation: "期限快到了",
});

/** @param {{session: string}} props */
export function Dispatch({ session }) {
  const [found, setFound] = useState(/** @type {Explained|null} */ (null));
  const [error, setError] = useState("");
  useEffect(() => {
    ask("GET", `/api/sessions/${session}/dispatch`).then(setFound, (/** @type {Error} */ problem) =>
      setError(problem.message),
    );
  }, [session]);
  return html`<section class="sheet" data-testid="dispatch">
    <h2>为什么呼叫这位律师</h2>
    ${error && html`<p class="note stop" role="alert">${error}</p>`}
    ${!found && !error && html`<p class="soft">正在读取…</p>`}
    ${found && html`<${Explanation} found=${found} />`}
  </section>`;
}

/** @param {{found: Explained}} props */
function Explanation({ found }) {
  if (found.steps.length === 0) return html`<p class="soft">没有派单过程的记录。</p>`;
  const first = found.needs.map((need) => NEEDS[need] ?? need);
  return html`${first.length > 0 && html`<p>优先原因：${first.join("、")}。按规则提前排队。</p>`}
    ${found.language && html`<p>希望使用：${found.language}。</p>`}
    <ol class="dispatch-steps">
      ${found.steps.map((step) => html`<${StepTable} key=${step.n} step=${step} />`)}
    </ol>`;
}

/** @param {{step: Step}} props */
function StepTable({ step }) {
  const more = Object.entries(step.more).map(([verdict, n]) => `${VERDICTS[verdict] ?? verdict} ${n} 人`);
  return html`<li>
    <p class="entry-head">
      <time>${exactly(step.at)}</time> <strong>${STEPS[step.step] ?? step.step}</strong>
      ${step.until && html`<span class="soft small">到 ${exactly(step.until).slice(-8)} 为止</span>`}
    </p>
    ${step.asked_by && html`<p class="small">${step.asked_by}律师提出${step.reason ? `：${step.reason}` : ""}</p>`}
    ${step.considered.length === 0
      ? html`<p class="soft small">当时没有律师值班。</p>`
      : html`<div class="table-wrap" tabindex="0" role="region" aria-label=${`第 ${step.n} 步`}>
          <table class="table dispatch-table">
            <thead><tr><th>律师</th><th>决定</th><th>说明</th><th>结果</th></tr></thead>
            <tbody>
              ${step.considered.map(
                (one) => html`<tr>
                  <td class="nowrap">${one.name}</td>
                  <td class="nowrap"><span class=${one.verdict === "rung" ? "badge wait" : "badge none"}>
                    ${VERDICTS[one.verdict] ?? one.verdict}</span></td>
                  <td>${one.notes.map((note) => NOTES[note] ?? note).join("；")}</td>
                  <td>${outcomeWords(one.outcome)}</td>
                </tr>`,
              )}
            </tbody>
          </table>
        </div>`}
    ${more.length > 0 && html`<p class="soft small">排在更后面的：${more.join("，")}。</p>`}
  </li>`;
}

/** @param {Outcome|null} outcome */
function outcomeWords(outcome) {
  if (!outcome) return "";
  if (!outcome.outcome) return "正在呼叫";
  const reason = outcome.reason ? `（${REASONS[outcome.reason] ?? outcome.reason}）` : "";
  const at = outcome.at ? ` ${exactly(outcome.at).slice(-8)}` : "";
  return `${OUTCOMES[outcome.outcome] ?? outcome.outcome}${reason}${at}`;
}
