// @ts-check
/**
 * All tracks of a recording, played in step. A timer compares every element with the master clock
 * and steers it; while a track's media is still on its way the clock waits for it.
 */

import { Clock } from "./clock.js";
import { TrackFeed } from "./feed.js";
import { absence, spanAt, steer } from "./timeline.js";

/** @typedef {import("./timeline.js").Timeline} Timeline */
/** @typedef {import("./timeline.js").Track} Track */
/** @typedef {import("./feed.js").Refused} Refused */
/** @typedef {"here" | "loading" | "absent" | "broken"} Presence */
/** @typedef {{presence: Presence, why: string}} Status */

const TICK_MS = 100;
/** After a jump an element needs this long before its time can be trusted again. */
const SETTLE_MS = 600;
/** So long everybody waits for the slowest picture after a jump, and no longer. */
const ARRIVAL_MS = 5000;

/** One track with its element. */
class Player {
  /**
   * @param {Track} track
   * @param {TrackFeed} feed
   */
  constructor(track, feed) {
    this.track = track;
    this.feed = feed;
    this._jumped = -SETTLE_MS;
    this._sought = -ARRIVAL_MS;
  }

  get element() {
    return this.feed.element;
  }

  /**
   * @param {number} at
   * @returns {Status}
   */
  status(at) {
    if (!spanAt(this.track.pieces, at)) {
      return { presence: "absent", why: absence(this.track, at) };
    }
    const broken = this.feed.broken();
    if (broken) return { presence: "broken", why: broken };
    return this.feed.ready()
      ? { presence: "here", why: "" }
      : { presence: "loading", why: "正在读取…" };
  }

  /**
   * @param {number} at
   * @param {number} now ms
   */
  seek(at, now) {
    this._sought = now;
    this.element.pause();
    this.feed.retry();
    this._go(at);
  }

  /**
   * Note that what was jumped to shows, or that there is nothing to wait for.
   * @param {number} at
   */
  arrive(at) {
    const { presence } = this.status(at);
    const { seeking, readyState } = this.element;
    const shows = !seeking && readyState >= HTMLMediaElement.HAVE_CURRENT_DATA;
    if (presence === "here" ? shows : presence !== "loading") this._sought = -ARRIVAL_MS;
  }

  /**
   * Whether its media is still on its way, or being decoded from its key frame on.
   * @param {number} at
   * @param {number} now ms
   */
  awaited(at, now) {
    return this.status(at).presence === "loading" || now - this._sought < ARRIVAL_MS;
  }

  /**
   * Bring the element to the clock.
   * @param {Clock} clock
   * @param {number} now ms
   */
  follow(clock, now) {
    const at = clock.at();
    const element = this.element;
    const { presence } = this.status(at);
    if (presence === "absent" || presence === "broken") {
      element.pause();
      return;
    }
    if (!clock.running) {
      // Also while its media is on its way: what comes is decoded as it comes.
      element.pause();
      this._go(at);
      return;
    }
    if (element.paused) {
      this._go(at);
      this._jumped = now;
      // A pause that comes before it has begun is ours: the next tick sees to it.
      element.play().catch(() => undefined);
    }
    this._steer(at, clock.speed, now);
  }

  /** @param {number} at */
  _go(at) {
    if (Math.abs(this.element.currentTime - at) > 0.01) this.element.currentTime = at;
  }

  /**
   * @param {number} at
   * @param {number} speed
   * @param {number} now
   */
  _steer(at, speed, now) {
    const { jump, rate } = steer(this.element.currentTime - at, speed);
    if (this.element.playbackRate !== rate) this.element.playbackRate = rate;
    if (jump && !this.element.seeking && now - this._jumped > SETTLE_MS) {
      this.element.currentTime = at;
      this._jumped = now;
    }
  }
}

export class Playback {
  /**
   * @param {Timeline} timeline
   * @param {{address: (piece: import("./timeline.js").Piece, since: number) => string,
   *   refused: (reason: Refused) => void, changed: () => void}} options
   *   `changed`: something to show is different
   */
  constructor(timeline, options) {
    this.timeline = timeline;
    this.clock = new Clock(timeline.duration, () => performance.now());
    this._changed = options.changed;
    this._muted = new Set();
    const feeding = {
      ...options,
      duration: timeline.duration,
      came: () => {
        if (this.clock.held) this._tick();
      },
    };
    this._players = timeline.tracks.map((track) => {
      const element = document.createElement(track.kind === "microphone" ? "audio" : "video");
      element.preload = "auto";
      if (element instanceof HTMLVideoElement) {
        element.muted = true;
        element.playsInline = true;
        element.disablePictureInPicture = true;
      }
      element.addEventListener("seeked", feeding.came);
      return new Player(track, new TrackFeed(track, element, feeding));
    });
    this._timer = setInterval(() => this._tick(), TICK_MS);
    this._tick();
  }

  /** @param {string} key */
  element(key) {
    return this._player(key)?.element;
  }

  /**
   * @param {string} key
   * @returns {Status}
   */
  status(key) {
    return this._player(key)?.status(this.clock.at()) ?? { presence: "absent", why: "" };
  }

  toggle() {
    if (this.clock.playing) this.clock.pause();
    else this.clock.play();
    this._tick();
  }

  play() {
    this.clock.play();
    this._tick();
  }

  pause() {
    this.clock.pause();
    this._tick();
  }

  /** @param {number} at seconds */
  seek(at) {
    this.clock.seek(at);
    for (const player of this._players) player.seek(this.clock.at(), performance.now());
    this._tick();
  }

  /** @param {number} speed */
  setSpeed(speed) {
    this.clock.setSpeed(speed);
    this._tick();
  }

  /**
   * @param {string} participant
   * @returns {boolean}
   */
  muted(participant) {
    return this._muted.has(participant);
  }

  /** @param {string} participant */
  toggleMuted(participant) {
    if (!this._muted.delete(participant)) this._muted.add(participant);
    for (const { track, element } of this._players) {
      if (track.kind === "microphone") element.muted = this._muted.has(track.participant);
    }
    this._changed();
  }

  /** What each element is at: for tests and for whoever looks into a complaint. */
  report() {
    const at = this.clock.at();
    return this._players.map(({ track, element, feed }) => ({
      participant: track.participant,
      track: track.kind,
      presence: this.status(track.key).presence,
      time: element.currentTime,
      drift: element.currentTime - at,
      playing: !element.paused,
      buffered: feed.buffered(),
    }));
  }

  close() {
    clearInterval(this._timer);
    for (const player of this._players) player.feed.close();
  }

  /** @param {string} key */
  _player(key) {
    return this._players.find((player) => player.track.key === key);
  }

  _tick() {
    const now = performance.now();
    const at = this.clock.at();
    for (const player of this._players) player.feed.aim(at, this.clock.speed);
    for (const player of this._players) player.arrive(at);
    this.clock.hold(this._players.some((player) => player.awaited(at, now)));
    for (const player of this._players) player.follow(this.clock, now);
    this._changed();
  }
}
