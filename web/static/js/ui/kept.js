/** The recording of a talk apart, for those in it: asked for, answered by each, stopped by any. */

import { html, useState } from "/vendor/preact.js";
import { useLive } from "./hooks.js";
import { Button, Dialog } from "./parts.js";

/**
 * @typedef {import("../wire/types.js").Session} Session
 * @typedef {import("../wire/types.js").Kept} Kept
 */

/** What is true of it, in words. @param {Kept|null} kept */
function words(kept) {
  if (kept === null || kept.state === "offered") return "这段谈话不录音录像。";
  if (kept.answers.some((one) => one.given === false)) return "有人不同意，这段谈话不录音录像。";
  const silent = kept.answers.filter((one) => one.given === null).map((one) => one.name);
  if (silent.length) return `正在询问是否录音录像，等${silent.join("、")}回答；现在没有录。`;
  if (kept.state === "recording") return "这段谈话正在录音录像，单独封存。";
  return kept.state === "failed" ? "录音录像出错，现在没有录。" : "大家都同意，正在开始录音录像…";
}

/** In the strip of a talk apart. @param {{session: Session}} props */
export function KeptWords({ session }) {
  const live = useLive();
  const [asking, setAsking] = useState(false);
  const kept = session.aside?.kept ?? null;
  const mine = kept?.answers.find((one) => one.me);
  const agree = (/** @type {boolean} */ given) =>
    live.command("aside.agree", { session: session.id, given, notice: kept?.notice.version });
  const ask = async () => {
    setAsking(false);
    await live.command("aside.record", { session: session.id, notice: kept?.notice.version });
  };
  return html`<span data-testid="kept" data-state=${kept?.state ?? "none"}>${words(kept)}</span>
    ${kept?.state === "offered" && html`<${Button} size="small" testid="kept-ask" onClick=${() => setAsking(true)}>请求录音录像<//>`}
    ${mine?.given === true && html`<${Button} size="small" testid="kept-stop" onClick=${() => agree(false)}>不再同意录音录像<//>`}
    ${mine?.given === false && html`<${Button} size="small" testid="kept-agree" onClick=${() => agree(true)}>同意录音录像<//>`}
    ${asking &&
    kept &&
    html`<${Dialog} title="为这段单独谈话录音录像？" testid="kept-asking" onClose=${() => setAsking(false)}>
      <${Wording} kept=${kept} />
      <p>点“我同意，请大家回答”后，会逐个询问参加谈话的人。都同意才会开始，没有参加的人不会知道。</p>
      <div class="dialog-actions">
        <${Button} onClick=${() => setAsking(false)}>不录<//>
        <${Button} tone="primary" testid="kept-ask-yes" onClick=${ask}>我同意，请大家回答<//>
      </div>
    <//>`}`;
}

/** In front of who has not answered; on the terminal also for the party beside it. @param {{session: Session}} props */
export function KeptAsked({ session }) {
  const live = useLive();
  const kept = session.aside?.kept ?? null;
  if (!kept || kept.state === "offered") return null;
  const silent = kept.answers.filter((one) => one.given === null);
  const beside = session.participants.some((one) => one.me && one.role === "mediator");
  const asked = silent.find((one) => one.me) ?? (beside ? silent.find((one) => one.here) : undefined);
  if (!asked) return null;
  const say = (/** @type {boolean} */ given) => {
    const person = asked.me ? {} : { person: asked.person };
    return live.command("aside.agree", { session: session.id, given, notice: kept.notice.version, ...person });
  };
  const title = asked.me ? "同意为这段单独谈话录音录像吗？" : `请${asked.name}回答：同意录音录像吗？`;
  return html`<${Dialog} title=${title} testid="kept-asked" onClose=${() => say(false)}>
    <${Wording} kept=${kept} />
    <div class="dialog-actions">
      <${Button} testid="kept-no" onClick=${() => say(false)}>不同意，照常谈<//>
      <${Button} testid="kept-yes" onClick=${() => say(true)}>同意录音录像<//>
    </div>
  <//>`;
}

/** @param {{kept: Kept}} props */
function Wording({ kept }) {
  return html`<p class="kept-notice" tabindex="0" role="region" aria-label="告知文本">${kept.notice.body}</p>
    <p class="soft small">文本版本 ${kept.notice.version}</p>`;
}
