// @ts-check
/** From a key to what the player does. Pure. */

/**
 * @typedef {{do: "toggle"} | {do: "skip", seconds: number} | {do: "speed", step: 1 | -1}
 *   | {do: "advice", direction: 1 | -1} | {do: "edge", end: boolean}} PlayerAct
 */

export const SPEEDS = Object.freeze([0.5, 0.75, 1, 1.25, 1.5, 2, 3]);

/** @type {Readonly<Record<string, PlayerAct>>} */
const KEYS = Object.freeze({
  " ": { do: "toggle" },
  k: { do: "toggle" },
  j: { do: "skip", seconds: -10 },
  l: { do: "skip", seconds: 10 },
  ArrowLeft: { do: "skip", seconds: -5 },
  ArrowRight: { do: "skip", seconds: 5 },
  ",": { do: "skip", seconds: -0.04 },
  ".": { do: "skip", seconds: 0.04 },
  ArrowUp: { do: "speed", step: 1 },
  ArrowDown: { do: "speed", step: -1 },
  n: { do: "advice", direction: 1 },
  p: { do: "advice", direction: -1 },
  Home: { do: "edge", end: false },
  End: { do: "edge", end: true },
});

/**
 * What a key does; undefined when it is not ours, or belongs to the field it was typed into.
 * @param {{key: string, ctrlKey: boolean, metaKey: boolean, altKey: boolean}} event
 * @param {string} into tag name of the focused element
 * @returns {PlayerAct | undefined}
 */
export function actOf(event, into) {
  if (event.ctrlKey || event.metaKey || event.altKey) return undefined;
  if (/^(input|textarea|select)$/i.test(into)) return undefined;
  // A focused button or link answers to the space bar itself.
  if (event.key === " " && /^(button|a|summary)$/i.test(into)) return undefined;
  return KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
}

/**
 * The next speed up or down.
 * @param {number} speed
 * @param {1 | -1} step
 */
export function nextSpeed(speed, step) {
  const at = SPEEDS.findIndex((one) => one >= speed);
  return SPEEDS[Math.max(0, Math.min(SPEEDS.length - 1, at + step))] ?? 1;
}
