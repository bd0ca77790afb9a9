/** Pointing at a shared page: spots are 0..1 of the picture itself, whatever its frame. Pure. */

/** @typedef {{left: number, top: number, width: number, height: number}} Box */
/** @typedef {{x: number, y: number}} Spot */
/** @typedef {Spot & {participant: string, until: number}} Shown */

export const SHOWN_MS = 2500;
export const LEAST_MS = 250;

/**
 * Where a picture lies in a frame that shows all of it (`object-fit: contain`); null: no picture yet.
 * @param {{width: number, height: number}} frame
 * @param {{width: number, height: number}} picture
 * @returns {Box|null}
 */
export function pictureBox(frame, picture) {
  if (!(picture.width > 0 && picture.height > 0 && frame.width > 0 && frame.height > 0)) return null;
  const scale = Math.min(frame.width / picture.width, frame.height / picture.height);
  const width = picture.width * scale;
  const height = picture.height * scale;
  return { left: (frame.width - width) / 2, top: (frame.height - height) / 2, width, height };
}

/**
 * The spot of the picture at a place of the frame; null: beside the picture.
 * @param {Box} box
 * @param {number} left
 * @param {number} top
 * @returns {Spot|null}
 */
export function spotAt(box, left, top) {
  const x = (left - box.left) / box.width;
  const y = (top - box.top) / box.height;
  return x >= 0 && x <= 1 && y >= 0 && y <= 1 ? { x, y } : null;
}

/**
 * Where in the frame a spot lies.
 * @param {Box} box
 * @param {Spot} spot
 */
export function placeOf(box, { x, y }) {
  return { left: box.left + x * box.width, top: box.top + y * box.height };
}

/**
 * Take a spot in: of one person the newest is shown.
 * @param {readonly Shown[]} shown
 * @param {Spot & {participant: string}} spot
 * @param {number} now
 * @returns {Shown[]}
 */
export function withSpot(shown, spot, now) {
  const others = stillPointed(shown, now).filter((one) => one.participant !== spot.participant);
  return [...others, { ...spot, until: now + SHOWN_MS }];
}

/**
 * @param {readonly Shown[]} shown
 * @param {number} now
 */
export const stillPointed = (shown, now) => shown.filter((one) => one.until > now);
