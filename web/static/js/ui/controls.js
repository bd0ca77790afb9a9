/** What one can do in the room. Every button says in words what it does. */

import { html, useEffect, useState } from "/vendor/preact.js";
import { devices } from "../media/devices.js";
import { useByVoice, useLive, useStore } from "./hooks.js";
import { Button, Dialog } from "./parts.js";

/** @typedef {import("../wire/types.js").Session} Session */

/** @param {{hotkeys?: boolean}} props */
export function OwnMedia({ hotkeys = false }) {
  const { capture } = useLive();
  const { muted, cameraOff } = useStore(capture);
  const voice = useByVoice();
  return html`
    <${Button} icon=${muted ? "micOff" : "mic"} testid="mute" pressed=${muted} hotkey=${hotkeys ? "F8" : undefined} onClick=${() => capture.mute(!muted)}>
      ${muted ? "取消静音" : "静音"}
    <//>
    ${!voice && html`<${Button} icon=${cameraOff ? "cameraOff" : "camera"} testid="camera-off" pressed=${cameraOff} hotkey=${hotkeys ? "F9" : undefined} onClick=${() => capture.switchCamera(!cameraOff)}>
      ${cameraOff ? "打开画面" : "关闭画面"}
    <//>`}
  `;
}

export function Share() {
  const { capture } = useLive();
  const { screen } = useStore(capture);
  const [choosing, setChoosing] = useState(false);
  const voice = useByVoice();
  const click = () => (screen ? capture.stopSharing() : setChoosing(true));
  if (voice) return null;
  return html`<${Button} icon="paper" testid="share" pressed=${screen !== null} onClick=${click}>
      ${screen ? "停止展示" : "展示材料"}
    <//>
    ${choosing && html`<${ShareChoice} close=${() => setChoosing(false)} />`}`;
}

/** @param {{close: () => void}} props */
export function ShareChoice({ close }) {
  const live = useLive();
  const [cameras, setCameras] = useState(/** @type {import("../media/devices.js").Device[]} */ ([]));
  useEffect(() => {
    const own = live.capture.value.camera?.getSettings().deviceId;
    void devices("camera").then((all) => setCameras(all.filter(({ id }) => id !== own)));
  }, []);
  const share = async (/** @type {string|undefined} */ device) => {
    close();
    await live.capture.share(device).catch((error) => {
      if (error?.name !== "NotAllowedError") live.say("没有打开要展示的画面，请检查设备后再试。", "alarm");
    });
  };
  return html`<${Dialog} title="展示什么？" onClose=${close} testid="share-dialog">
    <div class="share-ways">
      ${cameras.map(({ id, label }) => html`<${Button} icon="camera" onClick=${() => share(id)}>高拍仪或摄像头：${label}<//>`)}
      <${Button} icon="paper" testid="share-screen" onClick=${() => share(undefined)}>这台电脑的屏幕<//>
    </div>
    <p class="soft">各方都同意录音录像时，展示的画面也会录下来。</p>
    <div class="dialog-actions"><${Button} onClick=${close}>返回<//></div>
  <//>`;
}

/** @param {{session: Session, hotkeys?: boolean}} props */
export function PauseButton({ session, hotkeys = false }) {
  const live = useLive();
  const hotkey = hotkeys ? "F4" : undefined;
  if (session.state === "paused") {
    return html`<${Button} tone="go" icon="play" testid="resume" hotkey=${hotkey} onClick=${() => resume(live, session)}>继续<//>`;
  }
  return html`<${Button}
    icon="pause"
    testid="pause"
    hotkey=${hotkey}
    disabled=${session.state !== "live"}
    onClick=${() => pause(live, session)}
    >暂停<//
  >`;
}

/** @param {import("./live.js").Live} live @param {Session} session */
export const pause = (live, session) => live.command("session.pause", { session: session.id, reason: "" });

/** @param {import("./live.js").Live} live @param {Session} session */
export const resume = (live, session) => live.command("session.resume", { session: session.id });

/** @param {{session: Session, words: string}} props */
export function HangUp({ session, words }) {
  const live = useLive();
  const [asking, setAsking] = useState(false);
  const hangUp = async () => {
    setAsking(false);
    await live.command("session.hang_up", { session: session.id });
  };
  return html`<${Button} tone="stop" icon="hangup" testid="hang-up" onClick=${() => setAsking(true)}>结束<//>
    ${
      asking &&
      html`<${Dialog} title="结束通话吗？" onClose=${() => setAsking(false)}>
        <p>${words}</p>
        <div class="dialog-actions">
          <${Button} onClick=${() => setAsking(false)}>继续通话<//>
          <${Button} tone="stop" icon="hangup" testid="hang-up-yes" onClick=${hangUp}>结束通话<//>
        </div>
      <//>`
    }`;
}
