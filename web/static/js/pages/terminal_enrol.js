/** A terminal's enrolment: eight digits, by the keys on the screen or a keyboard. */

import { ask } from "../wire/api.js";
import { bindForm, byId } from "./dom.js";

const DIGITS = 8;
const form = byId("enrol", HTMLFormElement);
const field = byId("code", HTMLInputElement);

/** @param {string} text */
function show(text) {
  const digits = text.replace(/\D/g, "").slice(0, DIGITS);
  field.value = digits.length > 4 ? `${digits.slice(0, 4)}-${digits.slice(4)}` : digits;
}

/** @param {string} key */
function press(key) {
  const digits = field.value.replace(/\D/g, "");
  if (key === "clear") show("");
  else if (key === "back") show(digits.slice(0, -1));
  else show(digits + key);
}

for (const button of form.querySelectorAll("button[data-key]")) {
  if (!(button instanceof HTMLButtonElement)) continue;
  button.addEventListener("click", () => press(button.dataset.key ?? ""));
}
field.addEventListener("input", () => show(field.value));

bindForm(form, async () => {
  if (field.value.length !== DIGITS + 1) throw new Error("登记码是八位数字，请补全。");
  const answer = await ask("POST", "/api/terminal/enrol", { body: { code: field.value } });
  location.replace(answer.next);
});

show(new URLSearchParams(location.search).get("code") ?? "");
