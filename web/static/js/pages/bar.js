/** The bar of admin pages: signing out. */

import { ask } from "../wire/api.js";
import { readBoot } from "../wire/boot.js";

const { csrf } = readBoot();

for (const button of document.querySelectorAll("button[data-sign-out]")) {
  if (!(button instanceof HTMLButtonElement)) continue;
  button.addEventListener("click", async () => {
    button.disabled = true;
    // Whatever goes wrong, the way on is the same: the door says whether one is still in.
    await ask("POST", "/api/sign-out", { csrf }).catch(() => null);
    location.assign("/");
  });
}
