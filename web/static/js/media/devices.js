/** Cameras, microphones and speakers: which there are, which was picked, how to open one. */

/**
 * @typedef {"microphone"|"camera"|"speaker"} Kind
 * @typedef {{id: string, label: string}} Device
 */

/** @type {Record<Kind, MediaDeviceKind>} */
const W3C_KIND = { microphone: "audioinput", camera: "videoinput", speaker: "audiooutput" };

/** @type {Record<Kind, string>} */
const NAMELESS = { microphone: "麦克风", camera: "摄像头", speaker: "扬声器" };

/**
 * The devices of a kind; their names are known only once one of them was opened.
 * @param {Kind} kind
 * @returns {Promise<Device[]>}
 */
export async function devices(kind) {
  const all = (await navigator.mediaDevices?.enumerateDevices()) ?? [];
  return all
    .filter((device) => device.kind === W3C_KIND[kind] && device.deviceId !== "communications")
    .map((device, index) => ({
      id: device.deviceId,
      label: device.label || `${NAMELESS[kind]} ${index + 1}`,
    }));
}

/** @param {Kind} kind */
const key = (kind) => `yuntiao.device.${kind}`;

/**
 * @param {Kind} kind
 * @returns {string|undefined}
 */
export function remembered(kind) {
  return localStorage.getItem(key(kind)) || undefined;
}

/**
 * @param {Kind} kind
 * @param {string} id
 */
export function remember(kind, id) {
  localStorage.setItem(key(kind), id);
}

/**
 * A device that was unplugged for good falls back to the default one.
 * @param {string} [device]
 */
export function openMicrophone(device) {
  return open("audio", {
    ...(device ? { deviceId: { ideal: device } } : {}),
    echoCancellation: true,
    noiseSuppression: true,
    autoGainControl: true,
  });
}

/** @param {string} [device] */
export function openCamera(device) {
  return open("video", {
    ...(device ? { deviceId: { ideal: device } } : {}),
    width: { ideal: 1280 },
    height: { ideal: 720 },
    frameRate: { ideal: 25, max: 30 },
  });
}

/**
 * @param {"audio"|"video"} kind
 * @param {MediaTrackConstraints} constraints
 * @returns {Promise<MediaStreamTrack>}
 */
async function open(kind, constraints) {
  // Without HTTPS (or localhost) the browser hides mediaDevices altogether.
  if (!navigator.mediaDevices) throw new DOMException("no secure context", "SecurityError");
  const stream = await navigator.mediaDevices.getUserMedia({ [kind]: constraints });
  const [track] = stream.getTracks();
  if (!track) throw new DOMException("no track", "NotFoundError");
  return track;
}
