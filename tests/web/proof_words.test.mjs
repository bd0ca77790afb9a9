import assert from "node:assert/strict";
import { test } from "node:test";
import { findingWords, length, lengthWords, runName } from "../../web/static/js/proof/words.js";

test("lengths as clocks", () => {
  assert.equal(length(0), "00:00");
  assert.equal(length(61.6), "01:02");
  assert.equal(length(3 * 3600 + 5), "03:00:05");
});

test("findings say who, what, why and how long", () => {
  const base = { kind: "lost", text: "", name: "陈律师", role: "lawyer" };
  assert.equal(
    findingWords({ ...base, track: "camera", cause: "disk", spans: [[0, 4500], [9000, 9500]] }),
    "陈律师的画面，存储故障，共 5.0 秒",
  );
  assert.equal(
    findingWords({ ...base, name: "", where: "a/b.webm", what: "is missing" }),
    "a/b.webm：文件缺失",
  );
});

test("lengths and rounds have names", () => {
  const one = { name: "陈律师", role: "lawyer", track: "microphone", expected: 60, stored: 59.7 };
  assert.equal(lengthWords(one), "陈律师的声音：应有 01:00，存有 01:00");
  const run = { id: "", night: "2026-11-23", asked_by: null, asked_at: 0, finished_at: 0, counts: {} };
  assert.equal(runName(run), "2026-11-23 夜间核对");
});
