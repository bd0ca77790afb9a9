/** The advice entry that is being written: kept over a reload, sent once, gone only on purpose. */

import { useEffect, useState } from "/vendor/preact.js";
import { adviceBody, draftFrom, emptyAdvice, isBlank, isComplete, leftToWrite } from "../state/advice.js";
import { useLive } from "../ui/hooks.js";
import { newId } from "../wire/connection.js";

/**
 * @typedef {import("../state/advice.js").AdviceDraft} AdviceDraft
 *
 * @typedef {object} Writing
 * @property {AdviceDraft} draft
 * @property {boolean} sending
 * @property {(draft: AdviceDraft) => void} change
 * @property {() => void} clear
 * @property {() => Promise<boolean>} post  whether the server has it
 */

/**
 * @param {import("../wire/types.js").Session} session
 * @returns {Writing}
 */
export function useWriting(session) {
  const live = useLive();
  const { draft, setDraft, clear } = useDraft(session);
  const [sending, setSending] = useState(false);
  const post = async () => {
    if (sending || !isComplete(draft)) return false;
    const sentAs = draft.sentAs ?? newId();
    setDraft({ ...draft, sentAs });
    setSending(true);
    const added = await live.command("advice.add", adviceBody(draft, session.id), sentAs);
    setSending(false);
    if (!added) return false;
    const fresh = emptyAdvice(session.matter.code);
    setDraft((now) => leftToWrite(now, sentAs, String(added["advice"])) ?? fresh);
    return true;
  };
  const change = (/** @type {AdviceDraft} */ changed) => setDraft({ ...changed, sentAs: null });
  return { draft, sending, change, clear, post };
}

/**
 * A draft outlives a reload; it goes only when the server has the entry, or on purpose.
 * @param {import("../wire/types.js").Session} session
 */
function useDraft(session) {
  const key = `yuntiao.advice.${session.id}`;
  const fresh = () => emptyAdvice(session.matter.code);
  const [draft, setDraft] = useState(() => draftFrom(sessionStorage.getItem(key)) ?? fresh());
  useEffect(() => {
    if (isBlank(draft)) sessionStorage.removeItem(key);
    else sessionStorage.setItem(key, JSON.stringify(draft));
  }, [draft]);
  const clear = () => {
    // At once: what is cleared when the screen goes is drawn no more.
    sessionStorage.removeItem(key);
    setDraft(fresh());
  };
  return { draft, setDraft, clear };
}
