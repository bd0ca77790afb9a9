// @ts-check
/** Asks for the voices of every microphone's segment, one after the other, as the page has time. */

import { useEffect, useState } from "/vendor/preact.js";
import { ask } from "../wire/api.js";

/** @typedef {import("./timeline.js").Timeline} Timeline */

/** So many answers are drawn at once: drawing each alone would cost more than asking. */
const AT_ONCE = 8;

/**
 * @param {Timeline} line
 * @param {string} viewing
 * @returns {import("./voices.js").Voices}
 */
export function useVoices(line, viewing) {
  const [voices, setVoices] = useState(/** @type {Map<string, string>} */ (new Map()));
  useEffect(() => {
    const gone = new AbortController();
    void read(line, viewing, gone.signal, (more) =>
      setVoices((known) => new Map([...known, ...more])),
    );
    return () => gone.abort();
  }, [line, viewing]);
  return voices;
}

/**
 * @param {Timeline} line
 * @param {string} viewing
 * @param {AbortSignal} signal
 * @param {(more: [string, string][]) => void} found
 */
async function read(line, viewing, signal, found) {
  const pieces = line.tracks
    .filter(({ kind }) => kind === "microphone")
    .flatMap((track) => track.pieces)
    .sort((one, other) => one.start - other.start);
  /** @type {[string, string][]} */
  let waiting = [];
  for (const piece of pieces) {
    const path = `${viewing}/segments/${piece.id}/voice`;
    // A segment that cannot be read has no voice here; the player itself says what is wrong.
    const answer = await ask("GET", path, { signal }).catch(() => null);
    if (signal.aborted) return;
    if (answer) waiting.push([piece.id, answer.levels]);
    if (waiting.length >= AT_ONCE || piece === pieces.at(-1)) {
      found(waiting);
      waiting = [];
    }
  }
}
