/**
 * The terminal's screens as pure functions of the server's view and of what is being filled in.
 *
 * The view decides wherever it says something; the steps before the call are the terminal's own.
 */

import { emptyDraft } from "./draft.js";

/**
 * @typedef {import("../wire/types.js").MediatorView} MediatorView
 * @typedef {import("../wire/types.js").Session} Session
 * @typedef {import("../wire/types.js").SessionState} SessionState
 * @typedef {import("./draft.js").Draft} Draft
 *
 * @typedef {"home"|"matter"|"persons"|"facts"|"consent"} Step
 * @typedef {"loading"|Step|"called"|"calling"|"unanswered"|"room"|"after"|"deferred"} Screen
 *
 * @typedef {object} Local  what only this terminal knows
 * @property {Step} step
 * @property {Draft} draft
 * @property {Session|null} last      the session as it was last seen
 * @property {string|null} left       the session whose last screen was left
 * @property {boolean} callbackAsked  the session that vanishes next does so because of that
 * @property {string|null} appointment  the one for which the draft is filled in
 */

/** @returns {Local} */
export function freshLocal() {
  return {
    step: "home",
    draft: emptyDraft("mediation"),
    last: null,
    left: null,
    callbackAsked: false,
    appointment: null,
  };
}

/** @type {Record<SessionState, Screen>} */
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
 * Take a new view in: a session that the service no longer names has ended in a way that the
 * people in front of the terminal must still be told of.
 * @param {Local} local
 * @param {MediatorView} view
 * @returns {Local}
 */
export function withView(local, view) {
  if (view.session) return { ...local, last: view.session };
  if (!local.last) return local;
  const ended = endOf(local.last, local.callbackAsked);
  return { ...local, last: ended && { ...local.last, state: ended, media: null } };
}

/**
 * @param {Session} last
 * @param {boolean} callbackAsked
 * @returns {SessionState|null}
 */
function endOf(last, callbackAsked) {
  const screen = SCREENS[last.state];
  if (screen === "room") return "failed";
  if (screen === "calling" || screen === "unanswered") return callbackAsked ? "deferred" : null;
  return last.state;
}

/**
 * The session on the screen, if any.
 * @param {Local} local
 * @returns {Session|null}
 */
export function shownSession(local) {
  const { last, left } = local;
  return last && last.id !== left && SCREENS[last.state] !== "home" ? last : null;
}

/**
 * @param {MediatorView|null} view
 * @param {Local} local
 * @returns {Screen}
 */
export function screenOf(view, local) {
  if (!view) return "loading";
  const session = shownSession(local);
  const engaged = view.session && ["calling", "unanswered", "room"].includes(SCREENS[view.session.state]);
  if (view.called && !engaged) return "called";
  return session ? SCREENS[session.state] : local.step;
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
 * Leave a session's last screen: nothing of it stays on the terminal but its id.
 * @param {string} session
 * @returns {Local}
 */
export function leave(session) {
  return { ...freshLocal(), left: session };
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
