// @ts-check
/** Events of a media source as promises. */

/**
 * @param {EventTarget} target
 * @param {string} event
 * @returns {Promise<void>}
 */
export function once(target, event) {
  return new Promise((resolve) => target.addEventListener(event, () => resolve(), { once: true }));
}

/**
 * Start a change of the buffer and wait until it is done; rejects when the media is not playable.
 * @param {SourceBuffer} buffer
 * @param {() => void} change
 * @returns {Promise<void>}
 */
export function updated(buffer, change) {
  return new Promise((resolve, reject) => {
    const settle = (/** @type {Event} */ event) => {
      buffer.removeEventListener("updateend", settle);
      buffer.removeEventListener("error", settle);
      if (event.type === "error") reject(new Error("segment_unplayable"));
      else resolve();
    };
    buffer.addEventListener("updateend", settle);
    buffer.addEventListener("error", settle);
    try {
      change();
    } catch (error) {
      buffer.removeEventListener("updateend", settle);
      buffer.removeEventListener("error", settle);
      reject(error);
    }
  });
}
