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
  const [chosen, setChosen] = useState(/** @type {string[]} */ ([]));
  const present = session.participants.filter((one) => one.role === "lawyer" && one.state !== "left");
  const lawyers = chosen.filter((id) => present.some((one) => one.id === id));
  const toggle = (/** @type {string} */ id) =>
    setChosen(chosen.includes(id) ? chosen.filter((one) => one !== id) : [...chosen, id]);
  const ask = async (/** @type {string} */ person) => {
    close();
    await live.command("aside.invite", { session: session.id, person, lawyers });
  };
  return html`<${Dialog} title="单独和谁谈？" testid="aside-choice" onClose=${close}>
    <p>其他人会在原处等候，听不到、看不到；这段谈话不录音录像，除非参加的人另外都同意。单独和终端旁的人谈时，请先请其他人离开这间屋子。</p>
    <div class="t-asked-along" role="group" aria-label="请哪位律师一起参加，可以都不请">
      ${present.map(
        (one) => html`<${Button}
          key=${one.id}
          icon=${lawyers.includes(one.id) ? "check" : "plus"}
          testid="aside-lawyer"
          pressed=${lawyers.includes(one.id)}
          onClick=${() => toggle(one.id)}
          >${lawyers.includes(one.id) ? `${one.name}律师一起参加` : `请${one.name}律师参加`}<//
        >`,
      )}
    </div>
    <div class="share-ways">
      ${partiesInside(session).map((one) => html`<${Button} icon="person" testid="aside-with" onClick=${() => ask(one.id)}>和 ${one.name} 单独谈<//>`)}
    </div>
    <div class="dialog-actions"><${Button} onClick=${close}>返回<//></div>
  <//>`;
}
