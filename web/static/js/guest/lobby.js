/** The lobby: somebody knows that one waits. */

import { html } from "/vendor/preact.js";
import { lengthInWords } from "../state/format.js";
import { useAwake, useLive, useNow, useOpenDevices } from "../ui/hooks.js";
import { Button, Note } from "../ui/parts.js";
import { Picture, useOwnStream } from "../ui/video.js";
import { Contact, Page } from "./app.js";

/** @type {Record<import("../wire/types.js").GuestCard["talk"], string>} */
const TALK = {
  waiting: "调解还没有开始，正在等值班律师接通。",
  under_way: "调解正在进行，调解员会请您进去。",
  over: "今天的调解结束了。",
};

/** @param {{guest: import("../wire/types.js").GuestCard}} props */
export function Lobby({ guest }) {
  const live = useLive();
  useAwake();
  useOpenDevices();
  const now = useNow();
  const leave = () => live.command("guest.leave", { session: guest.session });
  return html`<${Page} title=${guest.been_inside ? "请在这里稍等" : "您已在等候室"} testid="guest-lobby">
    <p class="g-lead" role="status">调解员${guest.mediator}知道您在等候（已等 ${lengthInWords(now - guest.since)}）。${TALK[guest.talk]}</p>
    ${guest.words && html`<${Note} tone="wait" icon="people" testid="guest-words">调解员留言：${guest.words}<//>`}
    <div class="g-preview"><${Picture} stream=${useOwnStream("camera")} label="您的画面" mirrored /></div>
    <p class="soft">现在没有人看到您的画面，也听不到您说话。请不要关闭这个页面；轮到您时会响一声。</p>
    <${Consent} guest=${guest} />
    <${Contact} guest=${guest} />
    <div class="g-actions">
      <${Button} size="wide" testid="guest-leave" onClick=${leave}>先离开<//>
    </div>
  <//>`;
}

/** Change one's mind about the recording, here or in the room. @param {{guest: import("../wire/types.js").GuestCard}} props */
function Consent({ guest }) {
  const live = useLive();
  const yes = guest.consents.recording === true;
  const change = () =>
    live.command("consent.answer", {
      session: guest.session,
      subject: "recording",
      given: !yes,
      notice: live.boot.notice.version,
    });
  return html`<p class="g-consent">
    <span>${yes ? "您同意录音录像。" : "您不同意录音录像，照常调解。"}</span>
    <${Button} size="small" testid="change-recording" onClick=${change}>${yes ? "改为不同意" : "改为同意"}<//>
  </p>`;
}
