import assert from "node:assert/strict";
import { test } from "node:test";
import { elapsed, lengthInWords, secondsLeft } from "../../web/static/js/state/format.js";
import { backOff, isCrowded, lineOf, patience, sameTarget, targetOf } from "../../web/static/js/state/media.js";
import { connectionWords, lamp, pictureMissing } from "../../web/static/js/state/words.js";

test("the lamp is red while the server says recording, and only then", () => {
  const states = ["off", "declined", "armed", "recording", "paused", "interrupted", "failed", "closed"];
  const red = states.filter((state) => lamp({ state, since: 0 }, 0).tone === "recording");
  assert.deepEqual(red, ["recording"]);
});

test("the lamp claims nothing while the server cannot be heard", () => {
  assert.equal(lamp({ state: "recording", since: 0 }, 0, false).tone, "wait");
});

test("the lamp counts from the server's moment", () => {
  assert.equal(lamp({ state: "recording", since: 1000 }, 62_000).words, "正在录音录像 01:01");
});

test("a track that is not written is named by whose it is", () => {
  const people = [{ id: "a", name: "林知远", me: false }, { id: "b", name: "赵春山", me: true }];
  const words = (participant, track) =>
    lamp({ state: "failed", since: 0, stalled: { participant, track } }, 0, true, people).words;
  assert.equal(words("a", "camera"), "故障：林知远的画面没有录下");
  assert.equal(words("b", "microphone"), "故障：您的声音没有录下");
  const whole = lamp({ state: "failed", since: 0, stalled: null }, 0, true, people).words;
  assert.equal(whole, "录音录像故障，现在没有录");
  assert.deepEqual([words("who is apart", "camera"), words("a", "telepathy")], [whole, whole]);
});

test("a connection is told in words, trouble before quality", () => {
  const one = { me: false, state: "connected" };
  assert.equal(connectionWords(one, { level: "bad" }).words, "对方网络很差");
  assert.equal(
    connectionWords(one, { level: "good", video: "paused" }).words,
    "对方网络较差，已优先保证声音",
  );
  assert.equal(connectionWords(one, undefined).words, "对方网络良好");
  assert.equal(connectionWords({ ...one, state: "reconnecting" }, { level: "good" }).words, "对方正在重新连接");
  assert.equal(connectionWords({ ...one, me: true }, { level: "poor" }).words, "本机网络较差");
});

test("a missing picture has a reason", () => {
  const one = { name: "林知远", state: "connected", camera: true };
  assert.equal(pictureMissing(one, true), null);
  assert.match(pictureMissing({ ...one, camera: false }, true), /关闭画面/);
  assert.match(pictureMissing({ ...one, state: "reconnecting" }, true), /重新连接/);
  assert.match(pictureMissing(one, true, true), /优先保证声音/);
  assert.match(pictureMissing({ ...one, camera: false }, true, true), /关闭画面/);
  assert.match(pictureMissing(one, false), /接通/);
  assert.match(pictureMissing(undefined, true), /等待/);
});

test("lengths of time", () => {
  assert.deepEqual([0, 59_999, 60_000, 3_661_000, -5].map(elapsed), ["00:00", "00:59", "01:00", "1:01:01", "00:00"]);
  assert.deepEqual([5_000, 200_000, 3_840_000].map(lengthInWords), ["5秒", "3分20秒", "1小时4分"]);
  assert.deepEqual([secondsLeft(1001, 0), secondsLeft(1000, 0), secondsLeft(0, 5)], [2, 1, 0]);
});

test("media goes where the session says, and anew with a new epoch", () => {
  const media = { epoch: 1, place: 0, ice_servers: [] };
  const target = targetOf({ id: "s", state: "live", media });
  assert.deepEqual(target, { session: "s", ...media });
  assert.equal(targetOf({ id: "s", state: "wrapping", media }), null);
  assert.equal(targetOf({ id: "s", state: "live", media: null }), null);
  assert.equal(sameTarget(target, { ...target, ice_servers: [{}] }), true);
  assert.equal(sameTarget(target, { ...target, epoch: 2 }), false);
  assert.equal(sameTarget(null, null), true);
  assert.equal(sameTarget(target, null), false);
});

test("the first new attempt goes at once, the later ones wait", () => {
  assert.deepEqual([0, 1, 2, 3, 9].map(backOff), [0, 1000, 2000, 5000, 5000]);
});

test("a line's state in one word", () => {
  assert.equal(lineOf("connected", "connected"), "connected");
  assert.equal(lineOf("checking", "connecting"), "connecting");
  assert.equal(lineOf("disconnected", "disconnected"), "silent");
  assert.equal(lineOf("failed", "failed"), "dead");
  assert.equal(lineOf("connected", "failed"), "dead");
});

test("a quiet media line is given up sooner when the line to the service broke with it", () => {
  assert.equal(patience(5000, -Infinity), 3000);
  assert.equal(patience(5000, 1000), 3000);
  assert.equal(patience(5000, 4800), 600);
  assert.equal(patience(5000, 35000), 600);
});

test("three who are here make a crowd, two and a memory do not", () => {
  const session = (...states) => ({
    participants: states.map((state, place) => ({ me: place === 0, state })),
  });
  assert.equal(isCrowded(null), false);
  assert.equal(isCrowded(session("connected", "connected")), false);
  assert.equal(isCrowded(session("connected", "connected", "left", "expected")), false);
  assert.equal(isCrowded(session("connected", "reconnecting", "connecting")), true);
});
