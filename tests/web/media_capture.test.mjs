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

/** What getUserMedia and the browser's choice of a screen answer when the test says so. */
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
  value: {
    mediaDevices: {
      getUserMedia,
      getDisplayMedia: getUserMedia,
      addEventListener: () => {},
      enumerateDevices: async () => [],
    },
  },
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

/** A talk whose microphone and camera are open. */
async function talking() {
  const capture = new Capture();
  const leave = capture.hold();
  await opens(0);
  await opens(1);
  return { capture, leave };
}

test("a screen that is chosen when the talk is over is shown to nobody", async () => {
  const { capture, leave } = await talking();
  void capture.share();
  leave();
  mock.timers.tick(5000);
  const late = await opens(2);
  assert.equal(late.readyState, "ended");
  assert.equal(capture.value.screen, null);
});

test("a screen that is chosen between two screens of ours, or after showing was stopped, is shown to nobody", async () => {
  const { capture, leave } = await talking();
  void capture.share();
  leave();
  const lingering = await opens(2);
  assert.deepEqual([lingering.readyState, capture.value.screen], ["ended", null]);
  capture.hold();
  void capture.share();
  capture.stopSharing();
  const late = await opens(3);
  assert.deepEqual([late.readyState, capture.value.screen], ["ended", null]);
});

test("what was shown in one talk does not go on in the next, however soon that begins", async () => {
  const { capture, leave } = await talking();
  void capture.share();
  const screen = await opens(2);
  void capture.share();
  leave();
  capture.hold();
  const late = await opens(3);
  assert.deepEqual([screen.readyState, late.readyState, capture.value.screen], ["ended", "ended", null]);
  assert.equal(capture.value.camera?.readyState, "live");
});

test("of two screens the one asked for last is shown, and what ended before does not end it", async () => {
  const { capture } = await talking();
  void capture.share();
  void capture.share("document camera");
  const camera = await opens(3);
  const late = await opens(2);
  assert.deepEqual([late.readyState, camera.readyState], ["ended", "live"]);
  void capture.share();
  const screen = await opens(4);
  camera.dispatchEvent(new Event("ended"));
  assert.equal(capture.value.screen, screen);
  screen.dispatchEvent(new Event("ended"));
  assert.equal(capture.value.screen, null);
});
