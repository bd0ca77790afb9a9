/**
 * Large text, remembered on this device: the page is drawn with it before anything else is.
 *
 * Any button with data-text-size switches it; which of its words are shown is the style's business.
 */

const KEY = "yuntiao.text";
const root = document.documentElement;

/** @param {boolean} large */
function show(large) {
  if (large) root.dataset["text"] = "large";
  else delete root.dataset["text"];
}

show(localStorage.getItem(KEY) === "large");
document.addEventListener("click", (event) => {
  const pressed = event.target instanceof Element && event.target.closest("[data-text-size]");
  if (!pressed) return;
  const large = root.dataset["text"] !== "large";
  show(large);
  if (large) localStorage.setItem(KEY, "large");
  else localStorage.removeItem(KEY);
});
