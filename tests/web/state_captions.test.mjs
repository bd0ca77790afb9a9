import assert from "node:assert/strict";
import test from "node:test";
import { stillShown, withCaption } from "../../web/static/js/state/captions.js";

const said = (id, words) => ({ id, name: "林知远", words });

test("the last two are shown, and words that grow replace themselves", () => {
  let lines = withCaption([], said("1", "先恢复"), 0);
  lines = withCaption(lines, said("1", "先恢复排水"), 100);
  assert.deepEqual(lines.map((one) => one.words), ["先恢复排水"]);
  lines = withCaption(withCaption(lines, said("2", "好"), 200), said("3", "行"), 300);
  assert.deepEqual(lines.map((one) => one.id), ["2", "3"]);
});

test("words go after eight seconds, and very long ones keep their end", () => {
  const lines = withCaption([], said("1", "长".repeat(300) + "尾"), 0);
  assert.equal(lines[0].words.length, 200);
  assert.ok(lines[0].words.endsWith("尾"));
  assert.equal(stillShown(lines, 7999).length, 1);
  assert.equal(stillShown(lines, 8000).length, 0);
});
