/** Choosing a free time: first the day, then the time, then the lawyer where several are free. */

import { html, useEffect, useState } from "/vendor/preact.js";
import { byDay, timeOf } from "../state/appointments.js";
import { ask } from "../wire/api.js";

/**
 * @typedef {import("../state/appointments.js").Slot} Slot
 * @typedef {import("../state/appointments.js").Day} Day
 */

/**
 * `question`: the query of /api/appointments/slots, as text.
 * @param {{question: string, chosen: Slot|null, choose: (slot: Slot) => void}} props
 */
export function SlotChoice({ question, chosen, choose }) {
  const [days, setDays] = useState(/** @type {Day[]|null} */ (null));
  const [error, setError] = useState("");
  const [day, setDay] = useState(0);
  useEffect(() => {
    let stale = false;
    setDays(null);
    ask("GET", `/api/appointments/slots?${question}`).then(
      ({ items }) => stale || setDays(byDay(items)),
      (/** @type {Error} */ problem) => stale || setError(problem.message),
    );
    return () => {
      stale = true;
    };
  }, [question]);
  if (error) return html`<p class="error" role="alert">${error}</p>`;
  if (!days) return html`<p class="loading">正在查空闲时间…</p>`;
  const shown = days[Math.min(day, days.length - 1)];
  if (!shown) return html`<p class="note wait" data-testid="no-slots">两周内值班表上没有可约的时间，请改用回电或热线。</p>`;
  return html`<div class="slots" data-testid="slots">
    <div class="slot-days" role="group" aria-label="哪一天">
      ${days.map(
        (one, n) => html`<button type="button" class="slot" aria-pressed=${one === shown} onClick=${() => setDay(n)}>${one.day}</button>`,
      )}
    </div>
    <div class="slot-times" role="group" aria-label="几点">
      ${shown.times.flatMap(({ at, lawyers }) =>
        lawyers.map(
          (lawyer) => html`<button
            type="button"
            class="slot"
            data-testid="slot"
            aria-pressed=${chosen?.starts_at === at && chosen.lawyer.id === lawyer.id}
            onClick=${() => choose({ starts_at: at, lawyer })}
          >
            <strong>${timeOf(at)}</strong><span>${lawyer.name}律师</span>
          </button>`,
        ),
      )}
    </div>
  </div>`;
}
