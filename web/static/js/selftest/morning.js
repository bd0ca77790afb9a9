/**
 * A terminal says once a minute that it is on, and tests itself once a day while nobody uses it.
 *
 * Stations open at nine: the first quiet minutes after six are before that, and a terminal that is
 * switched on later tests itself then.
 */

import { checkIn, runSelfTest } from "./run.js";

const EVERY_MS = 60_000;
const QUIET_MS = 90_000;
const FROM_HOUR = 6;

/**
 * @param {() => boolean} idle  whether this page shows nothing that a test would disturb
 * @param {(wrong: string[]) => void} [told]  what the newest test found wrong, in words
 * @returns {() => void} stops it
 */
export function keepWatch(idle, told = () => undefined) {
  let touched = performance.now();
  let testing = false;
  const touch = () => (touched = performance.now());
  const signs = /** @type {const} */ (["pointerdown", "keydown"]);
  for (const sign of signs) window.addEventListener(sign, touch);
  const round = async () => {
    if (testing) return;
    testing = true;
    try {
      const known = await checkIn();
      const quiet = performance.now() - touched >= QUIET_MS;
      if (!known.tested_today && quiet && idle() && hourInChina(known.now) >= FROM_HOUR) {
        await runSelfTest("morning");
        told((await checkIn()).wrong);
      } else told(known.wrong);
    } catch {
      // The service is away: the wall shows that nothing is heard of this terminal.
    } finally {
      testing = false;
    }
  };
  void round();
  const timer = setInterval(round, EVERY_MS);
  return () => {
    clearInterval(timer);
    for (const sign of signs) window.removeEventListener(sign, touch);
  };
}

/** @param {number} now */
function hourInChina(now) {
  return new Date(now + 8 * 3600_000).getUTCHours();
}
