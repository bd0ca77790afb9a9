/**
 * Captions: the last words of who speaks, below the faces. Nothing is there until words come.
 *
 * Whoever transcribes pushes `caption` events (PROTOCOL.md); words that grow replace themselves by id.
 */

import { html } from "/vendor/preact.js";
import { useLive, useStore } from "./hooks.js";

export function Captions() {
  const { lines } = useStore(useLive().captions);
  if (lines.length === 0) return null;
  return html`<div class="captions" role="log" aria-live="polite" aria-label="字幕" data-testid="captions">
    ${lines.map((line) => html`<p key=${line.id}><strong>${line.name}</strong>${line.words}</p>`)}
  </div>`;
}
