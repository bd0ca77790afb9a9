/** One picture of what a camera, or a shared paper, shows at this moment. */

const QUALITY = 0.92;

/**
 * @param {MediaStreamTrack} track
 * @returns {Promise<File>}
 */
export async function snapshot(track) {
  const video = document.createElement("video");
  video.muted = true;
  video.srcObject = new MediaStream([track]);
  try {
    await video.play();
    const canvas = document.createElement("canvas");
    canvas.width = video.videoWidth;
    canvas.height = video.videoHeight;
    canvas.getContext("2d")?.drawImage(video, 0, 0);
    const made = await new Promise((/** @type {(blob: Blob|null) => void} */ done) => canvas.toBlob(done, "image/jpeg", QUALITY));
    if (!made) throw new Error("no picture");
    return new File([made], "photo.jpg", { type: made.type });
  } finally {
    video.srcObject = null;
  }
}
