/** Waiting for a lawyer: who is being rung, one's place, what happens next. */

import { html, useState } from "/vendor/preact.js";
import { lengthInWords, secondsLeft } from "../state/format.js";
import { useAwake, useLive, useNow, useOpenDevices, useStore } from "../ui/hooks.js";
import { Icon } from "../ui/icons.js";
import { Button, Dialog } from "../ui/parts.js";
import { DeviceTrouble } from "../ui/trouble.js";
import { Picture, useOwnStream } from "../ui/video.js";
import { Bar } from "./frame.js";

/** @typedef {import("../wire/types.js").Session} Session */

/** @param {{session: Session}} props */
export function Calling({ session }) {
  useOpenDevices();
  useAwake();
  return html`<${Bar} />
    <main id="main" class="t-calling" tabindex="-1">
      <section class="t-calling-who" aria-live="polite">
        <${Rings} ringing=${session.state === "ringing"} />
        <h1 data-testid="calling">${headline(session)}</h1>
        <${Place} session=${session} />
        <${Next} session=${session} />
      </section>
      <${Myself} />
    </main>
    <footer class="t-actions">
      <${CancelCall} session=${session} />
      <p class="soft">${session.matter.name} · 编号 ${session.number}</p>
    </footer>`;
}

/** @param {Session} session */
function headline({ queue }) {
  if (queue?.again) {
    const who = queue.ringing.length ? `正在呼叫 ${queue.ringing.join("、")} 律师` : "正在请其他律师";
    return `律师离开了会话，${who}接着谈`;
  }
  if (!queue || queue.ringing.length === 0) return "正在排队，律师一空出来就接您";
  if (queue.backup) return "正在呼叫后备律师";
  if (queue.everyone) return "正在同时呼叫所有值班律师";
  return `正在呼叫 ${queue.ringing.join("、")} 律师`;
}

/** @param {{ringing: boolean}} props */
function Rings({ ringing }) {
  return html`<div class=${ringing ? "t-rings t-rings-on" : "t-rings"} aria-hidden="true">
    <span></span><span></span><${Icon} name=${ringing ? "phone" : "wait"} />
  </div>`;
}

/** @param {{session: Session}} props */
function Place({ session }) {
  const now = useNow();
  const ahead = session.queue?.ahead ?? 0;
  return html`<p class="t-place">
    <span data-testid="queue-place">${ahead === 0 ? "您排在第 1 位" : `您前面还有 ${ahead} 位`}</span>
    <span>已等候 ${lengthInWords(now - session.requested_at)}</span>
    <span class="soft" data-testid="typical-wait">${typicalWords(session.queue?.typical ?? null)}</span>
  </p>`;
}

/**
 * What can honestly be said of the waiting time: what others waited just now, or that it is unknown.
 * @param {{seconds: number, of: number}|null} typical
 */
function typicalWords(typical) {
  if (!typical) return "最近来电少，等多久说不准";
  return `最近 ${typical.of} 个来电，一半在 ${lengthInWords(typical.seconds * 1000)}内接通`;
}

/** What happens next, so that nobody presses buttons out of doubt. @param {{session: Session}} props */
function Next({ session }) {
  const now = useNow();
  const { queue } = session;
  const left = queue?.until ? secondsLeft(queue.until, now) : null;
  if (!queue || left === null) {
    return html`<p class="soft">值班律师正在接待别人。请不要离开，轮到时会自动接通。</p>`;
  }
  if (queue.everyone) {
    return html`<p class="soft">${left} 秒内没有人接听，会请您选择：继续等、约回电，或者打热线。</p>`;
  }
  return html`<p class="soft">${left} 秒内没有接听，会自动转给下一位律师。您不用操作。</p>`;
}

function Myself() {
  const { camera, cameraHealth } = useStore(useLive().capture);
  return html`<section class="t-myself">
    <div class="t-myself-picture">
      <${Picture} stream=${useOwnStream("camera")} label="本机画面" mirrored />
      ${!camera && html`<p>${cameraHealth === "opening" ? "正在打开摄像头…" : "摄像头没有打开"}</p>`}
    </div>
    <p class="soft">这是律师将看到的画面。请坐到镜头前。</p>
    <${DeviceTrouble} />
  </section>`;
}

/** @param {{session: Session}} props */
export function CancelCall({ session }) {
  const live = useLive();
  const [asking, setAsking] = useState(false);
  const cancel = async () => {
    setAsking(false);
    await live.command("session.cancel", { session: session.id });
  };
  return html`<${Button} icon="cross" testid="cancel-call" onClick=${() => setAsking(true)}>取消呼叫<//>
    ${
      asking &&
      html`<${Dialog} title="不等了吗？" onClose=${() => setAsking(false)}>
        <p>取消后不再呼叫律师。刚才填写的内容会保留，可以再次呼叫。</p>
        <div class="dialog-actions">
          <${Button} onClick=${() => setAsking(false)}>继续等候<//>
          <${Button} tone="stop" testid="cancel-call-yes" onClick=${cancel}>取消呼叫<//>
        </div>
      <//>`
    }`;
}
