import assert from "node:assert/strict";
import { test } from "node:test";
import { FIRST_MS, MOST_MS, SOON_MS, waitBefore } from "../../web/static/js/wire/backoff.js";

const most = () => 0.999;

test("a line that is cut is tried again soon, however long it has been cut", () => {
  for (const refusals of [0, 5, 50]) {
    assert.ok(waitBefore(refusals, false, most) <= SOON_MS);
    assert.ok(waitBefore(refusals, false, () => 0) >= SOON_MS / 2);
  }
});

test("a service that is away is asked ever more rarely, up to a bound", () => {
  const waits = [0, 1, 2, 3, 4, 5, 6, 1000].map((n) => waitBefore(n, true, most));
  assert.deepEqual([...waits].sort((a, b) => a - b), waits);
  assert.ok(waits[0] <= FIRST_MS);
  assert.ok(waits.at(-1) <= MOST_MS && waits.at(-1) > FIRST_MS);
});

test("two thousand pages that lose their lines together come back spread out", () => {
  const chance = spreading();
  const tenths = new Map();
  for (let page = 0; page < 2000; page++) {
    const tenth = Math.floor(waitBefore(0, true, chance) / (FIRST_MS / 10));
    tenths.set(tenth, (tenths.get(tenth) ?? 0) + 1);
  }
  assert.equal(tenths.size, 10);
  assert.ok(Math.max(...tenths.values()) < 300);
});

test("where there are very many pages they spread over as long as the service has asked for", () => {
  const chance = spreading();
  const waits = Array.from({ length: 2000 }, () => waitBefore(0, true, chance, 5000));
  assert.ok(waits.filter((wait) => wait < 1000).length < 500);
  assert.ok(Math.max(...waits) > 4500);
  assert.ok(waitBefore(1000, true, most, 5000) <= 5000);
  assert.ok(waitBefore(0, false, most, 5000) <= SOON_MS, "a line that is cut is nobody else's");
});

function spreading() {
  let seed = 1;
  return () => (seed = (seed * 16807) % 2147483647) / 2147483647;
}
