/** The room on a phone: the faces, and a bar of few words. */

import { html, useState } from "/vendor/preact.js";
import { byVoice } from "../state/media.js";
import { AsideStrip } from "../ui/aside.js";
import { Chat, ChatButton, useUnread } from "../ui/chat.js";
import { GivePhoto } from "../ui/give-photo.js";
import { useAwake, useLive, useOpenDevices, useStore } from "../ui/hooks.js";
import { RecLamp } from "../ui/lamp.js";
import { Button, Dialog } from "../ui/parts.js";
import { PhotoStrip } from "../ui/photos.js";
import { Stage } from "../ui/stage.js";
import { Troubles } from "../ui/trouble.js";

/** @typedef {import("../wire/types.js").Session} Session */

/** @param {{session: Session}} props */
export function Room({ session }) {
  useOpenDevices();
  useAwake();
  const [writing, setWriting] = useState(false);
  const [giving, setGiving] = useState(false);
  const unread = useUnread(session, writing);
  return html`<main id="main" class="room g-room" tabindex="-1" data-testid="room">
    <header class="room-head"><${RecLamp} session=${session} /><${Mind} session=${session} /></header>
    <${Troubles}><${AsideStrip} session=${session} /><//>
    <${Stage} session=${session} />
    <${PhotoStrip} session=${session}>
      <${Button} icon="photo" size="small" testid="give-photo-open" onClick=${() => setGiving(true)}>交照片<//>
    <//>
    ${giving && html`<${GivePhoto} session=${session} close=${() => setGiving(false)} />`}
    <${AskedAside} session=${session} />
    ${
      writing &&
      html`<${Dialog} title="文字消息" testid="chat-dialog" onClose=${() => setWriting(false)}>
        <${Chat} session=${session} />
        <div class="dialog-actions"><${Button} testid="chat-close" onClick=${() => setWriting(false)}>关闭<//></div>
      <//>`
    }
    <footer class="room-bar" aria-label="通话操作">
      <${Own} voice=${byVoice(session.media?.place)} />
      <${Hand} session=${session} />
      <${ChatButton} unread=${unread} open=${writing} toggle=${() => setWriting(!writing)} />
      <${Leave} session=${session} />
    </footer>
  </main>`;
}

/** @param {{voice: boolean}} props  voice: there is no place for a picture */
function Own({ voice }) {
  const { capture } = useLive();
  const { muted, cameraOff } = useStore(capture);
  return html`
    <${Button} icon=${muted ? "micOff" : "mic"} testid="mute" pressed=${muted} onClick=${() => capture.mute(!muted)}>${muted ? "取消静音" : "静音"}<//>
    ${!voice && html`<${Button} icon=${cameraOff ? "cameraOff" : "camera"} testid="camera-off" pressed=${cameraOff} onClick=${() => capture.switchCamera(!cameraOff)}>${cameraOff ? "开画面" : "关画面"}<//>`}
  `;
}

/** @param {{session: Session}} props */
function Hand({ session }) {
  const live = useLive();
  const raised = session.participants.find((one) => one.me)?.hand != null;
  const raise = () => live.command("room.hand", { session: session.id, raised: !raised });
  return html`<${Button} icon="flag" testid="raise-hand" pressed=${raised} onClick=${raise}>${raised ? "放下" : "举手"}<//>`;
}

/** @param {{session: Session}} props */
function Leave({ session }) {
  const live = useLive();
  const [asking, setAsking] = useState(false);
  const leave = async () => {
    setAsking(false);
    await live.command("guest.leave", { session: session.id });
  };
  return html`<${Button} tone="stop" icon="hangup" testid="leave" onClick=${() => setAsking(true)}>离开<//>
    ${
      asking &&
      html`<${Dialog} title="离开房间吗？" onClose=${() => setAsking(false)}>
        <p>离开后还可以再进等候室，由调解员请您回来。</p>
        <div class="dialog-actions">
          <${Button} tone="primary" onClick=${() => setAsking(false)}>留下<//>
          <${Button} tone="stop" testid="leave-yes" onClick=${leave}>离开<//>
        </div>
      <//>`
    }`;
}

/** Taking back one's consent stops the recording at once. @param {{session: Session}} props */
function Mind({ session }) {
  const live = useLive();
  // In a talk apart that is asked about, the strip has the button that counts.
  if (session.aside?.kept) return null;
  const yes = session.persons[0]?.recording === true;
  const change = () =>
    live.command("consent.answer", {
      session: session.id,
      subject: "recording",
      given: !yes,
      notice: live.boot.notice.version,
    });
  return html`<${Button} size="small" testid="change-recording" onClick=${change}>${yes ? "停止录音录像" : "同意录音录像"}<//>`;
}

/** The mediator asks for a talk apart. @param {{session: Session}} props */
function AskedAside({ session }) {
  const live = useLive();
  const { aside } = session;
  if (!aside?.mine || aside.state !== "invited") return null;
  const answer = (/** @type {boolean} */ accept) => live.command("aside.answer", { session: session.id, accept });
  const who = aside.lawyers?.length ? "调解员和律师" : "调解员";
  return html`<${Dialog} title=${`${who}想和您单独谈谈`} testid="aside-asked" onClose=${() => answer(false)}>
    <p>其他人听不到、看不到，不另外问您同意就不录音录像。您可以说心里话；没有您的同意，调解员不会告诉对方。</p>
    <div class="dialog-actions">
      <${Button} testid="aside-no" onClick=${() => answer(false)}>不用了<//>
      <${Button} tone="primary" testid="aside-yes" onClick=${() => answer(true)}>好的，单独谈<//>
    </div>
  <//>`;
}
