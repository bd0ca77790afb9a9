/** The advice log beside the call: the entries so far above, the one being written below. */

import { html, useEffect, useRef, useState } from "/vendor/preact.js";
import { adviceBody, correctionOf, draftFrom, emptyAdvice, isBlank, isComplete } from "../state/advice.js";
import { AdviceCard } from "../ui/advice-card.js";
import { useLive } from "../ui/hooks.js";
import { Button } from "../ui/parts.js";
import { newId } from "../wire/connection.js";
import { Editor } from "./editor.js";

/**
 * @typedef {import("../wire/types.js").Session} Session
 * @typedef {import("../state/advice.js").AdviceDraft} AdviceDraft
 */

/** @param {{session: Session}} props */
export function AdviceDesk({ session }) {
  const { draft, change, clear } = useDraft(session);
  const [sending, setSending] = useState(false);
  const live = useLive();
  const post = async () => {
    if (sending || !isComplete(draft)) return;
    const sentAs = draft.sentAs ?? newId();
    change({ ...draft, sentAs });
    setSending(true);
    const added = await live.command("advice.add", adviceBody(draft, session.id), sentAs);
    setSending(false);
    if (added) clear();
  };
  const correct = (/** @type {import("../wire/types.js").Advice} */ entry) => change(correctionOf(entry));
  return html`<div class="d-advice">
    <${Log} session=${session} correct=${correct} free=${isBlank(draft)} />
    <${Editor}
      session=${session}
      draft=${draft}
      sending=${sending}
      change=${(/** @type {AdviceDraft} */ changed) => change({ ...changed, sentAs: null })}
      post=${post}
      clear=${clear}
    />
  </div>`;
}

/**
 * A draft outlives a reload; it goes only when the server has the entry, or on purpose.
 * @param {Session} session
 */
function useDraft(session) {
  const key = `yuntiao.advice.${session.id}`;
  const fresh = () => emptyAdvice(session.matter.code);
  const [draft, setDraft] = useState(() => draftFrom(sessionStorage.getItem(key)) ?? fresh());
  useEffect(() => {
    if (isBlank(draft)) sessionStorage.removeItem(key);
    else sessionStorage.setItem(key, JSON.stringify(draft));
  }, [draft]);
  return { draft, change: setDraft, clear: () => setDraft(fresh()) };
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
