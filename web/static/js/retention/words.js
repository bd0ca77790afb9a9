/** Retention in words. Pure. */

/**
 * @typedef {{code: string, name: string, years: number|null, permanent: boolean, basis: string,
 *   is_set: boolean, sessions?: number}} Term
 * @typedef {{reason: string, at: number, by: string, session?: string, number?: string}} Hold
 * @typedef {object} Deletion
 * @property {string} state
 * @property {string} reason
 * @property {number} proposed_at
 * @property {string} proposed_by
 * @property {number|null} confirmed_at
 * @property {string} confirmed_by
 * @property {number|null} erased_at
 * @property {string} certificate
 * @property {string} [session]
 * @property {string} [number]
 */

/** @type {Record<string, [words: string, badge: string]>} */
export const STATES = {
  proposed: ["待第二人确认", "wait"],
  confirmed: ["已确认，等待执行", "wait"],
  erasing: ["正在销毁", "stop"],
  erased: ["已销毁", "none"],
};

/** @param {Term} term */
export function termWords(term) {
  if (term.permanent) return "永久保管";
  return term.years === null ? "待确认，不会到期" : `${term.years} 年`;
}
