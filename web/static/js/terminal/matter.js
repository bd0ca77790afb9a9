/** Step 1: what it is about. One touch chooses and goes on. */

import { html } from "/vendor/preact.js";
import { useLive } from "../ui/hooks.js";
import { Icon, matterIcon } from "../ui/icons.js";
import { StepFrame } from "./frame.js";

/** @param {import("./app.js").StepProps} props */
export function MatterChoice({ draft, change, back, next, cancel }) {
  const { boot } = useLive();
  const choose = (/** @type {string} */ matter) => {
    change({ ...draft, matter });
    next();
  };
  const title = draft.kind === "mediation" ? "是哪一类纠纷？" : "想问哪方面的问题？";
  return html`<${StepFrame} step="matter" title=${title} hint="拿不准就选“其他纠纷”，律师会帮您分清。" back=${back} cancel=${cancel}>
    <div class="t-tiles">
      ${boot.matters.map(
        ({ code, name }) =>
          html`<button
            type="button"
            class="t-tile"
            data-testid=${`matter-${code}`}
            aria-pressed=${draft.matter === code}
            onClick=${() => choose(code)}
          >
            <${Icon} name=${matterIcon(code)} /><span>${name}</span>
          </button>`,
      )}
    </div>
  <//>`;
}
