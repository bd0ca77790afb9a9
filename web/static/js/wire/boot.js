/** What the page was given by its shell. */

/** @returns {import("./types.js").Boot} */
export function readBoot() {
  const element = document.getElementById("boot");
  if (!element?.textContent) throw new Error("the page shell has no boot data");
  return JSON.parse(element.textContent);
}

/**
 * The station's name, whichever shape the shell gives it in.
 * @param {import("./types.js").Boot["me"]} me
 */
export function stationName(me) {
  return typeof me.station === "string" ? me.station : (me.station?.name ?? "");
}
