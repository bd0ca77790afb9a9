/**
 * The media line of one session: a peer connection to the relay that is replaced by a fresh one
 * whenever the room moves (a new epoch) or the line dies, with the receivers' streams by place.
 */

import {
  CONNECT_WITHIN_MS,
  QUIET_MS,
  SILENT_MS,
  backOff,
  byVoice,
  lineOf,
  patience,
  sameTarget,
} from "../state/media.js";
import { Store } from "../state/store.js";
import { addSlots, sendLayers } from "./offer.js";
import { Pulse } from "./pulse.js";
import { summarise } from "./stats.js";

/**
 * @typedef {import("../state/media.js").Target} Target
 * @typedef {import("./offer.js").Slots} Slots
 * @typedef {import("./capture.js").Capture} Capture
 * @typedef {(target: Target, sdp: string) => Promise<string>} Negotiate  offer in, answer out
 *
 * @typedef {object} Streams  what arrives, by place
 * @property {MediaStream[]} audio
 * @property {MediaStream[]} video
 * @property {MediaStream} screen
 *
 * @typedef {object} RoomState
 * @property {"idle"|"connecting"|"connected"|"reconnecting"} line
 * @property {number} since  local milliseconds
 * @property {Streams|null} streams
 *
 * @typedef {object} Attempt  one peer connection
 * @property {RTCPeerConnection} peer
 * @property {Slots} slots
 * @property {AbortController} over
 * @property {Pulse|null} pulse  from the moment at which it was connected
 */

/** @extends {Store<RoomState>} */
export class Room extends Store {
  /**
   * @param {Capture} capture
   * @param {Negotiate} negotiate
   * @param {() => Promise<boolean>} reach  whether the service answers; asked when nothing comes
   */
  constructor(capture, negotiate, reach) {
    super({ line: "idle", since: Date.now(), streams: null });
    this.capture = capture;
    this.negotiate = negotiate;
    this.reach = reach;
    /** @type {Target|null} */
    this.target = null;
    /** @type {Attempt|null} */
    this.attempt = null;
    this.failures = 0;
    this.crowded = false;
    this.hurried = -Infinity;
    /** @type {ReturnType<typeof setTimeout>|undefined} */
    this.timer = undefined;
    capture.watch(() => this.#fill());
  }

  /**
   * Be connected to this target, or to nothing. Calling it again with the same is harmless.
   * @param {Target|null} target
   */
  follow(target) {
    if (sameTarget(target, this.target)) return;
    this.target = target;
    this.failures = 0;
    if (target) this.#again(0);
    else this.#leave();
  }

  /**
   * With three people and more the receivers' lines differ: send the picture in several sizes.
   * @param {boolean} crowded
   */
  crowd(crowded) {
    if (crowded === this.crowded) return;
    this.crowded = crowded;
    void this.#layer();
  }

  async #layer() {
    const camera = this.attempt?.slots.camera.sender;
    // A connection that is being closed has nothing to be set; the next one is told again.
    if (camera) await sendLayers(camera, this.crowded).catch(() => {});
  }

  /** The line to the service is back: what failed for want of it need not wait any longer. */
  hurry() {
    this.hurried = performance.now();
    if (!this.target) return;
    const stands = this.value.line === "connected";
    const quiet = (this.attempt?.pulse?.quiet ?? 0) >= QUIET_MS;
    if (stands ? quiet : this.failures > 0) this.#again(0);
  }

  /** What goes out and comes in; null while there is no peer connection. */
  async stats() {
    return this.attempt ? summarise(this.attempt.peer, this.attempt.slots) : null;
  }

  /**
   * How loud somebody is just now, 0 to 1; 0 without their voice.
   * @param {number} place
   */
  loudness(place) {
    const receiver = this.attempt?.slots.audioIn[place]?.receiver;
    return receiver?.getSynchronizationSources()[0]?.audioLevel ?? 0;
  }

  #leave() {
    clearTimeout(this.timer);
    this.#drop();
    this.set({ line: "idle", since: Date.now(), streams: null });
  }

  #drop() {
    this.attempt?.over.abort();
    this.attempt?.peer.close();
    this.attempt = null;
  }

  /** @param {number} delay milliseconds */
  #again(delay) {
    clearTimeout(this.timer);
    this.#drop();
    this.#become(this.value.streams ? "reconnecting" : "connecting");
    this.timer = setTimeout(() => void this.#connect(), delay);
  }

  async #connect() {
    const target = this.target;
    if (!target) return;
    const peer = new RTCPeerConnection({
      iceServers: target.ice_servers,
      bundlePolicy: "max-bundle",
    });
    /** @type {Attempt} */
    const attempt = { peer, slots: addSlots(peer), over: new AbortController(), pulse: null };
    this.attempt = attempt;
    this.timer = setTimeout(() => this.#failed(attempt), CONNECT_WITHIN_MS);
    this.#watch(attempt);
    try {
      await this.#fill();
      await peer.setLocalDescription();
      const answer = await this.negotiate(target, peer.localDescription?.sdp ?? "");
      if (attempt.over.signal.aborted) return;
      await peer.setRemoteDescription({ type: "answer", sdp: answer });
      await this.#layer(); // an answer that takes all layers switches them all on
    } catch {
      this.#failed(attempt);
    }
  }

  /** @param {Attempt} attempt */
  #watch(attempt) {
    const look = () => this.#look(attempt);
    const { signal } = attempt.over;
    attempt.peer.addEventListener("connectionstatechange", look, { signal });
    attempt.peer.addEventListener("iceconnectionstatechange", look, { signal });
  }

  /** @param {Attempt} attempt */
  #look(attempt) {
    if (this.attempt !== attempt) return;
    const line = lineOf(attempt.peer.iceConnectionState, attempt.peer.connectionState);
    if (line === "dead") this.#failed(attempt);
    if (line === "connected") this.#connected(attempt);
    if (line === "silent") {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.#failed(attempt), SILENT_MS);
    }
  }

  /** @param {Attempt} attempt */
  #connected(attempt) {
    clearTimeout(this.timer);
    this.failures = 0;
    if (this.value.line === "connected") return;
    attempt.pulse = new Pulse(attempt.peer, attempt.over.signal, () => void this.#quiet(attempt));
    this.set({ line: "connected", since: Date.now(), streams: streamsOf(attempt.slots) });
  }

  /**
   * Nothing comes. If the service answers it is this line alone that is broken; if it does not,
   * the other line is made anew, and `hurry` follows.
   * @param {Attempt} attempt
   */
  async #quiet(attempt) {
    const answers = await this.reach();
    const { pulse } = attempt;
    if (answers && pulse && pulse.quiet >= patience(pulse.since, this.hurried)) {
      this.#failed(attempt);
    }
  }

  /** @param {Attempt} attempt */
  #failed(attempt) {
    if (this.attempt !== attempt) return;
    // The first replacement goes at once; only what fails again and again waits.
    this.#again(backOff(this.failures));
    this.failures += 1;
  }

  /** @param {RoomState["line"]} line */
  #become(line) {
    if (line !== this.value.line) this.set({ line, since: Date.now() });
  }

  /** Put the present tracks into the slots; an empty slot sends nothing. */
  async #fill() {
    if (!this.attempt) return;
    const { slots } = this.attempt;
    const { microphone, camera, screen } = this.capture.value;
    const pictured = byVoice(this.target?.place) ? null : { camera, screen };
    await Promise.all([
      place(slots.microphone.sender, microphone),
      place(slots.camera.sender, pictured?.camera ?? null),
      place(slots.screen.sender, pictured?.screen ?? null),
    ]);
  }
}

/**
 * @param {RTCRtpSender} sender
 * @param {MediaStreamTrack|null} track
 */
async function place(sender, track) {
  if (sender.track !== track) await sender.replaceTrack(track);
}

/**
 * @param {Slots} slots
 * @returns {Streams}
 */
function streamsOf(slots) {
  const stream = (/** @type {RTCRtpTransceiver} */ slot) => new MediaStream([slot.receiver.track]);
  return {
    audio: slots.audioIn.map(stream),
    video: slots.videoIn.map(stream),
    screen: stream(slots.screenIn),
  };
}
