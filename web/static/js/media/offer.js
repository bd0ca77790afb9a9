/**
 * A peer connection with the service's fixed m-lines, always in this order:
 *
 *   m0 microphone out · m1 camera out · m2 screen out
 *   m3…m8 microphones in, places 0…5 · m9…m14 cameras in, places 0…5 · m15 the room's screen in
 *
 * Who sits at which place decides the slot, so nobody's coming or going needs a new offer.
 */

export const PLACES = 6;

/** What a clear picture of 1280 × 720 needs, and a little more: an encoder stays below its bound. */
const CAMERA_BITS = 1_800_000;
const SCREEN_BITS = 1_500_000;

/**
 * @typedef {object} Slots
 * @property {RTCRtpTransceiver} microphone
 * @property {RTCRtpTransceiver} camera
 * @property {RTCRtpTransceiver} screen
 * @property {RTCRtpTransceiver[]} audioIn   by place
 * @property {RTCRtpTransceiver[]} videoIn   by place
 * @property {RTCRtpTransceiver} screenIn
 */

/**
 * @param {RTCPeerConnection} peer  a fresh one
 * @returns {Slots}
 */
export function addSlots(peer) {
  const microphone = peer.addTransceiver("audio", { direction: "sendonly" });
  const camera = sendVideo(peer, CAMERA_BITS);
  const screen = sendVideo(peer, SCREEN_BITS);
  const places = Array.from({ length: PLACES });
  const audioIn = places.map(() => peer.addTransceiver("audio", { direction: "recvonly" }));
  const videoIn = places.map(() => receiveVideo(peer));
  return { microphone, camera, screen, audioIn, videoIn, screenIn: receiveVideo(peer) };
}

/**
 * @param {RTCPeerConnection} peer
 * @param {number} maxBitrate
 */
function sendVideo(peer, maxBitrate) {
  const transceiver = peer.addTransceiver("video", {
    direction: "sendonly",
    sendEncodings: [{ maxBitrate }],
  });
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
 * Nothing else is offered, which also keeps an offer of 16 m-lines small.
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
