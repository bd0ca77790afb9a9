import assert from "node:assert/strict";
import { test } from "node:test";
import {
  absence,
  elapsed,
  evictable,
  kept,
  spanAt,
  steer,
  ticks,
  tilesOf,
  timelineOf,
  wanted,
} from "../../web/static/js/player/timeline.js";

const track = (participant, kind, segments, gaps = []) => ({
  participant,
  name: participant,
  role: "party",
  track: kind,
  segments: segments.map(([start, seconds]) => ({ id: `${start}`, start, seconds, mime: "", bytes: 1 })),
  gaps,
});

const line = timelineOf({
  start: 1000,
  end: 61_000,
  tracks: [
    track("a", "camera", [[31_000, 30], [1000, 30]]),
    track("b", "microphone", [[11_000, 10]], [{ start: 21_000, end: 31_000, cause: "reconnect" }]),
  ],
});
const [camera, voice] = line.tracks;

test("moments become seconds since the start, pieces are in order", () => {
  assert.equal(line.duration, 60);
  assert.deepEqual(camera.pieces.map(({ start, end }) => [start, end]), [[0, 30], [30, 60]]);
});

test("a moment belongs to one piece: the end is the next one's", () => {
  assert.equal(spanAt(camera.pieces, 0)?.start, 0);
  assert.equal(spanAt(camera.pieces, 29.999)?.start, 0);
  assert.equal(spanAt(camera.pieces, 30)?.start, 30);
  assert.equal(spanAt(camera.pieces, 60), undefined);
  assert.equal(spanAt(voice.pieces, 5), undefined);
  assert.equal(spanAt([], 5), undefined);
});

test("where two pieces overlap the later one is shown", () => {
  const pieces = [{ start: 0, end: 10 }, { start: 8, end: 20 }];
  assert.equal(spanAt(pieces, 9)?.start, 8);
});

test("what is not there says why", () => {
  assert.equal(absence(voice, 5), "尚未加入");
  assert.equal(absence(voice, 25), "断线重连");
  assert.equal(absence(voice, 45), "没有录像");
});

test("the piece under the play head comes first, then those ahead, nothing behind", () => {
  assert.deepEqual(wanted(camera.pieces, 10, 15).map(({ start }) => start), [0]);
  assert.deepEqual(wanted(camera.pieces, 10, 25).map(({ start }) => start), [0, 30]);
  assert.deepEqual(wanted(camera.pieces, 40, 25).map(({ start }) => start), [30]);
});

test("memory is bounded on both sides, crumbs stay", () => {
  const window = { start: 20, end: 80 };
  assert.deepEqual(evictable([{ start: 0, end: 100 }], window), [
    { start: 0, end: 20 },
    { start: 80, end: 100 },
  ]);
  assert.deepEqual(evictable([{ start: 19.5, end: 80 }], window), []);
  assert.deepEqual(evictable([{ start: 0, end: 5 }], window), [{ start: 0, end: 5 }]);
});

test("pieces in use are kept whole", () => {
  assert.deepEqual(kept(camera.pieces, 25, { behind: 5, ahead: 10 }), { start: 0, end: 60 });
  assert.deepEqual(kept(camera.pieces, 35, { behind: 20, ahead: 10 }), { start: 15, end: 60 });
  assert.deepEqual(kept(voice.pieces, 50, { behind: 20, ahead: 10 }), { start: 30, end: 60 });
});

test("an element that is a little off is nudged towards the clock, a far one jumps", () => {
  assert.deepEqual(steer(0.005, 1), { jump: false, rate: 1 });
  assert.equal(steer(1, 1).jump, true);
  assert.ok(steer(0.08, 1).rate < 1);
  assert.ok(steer(-0.08, 1).rate > 1);
  assert.ok(steer(-0.25, 2).rate <= 2.2);
  assert.equal(steer(0.5, 3).jump, false);
});

test("nudging brings any small drift under 20 ms within 5 s", () => {
  for (const speed of [0.5, 1, 2, 3]) {
    for (let drift = -0.19; drift < 0.2; drift += 0.01) {
      let left = drift;
      for (let tick = 0; tick < 50; tick += 1) left += (steer(left, speed).rate - speed) * 0.1;
      assert.ok(Math.abs(left) < 0.02, `${drift} at ${speed}: ${left}`);
    }
  }
});

test("one picture for each camera and screen, a plain tile for a voice alone", () => {
  const tiles = tilesOf([
    { key: "1", participant: "a", kind: "camera" },
    { key: "2", participant: "a", kind: "screen" },
    { key: "3", participant: "a", kind: "microphone" },
    { key: "4", participant: "b", kind: "microphone" },
  ]);
  assert.deepEqual(tiles.map((tile) => [tile.track.key, tile.sound?.key]), [["1", "3"], ["2", "3"], ["4", "4"]]);
});

test("the ruler has round steps and not too many", () => {
  assert.deepEqual(ticks(28, 6), [0, 5, 10, 15, 20, 25]);
  assert.deepEqual(ticks(0, 6), [0]);
  assert.ok(ticks(3 * 3600, 12).length <= 13);
});

test("time as people read it", () => {
  assert.deepEqual([0, 59.9, 61, 3600, 3725].map(elapsed), ["0:00", "0:59", "1:01", "1:00:00", "1:02:05"]);
  assert.equal(elapsed(-1), "0:00");
});
