// @ts-check
/**
 * Small pictures of a moment, asked for while the pointer rests on the time line. They are kept in
 * this page's memory, and nowhere else: the answers are not to be stored.
 */

import { useEffect, useReducer, useRef } from "/vendor/preact.js";
import { spanAt } from "./timeline.js";

/** @typedef {import("./timeline.js").Timeline} Timeline */
/** @typedef {{key: string, name: string, picture: ImageBitmap | null}} Thumbnail */

/** The pointer rests so long before anything is asked for. */
const REST_MS = 120;
/** Some megabytes; the oldest go first. */
const MOST = 200;

/**
 * Whose picture is shown at a moment, and which piece it comes from.
 * @param {Timeline} line
 * @param {number | null} at
 */
export function shownAt(line, at) {
  if (at === null) return [];
  return line.tracks
    .filter(({ kind }) => kind !== "microphone")
    .flatMap((track) => {
      const piece = spanAt(track.pieces, at);
      return piece ? [{ key: piece.id, name: track.kind === "screen" ? `${track.name}的屏幕` : track.name }] : [];
    });
}

/**
 * @param {Timeline} line
 * @param {string} viewing
 * @param {number | null} at
 * @returns {Thumbnail[]} in the order of the lanes; without a picture until it has come
 */
export function usePictures(line, viewing, at) {
  const known = useRef(/** @type {Map<string, ImageBitmap | null>} */ (new Map()));
  const [, redraw] = useReducer((/** @type {number} */ count) => count + 1, 0);
  const shown = shownAt(line, at);
  const wanted = shown.map(({ key }) => key).join(" ");
  useEffect(() => {
    const missing = wanted.split(" ").filter((key) => key && !known.current.has(key));
    if (missing.length === 0) return undefined;
    const gone = new AbortController();
    const timer = setTimeout(() => {
      for (const key of missing) void read(viewing, key, gone.signal, known.current, () => redraw(0));
    }, REST_MS);
    return () => {
      clearTimeout(timer);
      gone.abort();
    };
  }, [viewing, wanted]);
  return shown.map(({ key, name }) => ({ key, name, picture: known.current.get(key) ?? null }));
}

/**
 * @param {string} viewing
 * @param {string} key
 * @param {AbortSignal} signal
 * @param {Map<string, ImageBitmap | null>} known
 * @param {() => void} came
 */
async function read(viewing, key, signal, known, came) {
  try {
    const path = `${viewing}/segments/${key}/picture`;
    const answer = await fetch(path, { cache: "no-store", signal });
    // What cannot be read has no picture; the player itself says what is wrong.
    const picture = answer.ok ? await createImageBitmap(await answer.blob()) : null;
    if (signal.aborted) return;
    known.set(key, picture);
    for (const [oldest, old] of known) {
      if (known.size <= MOST) break;
      old?.close();
      known.delete(oldest);
    }
    came();
  } catch (error) {
    if (!signal.aborted) known.set(key, null);
  }
}
