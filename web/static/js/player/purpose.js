// @ts-check
/** Why somebody wants to watch: asked each time before anything is shown, and kept with the name. */

import { html, useState } from "/vendor/preact.js";

const PRESETS = Object.freeze(["服务质量检查", "投诉核查", "案件复核", "司法机关或上级调取", "业务培训"]);
export const LONGEST_PURPOSE = 200;

/**
 * The purpose as it is written down.
 * @param {string} preset
 * @param {string} words
 */
export function purposeOf(preset, words) {
  return [preset, words.trim()].filter(Boolean).join("：").slice(0, LONGEST_PURPOSE);
}

/**
 * @param {{busy: boolean, error: string, open: (purpose: string) => void,
 *   minutes: number | "若干" | null}} props `minutes`: of the recording; null: there are photos alone
 */
export function Purpose({ busy, error, open, minutes }) {
  const [preset, setPreset] = useState("");
  const [words, setWords] = useState("");
  const purpose = purposeOf(preset, words);
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    if (purpose && !busy) open(purpose);
  };
  return html`<form class="purpose" onSubmit=${submit}>
    <h2>${minutes === null ? "查看证据照片" : "观看录音录像"}</h2>
    <p class="purpose-why">
      ${minutes === null ? "照片" : "录像"}涉及当事人隐私。请填写用途：您的姓名、用途和时间会写入访问记录，其他管理员和督导可以看到。
    </p>
    <div class="purpose-presets" role="group" aria-label="常用用途">
      ${PRESETS.map(
        (one) => html`<button
          type="button"
          class="chip"
          aria-pressed=${preset === one}
          onClick=${() => setPreset(preset === one ? "" : one)}
        >
          ${one}
        </button>`,
      )}
    </div>
    <label class="purpose-words">
      <span>具体说明（可写编号、来函等）</span>
      <input
        data-testid="purpose-input"
        maxlength="180"
        autocomplete="off"
        value=${words}
        onInput=${(/** @type {{currentTarget: HTMLInputElement}} */ event) => setWords(event.currentTarget.value)}
      />
    </label>
    ${error && html`<p class="notice-error" role="alert">${error}</p>`}
    <div class="purpose-go">
      <button class="button primary" data-testid="purpose-submit" disabled=${!purpose || busy}>
        ${busy ? "正在打开…" : minutes === null ? "填好了，打开照片" : "填好了，打开录像"}
      </button>
      <span>${minutes === null ? "" : `约 ${minutes} 分钟；`}每次打开四小时内有效。</span>
    </div>
  </form>`;
}
