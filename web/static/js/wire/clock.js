/** The server's clock as seen from here. A terminal's own clock may be wrong by hours. */
export class ServerClock {
  /** @param {() => number} local milliseconds */
  constructor(local = Date.now) {
    this.local = local;
    this.offset = 0;
  }

  /**
   * Learn from a view. Its way here makes it look late, never early: the largest offset seen
   * lately is the best, but a clock that was set right must be followed too.
   * @param {number} serverNow
   */
  learn(serverNow) {
    const offset = serverNow - this.local();
    const better = offset > this.offset || Math.abs(offset - this.offset) > 2000;
    if (better) this.offset = offset;
  }

  /** Milliseconds on the server's clock. */
  now() {
    return this.local() + this.offset;
  }
}
