/**
 * This page's own microphone, camera and screen.
 *
 * Muting disables the track: silence is still sent, so the line and the recording keep their time.
 * Switching the camera off stops it: the light beside the lens goes out, which is the only proof
 * people at a counter can see. Switching it on opens it again.
 */

import { Store } from "../state/store.js";
import { openCamera, openMicrophone, remembered } from "./devices.js";

/** Between two screens that both need camera and microphone nobody holds them for a moment. */
const LINGER_MS = 1500;

/**
 * @typedef {"ok"|"off"|"denied"|"missing"|"busy"|"lost"|"opening"} Health
 *
 * @typedef {object} Captured
 * @property {MediaStreamTrack|null} microphone
 * @property {MediaStreamTrack|null} camera
 * @property {MediaStreamTrack|null} screen
 * @property {boolean} muted
 * @property {boolean} cameraOff
 * @property {Health} microphoneHealth
 * @property {Health} cameraHealth
 */

/** @extends {Store<Captured>} */
export class Capture extends Store {
  constructor() {
    super({
      microphone: null,
      camera: null,
      screen: null,
      muted: false,
      cameraOff: false,
      microphoneHealth: "off",
      cameraHealth: "off",
    });
    this.holders = 0;
    /** Counts what was asked of each device: a device that opens late may be wanted no more. */
    this.asked = { microphone: 0, camera: 0, screen: 0 };
    navigator.mediaDevices?.addEventListener("devicechange", () => void this.#plugged());
  }

  /**
   * Keep the devices open until the returned function is called.
   * @returns {() => void}
   */
  hold() {
    this.holders += 1;
    void this.open();
    return () => {
      this.holders -= 1;
      // What was shown in a talk ends with it: the next may begin before the moment is over.
      if (this.holders === 0) this.stopSharing();
      setTimeout(() => this.holders === 0 && this.close(), LINGER_MS);
    };
  }

  /** Open what is not open yet; one device that fails does not stop the other. */
  async open() {
    await this.openMicrophone();
    if (this.holders > 0 && !this.value.cameraOff) await this.openCamera();
  }

  /** @param {string} [device]  id; without one the remembered or the default */
  async openMicrophone(device) {
    if (!device && this.#has("microphone")) return;
    const asked = ++this.asked.microphone;
    this.set({ microphoneHealth: "opening" });
    try {
      const track = await openMicrophone(device ?? remembered("microphone"));
      if (asked !== this.asked.microphone) return track.stop();
      this.value.microphone?.stop();
      track.enabled = !this.value.muted;
      track.addEventListener("ended", () => this.#lost("microphone", track));
      this.set({ microphone: track, microphoneHealth: "ok" });
    } catch (error) {
      if (asked === this.asked.microphone) this.set({ microphoneHealth: healthOf(error) });
    }
  }

  /** @param {string} [device] */
  async openCamera(device) {
    if (!device && this.#has("camera")) return;
    const asked = ++this.asked.camera;
    this.set({ cameraHealth: "opening", cameraOff: false });
    try {
      const track = await openCamera(device ?? remembered("camera"));
      if (asked !== this.asked.camera) return track.stop();
      this.value.camera?.stop();
      track.addEventListener("ended", () => this.#lost("camera", track));
      this.set({ camera: track, cameraHealth: "ok" });
    } catch (error) {
      if (asked === this.asked.camera) this.set({ cameraHealth: healthOf(error) });
    }
  }

  /** @param {boolean} muted */
  mute(muted) {
    if (this.value.microphone) this.value.microphone.enabled = !muted;
    this.set({ muted });
  }

  /** @param {boolean} off */
  async switchCamera(off) {
    if (!off) return this.openCamera();
    this.asked.camera += 1;
    this.value.camera?.stop();
    this.set({ camera: null, cameraOff: true, cameraHealth: "off" });
  }

  /**
   * Show a document camera (its device id) or, without one, this computer's screen. Choosing takes
   * as long as people like: what they choose after the talk is for nobody, least of all the next.
   * @param {string} [device]
   */
  async share(device) {
    const asked = ++this.asked.screen;
    const track = device ? await openCamera(device) : await pickScreen();
    if (asked !== this.asked.screen) return track.stop();
    track.contentHint = "detail";
    track.addEventListener("ended", () => this.value.screen === track && this.stopSharing());
    this.value.screen?.stop();
    this.set({ screen: track });
  }

  stopSharing() {
    this.asked.screen += 1;
    this.value.screen?.stop();
    this.set({ screen: null });
  }

  /** Let go of every device and forget the switches: the next session starts afresh. */
  close() {
    this.asked.microphone += 1;
    this.asked.camera += 1;
    this.asked.screen += 1;
    for (const track of [this.value.microphone, this.value.camera, this.value.screen]) track?.stop();
    this.set({
      microphone: null,
      camera: null,
      screen: null,
      muted: false,
      cameraOff: false,
      microphoneHealth: "off",
      cameraHealth: "off",
    });
  }

  /** @param {"microphone"|"camera"} kind */
  #has(kind) {
    const health = this.value[`${kind}Health`];
    return health === "opening" || this.value[kind]?.readyState === "live";
  }

  /**
   * @param {"microphone"|"camera"} kind
   * @param {MediaStreamTrack} track
   */
  #lost(kind, track) {
    if (this.value[kind] !== track) return;
    if (kind === "camera") this.set({ camera: null, cameraHealth: "lost" });
    else this.set({ microphone: null, microphoneHealth: "lost" });
  }

  /** Something was plugged in: try again what was lost. */
  async #plugged() {
    if (this.value.microphoneHealth === "lost") await this.openMicrophone();
    if (this.value.cameraHealth === "lost") await this.openCamera();
  }
}

async function pickScreen() {
  const stream = await navigator.mediaDevices.getDisplayMedia({ video: { frameRate: { max: 10 } } });
  const [track] = stream.getVideoTracks();
  if (!track) throw new DOMException("no video track", "NotFoundError");
  return track;
}

/**
 * @param {unknown} error
 * @returns {Health}
 */
function healthOf(error) {
  const name = error instanceof DOMException ? error.name : "";
  if (name === "NotAllowedError" || name === "SecurityError") return "denied";
  if (name === "NotFoundError" || name === "OverconstrainedError") return "missing";
  return "busy";
}
