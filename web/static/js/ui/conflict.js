/** A lawyer in the talk has declared an interest in one of its parties, who was named only now. */

import { html } from "/vendor/preact.js";
import { Note } from "./parts.js";

/** @typedef {import("../wire/types.js").Session} Session */

/** The lawyer's own declaration, and what they can do. @param {{session: Session}} props */
export function OwnConflict({ session }) {
  if (!session.conflict) return null;
  return html`<${Note} tone="stop" icon="person" testid="own-conflict">
    <strong>您对其中一位当事人申报过回避。</strong>
    <span>${session.lead ? "请按“请同事”转给别人，或交回值班台。" : "请离开，其他人继续。"}</span>
  <//>`;
}

/** To the mediator: neither whose declaration it is nor whom it names. @param {{session: Session}} props */
export function LawyersConflict({ session }) {
  if (!session.conflict) return null;
  return html`<${Note} tone="stop" icon="person" testid="lawyers-conflict">
    <strong>参加谈话的律师对其中一位当事人申报过回避。</strong>
    <span>请暂停谈话，请律师换人后再继续。</span>
  <//>`;
}
