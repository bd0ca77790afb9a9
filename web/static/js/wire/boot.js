/** What the page was given by its shell. */

/** @returns {import("./types.js").Boot} */
export function readBoot() {
  const element = document.getElementById("boot");
  if (!element?.textContent) throw new Error("the page shell has no boot data");
  return JSON.parse(element.textContent);
}
