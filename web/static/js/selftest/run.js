/** A terminal's self-test: every part once, one after the other; the service keeps what came of it. */

import { openCamera, remembered } from "../media/devices.js";
import { ask } from "../wire/api.js";
import { tryLine } from "./line.js";
import { listenTwice } from "./sound.js";

const SLOW_MS = 400;
const LOW_MB = 200;
const OFF_S = 2;
const WRONG_S = 60;
const FRAMES = 3;
const FRAMES_WITHIN_MS = 5000;
const DARK = 6; // of 255, on average

/**
 * @typedef {"camera"|"microphone"|"speaker"|"service"|"relay"|"storage"|"clock"} Part
 * @typedef {{part: Part, code: string, value: number}} Outcome
 * @typedef {{now: number, ice_servers: RTCIceServer[], tested_today: boolean, wrong: string[]}} CheckIn
 * @typedef {{part: Part, code: string, value: number, state: "good"|"warn"|"bad", words: string}} Judged
 * @typedef {{at: number, started_by: string, worst: "good"|"warn"|"bad", parts: Judged[]}} SelfTest
 */

/** @type {Record<Part, string>} */
export const PARTS = {
  camera: "摄像头",
  microphone: "麦克风",
  speaker: "扬声器",
  service: "到服务的网络",
  relay: "音视频线路",
  storage: "本机空间",
  clock: "本机时钟",
};

/** Tell the service that this terminal is switched on. @returns {Promise<CheckIn>} */
export function checkIn() {
  return ask("POST", "/api/terminal/check-in", { body: {} });
}

/**
 * Run it and send it. Fails when the service cannot be reached: then there is nobody to tell.
 * @param {"morning"|"button"} startedBy
 * @param {(part: Part) => void} [at]  told which part is being tried
 * @returns {Promise<SelfTest>}
 */
export async function runSelfTest(startedBy, at = () => undefined) {
  /** @type {Outcome[]} */
  const parts = [];
  at("camera");
  parts.push(await camera());
  at("microphone");
  parts.push(...(await sound()));
  at("service");
  const { known, outcomes } = await service();
  parts.push(...outcomes);
  at("relay");
  parts.push({ part: "relay", ...(await tryLine(known.ice_servers)) });
  at("storage");
  parts.push(await storage());
  const body = { started_by: startedBy, parts };
  return ask("POST", "/api/terminal/self-tests", { body });
}

/** @returns {Promise<Outcome>} */
async function camera() {
  /** @type {MediaStreamTrack|undefined} */
  let track;
  try {
    track = await openCamera(remembered("camera"));
    return { part: "camera", code: await look(track), value: 0 };
  } catch (error) {
    return { part: "camera", code: refusal(error), value: 0 };
  } finally {
    track?.stop();
  }
}

/** @param {MediaStreamTrack} track */
async function look(track) {
  const video = document.createElement("video");
  video.muted = true;
  video.srcObject = new MediaStream([track]);
  void video.play();
  const seen = await frames(video);
  if (!seen) return "frozen";
  return brightness(video) < DARK ? "dark" : "ok";
}

/** @param {HTMLVideoElement} video */
async function frames(video) {
  let seen = 0;
  const count = () => {
    seen += 1;
    video.requestVideoFrameCallback(count);
  };
  video.requestVideoFrameCallback(count);
  const ends = performance.now() + FRAMES_WITHIN_MS;
  while (seen < FRAMES && performance.now() < ends) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return seen >= FRAMES;
}

/** The mean of a small copy of the picture, 0..255. @param {HTMLVideoElement} video */
function brightness(video) {
  const canvas = Object.assign(document.createElement("canvas"), { width: 32, height: 18 });
  const context = canvas.getContext("2d");
  if (!context) return 255;
  context.drawImage(video, 0, 0, canvas.width, canvas.height);
  const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
  let sum = 0;
  for (let at = 0; at < data.length; at += 4) sum += (data[at] ?? 0) + (data[at + 1] ?? 0) + (data[at + 2] ?? 0);
  return sum / ((data.length / 4) * 3);
}

/** Microphone and loudspeaker. @returns {Promise<Outcome[]>} */
async function sound() {
  /** @type {MediaStreamTrack|undefined} */
  let track;
  try {
    // As it comes: an echo canceller would take away the very tone that we listen for.
    const plain = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
    const device = remembered("microphone");
    const audio = { ...plain, ...(device ? { deviceId: { ideal: device } } : {}) };
    const stream = await navigator.mediaDevices.getUserMedia({ audio });
    track = stream.getAudioTracks()[0];
    if (!track) throw new DOMException("no track", "NotFoundError");
    const { silent, heard } = await listenTwice(track);
    return [
      { part: "microphone", code: silent ? "silent" : "ok", value: 0 },
      { part: "speaker", code: heard ? "ok" : "unheard", value: 0 },
    ];
  } catch (error) {
    return [
      { part: "microphone", code: refusal(error), value: 0 },
      { part: "speaker", code: "skipped", value: 0 },
    ];
  } finally {
    track?.stop();
  }
}

/** @param {unknown} error */
function refusal(error) {
  const name = error instanceof DOMException ? error.name : "";
  if (name === "NotAllowedError" || name === "SecurityError") return "denied";
  if (name === "NotFoundError" || name === "OverconstrainedError") return "missing";
  return "busy";
}

/** The way to the service and back, the shortest of three; and how far this clock is off. */
async function service() {
  /** @type {{took: number, off: number, known: CheckIn}[]} */
  const tries = [];
  for (let n = 0; n < 3; n += 1) {
    const began = performance.now();
    const known = await checkIn();
    const took = performance.now() - began;
    tries.push({ took, off: Math.abs(known.now + took / 2 - Date.now()) / 1000, known });
  }
  const best = tries.reduce((one, other) => (other.took < one.took ? other : one));
  const value = Math.round(best.took);
  const off = Math.round(best.off * 10) / 10;
  /** @type {Outcome[]} */
  const outcomes = [
    { part: "service", code: value > SLOW_MS ? "slow" : "ok", value },
    { part: "clock", code: off < OFF_S ? "ok" : off < WRONG_S ? "off" : "wrong", value: off },
  ];
  return { known: best.known, outcomes };
}

/** @returns {Promise<Outcome>} */
async function storage() {
  const { quota, usage } = (await navigator.storage?.estimate()) ?? {};
  if (quota === undefined) return { part: "storage", code: "unknown", value: 0 };
  const value = Math.round((quota - (usage ?? 0)) / 1e6);
  return { part: "storage", code: value < LOW_MB ? "low" : "ok", value };
}
