/** The mediator's side of a talk apart (背对背): with whom, with the lawyer or without, and back. */

import { html, useState } from "/vendor/preact.js";
import { partiesInside } from "../state/people.js";
import { useLive } from "../ui/hooks.js";
import { Button, Dialog } from "../ui/parts.js";

/** @typedef {import("../wire/types.js").Session} Session */

/** @param {{session: Session}} props */
export function AsideButton({ session }) {
  const live = useLive();
  const [asking, setAsking] = useState(false);
  const { aside } = session;
  const back = () => live.command("aside.return", { session: session.id });
  if (aside) {
    const asked = aside.state === "invited";
    return html`<${Button} tone="go" icon="back" testid="aside-return" onClick=${back}>${asked ? "取消询问" : "回到大家"}<//>`;
  }
  if (session.state === "paused") return null;
  const can = session.state === "live" && partiesInside(session).length > 0;
  return html`<${Button} icon="apart" testid="aside" disabled=${!can} onClick=${() => setAsking(true)}>背对背<//>
    ${asking && html`<${Choice} session=${session} close=${() => setAsking(false)} />`}`;
}

/** @param {{session: Session, close: () => void}} props */
function Choice({ session, close }) {
  const live = useLive();
  const [lawyer, setLawyer] = useState(false);
  const ask = async (/** @type {string} */ person) => {
    close();
    await live.command("aside.invite", { session: session.id, person, with_lawyer: lawyer });
  };
  return html`<${Dialog} title="单独和谁谈？" testid="aside-choice" onClose=${close}>
    <p>其他人会在原处等候，听不到、看不到；这段谈话不录音录像。单独和终端旁的人谈时，请先请其他人离开这间屋子。</p>
    <label class="check"><input type="checkbox" data-testid="aside-lawyer" checked=${lawyer} onChange=${(/** @type {{currentTarget: HTMLInputElement}} */ event) => setLawyer(event.currentTarget.checked)} /><span>律师一起参加</span></label>
    <div class="share-ways">
      ${partiesInside(session).map((one) => html`<${Button} icon="person" testid="aside-with" onClick=${() => ask(one.id)}>和 ${one.name} 单独谈<//>`)}
    </div>
    <div class="dialog-actions"><${Button} onClick=${close}>返回<//></div>
  <//>`;
}
