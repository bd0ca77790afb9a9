/** Sounds made here, so that no file has to be fetched: ring, speaker test, level and echo. */

/** Two tones a third apart, twice, then silence: a telephone, not an alarm. */
const RING = { tones: [523.25, 659.25], beats: [0, 0.45], length: 0.35, everyMs: 2400 };

/** A context that may sound runs within this; a silent one stays as it is. */
const SETTLED_MS = 1000;

/** What a browser takes for a person's hand; a finger counts when it is lifted. */
const TOUCHES = /** @type {const} */ (["pointerdown", "pointerup", "keydown"]);

/** @returns {AudioContext} */
function context() {
  return new AudioContext();
}

/**
 * Let a context sound: at once, or, on a page that nobody has touched since it was loaded, from the
 * first touch on. Until then a browser keeps such a page silent and says so to nobody.
 * @param {AudioContext} audio
 * @param {() => void} sounds
 * @returns {() => void} ends it, and the context
 */
function start(audio, sounds) {
  const resume = () => void audio.resume().catch(() => undefined);
  const leave = () => TOUCHES.forEach((touch) => window.removeEventListener(touch, resume));
  const begin = () => {
    if (audio.state !== "running") return;
    leave();
    sounds();
  };
  TOUCHES.forEach((touch) => window.addEventListener(touch, resume));
  audio.resume().then(begin, () => undefined);
  return () => {
    leave();
    if (audio.state !== "closed") void audio.close();
  };
}

/**
 * Tell whether this page could not ring, until the first touch has opened its sound.
 * @param {(silent: boolean) => void} listener
 * @returns {() => void} stops watching
 */
export function watchSilence(listener) {
  const audio = context();
  const settled = setTimeout(() => listener(true), SETTLED_MS);
  const end = start(audio, () => {
    stop();
    listener(false);
  });
  const stop = () => {
    clearTimeout(settled);
    end();
  };
  return stop;
}

/**
 * @param {AudioContext} audio
 * @param {number} frequency
 * @param {number} start   seconds from now
 * @param {number} length  seconds
 * @param {number} [loud]  0..1
 */
function tone(audio, frequency, start, length, loud = 0.18) {
  const from = audio.currentTime + start;
  const oscillator = new OscillatorNode(audio, { frequency });
  const gain = new GainNode(audio, { gain: 0 });
  gain.gain.setValueAtTime(0, from);
  gain.gain.linearRampToValueAtTime(loud, from + 0.02);
  gain.gain.setValueAtTime(loud, from + length - 0.05);
  gain.gain.linearRampToValueAtTime(0, from + length);
  oscillator.connect(gain).connect(audio.destination);
  oscillator.start(from);
  oscillator.stop(from + length);
}

/**
 * Ring until the returned function is called.
 * @param {number} [loud]  0..1; louder where nobody may sit beside it
 * @returns {() => void}
 */
export function ring(loud) {
  const audio = context();
  /** @type {ReturnType<typeof setInterval>|undefined} */
  let timer;
  const once = () => {
    for (const beat of RING.beats) {
      for (const frequency of RING.tones) tone(audio, frequency, beat, RING.length, loud);
    }
  };
  const end = start(audio, () => {
    once();
    timer = setInterval(once, RING.everyMs);
  });
  return () => {
    clearInterval(timer);
    end();
  };
}

/** Two soft tones, once: somebody waits, or it goes on. */
export function chime() {
  const audio = context();
  [659.25, 880].forEach((frequency, index) => tone(audio, frequency, index * 0.22, 0.3));
  setTimeout(() => void audio.close(), 1500);
}

/** Three rising tones; resolves when they have been played. */
export async function testTone() {
  const audio = context();
  await audio.resume();
  [440, 554.37, 659.25].forEach((frequency, index) => tone(audio, frequency, index * 0.35, 0.3));
  await new Promise((resolve) => setTimeout(resolve, 1150));
  await audio.close();
}

/**
 * Watch how loud a track is, ten times a second, 0 to 1.
 * @param {MediaStreamTrack} track
 * @param {(level: number) => void} listener
 * @returns {() => void} stops watching
 */
export function meter(track, listener) {
  const audio = context();
  const analyser = new AnalyserNode(audio, { fftSize: 1024 });
  audio.createMediaStreamSource(new MediaStream([track])).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(samples);
    listener(loudness(samples));
  }, 100);
  return () => {
    clearInterval(timer);
    void audio.close();
  };
}

/**
 * Loudness for a meter: -60 dB is 0, -6 dB and louder is 1.
 * @param {Float32Array} samples  -1..1
 */
export function loudness(samples) {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  const decibels = 10 * Math.log10(sum / samples.length + 1e-12);
  return Math.min(1, Math.max(0, (decibels + 60) / 54));
}

/**
 * Record a track for some seconds and give back something to play: one hears oneself as others do.
 * @param {MediaStreamTrack} track
 * @param {number} milliseconds
 * @returns {Promise<string>} an object URL; revoke it after use
 */
export async function recordEcho(track, milliseconds) {
  const recorder = new MediaRecorder(new MediaStream([track]));
  /** @type {Blob[]} */
  const parts = [];
  recorder.addEventListener("dataavailable", (event) => parts.push(event.data));
  const stopped = new Promise((resolve) => recorder.addEventListener("stop", resolve));
  recorder.start();
  setTimeout(() => recorder.stop(), milliseconds);
  await stopped;
  return URL.createObjectURL(new Blob(parts, { type: recorder.mimeType }));
}
