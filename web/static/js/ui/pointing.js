/** Pointing at a shared page (指示点): press on it, and the others see where, for a moment. */

import { html, useEffect, useRef, useState } from "/vendor/preact.js";
import { pictureBox, placeOf, spotAt } from "../state/pointing.js";
import { useLive, useStore } from "./hooks.js";

/** @typedef {import("../wire/types.js").Session} Session */

/**
 * A layer over a picture in the same parent. With `press` one points; without, one only sees.
 * @param {{press?: boolean}} props
 */
export function Pointing({ press = false }) {
  const live = useLive();
  const { spots } = useStore(live.pointing);
  const { view } = useStore(live.known);
  const layer = useRef(/** @type {HTMLElement|null} */ (null));
  const box = useBox(layer, spots.length > 0);
  const people = view?.session?.participants ?? [];
  const at = (/** @type {PointerEvent} */ event) => {
    const found = boxOf(layer.current);
    const frame = layer.current?.getBoundingClientRect();
    const spot = found && frame && spotAt(found, event.clientX - frame.left, event.clientY - frame.top);
    if (spot) live.point(spot);
  };
  // A keyboard has no spot: Enter points at the middle.
  const middle = (/** @type {MouseEvent} */ event) => event.detail === 0 && live.point({ x: 0.5, y: 0.5 });
  return html`<span class="pointing" ref=${layer}>
    ${
      press &&
      html`<button
        type="button"
        class="pointing-press"
        data-testid="point"
        aria-label="点画面上的一处，指给大家看"
        onPointerDown=${at}
        onPointerMove=${(/** @type {PointerEvent} */ event) => event.buttons > 0 && at(event)}
        onClick=${middle}
      ></button>`
    }
    ${
      box &&
      spots.map((spot) => {
        const who = people.find((one) => one.id === spot.participant);
        const { left, top } = placeOf(box, spot);
        return html`<span key=${spot.participant} class=${spot.x > 0.6 ? "pointing-dot pointing-right" : "pointing-dot"} data-testid="pointed" style=${{ left: `${left}px`, top: `${top}px` }}>
          <span class="pointing-name">${who?.me ? "我" : (who?.name ?? "")}</span>
        </span>`;
      })
    }
  </span>`;
}

/** Where the picture lies now, kept right while something is pointed at. @param {{current: HTMLElement|null}} layer @param {boolean} needed */
function useBox(layer, needed) {
  const [box, setBox] = useState(/** @type {import("../state/pointing.js").Box|null} */ (null));
  useEffect(() => {
    const element = layer.current;
    if (!needed || !element) return undefined;
    const measure = () => setBox(boxOf(element));
    const watch = new ResizeObserver(measure);
    watch.observe(element);
    measure();
    return () => watch.disconnect();
  }, [needed]);
  return needed ? box : null;
}

/** @param {HTMLElement|null} layer */
function boxOf(layer) {
  const video = layer?.parentElement?.querySelector("video");
  if (!layer || !video) return null;
  const frame = { width: layer.clientWidth, height: layer.clientHeight };
  return pictureBox(frame, { width: video.videoWidth, height: video.videoHeight });
}
