/** A call for this lawyer: everything the conflict check needs, and one key to take it. */

import { html, useEffect, useRef, useState } from "/vendor/preact.js";
import { DECLINE_REASONS } from "../state/desk.js";
import { lengthInWords, secondsLeft } from "../state/format.js";
import { kindWords, needWords } from "../state/words.js";
import { pressedOn, useKeys, useLive, useNow, useOpenDevices, useStore } from "../ui/hooks.js";
import { Button, Dialog } from "../ui/parts.js";
import { DeviceTrouble } from "../ui/trouble.js";
import { Picture, useOwnStream } from "../ui/video.js";

/** A key pressed for something else a moment ago must not take the call. */
const DEAF_MS = 800;

/** @type {Readonly<Record<string, string>>} */
const TITLES = Object.freeze({ transfer: "同事请您接手会话", call_in: "同事请您一起参加会话" });

/** @typedef {import("../wire/types.js").Ringing} Ringing */

/** @param {{ringing: Ringing}} props */
export function RingingDialog({ ringing }) {
  const live = useLive();
  const [declining, setDeclining] = useState(false);
  const began = useRef(Date.now());
  useOpenDevices();
  const accept = async (/** @type {boolean} */ recording) => {
    await live.command("call.accept", { session: ringing.id, recording });
  };
  const deaf = () => Date.now() - began.current <= DEAF_MS;
  // On a button it is that button's; its words may say the opposite of the first one's.
  const enter = (/** @type {KeyboardEvent} */ event) => {
    if (deaf()) return true;
    return !declining && !pressedOn(event) && accept(true);
  };
  useKeys({ Enter: enter, "Ctrl+Enter": deaf, " ": deaf }, [ringing.id, declining]);
  return html`<${Dialog} title=${TITLES[ringing.stage] ?? "来电：请接听"} onClose=${() => setDeclining(!declining)} testid="ringing">
    <div class="d-ringing">
      <${Matter} ringing=${ringing} />
      <${Myself} />
    </div>
    ${
      declining
        ? html`<${Decline} ringing=${ringing} back=${() => setDeclining(false)} />`
        : html`<${Choices} ringing=${ringing} accept=${accept} decline=${() => setDeclining(true)} />`
    }
  <//>`;
}

/** What happens when the countdown is over. @param {Ringing} ringing */
function afterwards({ stage, everyone }) {
  if (stage in TITLES) return "不再呼叫您，会话由原来的律师继续";
  return everyone ? "，若仍无人接听，将请对方另作选择" : "转给下一位";
}

/** @param {{ringing: Ringing}} props */
function Matter({ ringing }) {
  const now = useNow();
  const left = secondsLeft(ringing.until, now);
  return html`<div class="d-ringing-matter">
    <p class="d-countdown" data-testid="countdown">
      <strong>${left}</strong> 秒后${afterwards(ringing)}
      ${ringing.everyone && html`<span class="badge wait">正在呼叫所有值班律师</span>`}
    </p>
    <dl class="d-facts">
      ${ringing.stage in TITLES && html`<dt>请您的</dt><dd>${ringing.by} 律师，会话正在进行</dd>`}
      ${ringing.reason && html`<dt>为了</dt><dd>${ringing.reason}</dd>`}
      <dt>来自</dt><dd>${ringing.station}</dd>
      <dt>类别</dt><dd>${kindWords(ringing.kind)} · ${ringing.matter.name}</dd>
      <dt>当事人</dt>
      <dd class="d-parties">${ringing.persons.join("、")}<span class="soft small">请核对有无利害关系</span></dd>
      <${Needs} ringing=${ringing} />
      <dt>情况</dt><dd class="d-facts-text">${ringing.facts || "没有填写，接通后当面了解"}</dd>
      <dt>已等候</dt><dd>${lengthInWords(now - ringing.requested_at)}</dd>
    </dl>
  </div>`;
}

/** Why they come first, and what to look at before taking the call. @param {{ringing: Ringing}} props */
function Needs({ ringing }) {
  const { needs, language, notes } = ringing;
  return html`${needs.length > 0 &&
    html`<dt>优先</dt><dd><span class="badge wait">${needs.map(needWords).join("、")}</span></dd>`}
    ${language && html`<dt>希望用</dt><dd>${language}</dd>`}
    ${notes.includes("earlier_role") &&
    html`<dt>请先核对</dt><dd class="d-parties">您此前可能单独为其中一方提供过咨询，或因利益冲突没有接听过。</dd>`}`;
}

function Myself() {
  const { camera } = useStore(useLive().capture);
  return html`<div class="d-ringing-self">
    <div class="d-preview"><${Picture} stream=${useOwnStream("camera")} label="本机画面" mirrored /></div>
    <p class="soft small">${camera ? "接听后对方将看到这个画面" : "摄像头没有打开，接听后只有声音"}</p>
    <${DeviceTrouble} />
  </div>`;
}

/** The first button below has the focus. */
function useFirstFocused() {
  const around = useRef(/** @type {HTMLDivElement|null} */ (null));
  useEffect(() => around.current?.querySelector("button")?.focus(), []);
  return around;
}

/**
 * @param {{ringing: Ringing, accept: (recording: boolean) => Promise<void>, decline: () => void}} props
 */
function Choices({ accept, decline }) {
  const actions = useFirstFocused();
  return html`<p class="d-consent">各方都同意时，本次通话才录音录像；您本人是否同意，接听时选。</p>
    <div class="dialog-actions" ref=${actions}>
      <${Button} tone="go" size="large" icon="phone" testid="accept-call" hotkey="Enter" onClick=${() => accept(true)}>接听，同意录音录像<//>
      <${Button} testid="accept-unrecorded" onClick=${() => accept(false)}>接听，不同意录音录像<//>
      <${Button} icon="cross" testid="decline-call" hotkey="Esc" onClick=${decline}>不接<//>
    </div>`;
}

/** @param {{ringing: Ringing, back: () => void}} props */
function Decline({ ringing, back }) {
  const live = useLive();
  const decline = (/** @type {string} */ reason) =>
    live.command("call.decline", { session: ringing.id, reason });
  const keys = Object.fromEntries(
    DECLINE_REASONS.map(({ key, reason }) => [key, () => void decline(reason)]),
  );
  const reasons = useFirstFocused();
  useKeys(keys, [ringing.id]);
  return html`<p>不接的原因（转给下一位律师，对方不会看到）：</p>
    <div class="d-reasons" ref=${reasons}>
      ${DECLINE_REASONS.map(
        ({ reason, key, words, detail }) =>
          html`<${Button} testid=${`decline-${reason}`} hotkey=${key} onClick=${() => decline(reason)}>
            <strong>${words}</strong><small>${detail}</small>
          <//>`,
      )}
    </div>
    <div class="dialog-actions"><${Button} tone="quiet" hotkey="Esc" onClick=${back}>返回<//></div>`;
}
