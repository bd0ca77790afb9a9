/** Five faces to tap, and what may be added: reasons and a few words. */

import { html } from "/vendor/preact.js";

/** @typedef {{code: string, name: string, content: boolean}} Reason */

/** The mouth of each face, from very dissatisfied to very satisfied. */
const FACES = [
  { score: 1, words: "很不满意", mouth: "M7.5 17.5c2-4 7-4 9 0" },
  { score: 2, words: "不太满意", mouth: "M8 16.8c2-2 6-2 8 0" },
  { score: 3, words: "一般", mouth: "M8 16h8" },
  { score: 4, words: "满意", mouth: "M8 15c2 2.2 6 2.2 8 0" },
  { score: 5, words: "非常满意", mouth: "M7.5 14.2c1.6 5 7.4 5 9 0z" },
];

const CONTENT_FROM = 4;
export const MOST_WORDS = 200;

/** @param {{score: number, pick: (score: number) => unknown, label: string}} props */
export function Faces({ score, pick, label }) {
  return html`<div class="faces" role="group" aria-label=${label}>
    ${FACES.map(
      (face) => html`<button
        key=${face.score}
        type="button"
        class="face-button"
        data-testid=${`face-${face.score}`}
        aria-pressed=${score === face.score}
        onClick=${() => pick(face.score)}
      >
        <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
          <path d=${`M12 22a10 10 0 1 0 0-20 10 10 0 0 0 0 20zM8.6 9.2v.6M15.4 9.2v.6${face.mouth}`} />
        </svg>
        <span>${face.words}</span>
      </button>`,
    )}
  </div>`;
}

/**
 * @param {{reasons: Reason[], score: number, why: string[], words: string,
 *   change: (part: {why?: string[], words?: string}) => void}} props
 */
export function Why({ reasons, score, why, words, change }) {
  const offered = reasons.filter((one) => one.content === score >= CONTENT_FROM);
  const toggle = (/** @type {string} */ code) =>
    change({ why: why.includes(code) ? why.filter((one) => one !== code) : [...why, code] });
  return html`<div class="why">
    <div class="why-chips" role="group" aria-label="原因，可以多选">
      ${offered.map(
        ({ code, name }) => html`<button
          key=${code}
          type="button"
          class="button"
          data-testid=${`why-${code}`}
          aria-pressed=${why.includes(code)}
          onClick=${() => toggle(code)}
        >
          ${name}
        </button>`,
      )}
    </div>
    <label class="field">
      <span class="label">还想说的（可以不填，请不要写姓名电话）</span>
      <textarea
        class="input"
        rows="2"
        maxlength=${MOST_WORDS}
        data-testid="why-words"
        value=${words}
        onInput=${(/** @type {{currentTarget: HTMLTextAreaElement}} */ event) => change({ words: event.currentTarget.value })}
      ></textarea>
    </label>
  </div>`;
}
