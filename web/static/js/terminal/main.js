/** The terminal at a township station. */

import { html, render } from "/vendor/preact.js";
import { Store } from "../state/store.js";
import { freshLocal, withView } from "../state/terminal.js";
import { LiveContext } from "../ui/hooks.js";
import { Live } from "../ui/live.js";
import { readBoot } from "../wire/boot.js";
import { App } from "./app.js";

const live = new Live(readBoot());
const local = new Store(freshLocal());

live.known.watch(({ view }) => {
  if (view?.role === "mediator") local.set(withView(local.value, view));
});

const root = document.getElementById("app");
if (!root) throw new Error("the page shell has no #app");
root.replaceChildren();
render(html`<${LiveContext.Provider} value=${live}><${App} local=${local} /><//>`, root);
live.start();
