/** Rounds as bars: one a round, oldest left; what is broken stands at the bottom, in words too. */

import { html } from "/vendor/preact.js";
import { runName, STATES } from "./words.js";

/** @typedef {import("./words.js").Run} Run */

const WIDTH = 20;
const GAP = 6;
const HEIGHT = 96;
const ORDER = ["broken", "gaps", "erased", "whole"];

/** @param {Run} run */
export function total(run) {
  return Object.values(run.counts).reduce((sum, one) => sum + one, 0);
}

/**
 * The parts of a bar from the bottom up, in pixels; a part that is there is never invisible.
 * @param {Run} run
 * @param {number} most
 */
export function parts(run, most) {
  let below = 0;
  return ORDER.filter((state) => run.counts[state]).map((state) => {
    const height = Math.max(3, ((run.counts[state] ?? 0) / most) * HEIGHT);
    below += height;
    return { state, y: HEIGHT - below, height };
  });
}

/** @param {Run} run */
function words(run) {
  const told = ORDER.filter((state) => run.counts[state]);
  const counts = told.map((state) => `${STATES[state]} ${run.counts[state]}`).join("，");
  return `${runName(run)}：${counts || "没有需要核对的会话"}`;
}

/** @param {{runs: Run[], chosen: string, choose: (run: string) => void}} props */
export function Plot({ runs, chosen, choose }) {
  const most = Math.max(1, ...runs.map(total));
  return html`<div class="proof-plot" role="group" aria-label="最近的核对，点选查看">
    ${[...runs].reverse().map(
      (run) => html`<button type="button" class="proof-bar" aria-pressed=${run.id === chosen}
        aria-label=${words(run)} title=${words(run)} onClick=${() => choose(run.id)}>
        <svg width=${WIDTH} height=${HEIGHT + GAP} aria-hidden="true">
          <rect class="proof-none" x="0" y=${HEIGHT} width=${WIDTH} height="2"></rect>
          ${parts(run, most).map(
            (part) => html`<rect class="proof-${part.state}" x="0" y=${Math.max(0, part.y)}
              width=${WIDTH} height=${part.height}></rect>`,
          )}
        </svg>
      </button>`,
    )}
  </div>`;
}
