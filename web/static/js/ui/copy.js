/** The clipboard, which old browsers and embedded ones do not have or do not give. */

/**
 * Put words on the clipboard. False: they are not there, and nobody may be told that they are.
 * @param {string} words
 */
export async function copied(words) {
  try {
    await navigator.clipboard.writeText(words);
    return true;
  } catch {
    return false;
  }
}
