/** The advice log beside the call: the entries so far above, the one being written below. */

import { html, useEffect, useRef } from "/vendor/preact.js";
import { correctionOf, isBlank } from "../state/advice.js";
import { AdviceCard } from "../ui/advice-card.js";
import { Button } from "../ui/parts.js";
import { Editor } from "./editor.js";

/** @typedef {import("../wire/types.js").Session} Session */

/** @param {{session: Session, writing: import("./writing.js").Writing}} props */
export function AdviceDesk({ session, writing }) {
  const { draft, change } = writing;
  const correct = (/** @type {import("../wire/types.js").Advice} */ entry) => change(correctionOf(entry));
  return html`<div class="d-advice">
    <${Log} session=${session} correct=${correct} free=${isBlank(draft)} />
    <${Editor} session=${session} ...${writing} />
  </div>`;
}

/**
 * @param {{session: Session, correct: (entry: import("../wire/types.js").Advice) => void, free: boolean}} props
 */
function Log({ session, correct, free }) {
  const list = useRef(/** @type {HTMLElement|null} */ (null));
  useEffect(() => list.current?.lastElementChild?.scrollIntoView({ block: "nearest" }), [session.advice.length]);
  if (session.advice.length === 0) {
    return html`<p class="d-log-empty">还没有建议。写好后按 Ctrl+Enter，对方屏幕上立即显示。</p>`;
  }
  return html`<div class="d-log" ref=${list} aria-live="polite" tabindex="0" role="region" aria-label="已经写下的建议">
    ${session.advice.map(
      (entry, n) =>
        html`<${AdviceCard} key=${entry.id} entry=${entry} number=${n + 1}>
          ${
            entry.corrected_by === null &&
            html`<${Button}
              tone="quiet"
              size="small"
              icon="edit"
              testid="advice-correct"
              disabled=${!free}
              label=${`更正建议 ${n + 1}`}
              onClick=${() => correct(entry)}
              >更正<//
            >`
          }
        <//>`,
    )}
  </div>`;
}
