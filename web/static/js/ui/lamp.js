/** The REC lamp and the words on everybody's connection. */

import { html } from "/vendor/preact.js";
import { elapsed } from "../state/format.js";
import { connectionWords, keptLamp, lamp } from "../state/words.js";
import { useLive, useNow, useStore } from "./hooks.js";

/** @param {{session: import("../wire/types.js").Session}} props */
export function RecLamp({ session }) {
  const { line } = useStore(useLive().known);
  const informed = line.phase === "connected";
  const own = lamp(session.recording, useNow(), informed, session.participants);
  const { tone, words } = keptLamp(session.aside?.kept ?? null, informed) ?? own;
  const role = tone === "alarm" ? "alert" : undefined;
  return html`<div
    class=${`lamp lamp-${tone}`}
    role=${role}
    data-testid="rec-lamp"
    data-state=${session.recording.state}
  >
    <span class="lamp-dot" aria-hidden="true"></span>${words}
  </div>`;
}

/** @param {{since: number|null}} props */
export function Elapsed({ since }) {
  const now = useNow();
  return html`<span class="elapsed" data-testid="elapsed">
    ${since === null ? "--:--" : elapsed(now - since)}
  </span>`;
}

/** @param {{participant: import("../wire/types.js").Participant}} props */
export function ConnectionWords({ participant }) {
  const { quality } = useStore(useLive().known);
  const { tone, words } = connectionWords(participant, quality[participant.id]);
  const exact = quality[participant.id];
  const title = exact
    ? `丢包 ${(exact.loss * 100).toFixed(1)}%，往返 ${exact.rtt_ms ?? "–"} 毫秒，${Math.round(exact.kbps)} kbit/s`
    : undefined;
  return html`<span class=${`line-words line-${tone}`} title=${title} data-testid="quality">
    <span class="line-bars" aria-hidden="true"></span>${words}
  </span>`;
}
