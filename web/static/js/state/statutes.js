/** The list of statutes that the desk suggests (static/data/statutes.json). */

/**
 * @typedef {object} Statute
 * @property {string} law
 * @property {"confirmed"|"to_confirm"} status  whether the bureau has checked the version
 * @property {string} version_date  in force from
 * @property {{article: string, about: string}[]} articles
 *
 * @typedef {import("../wire/types.js").Citation} Citation
 */

/**
 * A row whose law was just typed or picked: a known law brings the date of its version.
 * @param {Citation} row
 * @param {Statute[]} statutes
 * @returns {Citation}
 */
export function citationFrom(row, statutes) {
  const known = statutes.find(({ law }) => law === row.law.trim());
  if (known) return { ...row, version_date: known.version_date };
  const suggested = statutes.some(({ version_date }) => version_date === row.version_date);
  return suggested ? { ...row, version_date: "" } : row;
}
