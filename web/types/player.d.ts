import type { Probe } from "../static/js/player/player.js";

declare global {
  interface Window {
    /** The open player, for tests. */
    yuntiaoPlayer?: Probe;
  }
}
