import assert from "node:assert/strict";
import test from "node:test";
import { SHOWN_MS, pictureBox, placeOf, spotAt, stillPointed, withSpot } from "../../web/static/js/state/pointing.js";

const wide = { width: 1600, height: 900 };

test("a spot is of the picture, whatever bars lie beside or above it", () => {
  const tall = pictureBox({ width: 300, height: 600 }, wide);
  assert.deepEqual(tall, { left: 0, top: 215.625, width: 300, height: 168.75 });
  const broad = pictureBox({ width: 1000, height: 90 }, wide);
  assert.deepEqual(broad, { left: 420, top: 0, width: 160, height: 90 });
  assert.deepEqual(spotAt(tall, 150, 300), { x: 0.5, y: 0.5 });
  assert.equal(spotAt(tall, 150, 100), null, "the bar above the picture");
  assert.equal(spotAt(broad, 419, 45), null, "the bar beside it");
  assert.equal(pictureBox(wide, { width: 0, height: 0 }), null, "no picture yet");
});

test("the same spot on two screens is the same spot of the picture", () => {
  const phone = pictureBox({ width: 344, height: 400 }, wide);
  const desk = pictureBox({ width: 1280, height: 640 }, wide);
  const spot = spotAt(phone, phone.left + phone.width * 0.25, phone.top + phone.height * 0.75);
  assert.deepEqual(placeOf(desk, spot), { left: desk.left + desk.width * 0.25, top: desk.height * 0.75 });
});

test("of one person the newest is shown, and none for long", () => {
  const first = withSpot([], { participant: "a", x: 0, y: 0 }, 0);
  const both = withSpot(first, { participant: "b", x: 1, y: 1 }, 1000);
  const moved = withSpot(both, { participant: "a", x: 0.5, y: 0.5 }, 1200);
  assert.deepEqual(moved.map(({ participant, x }) => [participant, x]), [["b", 1], ["a", 0.5]]);
  assert.deepEqual(stillPointed(moved, 1000 + SHOWN_MS).map((one) => one.participant), ["a"]);
  assert.deepEqual(stillPointed(moved, 5000), []);
});
