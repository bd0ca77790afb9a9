/** What is wrong, since when, what still works and what to do. */

import { html, useEffect, useState } from "/vendor/preact.js";
import { watchSilence } from "../media/sounds.js";
import { lengthInWords } from "../state/format.js";
import { useLive, useNow, useStore } from "./hooks.js";
import { Button, Note } from "./parts.js";

/** The line to the service is down. In a call sound and picture usually go on. */
export function LineTrouble() {
  const { connection, known, room } = useLive();
  const { line } = useStore(known);
  const media = useStore(room);
  useNow();
  if (line.phase !== "reconnecting") return null;
  const waiting = connection.queue.size;
  return html`<${Note} tone="wait" icon="wifi" testid="trouble-line">
    <strong>与服务的连接断开了 ${lengthInWords(Date.now() - line.since)}，正在自动恢复。</strong>
    ${media.line === "connected" && html`<span>通话不受影响，请继续。</span>`}
    ${waiting > 0 && html`<span>有 ${waiting} 项操作会在恢复后自动送达。</span>`}
  <//>`;
}

/** The media line is down. */
export function MediaTrouble() {
  const { line, since } = useStore(useLive().room);
  useNow();
  if (line !== "reconnecting") return null;
  return html`<${Note} tone="wait" icon="wifi" testid="trouble-media">
    <strong>声音和画面中断了 ${lengthInWords(Date.now() - since)}，正在自动恢复。</strong>
    <span>请不要离开，恢复后会自动接上。已经写下的建议都在。</span>
  <//>`;
}

/** Nobody has touched this page since it was loaded: a call would be shown and not be heard. */
export function SilentBell() {
  const [silent, setSilent] = useState(false);
  useEffect(() => watchSilence(setSilent), []);
  if (!silent) return null;
  return html`<div class="troubles troubles-untouched">
    <${Note} tone="stop" icon="speaker" testid="trouble-silent">
      <strong>现在响不了铃，来电听不到。</strong><span>点一下屏幕，打开铃声。</span>
    <//>
  </div>`;
}

/** @type {Partial<Record<import("../media/capture.js").Health, string>>} */
const HOW_TO_FIX = {
  denied: "浏览器没有得到使用许可。请点地址栏左边的图标，选择“允许”，再点重新连接。",
  missing: "没有找到设备。请检查插头是否插好，再点重新连接。",
  busy: "设备正被其他程序占用。请关闭其他视频软件，再点重新连接。",
  lost: "设备的连接断了。请检查插头是否松动；插好后会自动恢复。",
};

/** Camera or microphone cannot be used. */
export function DeviceTrouble() {
  const { capture } = useLive();
  const { microphoneHealth, cameraHealth } = useStore(capture);
  const microphone = HOW_TO_FIX[microphoneHealth];
  const camera = HOW_TO_FIX[cameraHealth];
  return html`
    ${
      microphone &&
      html`<${Note} tone="stop" icon="plug" testid="trouble-microphone">
        <strong>麦克风不能用，对方听不到您。</strong><span>${microphone}</span>
        <${Button} size="small" onClick=${() => capture.openMicrophone()}>重新连接麦克风<//>
      <//>`
    }
    ${
      camera &&
      html`<${Note} tone="stop" icon="plug" testid="trouble-camera">
        <strong>摄像头不能用，对方看不到您，但可以通话。</strong><span>${camera}</span>
        <${Button} size="small" onClick=${() => capture.openCamera()}>重新连接摄像头<//>
      <//>`
    }
  `;
}

/**
 * All three, in the order of their weight, and what else wants to be seen above the stage.
 * @param {{children?: import("preact").ComponentChildren}} props
 */
export function Troubles({ children }) {
  return html`<div class="troubles">
    <${LineTrouble} /><${MediaTrouble} /><${DeviceTrouble} />${children}
  </div>`;
}
