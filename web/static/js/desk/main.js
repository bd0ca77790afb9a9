/** The lawyer's desk. */

import { html, render } from "/vendor/preact.js";
import { Store } from "../state/store.js";
import { LiveContext } from "../ui/hooks.js";
import { Live } from "../ui/live.js";
import { readBoot } from "../wire/boot.js";
import { App } from "./app.js";
import { wasChecked } from "./check.js";

const live = new Live(readBoot());
const local = new Store({ checked: wasChecked(), later: /** @type {string|null} */ (null) });

const root = document.getElementById("app");
if (!root) throw new Error("the page shell has no #app");
root.replaceChildren();
render(html`<${LiveContext.Provider} value=${live}><${App} local=${local} /><//>`, root);
live.start();
