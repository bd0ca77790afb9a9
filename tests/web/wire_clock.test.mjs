import assert from "node:assert/strict";
import { test } from "node:test";
import { ServerClock } from "../../web/static/js/wire/clock.js";

test("the quickest view wins, since a slow way only makes the server look late", () => {
  let local = 0;
  const clock = new ServerClock(() => local);
  clock.learn(500_000);
  clock.learn(499_500);
  assert.equal(clock.now(), 500_000);
  local = 1000;
  clock.learn(501_200);
  assert.equal(clock.now(), 501_200);
});

test("a clock that was set right is followed back", () => {
  let local = 3_600_000;
  const clock = new ServerClock(() => local);
  clock.learn(7_200_000);
  local = 7_300_000;
  clock.learn(7_300_000);
  assert.equal(clock.now(), 7_300_000);
});
