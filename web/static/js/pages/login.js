/** Sign-in at a desk. */

import { ask } from "../wire/api.js";
import { bindForm, bindReveal, byId } from "./dom.js";
import { safeNext } from "./next.js";

const form = byId("sign-in", HTMLFormElement);
const password = byId("password", HTMLInputElement);

bindReveal();
bindForm(form, async () => {
  const fields = new FormData(form);
  const body = { username: fields.get("username"), password: fields.get("password") };
  try {
    const answer = await ask("POST", "/api/sign-in", { body });
    location.replace(safeNext(location.search) ?? answer.next);
  } catch (error) {
    password.select();
    throw error;
  }
});
