import assert from "node:assert/strict";
import { test } from "node:test";
import { strokes, voicePath } from "../../web/static/js/player/voices.js";

const piece = (id, start, end) => ({ id, start, end, mime: "", bytes: 0 });

test("where somebody speaks, at any scale", () => {
  assert.deepEqual(strokes("0919", 10), [{ at: 1, level: 9 }, { at: 3, level: 9 }]);
  assert.deepEqual(strokes("0019", 0.5), [{ at: 2, level: 9 }]);
  assert.deepEqual(strokes("", 1), []);
  assert.deepEqual(strokes("111", 1), []);
});

test("boxes stand on the line, where their segment begins, as tall as it was spoken", () => {
  const voices = new Map([["a", "90"], ["b", "03"]]);
  const path = voicePath([piece("a", 0, 2), piece("b", 10, 12)], voices, 2, 30, 9);
  assert.equal(path, "M0.0,30v-9.0h2.0v9.0zM22.0,30v-3.0h2.0v3.0z");
  assert.equal(voicePath([piece("c", 0, 2)], voices, 2, 30, 9), "");
});
