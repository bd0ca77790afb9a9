/** Which screen, and a sound when it changes for somebody who has laid the phone down. */

import { html, useEffect, useRef, useState } from "/vendor/preact.js";
import { chime } from "../media/sounds.js";
import { dateWords } from "../state/format.js";
import { screenOf } from "../state/guest.js";
import { useLive, useStore } from "../ui/hooks.js";
import { Button, Note, Toast, Waiting } from "../ui/parts.js";
import { LineTrouble } from "../ui/trouble.js";
import { Asked } from "./asked.js";
import { Check } from "./check.js";
import { Lobby } from "./lobby.js";
import { Room } from "./room.js";

/**
 * @typedef {import("../wire/types.js").PartyView} PartyView
 * @typedef {import("../wire/types.js").GuestCard} GuestCard
 */

export function App() {
  const known = useStore(useLive().known);
  const view = known.view?.role === "party" ? known.view : null;
  const [returning, setReturning] = useState(false);
  const screen = screenOf(view, returning);
  useTold(screen);
  // Whoever leaves again has left again.
  useEffect(() => setReturning(false), [view?.guest?.state]);
  return html`
    ${screen !== "room" && html`<div class="troubles"><${LineTrouble} /></div>`}
    <${Screen} screen=${screen} view=${view} comeBack=${() => setReturning(true)} />
    <${Toast} />
  `;
}

/** @param {string} screen */
function useTold(screen) {
  const before = useRef(screen);
  useEffect(() => {
    const was = before.current;
    before.current = screen;
    document.getElementById("main")?.focus();
    if (was === "lobby" || (was === "room" && screen !== "room")) chime();
  }, [screen]);
}

/**
 * @param {{screen: import("../state/guest.js").Screen, view: PartyView|null, comeBack: () => void}} props
 */
function Screen({ screen, view, comeBack }) {
  const guest = view?.guest;
  if (screen === "room" && view?.session) return html`<${Room} key=${view.session.id} session=${view.session} />`;
  if (screen === "gone") return html`<${Gone} />`;
  if (!guest || screen === "loading") return html`<${Waiting} words="正在连接…" />`;
  if (screen === "left") return html`<${Left} guest=${guest} comeBack=${comeBack} />`;
  if (screen === "asked") return html`<${Asked} guest=${guest} />`;
  if (screen === "check") return html`<${Check} guest=${guest} />`;
  if (screen === "lobby") return html`<${Lobby} guest=${guest} />`;
  return html`<${Ended} guest=${guest} refused=${screen === "refused"} />`;
}

function Gone() {
  return html`<${Page} title="这个邀请已经失效" testid="guest-gone">
    <p class="g-lead">调解员可能给您发了新的邀请，请打开最新的那一个。</p>
  <//>`;
}

/** @param {{guest: GuestCard, comeBack: () => void}} props */
function Left({ guest, comeBack }) {
  return html`<${Page} title="您已离开" testid="guest-left">
    <p class="g-lead">摄像头和麦克风已关闭，没有人看得到您、听得到您。可以关闭这一页了。</p>
    <p class="soft">还想参加，就再进等候室，调解员会看到您在等候。</p>
    <${Contact} guest=${guest} />
    <div class="g-actions">
      <${Button} size="wide" testid="guest-return" onClick=${comeBack}>再进等候室<//>
    </div>
  <//>`;
}

/** @param {{guest: GuestCard, refused: boolean}} props */
function Ended({ guest, refused }) {
  return html`<${Page} title=${refused ? "这次不能进入" : "今天的调解结束了"} testid=${refused ? "guest-refused" : "guest-over"}>
    ${!refused && guest.goes_on && html`<${Note} tone="go" icon="clock">约定${dateWords(guest.goes_on)}继续，到时调解员会再发邀请给您。<//>`}
    ${guest.words && html`<${Note} tone="wait" icon="people">调解员留言：${guest.words}<//>`}
    <p class="g-lead">
      ${refused ? "请和调解员联系，需要时会再发一个邀请给您。" : "谢谢您。律师的书面建议由调解员打印或发给您；有疑问请联系调解站。"}
    </p>
    <${Contact} guest=${guest} />
  <//>`;
}

/** @param {{guest: GuestCard}} props */
export function Contact({ guest }) {
  const { station, number } = guest;
  return html`
    <p class="soft">会话编号 ${number} · 调解员 ${guest.mediator}${station ? ` · ${station.name}` : ""}</p>
    ${station?.phone && html`<a class="button wide" href=${`tel:${station.phone}`}>给调解站打电话 ${station.phone}</a>`}
  `;
}

/**
 * One column with a title.
 * @param {{title: string, testid: string, children: import("preact").ComponentChildren}} props
 */
export function Page({ title, testid, children }) {
  return html`<main id="main" class="g-page" tabindex="-1" data-testid=${testid}>
    <header class="g-head"><img src="/static/favicon.svg" alt="" /><span>远程调解</span></header>
    <h1>${title}</h1>
    ${children}
  </main>`;
}
