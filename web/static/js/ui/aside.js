/** A talk apart as those in it, and those who wait, see it. */

import { html } from "/vendor/preact.js";
import { useLive } from "./hooks.js";
import { Icon } from "./icons.js";
import { KeptAsked, KeptWords } from "./kept.js";
import { Button, Note } from "./parts.js";

/** @typedef {import("../wire/types.js").Session} Session */

/** Whether this page waits while others talk apart. @param {Session} session */
export const waitsOutside = ({ aside }) =>
  aside !== null && !aside.mine && aside.state !== "invited";

/** In front of the stage of who waits. @param {{session: Session}} props */
export function WaitOutside({ session }) {
  const live = useLive();
  if (!waitsOutside(session)) return null;
  const me = session.participants.find((one) => one.me);
  const calling = me?.calling != null;
  const call = () => live.command("room.call", { session: session.id, calling: !calling });
  return html`<div class="paused aside-wait" role="status" data-testid="aside-wait">
    <${Icon} name="wait" />
    <p>调解员正在和一方单独谈话</p>
    <span>请稍等，回来后会自动接上。您现在说的话没有人听到，也不会录下来。</span>
    <${Button} tone=${calling ? "" : "primary"} icon="phone" testid="call-mediator" pressed=${calling} onClick=${call}>
      ${calling ? "已呼叫调解员，点这里取消" : "呼叫调解员"}
    <//>
  </div>`;
}

/** Over the room of who takes part. @param {{session: Session}} props */
export function AsideStrip({ session }) {
  const { aside } = session;
  if (!aside?.mine || aside.state === "invited") return null;
  const locked = aside.state === "locked";
  return html`<${Note} tone=${locked ? "go" : "wait"} icon="people" testid="aside-strip">
    <strong data-state=${aside.state}>${locked ? "单独谈话中，其他人听不到、看不到。" : "正在隔离房间，请先不要说要保密的话…"}</strong>
    <${KeptWords} session=${session} /><${KeptAsked} session=${session} />
  <//>`;
}
