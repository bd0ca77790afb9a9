import assert from "node:assert/strict";
import { test } from "node:test";

// A machine somebody has set to another zone: what it writes is still China's time.
process.env.TZ = "America/Los_Angeles";
const { dateOf, dayAndTime, dayInWords, exact, shortDay, timeOfDay } = await import(
  "../../web/static/js/state/format.js"
);

const MOMENT = Date.parse("2026-03-08T16:05:12Z");

test("a moment is told in China's time wherever the machine believes to be", () => {
  assert.equal(new Date(MOMENT).getHours(), 9, "the machine's own zone is another one");
  assert.equal(timeOfDay(MOMENT), "00:05");
  assert.equal(dayInWords(MOMENT), "2026年3月9日 星期一");
  assert.equal(exact(MOMENT), "2026-03-09 00:05:12");
  assert.equal(dateOf(MOMENT), "2026-03-09");
  assert.equal(shortDay(MOMENT), "3月9日");
  assert.match(dayAndTime(MOMENT), /9.*周一.*00:05/);
});
