/** How satisfied people are: one tap at the terminal, or later on their own phone. */

import { html, useEffect, useState } from "/vendor/preact.js";
import { Faces, Why } from "../ui/faces.js";
import { useLive } from "../ui/hooks.js";
import { Button, Dialog } from "../ui/parts.js";
import { ask } from "../wire/api.js";

/**
 * @typedef {import("../wire/types.js").Session} Session
 * @typedef {import("../ui/faces.js").Reason} Reason
 */

const EMPTY = { score: 0, id: "", why: /** @type {string[]} */ ([]), words: "" };

/** @param {{session: Session}} props */
export function Rate({ session }) {
  const live = useLive();
  const { csrf } = live.boot;
  const [own, setOwn] = useState(EMPTY);
  const [sending, setSending] = useState(false);
  const [asking, setAsking] = useState(false);
  const [thanked, setThanked] = useState(false);
  const [phone, setPhone] = useState(/** @type {{link: string, code: string}|null} */ (null));
  /** @param {typeof EMPTY} rating */
  const send = async ({ score, why, words, id }) => {
    setSending(true);
    try {
      const body = { score, why, words, replaces: id };
      const kept = await ask("POST", `/api/sessions/${session.id}/feedback`, { body, csrf });
      return String(kept.id);
    } catch (error) {
      live.say(error instanceof Error ? error.message : "评价没有送出，请再点一次。", "alarm");
      return "";
    } finally {
      setSending(false);
    }
  };
  const pick = async (/** @type {number} */ score) => {
    // The service cannot tell a second tap from a second person.
    if (sending) return;
    const id = await send({ ...EMPTY, score, id: own.id });
    if (!id) return;
    setOwn({ ...EMPTY, score, id });
    setAsking(true);
  };
  const done = async (/** @type {boolean} */ more) => {
    if (more && !(await send(own))) return;
    setAsking(false);
    setOwn(EMPTY);
    setThanked(true);
  };
  const byPhone = async () => {
    try {
      setPhone(await ask("POST", `/api/sessions/${session.id}/feedback-links`, { csrf, body: {} }));
    } catch (error) {
      live.say(error instanceof Error ? error.message : "没有生成评价码，请再点一次。", "alarm");
    }
  };
  return html`<section class="t-rate" aria-label="满意度评价" data-testid="rate">
    <p class="t-rate-words">${thanked ? "谢谢！下一位也可以评价。" : "这次服务，您满意吗？"}</p>
    <${Faces} score=${own.score} pick=${pick} label="满意度，点一下就好" />
    <${Button} icon="phone" testid="rate-by-phone" onClick=${byPhone}>手机评价<//>
    ${asking && html`<${More} own=${own} change=${setOwn} done=${done} />`}
    ${phone && html`<${PhoneCode} phone=${phone} close=${() => setPhone(null)} />`}
  </section>`;
}

/**
 * @param {{own: typeof EMPTY, change: (own: typeof EMPTY) => void, done: (more: boolean) => unknown}} props
 */
function More({ own, change, done }) {
  const { csrf } = useLive().boot;
  const [reasons, setReasons] = useState(/** @type {Reason[]} */ ([]));
  useEffect(() => {
    // Without the reasons there are still the words.
    void ask("GET", "/api/feedback-reasons", { csrf }).then(({ items }) => setReasons(items), () => undefined);
  }, []);
  return html`<${Dialog} title="谢谢，已经记下" onClose=${() => done(false)} testid="rate-why">
    <p class="soft">愿意说说为什么吗？不记姓名，当事的律师和调解员看不到是谁评的。</p>
    <${Why} ...${own} reasons=${reasons} change=${(/** @type {object} */ part) => change({ ...own, ...part })} />
    <div class="dialog-actions">
      <${Button} testid="rate-enough" onClick=${() => done(false)}>不用了<//>
      <${Button} tone="primary" testid="rate-more" onClick=${() => done(true)}>提交<//>
    </div>
  <//>`;
}

/** @param {{phone: {link: string, code: string}, close: () => void}} props */
function PhoneCode({ phone, close }) {
  return html`<${Dialog} title="用手机扫一扫" onClose=${close} testid="rate-phone">
    <img class="t-rate-code" src=${phone.code} alt="评价页面的二维码" />
    <p class="soft">两周内有效，一人一码。下一位请再点一次“手机评价”。</p>
    <div class="dialog-actions"><${Button} tone="primary" onClick=${close}>好了<//></div>
  <//>`;
}
