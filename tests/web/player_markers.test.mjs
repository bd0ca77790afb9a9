import assert from "node:assert/strict";
import { test } from "node:test";
import {
  adviceMarkers,
  current,
  eventMarkers,
  grouped,
  neighbour,
  pauses,
} from "../../web/static/js/player/markers.js";

const line = { origin: 100_000, duration: 60 };
const event = (seq, at, type, more = {}) => ({ seq, at, type, actor: null, participant: null, body: {}, ...more });

test("events stand where they happened; what was before stands at the edge", () => {
  const markers = eventMarkers(
    [
      event(3, 130_000, "participant.left", { participant: "张三", actor: "王" }),
      event(1, 40_000, "consent.refused", { body: { subject: "recording" }, actor: "王" }),
      event(2, 101_000, "call.rung"),
      event(5, 150_000, "consent.withdrawn", { body: { subject: "recording" }, actor: "王" }),
      event(4, 140_000, "photo.given", { participant: "张三", actor: "张三" }),
    ],
    line,
  );
  assert.deepEqual(markers.map(({ type, at, label }) => [type, at, label]), [
    ["consent", 0, "不同意录音录像"],
    ["left", 30, "张三 离开"],
    ["photo", 40, "张三 交证据照片"],
    ["consent", 50, "收回同意录音录像"],
  ]);
});

const advice = (id, moment, text = id) => ({ id, moment, advice: text });

test("advice is in order of its moments", () => {
  const markers = adviceMarkers([advice("b", 150_000), advice("a", 110_000, "长".repeat(50))], line);
  assert.deepEqual(markers.map(({ key, at }) => [key, at]), [["a", 10], ["b", 50]]);
  assert.equal(markers[0].label.length, 41);
});

test("the list follows, and a click on an entry shows that entry", () => {
  const markers = adviceMarkers([advice("a", 110_000), advice("b", 150_000)], line);
  assert.equal(current(markers, 5), undefined);
  assert.equal(current(markers, 9.999)?.key, "a");
  assert.equal(current(markers, 49)?.key, "a");
  assert.equal(current(markers, 60)?.key, "b");
});

test("next and previous skip the one just reached", () => {
  const markers = adviceMarkers([advice("a", 110_000), advice("b", 150_000)], line);
  assert.equal(neighbour(markers, 0, 1)?.key, "a");
  assert.equal(neighbour(markers, 10, 1)?.key, "b");
  assert.equal(neighbour(markers, 50.2, -1)?.key, "a");
  assert.equal(neighbour(markers, 60, 1), undefined);
});

test("markers of one kind that would cover one another become one", () => {
  const marker = (type, at) => ({ type, at, label: `${type}${at}`, key: `${type}${at}` });
  const groups = grouped([marker("joined", 0), marker("left", 0.1), marker("joined", 0.2), marker("joined", 5)], 1);
  assert.deepEqual(groups.map(({ key, count }) => [key, count]), [["joined0", 2], ["left0.1", 1], ["joined5", 1]]);
  assert.equal(groups[0].label, "joined0\njoined0.2");
});

test("pauses last from a pause to the resumption, or to the end", () => {
  const marker = (type, at) => ({ type, at, label: "", key: `${at}` });
  const markers = [marker("paused", 5), marker("paused", 6), marker("resumed", 9), marker("resumed", 10), marker("paused", 50)];
  assert.deepEqual(pauses(markers, 60), [{ start: 5, end: 9 }, { start: 50, end: 60 }]);
});
