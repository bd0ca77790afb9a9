// @ts-check
/**
 * The player's master clock: where in the recording the play head is. Every element follows it,
 * none leads, so that a gap in one track never stops the others.
 */

export class Clock {
  /**
   * @param {number} duration seconds
   * @param {() => number} now milliseconds, never going back
   */
  constructor(duration, now) {
    this.duration = duration;
    this.speed = 1;
    /** The viewer wants it to run. */
    this.playing = false;
    /** Media is not there yet: it stands still though the viewer wants it to run. */
    this.held = false;
    this._now = now;
    this._at = 0;
    this._since = now();
  }

  /** Whether it runs. */
  get running() {
    return this.playing && !this.held;
  }

  /** Where the play head is, in seconds; at the end it stops. */
  at() {
    this._settle();
    return this._at;
  }

  play() {
    this._settle();
    if (this._at >= this.duration) this._at = 0;
    this.playing = true;
  }

  pause() {
    this._settle();
    this.playing = false;
  }

  /** @param {boolean} held */
  hold(held) {
    this._settle();
    this.held = held;
  }

  /** @param {number} at seconds */
  seek(at) {
    this._settle();
    this._at = Math.max(0, Math.min(this.duration, at));
  }

  /** @param {number} speed */
  setSpeed(speed) {
    this._settle();
    this.speed = speed;
  }

  _settle() {
    const now = this._now();
    if (this.running) this._at += ((now - this._since) / 1000) * this.speed;
    this._since = now;
    if (this._at >= this.duration) {
      this._at = this.duration;
      this.playing = false;
    }
  }
}
