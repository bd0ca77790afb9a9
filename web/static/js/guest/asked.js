/** The notice and what everybody is asked, one screen: nothing is chosen beforehand, and a refusal is an ordinary choice. */

import { html } from "/vendor/preact.js";
import { useLive } from "../ui/hooks.js";
import { Button, Note } from "../ui/parts.js";
import { Page } from "./app.js";

/** @param {{guest: import("../wire/types.js").GuestCard}} props */
export function Asked({ guest }) {
  const live = useLive();
  const { notice } = live.boot;
  const answer = async (/** @type {boolean} */ lawyer, /** @type {boolean} */ recording) => {
    const given = { rights: true, personal_data: true, lawyer_presence: lawyer, recording };
    for (const [subject, yes] of Object.entries(given)) {
      const body = { session: guest.session, subject, given: yes, notice: notice.version };
      if (!(await live.command("consent.answer", body))) return;
    }
  };
  if (guest.minor && !guest.guardian) return html`<${NeedsGuardian} />`;
  return html`<${Page} title="请先看一下" testid="guest-asked">
    <p>${guest.name}，${guest.minor ? `请由监护人 ${guest.guardian} 阅读并回答。` : "下面是您的权利和这次调解的安排。"}</p>
    <div class="g-notice" tabindex="0" role="region" aria-label=${notice.title}>
      <h2>${notice.title}</h2>
      <p class="g-notice-body">${notice.body}</p>
      <p class="soft small">文本版本 ${notice.version}</p>
    </div>
    <p class="soft small">点下面任意一项，表示您已了解以上内容，并同意为办理这次调解使用您的姓名、电话等必要信息。以后可以随时改变主意。</p>
    <div class="g-actions">
      <${Button} tone="primary" size="wide" testid="agree-recording" onClick=${() => answer(true, true)}>同意律师参加，也同意录音录像<//>
      <${Button} size="wide" testid="refuse-recording" onClick=${() => answer(true, false)}>同意律师参加，不要录音录像<//>
      <${Button} size="wide" testid="refuse-lawyer" onClick=${() => answer(false, false)}>不同意律师参加，先和调解员说<//>
    </div>
  <//>`;
}

function NeedsGuardian() {
  return html`<${Page} title="请监护人一起来" testid="guest-guardian">
    <${Note} tone="wait" icon="family">未满 18 岁的，需要监护人陪同。请告诉调解员监护人的姓名，再由调解员重新发邀请。<//>
  <//>`;
}
