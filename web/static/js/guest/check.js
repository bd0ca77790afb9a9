/** Camera, microphone and line, looked at before anybody else sees them. */

import { html } from "/vendor/preact.js";
import { LevelMeter } from "../desk/check.js";
import { useLive, useOpenDevices, useStore } from "../ui/hooks.js";
import { Icon } from "../ui/icons.js";
import { Button } from "../ui/parts.js";
import { DeviceTrouble } from "../ui/trouble.js";
import { Picture, useOwnStream } from "../ui/video.js";
import { Page } from "./app.js";

/** @param {{guest: import("../wire/types.js").GuestCard}} props */
export function Check({ guest }) {
  const live = useLive();
  useOpenDevices();
  const { microphone, microphoneHealth, cameraHealth } = useStore(live.capture);
  const { line } = useStore(live.known);
  const knock = () => live.command("guest.knock", { session: guest.session });
  const asking = microphoneHealth === "opening" || cameraHealth === "opening";
  return html`<${Page} title="看得见、听得到吗？" testid="guest-check">
    ${asking && html`<p class="g-lead">手机会问“是否允许使用摄像头和麦克风”，请点<strong>“允许”</strong>。</p>`}
    <div class="g-preview"><${Picture} stream=${useOwnStream("camera")} label="您的画面" mirrored testid="guest-preview" /></div>
    <${LevelMeter} track=${microphone} />
    <ul class="g-points">
      <${Item} good=${cameraHealth === "ok"} words=${cameraHealth === "ok" ? "摄像头正常" : "摄像头还没有打开"} />
      <${Item} good=${microphoneHealth === "ok"} words=${microphoneHealth === "ok" ? "麦克风正常，说句话，横条会动" : "麦克风还没有打开"} />
      <${Item} good=${line.phase === "connected"} words=${line.phase === "connected" ? "网络已连接" : "网络正在连接…"} />
    </ul>
    <${DeviceTrouble} />
    <div class="g-actions">
      <${Button} tone="primary" size="wide" testid="knock" onClick=${knock}>
        ${cameraHealth === "ok" && microphoneHealth === "ok" ? "进入等候室" : "先进入等候室"}
      <//>
    </div>
  <//>`;
}

/** @param {{good: boolean, words: string}} props */
const Item = ({ good, words }) =>
  html`<li><${Icon} name=${good ? "check" : "wait"} /><span>${words}</span></li>`;
