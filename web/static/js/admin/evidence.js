// @ts-check
/** Whether the recording is whole: its seal in words, checking it now, its integrity value. */

import { html, useEffect, useState } from "/vendor/preact.js";
import { Findings, StateBadge } from "../proof/findings.js";
import { ask } from "../wire/api.js";
import { exactly } from "./words.js";

/** @typedef {{sealed_at: number | null, segments: number, integrity: string | null}} Seal */
/** @typedef {{at: number, count: number, problems: {where: string, what: string}[]}} Verdict */

/** @type {readonly (readonly [part: string, words: string])[]} */
const WORDS = Object.freeze([
  ["is missing", "缺失"],
  ["was changed", "封存后被改动"],
  ["sealed with", "封存后大小被改变"],
  ["cannot be read", "无法读取"],
  ["recorded twice", "重复登记"],
  ["in no journal record", "没有登记的文件"],
  ["lines are", "登记行缺失、移动或被截断"],
  ["torn", "最后一行不完整"],
  ["chained", "登记链条断开"],
  ["another key", "签名密钥不符"],
  ["signed", "与签名不符"],
]);

/**
 * What is wrong, for people; what has no words of its own differs from the record.
 * @param {string} what
 */
export function problemWords(what) {
  return WORDS.find(([part]) => what.includes(part))?.[1] ?? "与登记不符";
}

/**
 * @param {Seal} seal
 */
export function sealWords({ sealed_at, segments }) {
  return sealed_at === null ? "尚未封存" : `已封存于 ${exactly(sealed_at)}，共 ${segments} 段`;
}

/** @param {{session: string, csrf: string, may: boolean}} props */
export function Evidence({ session, csrf, may }) {
  const [seal, setSeal] = useState(/** @type {Seal | null} */ (null));
  const [proof, setProof] = useState(/** @type {import("../proof/words.js").Proof | null} */ (null));
  const [verdict, setVerdict] = useState(/** @type {Verdict | null} */ (null));
  const [error, setError] = useState("");
  const [busy, setBusy] = useState(false);
  const fail = (/** @type {unknown} */ reason) => setError(reason instanceof Error ? reason.message : String(reason));
  useEffect(() => {
    ask("GET", `/api/sessions/${session}/seal`).then(setSeal, fail);
    ask("GET", `/api/sessions/${session}/proof`).then((found) => setProof(found.proof), fail);
  }, [session]);
  const verify = async () => {
    setBusy(true);
    setError("");
    await ask("POST", `/api/sessions/${session}/verifications`, { body: {}, csrf }).then(setVerdict, fail);
    setBusy(false);
  };
  return html`<section class="sheet" data-testid="evidence">
    <h2>完整性</h2>
    ${seal && html`<p data-testid="seal">${sealWords(seal)}</p>`}
    ${seal?.integrity &&
    html`<p class="soft small hash">完整性校验值 ${seal.integrity}</p>
      <img class="integrity-code" src="/api/sessions/${session}/integrity.svg" alt="完整性校验值二维码" />`}
    ${proof && html`<div class="small" data-testid="proof"><${StateBadge} state=${proof.state} /> ${exactly(proof.at)} 核对
      <${Findings} proof=${proof} /></div>`}
    ${may && seal?.integrity && html`<p><button type="button" class="button" data-testid="verify" disabled=${busy} onClick=${verify}>
      ${busy ? "正在核验…" : "立即核验"}
    </button></p>`}
    ${error && html`<p class="notice-error" role="alert">${error}</p>`}
    ${verdict && html`<${Result} verdict=${verdict} />`}
  </section>`;
}

/** @param {{verdict: Verdict}} props */
function Result({ verdict }) {
  if (verdict.count === 0) {
    return html`<p role="status" data-testid="whole"><span class="badge go">完整</span> ${exactly(verdict.at)} 核验，与封存时一致。</p>`;
  }
  return html`<div role="alert" data-testid="broken">
    <p><span class="badge stop">有问题</span> ${exactly(verdict.at)} 核验，发现 ${verdict.count} 处与封存时不一致：</p>
    <ul class="plain-list">
      ${verdict.problems.map(({ where, what }) => html`<li><code>${where}</code> ${problemWords(what)}</li>`)}
    </ul>
  </div>`;
}
