/** An advice entry while it is being written; every function returns a new draft. */

/**
 * @typedef {import("../wire/types.js").Citation} Citation
 * @typedef {import("../wire/types.js").Session} Session
 * @typedef {import("../wire/types.js").Advice} Advice
 *
 * @typedef {object} AdviceDraft
 * @property {string} matter
 * @property {string} advice
 * @property {Citation[]} legal_basis
 * @property {string} bring
 * @property {string} next_step
 * @property {number|null} moment    media seconds, marked with F2
 * @property {string|null} corrects  the entry that this one replaces
 * @property {string|null} sentAs    the command's id once it was sent, until it is changed again
 */

export const MOST_CITATIONS = 10;

/**
 * @param {string} matter
 * @returns {AdviceDraft}
 */
export function emptyAdvice(matter) {
  return {
    matter,
    advice: "",
    legal_basis: [],
    bring: "",
    next_step: "",
    moment: null,
    corrects: null,
    sentAs: null,
  };
}

/**
 * A correction starts from the entry as it stands.
 * @param {Advice} entry
 * @returns {AdviceDraft}
 */
export function correctionOf(entry) {
  return {
    matter: entry.matter.code,
    advice: entry.advice,
    legal_basis: entry.legal_basis.map((basis) => ({ ...basis })),
    bring: entry.bring,
    next_step: entry.next_step,
    moment: entry.media_seconds,
    corrects: entry.id,
    sentAs: null,
  };
}

/**
 * Nothing in it that somebody typed.
 * @param {AdviceDraft} draft
 */
export function isBlank(draft) {
  const texts = [draft.advice, draft.bring, draft.next_step];
  return texts.every((text) => text.trim() === "") && draft.legal_basis.every((b) => !b.law.trim());
}

/**
 * What is still to be written once the server has an entry: what was typed since it was sent, or
 * nothing (null). Where that was a correction, the rest corrects the entry it has become.
 * @param {AdviceDraft} draft
 * @param {string} sentAs
 * @param {string} entry
 */
export function leftToWrite(draft, sentAs, entry) {
  if (draft.sentAs === sentAs) return null;
  return draft.corrects === null ? draft : { ...draft, corrects: entry };
}

/** @param {AdviceDraft} draft */
export const isComplete = (draft) => draft.advice.trim() !== "" && draft.matter !== "";

/**
 * The body of `advice.add`; rows without a law are left out.
 * @param {AdviceDraft} draft
 * @param {string} session
 */
export function adviceBody(draft, session) {
  return {
    session,
    matter: draft.matter,
    advice: draft.advice.trim(),
    legal_basis: draft.legal_basis
      .map(({ law, article, version_date }) => ({
        law: law.trim(),
        article: article.trim(),
        version_date: version_date.trim(),
      }))
      .filter((basis) => basis.law !== ""),
    bring: draft.bring.trim(),
    next_step: draft.next_step.trim(),
    moment: draft.moment,
    corrects: draft.corrects,
  };
}

/**
 * Media time: seconds since the recording began, without one since the talk began; null before.
 * @param {Pick<Session, "live_at"|"recording">} session
 * @param {number} now  on the server's clock
 */
export function mediaSeconds(session, now) {
  const origin = session.recording.since ?? session.live_at;
  return origin === null ? null : Math.max(0, (now - origin) / 1000);
}

/**
 * Read back a draft that was kept in this tab; anything odd counts as none.
 * @param {string|null} kept
 * @returns {AdviceDraft|null}
 */
export function draftFrom(kept) {
  if (!kept) return null;
  try {
    const draft = JSON.parse(kept);
    const known = typeof draft?.advice === "string" && Array.isArray(draft.legal_basis);
    return known ? { ...emptyAdvice(""), ...draft } : null;
  } catch {
    return null;
  }
}
