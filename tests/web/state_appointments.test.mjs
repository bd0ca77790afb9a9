import assert from "node:assert/strict";
import { test } from "node:test";
import { byDay, mayEnter, reminderOf } from "../../web/static/js/state/appointments.js";

const MINUTE = 60_000;
const NINE = Date.UTC(2026, 10, 24, 1, 0); // nine in the morning in China
const one = (more = {}) => ({
  id: "a",
  state: "booked",
  starts_at: NINE,
  ends_at: NINE + 30 * MINUTE,
  doors_at: NINE - 5 * MINUTE,
  ...more,
});

test("reminded a quarter of an hour before, and again when the doors open", () => {
  assert.equal(reminderOf([one()], NINE - 15 * MINUTE - 1), null);
  const first = reminderOf([one()], NINE - 15 * MINUTE);
  assert.deepEqual([first.minutes, first.open], [15, false]);
  const between = reminderOf([one()], NINE - 6 * MINUTE);
  assert.equal(between.key, first.key);
  const second = reminderOf([one()], NINE - 5 * MINUTE);
  assert.deepEqual([second.minutes, second.open], [5, true]);
  assert.notEqual(second.key, first.key);
  assert.equal(reminderOf([one()], NINE + 10 * MINUTE).key, second.key);
});

test("a new time reminds anew; what is over, or has begun, does not", () => {
  const moved = one({ starts_at: NINE + MINUTE });
  assert.notEqual(reminderOf([moved], NINE).key, reminderOf([one()], NINE).key);
  assert.equal(reminderOf([one({ state: "entered" })], NINE), null);
  assert.equal(reminderOf([one()], NINE + 30 * MINUTE), null);
});

test("doors open five minutes early and shut at the end", () => {
  assert.equal(mayEnter(one(), NINE - 5 * MINUTE - 1), false);
  assert.equal(mayEnter(one(), NINE - 5 * MINUTE), true);
  assert.equal(mayEnter(one(), NINE + 30 * MINUTE), false);
  assert.equal(mayEnter(one({ state: "entered" }), NINE), false);
});

test("free times by the days of China, lawyers of the same time together", () => {
  const slot = (starts_at, id) => ({ starts_at, lawyer: { id, name: id } });
  const days = byDay([slot(NINE, "x"), slot(NINE, "y"), slot(NINE + 30 * MINUTE, "x"), slot(NINE + 24 * 60 * MINUTE, "x")]);
  assert.deepEqual(days.map(({ day }) => day), ["11月24日周二", "11月25日周三"]);
  assert.deepEqual(days[0].times.map(({ lawyers }) => lawyers.length), [2, 1]);
});
