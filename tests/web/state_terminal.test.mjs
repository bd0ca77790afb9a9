import assert from "node:assert/strict";
import { test } from "node:test";
import {
  freshLocal,
  inForce,
  leave,
  screenOf,
  shownSession,
  stepAfter,
  stepBefore,
  withView,
} from "../../web/static/js/state/terminal.js";

const view = (session) => ({ role: "mediator", now: 0, station: null, duty: [], session });
const session = (state, more = {}) => ({ id: "s", state, advice: [], media: {}, ...more });
const see = (local, ...sessions) => sessions.reduce((seen, one) => withView(seen, view(one)), local);
const screenAfter = (local, ...sessions) => screenOf(view(sessions.at(-1)), see(local, ...sessions));

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

for (const [state, screen] of Object.entries(SCREENS)) {
  test(`a session that is ${state} shows ${screen}`, () => {
    assert.equal(screenAfter(freshLocal(), session(state)), screen);
  });
}

test("without a view nothing is claimed", () => {
  assert.equal(screenOf(null, freshLocal()), "loading");
});

test("the steps lead there and back", () => {
  assert.deepEqual(["matter", "persons", "facts", "consent"].map(stepAfter), ["persons", "facts", "consent", "consent"]);
  assert.deepEqual(["matter", "persons", "facts", "consent"].map(stepBefore), ["home", "matter", "persons", "facts"]);
});

test("who cancels the call finds the draft where it was left", () => {
  const local = { ...freshLocal(), step: "consent" };
  assert.equal(screenAfter(local, session("ringing"), session("cancelled")), "consent");
  assert.equal(screenAfter(local, session("ringing"), null), "consent");
});

test("a talk that vanishes is told as broken off, with its advice", () => {
  const local = see(freshLocal(), session("live", { advice: [1] }), null);
  assert.equal(screenOf(view(null), local), "after");
  assert.equal(shownSession(local).state, "failed");
  assert.deepEqual(shownSession(local).advice, [1]);
});

test("a call-back that was asked for is confirmed", () => {
  const local = { ...freshLocal(), callbackAsked: true };
  assert.equal(screenAfter(local, session("unanswered"), null), "deferred");
});

test("leaving keeps nothing but the id, and the session does not come back", () => {
  const local = leave("s");
  assert.deepEqual(local, { ...freshLocal(), left: "s" });
  assert.equal(screenAfter(local, session("wrapping")), "home");
  assert.equal(screenAfter(local, session("ringing", { id: "next" })), "calling");
});

test("a replaced entry is not in force", () => {
  const entries = [{ id: 1, corrected_by: 2 }, { id: 2, corrected_by: null }];
  assert.deepEqual(inForce(entries), [entries[1]]);
});
