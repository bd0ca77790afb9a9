/** The microphone and the loudspeaker of a self-test: is anything heard, and is our own tone heard. */

const LISTEN_MS = 900;
const TONES = [880, 1320];
/** So much louder than the room must our tones be in the microphone: 8 dB. */
const LOUDER_DB = 8;

/**
 * @typedef {{peak: number, tones: number}} Heard
 * peak: the loudest sample, 0..1; tones: decibels at our tones' frequencies
 */

/**
 * Listen, then listen again while our tones are played.
 * @param {MediaStreamTrack} track
 * @returns {Promise<{silent: boolean, heard: boolean}>}
 */
export async function listenTwice(track) {
  const audio = new AudioContext();
  try {
    await audio.resume();
    const analyser = new AnalyserNode(audio, { fftSize: 4096, smoothingTimeConstant: 0 });
    audio.createMediaStreamSource(new MediaStream([track])).connect(analyser);
    const before = await listen(analyser);
    const stop = play(audio);
    const during = await listen(analyser);
    stop();
    const silent = Math.max(before.peak, during.peak) === 0;
    return { silent, heard: during.tones - before.tones >= LOUDER_DB };
  } finally {
    void audio.close();
  }
}

/** @param {AudioContext} audio */
function play(audio) {
  const gain = new GainNode(audio, { gain: 0.25 });
  gain.connect(audio.destination);
  const oscillators = TONES.map((frequency) => new OscillatorNode(audio, { frequency }));
  for (const one of oscillators) {
    one.connect(gain);
    one.start();
  }
  return () => oscillators.forEach((one) => one.stop());
}

/**
 * @param {AnalyserNode} analyser
 * @returns {Promise<Heard>}
 */
async function listen(analyser) {
  const samples = new Float32Array(analyser.fftSize);
  const spectrum = new Float32Array(analyser.frequencyBinCount);
  const heard = { peak: 0, tones: -200 };
  const ends = performance.now() + LISTEN_MS;
  while (performance.now() < ends) {
    await new Promise((resolve) => setTimeout(resolve, 60));
    analyser.getFloatTimeDomainData(samples);
    analyser.getFloatFrequencyData(spectrum);
    for (const sample of samples) heard.peak = Math.max(heard.peak, Math.abs(sample));
    heard.tones = Math.max(heard.tones, atTones(spectrum, analyser.context.sampleRate / 2));
  }
  return heard;
}

/**
 * The quieter of our tones: both must be there.
 * @param {Float32Array} spectrum  decibels
 * @param {number} highest         hertz of the last bin
 */
function atTones(spectrum, highest) {
  const levels = TONES.map((hertz) => {
    const bin = Math.round((hertz / highest) * spectrum.length);
    return Math.max(...spectrum.slice(bin - 2, bin + 3));
  });
  return Math.max(-200, Math.min(...levels));
}
