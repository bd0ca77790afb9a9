/**
 * A relay inside the page: answers an offer with a peer connection of its own that sends a moving
 * picture and a tone into the slots of the other place, and a page of paper into the screen slot.
 */

const AUDIO_IN = 3;
const VIDEO_IN = 9;
const SCREEN_IN = 15;

/** @type {RTCPeerConnection|undefined} */
let peer;

export async function answerOffer(sdp) {
  peer?.close();
  peer = new RTCPeerConnection();
  await peer.setRemoteDescription({ type: "offer", sdp });
  const slots = peer.getTransceivers();
  const [audio, video, paper] = [tone(), picture("#2d66a6", "律师"), picture("#f7f6f3", "证据材料")];
  for (const place of [0, 1]) {
    send(slots[AUDIO_IN + place], audio);
    send(slots[VIDEO_IN + place], video);
  }
  send(slots[SCREEN_IN], paper);
  await peer.setLocalDescription();
  await gathered(peer);
  return peer.localDescription.sdp;
}

window.fakeRelay = {
  close: () => peer?.close(),
  summary: () => ({ mids: peer?.getTransceivers().map((one) => one.receiver.track.kind) }),
};

function send(slot, track) {
  slot.direction = "sendonly";
  void slot.sender.replaceTrack(track);
}

function gathered(connection) {
  if (connection.iceGatheringState === "complete") return undefined;
  return new Promise((resolve) => {
    connection.addEventListener("icegatheringstatechange", () => {
      if (connection.iceGatheringState === "complete") resolve();
    });
  });
}

function picture(ground, words) {
  const canvas = Object.assign(document.createElement("canvas"), { width: 1280, height: 720 });
  const context = canvas.getContext("2d");
  let frame = 0;
  setInterval(() => {
    frame += 1;
    context.fillStyle = ground;
    context.fillRect(0, 0, 1280, 720);
    context.fillStyle = "#e9b44c";
    context.beginPath();
    context.arc(640, 300, 130, 0, 7);
    context.fill();
    context.fillRect(440, 450, 400, 270);
    context.fillStyle = "#12294a";
    context.font = "48px sans-serif";
    context.fillText(`${words} ${frame}`, 40, 690);
  }, 50);
  return canvas.captureStream(20).getVideoTracks()[0];
}

function tone() {
  const audio = new AudioContext();
  const oscillator = new OscillatorNode(audio, { frequency: 440 });
  const destination = audio.createMediaStreamDestination();
  oscillator.connect(destination);
  oscillator.start();
  return destination.stream.getAudioTracks()[0];
}
