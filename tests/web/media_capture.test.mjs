// The devices are opened and let go by screens that come and go faster than a camera opens.

import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";

/** @type {{resolve: (track: FakeTrack) => void, reject: (error: Error) => void}[]} */
let asked = [];

class FakeTrack extends EventTarget {
  readyState = "live";
  enabled = true;
  stop() {
    this.readyState = "ended";
  }
}

/** What getUserMedia answers when the test says so. */
function getUserMedia() {
  return new Promise((resolve, reject) => {
    asked.push({
      resolve: (track) =>
        resolve({ getAudioTracks: () => [track], getVideoTracks: () => [track], getTracks: () => [track] }),
      reject,
    });
  });
}

globalThis.localStorage = { getItem: () => null, setItem: () => {} };
Object.defineProperty(globalThis, "navigator", {
  value: { mediaDevices: { getUserMedia, addEventListener: () => {}, enumerateDevices: async () => [] } },
});
const { Capture } = await import("../../web/static/js/media/capture.js");

const settled = () => new Promise((resolve) => setImmediate(resolve));

/** Let the device that was asked for as the `n`th open. */
async function opens(n) {
  const track = new FakeTrack();
  asked[n].resolve(track);
  await settled();
  return track;
}

beforeEach(() => {
  asked = [];
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout"] });
});

test("a device that opens between two screens is the second one's", async () => {
  const capture = new Capture();
  capture.hold()(); // the first screen goes before its device has opened
  const microphone = await opens(0);
  capture.hold();
  await settled();
  const camera = await opens(1);
  mock.timers.tick(5000);
  assert.equal(capture.value.microphone, microphone);
  assert.equal(capture.value.camera, camera);
  assert.deepEqual([microphone.readyState, camera.readyState], ["live", "live"]);
  assert.equal(asked.length, 2);
});

test("a device that opens after everybody has left is let go, and opened again when wanted", async () => {
  const capture = new Capture();
  capture.hold()();
  mock.timers.tick(5000);
  const late = await opens(0);
  assert.equal(late.readyState, "ended");
  assert.equal(capture.value.microphoneHealth, "off");
  assert.equal(asked.length, 1);
  capture.hold();
  const microphone = await opens(1);
  assert.equal(capture.value.microphone, microphone);
});

test("a camera switched off while it opens stays off", async () => {
  const capture = new Capture();
  capture.hold();
  await opens(0);
  await capture.switchCamera(true);
  const late = await opens(1);
  assert.equal(late.readyState, "ended");
  assert.equal(capture.value.camera, null);
  assert.equal(capture.value.cameraHealth, "off");
});

test("a refusal of a device that nobody wants any more is not shown", async () => {
  const capture = new Capture();
  capture.hold();
  void capture.openMicrophone("another");
  const another = await opens(1);
  asked[0].reject(new DOMException("in use", "NotReadableError"));
  await settled();
  assert.equal(capture.value.microphone, another);
  assert.equal(capture.value.microphoneHealth, "ok");
});
