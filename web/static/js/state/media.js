/** When to connect media, and how patiently: pure decisions for media/room.js. */

/**
 * @typedef {import("../wire/types.js").Session} Session
 * @typedef {{session: string, epoch: number, place: number, ice_servers: RTCIceServer[]}} Target
 */

const IN_ROOM = new Set(["accepted", "live", "paused"]);

/**
 * Where this page's media should be connected to; null for nowhere.
 * @param {Session|null|undefined} session
 * @returns {Target|null}
 */
export function targetOf(session) {
  if (!session?.media || !IN_ROOM.has(session.state)) return null;
  return { session: session.id, ...session.media };
}

/** Places from here on are by sound alone. */
const PICTURES = 6;

/** Whether who sits at this place takes part by sound alone. @param {number|undefined} place */
export const byVoice = (place) => place !== undefined && place >= PICTURES;

const GONE = new Set(["left", "lobby", "expected"]);

/**
 * Whether three people or more are here: then their lines differ, and one picture does not fit all.
 * @param {Session|null|undefined} session
 */
export function isCrowded(session) {
  const here = session?.participants.filter((one) => one.me || !GONE.has(one.state)) ?? [];
  return here.length > 2;
}

/**
 * Whether a connection made for one target serves the other as well.
 * @param {Target|null} one
 * @param {Target|null} other
 */
export function sameTarget(one, other) {
  if (!one || !other) return one === other;
  return (
    one.session === other.session && one.epoch === other.epoch && one.place === other.place
  );
}

const DELAYS_MS = [0, 1000, 2000, 5000];

/**
 * How long to wait before the n-th attempt in a row (from 0): at once, then 1, 2, 5, 5 … seconds.
 * @param {number} attempt
 */
export function backOff(attempt) {
  return DELAYS_MS[Math.min(attempt, DELAYS_MS.length - 1)] ?? 0;
}

/** Nothing has come for this long: look whether the service can still be reached at all. */
export const QUIET_MS = 600;

/** A line that says nothing for this long is given up. */
export const SILENT_MS = 3000;

/**
 * How long a media line may be quiet while the service answers. Both lines broke at one moment when
 * the address changed: then the media line has nothing to wait for.
 * @param {number} last  when something came last
 * @param {number} returned  when the line to the service was last made anew, by the same clock
 */
export function patience(last, returned) {
  return last - returned < 1000 ? QUIET_MS : SILENT_MS;
}

/** An attempt that has not connected after this long is given up. */
export const CONNECT_WITHIN_MS = 8000;

/**
 * A short word for the line's state from the peer connection's own two.
 * @param {RTCIceConnectionState} ice
 * @param {RTCPeerConnectionState} peer
 * @returns {"connecting"|"connected"|"silent"|"dead"}
 */
export function lineOf(ice, peer) {
  if (peer === "failed" || peer === "closed" || ice === "failed" || ice === "closed") return "dead";
  if (ice === "disconnected") return "silent";
  return peer === "connected" ? "connected" : "connecting";
}
