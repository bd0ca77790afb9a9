import assert from "node:assert/strict";
import { test } from "node:test";
import { actOf, nextSpeed } from "../../web/static/js/player/keys.js";

const press = (key, into = "BODY", more = {}) =>
  actOf({ key, ctrlKey: false, metaKey: false, altKey: false, ...more }, into);

test("J, K, L, arrows and space", () => {
  assert.deepEqual(press("j"), { do: "skip", seconds: -10 });
  assert.deepEqual(press("L"), { do: "skip", seconds: 10 });
  assert.deepEqual(press("K"), { do: "toggle" });
  assert.deepEqual(press(" "), { do: "toggle" });
  assert.deepEqual(press("ArrowRight"), { do: "skip", seconds: 5 });
});

test("a field keeps its keys, a button its space bar, the browser its shortcuts", () => {
  assert.equal(press("j", "INPUT"), undefined);
  assert.equal(press("ArrowUp", "SELECT"), undefined);
  assert.equal(press(" ", "BUTTON"), undefined);
  assert.deepEqual(press("l", "BUTTON"), { do: "skip", seconds: 10 });
  assert.equal(press("l", "BODY", { ctrlKey: true }), undefined);
  assert.equal(press("x"), undefined);
});

test("speeds go in steps and end at both ends", () => {
  assert.equal(nextSpeed(1, 1), 1.25);
  assert.equal(nextSpeed(3, 1), 3);
  assert.equal(nextSpeed(0.5, -1), 0.5);
});
