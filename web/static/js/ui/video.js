/** Pictures and voices. Voices play apart from pictures: a picture that never comes mutes nobody. */

import { html, useEffect, useRef, useState } from "/vendor/preact.js";
import { useLive, useStore } from "./hooks.js";
import { Button } from "./parts.js";

/**
 * @param {{stream: MediaStream|null, label: string, mirrored?: boolean, testid?: string}} props
 */
export function Picture({ stream, label, mirrored = false, testid }) {
  const element = useRef(/** @type {HTMLVideoElement|null} */ (null));
  useEffect(() => {
    const video = element.current;
    if (!video) return;
    // Preact would set `muted` too late for the browser's rule on playing by itself.
    video.muted = true;
    video.srcObject = stream;
    void video.play().catch(() => undefined);
  }, [stream]);
  return html`<video
    ref=${element}
    class=${mirrored ? "picture picture-mirrored" : "picture"}
    aria-label=${label}
    data-testid=${testid}
    autoplay
    playsinline
  ></video>`;
}

/** Everybody's voice. A browser that refuses to play by itself gets a button from us. */
export function Voices() {
  const { room } = useLive();
  const { streams } = useStore(room);
  const [refused, setRefused] = useState(false);
  const elements = useRef(/** @type {HTMLAudioElement[]} */ ([]));
  const play = async () => {
    const all = elements.current.map((audio) => audio.play());
    const results = await Promise.allSettled(all);
    setRefused(results.some((one) => one.status === "rejected" && isRefusal(one.reason)));
  };
  useEffect(() => {
    elements.current = (streams?.audio ?? []).map((stream) => {
      const audio = new Audio();
      audio.srcObject = stream;
      return audio;
    });
    void play();
    return () => {
      for (const audio of elements.current) audio.srcObject = null;
    };
  }, [streams]);
  if (!refused) return null;
  return html`<div class="sound-off">
    <${Button} tone="primary" icon="speaker" onClick=${play}>点这里打开声音<//>
  </div>`;
}

/** @param {unknown} reason */
const isRefusal = (reason) => reason instanceof DOMException && reason.name === "NotAllowedError";

/**
 * One's own camera as a stream that changes when the track does.
 * @param {"camera"|"screen"} kind
 * @returns {MediaStream|null}
 */
export function useOwnStream(kind) {
  const track = useStore(useLive().capture)[kind];
  const [stream, setStream] = useState(/** @type {MediaStream|null} */ (null));
  useEffect(() => setStream(track ? new MediaStream([track]) : null), [track]);
  return stream;
}
