/** Sign-in at a desk: the password, then the one-time code of whoever has set codes up. */

import { ApiError, ask } from "../wire/api.js";
import { bindForm, bindReveal, byId } from "./dom.js";
import { safeNext } from "./next.js";

const form = byId("sign-in", HTMLFormElement);
const password = byId("password", HTMLInputElement);
const codeField = byId("code-field", HTMLElement);
const code = byId("code", HTMLInputElement);

function askForCode() {
  codeField.hidden = false;
  code.required = true;
  code.focus();
}

bindReveal();
bindForm(form, async () => {
  const fields = new FormData(form);
  const body = {
    username: fields.get("username"),
    password: fields.get("password"),
    code: code.value.trim(),
  };
  try {
    const answer = await ask("POST", "/api/sign-in", { body });
    location.replace(safeNext(location.search) ?? answer.next);
  } catch (error) {
    const about = error instanceof ApiError ? error.code : "";
    if (about === "code_needed") askForCode();
    else if (about === "wrong_one_time_code") code.select();
    else password.select();
    throw error;
  }
});
