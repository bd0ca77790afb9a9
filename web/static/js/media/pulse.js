/**
 * Whether anything still arrives on a peer connection. The relay answers all the time (it reports
 * on what it gets), so a line that is quiet is broken, seconds before ICE would say so.
 */

import { QUIET_MS } from "../state/media.js";

const LOOK_MS = 250;

export class Pulse {
  /**
   * @param {RTCPeerConnection} peer
   * @param {AbortSignal} over
   * @param {() => void} onQuiet  called at every look at which nothing has come for QUIET_MS
   */
  constructor(peer, over, onQuiet) {
    this.peer = peer;
    this.bytes = -1;
    this.since = performance.now();
    const timer = setInterval(() => void this.#look(onQuiet), LOOK_MS);
    over.addEventListener("abort", () => clearInterval(timer));
  }

  /** Milliseconds since something was seen to arrive. */
  get quiet() {
    return performance.now() - this.since;
  }

  /** @param {() => void} onQuiet */
  async #look(onQuiet) {
    const bytes = await arrived(this.peer);
    if (bytes !== this.bytes) this.since = performance.now();
    this.bytes = bytes;
    if (this.quiet >= QUIET_MS && this.peer.connectionState !== "closed") onQuiet();
  }
}

/** @param {RTCPeerConnection} peer */
async function arrived(peer) {
  let bytes = 0;
  (await peer.getStats()).forEach((report) => {
    if (report.type === "transport") bytes += report.bytesReceived;
  });
  return bytes;
}
