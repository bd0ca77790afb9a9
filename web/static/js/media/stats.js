/** What goes out and what comes in, by place, from getStats: for people who look for a fault. */

/**
 * @typedef {object} Outbound
 * @property {number} framesEncoded
 * @property {number} framesSent
 * @property {number} bytesSent
 * @property {number} audioBytesSent
 *
 * @typedef {object} Inbound
 * @property {number} framesDecoded
 * @property {number} fps
 * @property {number} width
 * @property {number} height
 * @property {number} freezes
 * @property {number} audioLevel
 * @property {number} totalAudioEnergy
 * @property {number} packetsLost
 * @property {number} packets
 *
 * @typedef {{state: string, outbound: Outbound, inbound: Record<string, Inbound>, rttMs: number|null}} Summary
 */

/**
 * @param {RTCPeerConnection} peer
 * @param {import("./offer.js").Slots} slots
 * @returns {Promise<Summary>}
 */
export async function summarise(peer, slots) {
  /** @type {any[]} */
  const reports = [];
  (await peer.getStats()).forEach((report) => reports.push(report));
  const mids = midsByPlace(slots);
  const inbound = Object.fromEntries(
    mids.map(({ place, audio, video }) => [place, inboundOf(reports, audio, video)]),
  );
  const pair = reports.find((report) => report.type === "candidate-pair" && report.nominated);
  const rtt = pair?.currentRoundTripTime;
  return {
    state: peer.connectionState,
    outbound: outboundOf(reports, slots),
    inbound,
    rttMs: rtt === undefined ? null : Math.round(rtt * 1000),
  };
}

/** @param {import("./offer.js").Slots} slots */
function midsByPlace(slots) {
  const places = slots.audioIn.map((audio, place) => ({
    place: String(place),
    audio: audio.mid,
    video: slots.videoIn[place]?.mid ?? null,
  }));
  return [...places, { place: "screen", audio: null, video: slots.screenIn.mid }];
}

/**
 * @param {any[]} reports
 * @param {import("./offer.js").Slots} slots
 * @returns {Outbound}
 */
function outboundOf(reports, slots) {
  // A camera may be sent in several sizes, each with a report of its own.
  const sent = (/** @type {string|null} */ mid) =>
    reports.filter((report) => report.type === "outbound-rtp" && report.mid === mid);
  const camera = sent(slots.camera.mid);
  const most = (/** @type {"framesEncoded"|"framesSent"} */ what) =>
    Math.max(0, ...camera.map((layer) => layer[what] ?? 0));
  const bytes = (/** @type {any[]} */ layers) =>
    layers.reduce((sum, layer) => sum + (layer.bytesSent ?? 0), 0);
  return {
    framesEncoded: most("framesEncoded"),
    framesSent: most("framesSent"),
    bytesSent: bytes(camera),
    audioBytesSent: bytes(sent(slots.microphone.mid)),
  };
}

/**
 * @param {any[]} reports
 * @param {string|null} audioMid
 * @param {string|null} videoMid
 * @returns {Inbound}
 */
function inboundOf(reports, audioMid, videoMid) {
  const received = (/** @type {string|null} */ mid) =>
    reports.find((report) => report.type === "inbound-rtp" && mid && report.mid === mid) ?? {};
  const audio = received(audioMid);
  const video = received(videoMid);
  return {
    framesDecoded: video.framesDecoded ?? 0,
    fps: video.framesPerSecond ?? 0,
    width: video.frameWidth ?? 0,
    height: video.frameHeight ?? 0,
    freezes: video.freezeCount ?? 0,
    audioLevel: audio.audioLevel ?? 0,
    totalAudioEnergy: audio.totalAudioEnergy ?? 0,
    packets: (audio.packetsReceived ?? 0) + (video.packetsReceived ?? 0),
    packetsLost: (audio.packetsLost ?? 0) + (video.packetsLost ?? 0),
  };
}
