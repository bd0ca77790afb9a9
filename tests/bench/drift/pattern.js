/**
 * Camera and microphone of a page that show and sound a fresh event at every second even second of
 * the wall clock: the picture turns white with the event's number in four cells, and a tone of that
 * number's pitch begins. Nothing repeats within 32 s, so an event cannot be taken for another.
 */
{
  const EVERY_MS = 2000;
  const LASTS_MS = 200;
  // By event: how late (ms) a busy machine let it be drawn, and sounded.
  window.yuntiaoMade = { drawn: {}, sounded: {} };
  const pitch = (number) => 600 + 100 * (number % 16);

  const camera = () => {
    const canvas = document.createElement("canvas");
    canvas.width = 320;
    canvas.height = 180;
    const pen = canvas.getContext("2d");
    setInterval(() => {
      const now = Date.now();
      const number = Math.floor(now / EVERY_MS);
      const on = now % EVERY_MS < LASTS_MS;
      if (on) window.yuntiaoMade.drawn[number] ??= now % EVERY_MS;
      pen.fillStyle = on ? "#fff" : "#222";
      pen.fillRect(0, 0, 320, 180);
      for (let cell = 0; cell < 4; cell += 1) {
        pen.fillStyle = on && (number >> cell) & 1 ? "#fff" : "#000";
        pen.fillRect(cell * 80, 0, 80, 60);
      }
      // Something that always moves, so that a picture comes all the time.
      pen.fillStyle = "#888";
      pen.fillRect((now / 20) % 320, 150, 20, 20);
    }, 20);
    return canvas.captureStream(25);
  };

  const microphone = () => {
    const context = new AudioContext({ sampleRate: 48000 });
    const sink = context.createMediaStreamDestination();
    // Without anything that sounds all the time a page gives no sound at all, not even silence.
    const floor = new GainNode(context, { gain: 0.001 });
    const hum = new OscillatorNode(context, { frequency: 100 });
    hum.connect(floor).connect(sink);
    hum.start();
    let planned = 0;
    setInterval(() => {
      const next = Math.floor(Date.now() / EVERY_MS) + 1;
      if (next === planned || next * EVERY_MS - Date.now() > 500) return;
      planned = next;
      const until = next * EVERY_MS - Date.now();
      const at = context.currentTime + until / 1000;
      window.yuntiaoMade.sounded[next] = Math.max(0, -until);
      const tone = new OscillatorNode(context, { frequency: pitch(next) });
      const gain = new GainNode(context, { gain: 0.5 });
      tone.connect(gain).connect(sink);
      tone.start(at);
      tone.stop(at + LASTS_MS / 1000);
    }, 50);
    return sink.stream;
  };

  // One source each, however often a page opens and stops its devices.
  const made = {};
  navigator.mediaDevices.getUserMedia = async (wanted) => {
    if (wanted.video) return (made.camera ??= camera()).clone();
    return (made.microphone ??= microphone()).clone();
  };
}
