/** Which screen of the desk, with the ringing in front of all of them. */

import { html } from "/vendor/preact.js";
import { screenOf } from "../state/desk.js";
import { useLive, useStore } from "../ui/hooks.js";
import { Toast, Waiting } from "../ui/parts.js";
import { LineTrouble, SilentBell } from "../ui/trouble.js";
import { useAlerts } from "./alerts.js";
import { DeviceCheck } from "./check.js";
import { Home } from "./home.js";
import { RingingDialog } from "./ringing.js";
import { Room } from "./room.js";
import { WrapUp } from "./wrapup.js";

/**
 * @typedef {{checked: boolean, later: string|null}} Local
 * @typedef {import("../state/store.js").Store<Local>} LocalStore
 */

/** @param {{local: LocalStore}} props */
export function App({ local }) {
  const known = useStore(useLive().known);
  const view = known.view?.role === "lawyer" ? known.view : null;
  const screen = screenOf(view, useStore(local));
  useAlerts(view);
  const ringing = screen !== "room" && view?.ringing;
  return html`
    ${screen !== "room" && html`<div class="troubles"><${LineTrouble} /></div><${SilentBell} />`}
    <${Screen} screen=${screen} view=${view} local=${local} />
    ${ringing && html`<${RingingDialog} key=${ringing.id} ringing=${ringing} />`}
    <${Toast} />
  `;
}

/**
 * @param {{screen: string, view: import("../wire/types.js").LawyerView|null, local: LocalStore}} props
 */
function Screen({ screen, view, local }) {
  if (!view) return html`<${Waiting} words="正在连接服务…" />`;
  const { session } = view;
  if (session && screen === "room") return html`<${Room} key=${session.id} session=${session} />`;
  if (session && screen === "wrapup") {
    return html`<${WrapUp}
      key=${session.id}
      session=${session}
      view=${view}
      later=${() => local.set({ later: session.id })}
    />`;
  }
  if (screen === "check") return html`<${DeviceCheck} done=${() => local.set({ checked: true })} />`;
  return html`<${Home}
    view=${view}
    check=${() => local.set({ checked: false })}
    resume=${() => local.set({ later: null })}
  />`;
}
