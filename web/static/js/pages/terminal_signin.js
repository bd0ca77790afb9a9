/** Sign-in at a terminal: who, then the password. */

import { ask } from "../wire/api.js";
import { bindForm, bindReveal, byId } from "./dom.js";

const RELOAD_MS = 4 * 3600 * 1000;
const LOOK_MS = 60_000;
const WALKED_AWAY_MS = 3 * 60_000;
let account = "";
let walkedAway = 0;

/** Whether this page shows nothing that somebody is in the middle of. */
const isIdle = () => !account && !byId("self-test", HTMLElement).hasChildNodes();

/** Show the time, as it is in China whatever the machine is set to. */
function bindClock() {
  const clock = byId("clock", HTMLElement);
  const format = new Intl.DateTimeFormat("zh-CN", {
    month: "long",
    day: "numeric",
    weekday: "long",
    hour: "2-digit",
    minute: "2-digit",
    timeZone: "Asia/Shanghai",
  });
  const show = () => {
    clock.textContent = format.format(new Date());
  };
  show();
  setInterval(show, 10_000);
}

/** @param {HTMLButtonElement} card */
function choose(card) {
  account = card.dataset.account ?? "";
  byId("chosen", HTMLElement).textContent = card.dataset.name ?? "";
  byId("names", HTMLElement).hidden = true;
  byId("sign-in", HTMLFormElement).hidden = false;
  byId("password", HTMLInputElement).focus();
  touched();
}

function chooseAgain() {
  account = "";
  byId("sign-in", HTMLFormElement).hidden = true;
  byId("sign-in", HTMLFormElement).reset();
  byId("error", HTMLElement).textContent = "";
  byId("names", HTMLElement).hidden = false;
}

/** A name that was tapped by mistake, or left standing, does not keep the terminal from its rest. */
function touched() {
  clearTimeout(walkedAway);
  if (account) walkedAway = setTimeout(chooseAgain, WALKED_AWAY_MS);
}

function bindNames() {
  for (const sign of ["pointerdown", "keydown"]) addEventListener(sign, touched);
  for (const card of document.querySelectorAll("button[data-account]")) {
    if (card instanceof HTMLButtonElement) card.addEventListener("click", () => choose(card));
  }
  byId("back", HTMLButtonElement).addEventListener("click", chooseAgain);
  bindReveal();
  bindForm(byId("sign-in", HTMLFormElement), async () => {
    const password = byId("password", HTMLInputElement);
    try {
      const body = { account, password: password.value };
      const answer = await ask("POST", "/api/terminal/sign-in", { body });
      location.replace(answer.next);
    } catch (error) {
      password.select();
      throw error;
    }
  });
}

/**
 * The self-test, for whoever opens the station in the morning: nobody has to sign in for it.
 * Fetched when the names can be pressed already.
 */
async function bindSelfTest() {
  const [{ html, render }, { keepWatch }, { SelfTestDialog }] = await Promise.all([
    import("/vendor/preact.js"),
    import("../selftest/morning.js"),
    import("../selftest/panel.js"),
  ]);
  const place = byId("self-test", HTMLElement);
  const open = byId("self-test-open", HTMLButtonElement);
  const close = () => render(null, place);
  open.addEventListener("click", () => render(html`<${SelfTestDialog} close=${close} />`, place));
  open.disabled = false;
  keepWatch(isIdle);
}

bindClock();
if (document.getElementById("names")) bindNames();
void bindSelfTest();
// Nobody reloads a terminal: people and texts may have changed since the morning.
setInterval(() => {
  if (isIdle() && performance.now() >= RELOAD_MS) location.reload();
}, LOOK_MS);
