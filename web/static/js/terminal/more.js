/** What a mediator needs seldom, behind one button; and, beside it, the one thing that cannot wait. */

import { html, useState } from "/vendor/preact.js";
import { ShareChoice, pause, resume } from "../ui/controls.js";
import { GivePhoto } from "../ui/give-photo.js";
import { useLive, useStore } from "../ui/hooks.js";
import { Button, Dialog } from "../ui/parts.js";
import { Adjourn } from "./adjourn.js";

/**
 * @typedef {import("../wire/types.js").Session} Session
 *
 * @typedef {object} MoreProps
 * @property {Session} session
 * @property {number} unread  messages that nobody has seen yet
 * @property {boolean} writing
 * @property {() => void} write  opens and closes the messages
 */

/** @param {MoreProps} props */
export function More({ session, unread, writing, write }) {
  const [open, setOpen] = useState(/** @type {""|"all"|"share"|"photo"|"adjourn"} */ (""));
  const close = () => setOpen("");
  const count = unread > 0 ? `（${unread}）` : "";
  const choose = (/** @type {() => unknown} */ act) => () => {
    close();
    return act();
  };
  return html`
    <${AtOnce} session=${session} writing=${writing} write=${write} />
    <${Button} icon="dots" testid="more" label=${unread > 0 ? `更多，有 ${unread} 条新消息` : undefined} onClick=${() => setOpen("all")}>更多${count}<//>
    ${
      open === "all" &&
      html`<${Dialog} title="更多" testid="more-dialog" onClose=${close}>
        <div class="t-more">
          <${Sharing} choose=${() => setOpen("share")} close=${close} />
          <${Button} icon="photo" testid="give-photo-open" onClick=${() => setOpen("photo")}>证据照片<//>
          <${Button} icon="edit" testid="chat" onClick=${choose(write)}>${writing ? "收起消息" : `文字消息${count}`}<//>
          <${Halting} session=${session} choose=${choose} />
          <${Button} icon="clock" testid="adjourn" disabled=${session.state === "accepted"} onClick=${() => setOpen("adjourn")}>休会，改日继续<//>
        </div>
        <div class="dialog-actions"><${Button} testid="more-close" onClick=${close}>返回通话<//></div>
      <//>`
    }
    ${open === "adjourn" && html`<${Adjourn} session=${session} close=${close} />`}
    ${open === "photo" && html`<${GivePhoto} session=${session} close=${close} cameras />`}
    ${open === "share" && html`<${ShareChoice} close=${close} />`}
  `;
}

/** What has been stopped or shown is ended where it is seen. @param {{session: Session, writing: boolean, write: () => void}} props */
function AtOnce({ session, writing, write }) {
  const live = useLive();
  const { screen } = useStore(live.capture);
  if (session.state === "paused") {
    return html`<${Button} tone="go" icon="play" testid="resume" onClick=${() => resume(live, session)}>继续<//>`;
  }
  if (screen) return html`<${Button} icon="paper" testid="share-stop" pressed=${true} onClick=${() => live.capture.stopSharing()}>停止展示<//>`;
  if (writing) return html`<${Button} icon="edit" testid="chat-close" pressed=${true} onClick=${write}>收起消息<//>`;
  return null;
}

/** @param {{choose: () => void, close: () => void}} props */
function Sharing({ choose, close }) {
  const { capture } = useLive();
  const { screen } = useStore(capture);
  const stop = () => {
    close();
    return capture.stopSharing();
  };
  return html`<${Button} icon="paper" testid="share" onClick=${screen ? stop : choose}>${screen ? "停止展示" : "展示材料"}<//>`;
}

/** @param {{session: Session, choose: (act: () => unknown) => () => unknown}} props */
function Halting({ session, choose }) {
  const live = useLive();
  const can = session.state === "live";
  return html`<${Button} icon="pause" testid="pause" disabled=${!can} onClick=${choose(() => pause(live, session))}>暂停休息<//>`;
}
