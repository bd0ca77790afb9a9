/** The page of somebody who joins from a phone or a computer elsewhere. */

import { html, render } from "/vendor/preact.js";
import { LiveContext } from "../ui/hooks.js";
import { Live } from "../ui/live.js";
import { readBoot } from "../wire/boot.js";
import { App } from "./app.js";

const live = new Live(readBoot(), "/join");

const root = document.getElementById("app");
if (!root) throw new Error("the page shell has no #app");
root.replaceChildren();
render(html`<${LiveContext.Provider} value=${live}><${App} /><//>`, root);
live.start();
