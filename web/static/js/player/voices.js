// @ts-check
/** Who spoke when, drawn from how much each second of a microphone took. Pure. */

/** @typedef {import("./timeline.js").Piece} Piece */
/** @typedef {ReadonlyMap<string, string>} Voices  levels 0–9, a digit a second, by segment */

const LEVELS = 9;
/** Below this it is a room, not a voice. */
const SPEECH = 2;

/**
 * The loudest second under each stroke; a stroke is at least a pixel wide.
 * @param {string} levels
 * @param {number} scale pixels a second
 * @returns {{at: number, level: number}[]} strokes where somebody speaks, in seconds from the start
 */
export function strokes(levels, scale) {
  const step = scale > 0 ? Math.max(1, Math.ceil(1 / scale)) : levels.length || 1;
  const found = [];
  for (let at = 0; at < levels.length; at += step) {
    const level = Math.max(...[...levels.slice(at, at + step)].map(Number));
    if (level >= SPEECH) found.push({ at, level });
  }
  return found;
}

/**
 * All voices of a track as one path of upright boxes.
 * @param {readonly Piece[]} pieces
 * @param {Voices} voices
 * @param {number} scale
 * @param {number} base the lower edge, in pixels
 * @param {number} height of the loudest
 */
export function voicePath(pieces, voices, scale, base, height) {
  const wide = Math.max(1, scale);
  const box = (/** @type {number} */ x, /** @type {number} */ level) => {
    const tall = (level / LEVELS) * height;
    return `M${x.toFixed(1)},${base}v${(-tall).toFixed(1)}h${wide.toFixed(1)}v${tall.toFixed(1)}z`;
  };
  return pieces
    .flatMap((piece) =>
      strokes(voices.get(piece.id) ?? "", scale).map(({ at, level }) =>
        box((piece.start + at) * scale, level),
      ),
    )
    .join("");
}
