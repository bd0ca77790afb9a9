import assert from "node:assert/strict";
import { test } from "node:test";
import { Clock } from "../../web/static/js/player/clock.js";

const manual = (duration = 60) => {
  const time = { now: 0 };
  const clock = new Clock(duration, () => time.now);
  return { clock, after: (seconds) => (time.now += seconds * 1000) };
};

test("it runs when played, stands when paused", () => {
  const { clock, after } = manual();
  after(5);
  assert.equal(clock.at(), 0);
  clock.play();
  after(5);
  assert.equal(clock.at(), 5);
  clock.pause();
  after(5);
  assert.equal(clock.at(), 5);
});

test("a change of speed counts from that moment", () => {
  const { clock, after } = manual();
  clock.play();
  after(4);
  clock.setSpeed(2);
  after(4);
  clock.setSpeed(0.5);
  after(4);
  assert.equal(clock.at(), 14);
});

test("held, it stands still but still wants to run", () => {
  const { clock, after } = manual();
  clock.play();
  after(3);
  clock.hold(true);
  after(10);
  assert.equal(clock.at(), 3);
  assert.equal(clock.playing, true);
  assert.equal(clock.running, false);
  clock.hold(false);
  after(1);
  assert.equal(clock.at(), 4);
});

test("it stops at the end and starts over when played again", () => {
  const { clock, after } = manual(10);
  clock.play();
  after(30);
  assert.equal(clock.at(), 10);
  assert.equal(clock.playing, false);
  clock.play();
  after(1);
  assert.equal(clock.at(), 1);
});

test("seeking stays inside", () => {
  const { clock } = manual(10);
  clock.seek(99);
  assert.equal(clock.at(), 10);
  clock.seek(-1);
  assert.equal(clock.at(), 0);
});
