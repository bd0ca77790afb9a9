// @ts-check
/** What hangs over the time line where the pointer rests. */

import { html, useEffect, useRef } from "/vendor/preact.js";

/** Half the width of a bubble of a time alone, and of each small picture in it. */
const HALF_TEXT = 70;
const HALF_PICTURE = 88;

/**
 * The moment under the pointer: its time, and what could be seen then.
 * @param {{x: number, width: number, text: string,
 *   pictures: import("./use-pictures.js").Thumbnail[], watermark: string}} props
 */
export function Bubble({ x, width, text, pictures, watermark }) {
  const there = pictures.filter(({ picture }) => picture);
  const half = Math.max(HALF_TEXT, HALF_PICTURE * there.length + 8);
  const at = Math.max(half, Math.min(width - half, x));
  return html`<div class="lane-bubble" style=${{ transform: `translateX(calc(${at}px - 50%))` }}>
    ${there.length > 0 && html`<div class="thumbnails" data-testid="thumbnails">
      ${there.map((one) => html`<${Small} key=${one.key} ...${one} watermark=${watermark} />`)}
    </div>`}
    ${text}
  </div>`;
}

/** @param {{name: string, picture: ImageBitmap | null, watermark: string}} props */
function Small({ name, picture, watermark }) {
  const canvas = useRef(/** @type {HTMLCanvasElement | null} */ (null));
  useEffect(() => {
    const paint = canvas.current?.getContext("2d");
    if (!paint || !picture) return;
    paint.drawImage(picture, 0, 0);
    stamp(paint, watermark);
  }, [picture, watermark]);
  return html`<figure>
    <canvas ref=${canvas} width=${picture?.width} height=${picture?.height} />
    <figcaption>${name}</figcaption>
  </figure>`;
}

/**
 * Write across a small picture who looks at it: as on the large ones, a photo of it names them.
 * @param {CanvasRenderingContext2D} paint
 * @param {string} text
 */
function stamp(paint, text) {
  const { width, height } = paint.canvas;
  paint.save();
  paint.translate(width / 2, height / 2);
  paint.rotate(-Math.PI / 10);
  paint.font = `12px ${getComputedStyle(paint.canvas).fontFamily}`;
  paint.textAlign = "center";
  paint.fillStyle = "rgb(255 255 255 / 35%)";
  paint.shadowColor = "rgb(0 0 0 / 60%)";
  paint.shadowBlur = 2;
  for (const line of [-1, 0, 1]) paint.fillText(text, 0, (line * height) / 2.5, width * 0.9);
  paint.restore();
}
