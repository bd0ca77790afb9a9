/** Our own icons: outlines on a 24-unit grid, always beside words. */

import { html } from "/vendor/preact.js";

/** @type {Record<string, string>} */
const PATHS = {
  handshake: "M3 7l4-2 5 2 5-2 4 2v8l-3 2M3 7v8l5 4 3 2 3-2M12 7l-4 4 2 2 3-2 5 5-2 2M14 19l2-1",
  book: "M5 4h11a3 3 0 0 1 3 3v13H8a3 3 0 0 1-3-3zM5 17a3 3 0 0 1 3-3h11M9 8h6",
  phone: "M6 3h3l2 5-2.5 1.5a11 11 0 0 0 6 6L16 13l5 2v3a3 3 0 0 1-3 3A15 15 0 0 1 3 6a3 3 0 0 1 3-3z",
  hangup: "M3 14c5-5 13-5 18 0l-2 3-4-2v-2a12 12 0 0 0-6 0v2l-4 2z",
  mic: "M12 3a3 3 0 0 1 3 3v5a3 3 0 0 1-6 0V6a3 3 0 0 1 3-3zM6 11a6 6 0 0 0 12 0M12 17v4M9 21h6",
  micOff: "M9 9v2a3 3 0 0 0 5 2M15 10V6a3 3 0 0 0-6-1M6 11a6 6 0 0 0 10 4M18 11v1M12 17v4M9 21h6M4 4l16 16",
  camera: "M4 7h10a2 2 0 0 1 2 2v6a2 2 0 0 1-2 2H4a2 2 0 0 1-2-2V9a2 2 0 0 1 2-2zM16 11l6-3v8l-6-3",
  cameraOff: "M4 7h1m4 0h5a2 2 0 0 1 2 2v2l6-3v8l-4-2M16 16a2 2 0 0 1-2 1H4a2 2 0 0 1-2-2V9M3 3l18 18",
  paper: "M6 3h8l4 4v14H6zM14 3v4h4M9 12h6M9 16h6",
  photo: "M4 7h3l2-3h6l2 3h3v13H4zM12 17a4 4 0 1 0 0-8 4 4 0 0 0 0 8z",
  pause: "M8 5v14M16 5v14",
  play: "M7 4l12 8-12 8z",
  check: "M4 12l6 6L20 6",
  cross: "M5 5l14 14M19 5L5 19",
  back: "M15 5l-7 7 7 7",
  next: "M9 5l7 7-7 7",
  plus: "M12 4v16M4 12h16",
  home: "M3 11l9-8 9 8M5 10v10h5v-6h4v6h5V10",
  people: "M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM2 20a7 7 0 0 1 14 0M16 4.5a3.5 3.5 0 0 1 0 6.5M18 14a7 7 0 0 1 4 6",
  person: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4 21a8 8 0 0 1 16 0",
  help: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM9.5 9.5a2.5 2.5 0 1 1 3.5 2.3c-.7.4-1 .9-1 1.7M12 16.5v.5",
  speaker: "M4 9v6h4l5 4V5L8 9zM16 9a4 4 0 0 1 0 6M18.5 6.5a8 8 0 0 1 0 11",
  print: "M7 9V3h10v6M5 9h14a2 2 0 0 1 2 2v6h-4M7 17H3v-6a2 2 0 0 1 2-2M7 14h10v7H7z",
  alert: "M12 3l10 18H2zM12 10v5M12 17.5v.5",
  wifi: "M2 9a15 15 0 0 1 20 0M5.5 12.5a10 10 0 0 1 13 0M9 16a5 5 0 0 1 6 0M12 19.5v.5",
  clock: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 7v5l3 3",
  flag: "M6 21V4h11l-2 4 2 4H6",
  edit: "M4 20l1-5L16 4l4 4L9 19zM14 6l4 4",
  wait: "M7 3h10M7 21h10M8 3c0 5 8 6 8 9s-8 4-8 9M16 3c0 5-8 6-8 9s8 4 8 9",
  plug: "M9 3v5M15 3v5M6 8h12v3a6 6 0 0 1-12 0zM12 17v4",
  house: "M3 12l9-8 9 8M6 10v10h12V10M10 20v-6h4v6",
  family: "M12 20s-8-5-8-11a4.5 4.5 0 0 1 8-2.8A4.5 4.5 0 0 1 20 9c0 6-8 11-8 11z",
  fence: "M4 21V8l2-3 2 3v13M16 21V8l2-3 2 3v13M8 11h8M8 17h8M12 21V8",
  factory: "M3 21V10l6 4v-4l6 4V5h3l1 16zM7 17h2M13 17h2",
  scales: "M12 3v18M7 21h10M4 7h16M4 7l-2.5 6a3 3 0 0 0 5 0zM20 7l-2.5 6a3 3 0 0 0 5 0z",
  receipt: "M6 3h12v18l-3-2-3 2-3-2-3 2zM9 8h6M9 12h6",
  tree: "M12 21v-7M12 14c-4 0-7-2-6-5 0-3 3-6 6-6s6 3 6 6c1 3-2 5-6 5z",
  leaf: "M5 19C4 10 10 4 20 4c0 10-6 16-15 15zM5 19l8-8",
  wages: "M3 7h18v11H3zM12 15a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5zM6 10v5M18 10v5",
  car: "M3 16v-4l2-6h14l2 6v4zM3 12h18M7 16v3M17 16v3",
  medical: "M9 4h6v5h5v6h-5v5H9v-5H4V9h5z",
  bag: "M5 8h14l1 13H4zM9 8a3 3 0 0 1 6 0",
  plane: "M3 13l18-8-7 16-3-6z",
  land: "M3 18l6-9 4 5 3-4 5 8zM3 21h18",
  building: "M5 21V4h9v17M14 10h5v11M8 8h3M8 12h3M8 16h3M3 21h18",
  apart: "M8 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM2 20a6 6 0 0 1 10-4.5M17 4a3 3 0 0 1 0 6M19 14a6 6 0 0 1 3 5M14 3v18",
  dots: "M5 12h1M11.5 12h1M18 12h1",
  swap: "M4 8h14l-4-4M20 16H6l4 4",
};

/** @type {Record<string, string>} by the matter's code in the national list */
const MATTER_ICONS = {
  "01": "family",
  "02": "fence",
  "03": "house",
  "04": "paper",
  "05": "factory",
  "06": "scales",
  "07": "tree",
  "08": "land",
  "09": "leaf",
  10: "wages",
  11: "people",
  12: "plane",
  13: "bag",
  14: "receipt",
  15: "medical",
  16: "car",
  17: "building",
};

/** @param {string} code */
export const matterIcon = (code) => MATTER_ICONS[code] ?? "dots";

/** @param {{name: string}} props */
export function Icon({ name }) {
  return html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
    <path d=${PATHS[name] ?? PATHS["dots"]} />
  </svg>`;
}
