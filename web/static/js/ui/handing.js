/** A colleague is being rung beside the talk: everybody in the room is told in plain words. */

import { html } from "/vendor/preact.js";
import { secondsLeft } from "../state/format.js";
import { useNow } from "./hooks.js";
import { Note } from "./parts.js";

/** @typedef {import("../wire/types.js").Session} Session */

/** @param {{session: Session, children?: import("preact").ComponentChildren}} props */
export function HandingStrip({ session, children }) {
  const now = useNow();
  const { handing, lawyer } = session;
  if (!handing) return null;
  const who = session.lead ? "您" : `${lawyer?.name ?? ""}律师`;
  const words =
    handing.kind === "transfer"
      ? `${who}正在把这次会话转给${handing.name}律师`
      : `${who}正在请${handing.name}律师一起参加`;
  return html`<${Note} tone="wait" icon="phone" testid="handing">
    <strong>${words}，还有 ${secondsLeft(handing.until, now)} 秒。</strong>
    <span>接听前一切照旧，不用挂断。</span>
    ${children}
  <//>`;
}
