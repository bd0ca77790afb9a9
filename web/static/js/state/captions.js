/** Which captions are shown: the last two, for as long as it takes to read them. */

const SHOWN = 2;
const SHOWN_MS = 8000;
const LONGEST = 200;

/** @typedef {{id: string, name: string, words: string, at: number}} Caption */

/**
 * Take words in; the same id again replaces what it said before.
 * @param {Caption[]} lines
 * @param {{id: string, name: string, words: string}} said
 * @param {number} now
 * @returns {Caption[]}
 */
export function withCaption(lines, said, now) {
  const words = said.words.slice(-LONGEST);
  const fresh = { ...said, words, at: now };
  const known = lines.some((one) => one.id === said.id);
  const all = known ? lines.map((one) => (one.id === said.id ? fresh : one)) : [...lines, fresh];
  return stillShown(all, now).slice(-SHOWN);
}

/**
 * @param {Caption[]} lines
 * @param {number} now
 * @returns {Caption[]}
 */
export function stillShown(lines, now) {
  return lines.filter((one) => now - one.at < SHOWN_MS);
}
