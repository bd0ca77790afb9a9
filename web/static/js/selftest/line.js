/** The line to a relay, tried out: a connection of our own for some seconds, with sound on it. */

import { addSlots } from "../media/offer.js";
import { ask } from "../wire/api.js";

const CONNECT_MS = 8000;
const MEASURE_MS = 3500;
const SLOW_MS = 250;
const LOSSY_PERCENT = 3;

/** @typedef {{code: string, value: number}} Measured */

/**
 * @param {RTCIceServer[]} iceServers
 * @returns {Promise<Measured>}
 */
export async function tryLine(iceServers) {
  const peer = new RTCPeerConnection({ iceServers, bundlePolicy: "max-bundle" });
  const quiet = hum();
  try {
    const slots = addSlots(peer);
    await slots.microphone.sender.replaceTrack(quiet.track);
    await peer.setLocalDescription();
    const sdp = await answerTo(peer.localDescription?.sdp ?? "");
    if (!sdp) return { code: "away", value: 0 };
    await peer.setRemoteDescription({ type: "answer", sdp });
    if (!(await connected(peer))) return { code: "unreachable", value: 0 };
    await new Promise((resolve) => setTimeout(resolve, MEASURE_MS));
    return judge(await peer.getStats());
  } finally {
    peer.close();
    quiet.stop();
  }
}

/** @param {string} offer */
async function answerTo(offer) {
  try {
    return (await ask("POST", "/api/terminal/line", { body: { sdp: offer } })).sdp;
  } catch {
    return "";
  }
}

/** @param {RTCPeerConnection} peer */
async function connected(peer) {
  const ends = performance.now() + CONNECT_MS;
  while (performance.now() < ends) {
    if (peer.connectionState === "connected") return true;
    if (peer.connectionState === "failed") return false;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return false;
}

/**
 * @param {RTCStatsReport} stats
 * @returns {Measured}
 */
function judge(stats) {
  let roundTrip = 0;
  let lost = 0;
  stats.forEach((one) => {
    if (one.type === "candidate-pair" && one.nominated) {
      roundTrip = Math.round((one.currentRoundTripTime ?? 0) * 1000);
    }
    if (one.type === "remote-inbound-rtp") lost = Math.max(lost, (one.fractionLost ?? 0) * 100);
  });
  if (lost >= LOSSY_PERCENT) return { code: "lossy", value: Math.round(lost) };
  return { code: roundTrip > SLOW_MS ? "slow" : "ok", value: roundTrip };
}

/** A sound that nobody hears, so that packets flow. */
function hum() {
  const audio = new AudioContext();
  const oscillator = new OscillatorNode(audio, { frequency: 200 });
  const destination = audio.createMediaStreamDestination();
  oscillator.connect(destination);
  oscillator.start();
  const [track] = destination.stream.getAudioTracks();
  return { track: track ?? null, stop: () => void audio.close() };
}
