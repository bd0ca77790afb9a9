/** The switch between ordinary and large text; js/pages/text_size.js does what it says. */

import { html } from "/vendor/preact.js";

/** @param {{quiet?: boolean}} props */
export function TextSize({ quiet = false }) {
  return html`<button class=${quiet ? "button quiet" : "button"} type="button" data-text-size data-testid="text-size">
    <span class="text-to-large">大字</span><span class="text-to-normal">标准字</span>
  </button>`;
}
