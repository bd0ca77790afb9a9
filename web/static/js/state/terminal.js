/**
 * The terminal's screens as pure functions of the server's view and of what is being filled in.
 *
 * The view decides wherever it says something; the steps before the call are the terminal's own.
 */

import { emptyDraft } from "./draft.js";

/**
 * @typedef {import("../wire/types.js").MediatorView} MediatorView
 * @typedef {import("../wire/types.js").Session} Session
 * @typedef {import("./draft.js").Draft} Draft
 *
 * @typedef {"home"|"matter"|"persons"|"facts"|"consent"|"help"} Step
 * @typedef {"loading"|Step|"calling"|"unanswered"|"room"|"after"|"deferred"} Screen
 *
 * @typedef {object} Local  what only this terminal knows
 * @property {Step} step
 * @property {Draft} draft
 * @property {string[]} dismissed  sessions whose last screen was left
 */

/** @returns {Local} */
export function freshLocal() {
  return { step: "home", draft: emptyDraft("mediation"), dismissed: [] };
}

/** @type {Record<import("../wire/types.js").SessionState, Screen>} */
const SCREENS = {
  requested: "calling",
  ringing: "calling",
  unanswered: "unanswered",
  accepted: "room",
  live: "room",
  paused: "room",
  wrapping: "after",
  closed: "after",
  failed: "after",
  deferred: "deferred",
  cancelled: "home",
};

/** The steps before the call, in their order. */
export const STEPS = /** @type {const} */ (["matter", "persons", "facts", "consent"]);

/**
 * @param {MediatorView|null} view
 * @param {Local} local
 * @returns {Screen}
 */
export function screenOf(view, local) {
  if (!view) return "loading";
  const session = view.session;
  if (session && !local.dismissed.includes(session.id)) {
    const screen = SCREENS[session.state];
    if (screen !== "home") return screen;
  }
  return local.step;
}

/**
 * A finished session that was left before its advice was read to the end: home offers the way back.
 * @param {MediatorView} view
 * @param {Local} local
 * @returns {Session|null}
 */
export function leftOpen(view, local) {
  const session = view.session;
  if (!session || !local.dismissed.includes(session.id)) return null;
  const over = session.state === "wrapping" || session.state === "closed";
  return over && session.receipt_at === null ? session : null;
}

/**
 * One step back; the draft is kept, so no input is lost.
 * @param {Step} step
 * @returns {Step}
 */
export function stepBefore(step) {
  const index = STEPS.findIndex((known) => known === step);
  return index > 0 ? (STEPS[index - 1] ?? "home") : "home";
}

/**
 * @param {Step} step
 * @returns {Step}
 */
export function stepAfter(step) {
  const index = STEPS.findIndex((known) => known === step);
  return STEPS[index + 1] ?? step;
}

/**
 * Leave a session's last screen: nothing of it stays on the terminal.
 * @param {Local} local
 * @param {string} session
 * @returns {Local}
 */
export function dismiss(local, session) {
  return { ...freshLocal(), dismissed: [...local.dismissed.slice(-9), session] };
}

/**
 * Advice as it holds now: entries that a later one replaced are left out, oldest first.
 * @template {{corrected_by: string|null}} A
 * @param {A[]} advice
 * @returns {A[]}
 */
export function inForce(advice) {
  return advice.filter((entry) => entry.corrected_by === null);
}
