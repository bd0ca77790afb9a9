/** Before the first duty on a computer: camera, microphone, loudspeaker and line, tried out. */

import { html, useEffect, useState } from "/vendor/preact.js";
import { devices, remember } from "../media/devices.js";
import { meter, recordEcho, testTone } from "../media/sounds.js";
import { useLive, useOpenDevices, useStore } from "../ui/hooks.js";
import { Icon } from "../ui/icons.js";
import { Button, Note } from "../ui/parts.js";
import { DeviceTrouble } from "../ui/trouble.js";
import { Picture, useOwnStream } from "../ui/video.js";
import { Bar } from "./frame.js";

const KEY = "yuntiao.checked";
const GOOD_FOR_MS = 7 * 24 * 3600 * 1000;

/** Whether this browser passed the check in the last days. */
export function wasChecked() {
  return Date.now() - Number(localStorage.getItem(KEY) ?? 0) < GOOD_FOR_MS;
}

/** @param {{done: () => void}} props */
export function DeviceCheck({ done }) {
  useOpenDevices();
  const { microphoneHealth, cameraHealth } = useStore(useLive().capture);
  const well = microphoneHealth === "ok" && cameraHealth === "ok";
  const finish = () => {
    if (well) localStorage.setItem(KEY, String(Date.now()));
    done();
  };
  return html`<${Bar} view=${null} />
    <main id="main" class="page" tabindex="-1" data-testid="device-check">
      <div class="page-head">
        <div>
          <h1>设备检查</h1>
          <p class="soft">第一次在这台电脑上值班，请花半分钟确认看得见、听得清。</p>
        </div>
        <${Button} tone=${well ? "primary" : ""} testid="check-done" onClick=${finish}>
          ${well ? "一切正常，进入工作台" : "先进入工作台，稍后再查"}
        <//>
      </div>
      <${DeviceTrouble} />
      <div class="d-check">
        <${CameraCheck} /><${MicrophoneCheck} /><${SpeakerCheck} /><${LineCheck} /><${NoticeCheck} />
      </div>
    </main>`;
}

/**
 * @param {{icon: string, title: string, state: string, ok: boolean|null, children: unknown}} props
 */
function Item({ icon, title, state, ok, children }) {
  const tone = ok === null ? "none" : ok ? "go" : "stop";
  return html`<section class="sheet d-check-item">
    <h2><${Icon} name=${icon} />${title}<span class=${`badge ${tone}`}>${state}</span></h2>
    ${children}
  </section>`;
}

/** @type {Record<import("../media/capture.js").Health, string>} */
const HEALTH = {
  ok: "正常",
  off: "未打开",
  opening: "正在打开",
  denied: "没有许可",
  missing: "没有找到",
  busy: "被占用",
  lost: "已断开",
};

/** @param {import("../media/capture.js").Health} health */
const verdict = (health) => (health === "ok" ? true : health === "opening" || health === "off" ? null : false);

function CameraCheck() {
  const { capture } = useLive();
  const { cameraHealth } = useStore(capture);
  return html`<${Item} icon="camera" title="摄像头" state=${HEALTH[cameraHealth]} ok=${verdict(cameraHealth)}>
    <div class="d-preview"><${Picture} stream=${useOwnStream("camera")} label="本机画面" mirrored testid="check-camera" /></div>
    <${Pick} kind="camera" opened=${cameraHealth} pick=${(/** @type {string} */ id) => capture.openCamera(id)} />
  <//>`;
}

function MicrophoneCheck() {
  const { capture } = useLive();
  const { microphone, microphoneHealth } = useStore(capture);
  return html`<${Item} icon="mic" title="麦克风" state=${HEALTH[microphoneHealth]} ok=${verdict(microphoneHealth)}>
    <${LevelMeter} track=${microphone} />
    <p class="soft small">说句话，横条应当跟着声音动。</p>
    <${Echo} track=${microphone} />
    <${Pick} kind="microphone" opened=${microphoneHealth} pick=${(/** @type {string} */ id) => capture.openMicrophone(id)} />
  <//>`;
}

/** @param {{track: MediaStreamTrack|null}} props */
export function LevelMeter({ track }) {
  const [level, setLevel] = useState(0);
  useEffect(() => (track ? meter(track, setLevel) : undefined), [track]);
  return html`<meter class="d-meter" min="0" max="1" value=${level} data-testid="mic-level" aria-label="麦克风音量"></meter>`;
}

/** @param {{track: MediaStreamTrack|null}} props */
function Echo({ track }) {
  const [state, setState] = useState(/** @type {"idle"|"recording"|"playing"} */ ("idle"));
  const listen = async () => {
    if (!track) return;
    setState("recording");
    const address = await recordEcho(track, 3000);
    setState("playing");
    const audio = new Audio(address);
    audio.addEventListener("ended", () => {
      URL.revokeObjectURL(address);
      setState("idle");
    });
    await audio.play();
  };
  const words = { idle: "录 3 秒放给我听", recording: "正在录，请说话…", playing: "正在播放…" };
  return html`<${Button} icon="wait" disabled=${!track || state !== "idle"} onClick=${listen}>${words[state]}<//>`;
}

function SpeakerCheck() {
  const [heard, setHeard] = useState(/** @type {boolean|null} */ (null));
  const state = heard === null ? "待确认" : heard ? "正常" : "听不到";
  return html`<${Item} icon="speaker" title="扬声器" state=${state} ok=${heard}>
    <div class="row">
      <${Button} icon="play" testid="speaker-test" onClick=${testTone}>播放测试声<//>
      <${Button} pressed=${heard === true} onClick=${() => setHeard(true)}>听到了<//>
      <${Button} pressed=${heard === false} onClick=${() => setHeard(false)}>没听到<//>
    </div>
    ${heard === false && html`<p class="small">请检查系统音量和音箱（耳机）插头，再试一次。</p>`}
  <//>`;
}

function LineCheck() {
  const { connection, known } = useLive();
  const { line } = useStore(known);
  const [roundTrip, setRoundTrip] = useState(connection.roundTrip);
  const measure = async () => setRoundTrip(await connection.measure().catch(() => null));
  const connected = line.phase === "connected";
  const ok = connected ? roundTrip === null || roundTrip < 400 : false;
  const state = !connected ? "正在恢复" : ok ? "正常" : "较慢";
  return html`<${Item} icon="wifi" title="连接" state=${state} ok=${ok}>
    <p class="small" data-testid="line-check">
      ${roundTrip === null ? "还没有测量" : `与服务往返 ${Math.round(roundTrip)} 毫秒`}
    </p>
    <${Button} icon="wifi" onClick=${measure}>再测一次<//>
  <//>`;
}

function NoticeCheck() {
  const possible = "Notification" in window;
  const [permission, setPermission] = useState(possible ? Notification.permission : "denied");
  if (!possible || permission === "granted") return null;
  const ask = async () => setPermission(await Notification.requestPermission());
  return html`<${Note} tone="" icon="alert">
    <span>允许桌面通知，切到别的窗口时也能看到来电。</span>
    ${
      permission === "denied"
        ? html`<span>浏览器已拒绝通知，可在地址栏左边的图标里改。</span>`
        : html`<${Button} onClick=${ask}>允许通知<//>`
    }
  <//>`;
}

/**
 * @param {{kind: import("../media/devices.js").Kind, opened: string, pick: (id: string) => unknown}} props
 */
function Pick({ kind, opened, pick }) {
  const [all, setAll] = useState(/** @type {import("../media/devices.js").Device[]} */ ([]));
  useEffect(() => void devices(kind).then(setAll), [kind, opened]);
  if (all.length < 2) return null;
  const choose = (/** @type {{currentTarget: HTMLSelectElement}} */ event) => {
    remember(kind, event.currentTarget.value);
    return pick(event.currentTarget.value);
  };
  return html`<label class="field"
    ><span class="label">换一个</span>
    <select class="input" onChange=${choose}>
      ${all.map(({ id, label }) => html`<option value=${id}>${label}</option>`)}
    </select>
  </label>`;
}
