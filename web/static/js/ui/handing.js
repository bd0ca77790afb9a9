/** A colleague is being rung beside the talk: everybody in the room is told in plain words. */

import { html } from "/vendor/preact.js";
import { secondsLeft } from "../state/format.js";
import { useNow } from "./hooks.js";
import { Note } from "./parts.js";

/** @typedef {import("../wire/types.js").Session} Session */

/** Told to who asked, until they have read it. @param {{children?: import("preact").ComponentChildren}} props */
function Unmet({ children }) {
  return html`<${Note} tone="wait" icon="phone" testid="nobody-came">
    <strong>现在没有律师能来，会话由您继续。</strong>
    <span>可以过一会儿再请。</span>
    ${children}
  <//>`;
}

/** @param {{session: Session, children?: import("preact").ComponentChildren}} props */
export function HandingStrip({ session, children }) {
  const now = useNow();
  const { handing, lawyer } = session;
  if (!handing) return null;
  if (handing.unmet) return session.lead && html`<${Unmet}>${children}<//>`;
  const who = session.lead ? "您" : `${lawyer?.name ?? ""}律师`;
  const whom = handing.name ? `${handing.name}律师` : "一位有空的律师";
  const words =
    handing.kind === "transfer" ? `${who}正在把这次会话转给${whom}` : `${who}正在请${whom}一起参加`;
  const left = handing.until === null ? "" : `，还有 ${secondsLeft(handing.until, now)} 秒`;
  return html`<${Note} tone="wait" icon="phone" testid="handing">
    <strong>${words}${left}。</strong>
    <span>接听前一切照旧，不用挂断。</span>
    ${children}
  <//>`;
}
