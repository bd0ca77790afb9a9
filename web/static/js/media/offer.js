/**
 * A peer connection with the service's fixed m-lines, always in this order:
 *
 *   m0 microphone out · m1 camera out · m2 screen out
 *   m3…m8 microphones in, places 0…5 · m9…m14 cameras in, places 0…5 · m15 the room's screen in
 *   m16…m21 microphones in, places 6…11: who sits there takes part by sound alone
 *
 * Who sits at which place decides the slot, so nobody's coming or going needs a new offer.
 */

export const PLACES = 6;
const VOICES = 6;

/** What a clear picture of 1280 × 720 needs, and a little more: an encoder stays below its bound. */
const CAMERA_BITS = 1_800_000;
const SCREEN_BITS = 1_500_000;

/**
 * The camera's picture in three sizes, the smallest first: the service gives each receiver the one
 * that its line carries. Between two people the largest alone is sent, and fitted to the line.
 * @type {RTCRtpEncodingParameters[]}
 */
const CAMERA_LAYERS = [
  { rid: "q", scaleResolutionDownBy: 4, maxBitrate: 100_000 },
  { rid: "h", scaleResolutionDownBy: 2, maxBitrate: 450_000 },
  { rid: "f", maxBitrate: CAMERA_BITS },
];

/**
 * @typedef {object} Slots
 * @property {RTCRtpTransceiver} microphone
 * @property {RTCRtpTransceiver} camera
 * @property {RTCRtpTransceiver} screen
 * @property {RTCRtpTransceiver[]} audioIn   by place
 * @property {RTCRtpTransceiver[]} videoIn   by place, of those with pictures
 * @property {RTCRtpTransceiver} screenIn
 */

/**
 * @param {RTCPeerConnection} peer  a fresh one
 * @returns {Slots}
 */
export function addSlots(peer) {
  const microphone = peer.addTransceiver("audio", { direction: "sendonly" });
  const camera = sendVideo(peer, CAMERA_LAYERS);
  const screen = sendVideo(peer, [{ maxBitrate: SCREEN_BITS }]);
  const places = Array.from({ length: PLACES });
  const hear = () => peer.addTransceiver("audio", { direction: "recvonly" });
  const seated = places.map(hear);
  const videoIn = places.map(() => receiveVideo(peer));
  const screenIn = receiveVideo(peer);
  const audioIn = [...seated, ...Array.from({ length: VOICES }, hear)];
  return { microphone, camera, screen, audioIn, videoIn, screenIn };
}

/**
 * Send the smaller sizes of the camera's picture too, or the largest alone.
 * @param {RTCRtpSender} camera
 * @param {boolean} all
 */
export async function sendLayers(camera, all) {
  const parameters = camera.getParameters();
  const smaller = parameters.encodings.slice(0, -1);
  if (smaller.every((layer) => layer.active === all)) return;
  for (const layer of smaller) layer.active = all;
  await camera.setParameters(parameters);
}

/**
 * @param {RTCPeerConnection} peer
 * @param {RTCRtpEncodingParameters[]} sendEncodings
 */
function sendVideo(peer, sendEncodings) {
  const transceiver = peer.addTransceiver("video", { direction: "sendonly", sendEncodings });
  prefer(transceiver, RTCRtpSender.getCapabilities("video"));
  return transceiver;
}

/** @param {RTCPeerConnection} peer */
function receiveVideo(peer) {
  const transceiver = peer.addTransceiver("video", { direction: "recvonly" });
  prefer(transceiver, RTCRtpReceiver.getCapabilities("video"));
  return transceiver;
}

/**
 * VP8 first, then H264 as packets of mode 1: what the relay passes on and the recorder keeps; and
 * the format in which what was lost is sent again.
 * Nothing else is offered, which also keeps an offer of 22 m-lines small.
 * @param {RTCRtpTransceiver} transceiver
 * @param {RTCRtpCapabilities|null} capabilities
 */
function prefer(transceiver, capabilities) {
  const codecs = capabilities?.codecs ?? [];
  const vp8 = codecs.filter((codec) => codec.mimeType.toLowerCase() === "video/vp8");
  const h264 = codecs.filter(
    (codec) =>
      codec.mimeType.toLowerCase() === "video/h264" &&
      /(^|;)packetization-mode=1/.test(codec.sdpFmtpLine ?? ""),
  );
  const repairs = codecs.filter((codec) => codec.mimeType.toLowerCase() === "video/rtx");
  if (vp8.length + h264.length > 0) {
    transceiver.setCodecPreferences([...vp8, ...h264, ...repairs]);
  }
}
