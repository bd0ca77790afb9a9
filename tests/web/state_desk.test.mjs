import assert from "node:assert/strict";
import { test } from "node:test";
import { badge, screenOf } from "../../web/static/js/state/desk.js";

const view = (more) => ({ session: null, ringing: null, waiting: [], duty: { on: true }, ...more });
const local = { checked: true, later: null };

test("the room comes before everything, then the wrap-up, then the desk", () => {
  for (const state of ["accepted", "live", "paused"]) {
    assert.equal(screenOf(view({ session: { id: "s", state } }), { checked: false, later: "s" }), "room");
  }
  const wrapping = view({ session: { id: "s", state: "wrapping" } });
  assert.equal(screenOf(wrapping, local), "wrapup");
  assert.equal(screenOf(wrapping, { ...local, later: "s" }), "desk");
  assert.equal(screenOf(view({}), local), "desk");
  assert.equal(screenOf(view({}), { ...local, checked: false }), "check");
  assert.equal(screenOf(null, local), "loading");
});

test("a hidden tab tells of a call and of people who wait", () => {
  assert.deepEqual(badge(view({ ringing: { station: "青禾镇" } })), { title: "【来电】青禾镇", icon: "ringing" });
  assert.match(badge(view({ waiting: [1, 2] })).title, /^\(2\)/);
  assert.equal(badge(view({ waiting: [1], duty: { on: false } })).icon, "calm");
});
