/** Going on and off duty; off the roster the service asks why. */

import { html, useState } from "/vendor/preact.js";
import { CommandError } from "../wire/queue.js";
import { typed } from "../pages/attempt.js";
import { useLive } from "../ui/hooks.js";
import { Button, Dialog } from "../ui/parts.js";

/**
 * @typedef {"duty.on"|"duty.off"} Kind
 * @typedef {{kind: Kind, body: Record<string, unknown>}} Asking
 * @typedef {(kind: Kind, body?: Record<string, unknown>) => Promise<void>} Change
 */

const REASONS = {
  "duty.on": ["来电较多，临时加班", "替同事值班", "值班表没有更新"],
  "duty.off": ["开庭或外出办案", "身体不适", "设备或网络故障"],
};

/** @returns {{asking: Asking|null, change: Change, close: () => void}} */
export function useDutyChange() {
  const live = useLive();
  const [asking, setAsking] = useState(/** @type {Asking|null} */ (null));
  /** @type {Change} */
  const change = async (kind, body = {}) => {
    try {
      await live.connection.send(kind, body);
      setAsking(null);
    } catch (error) {
      if (error instanceof CommandError && error.code === "reason_needed") setAsking({ kind, body });
      else live.say(error instanceof CommandError ? error.message : "操作未完成，请再试一次。", "alarm");
    }
  };
  return { asking, change, close: () => setAsking(null) };
}

/** @param {{asking: Asking, change: Change, close: () => void}} props */
export function WhyNow({ asking, change, close }) {
  const [words, setWords] = useState("");
  const { kind, body } = asking;
  const send = (/** @type {string} */ reason) => void change(kind, { ...body, reason });
  const title = kind === "duty.on" ? "值班表上现在没有您的班" : "值班时间还没有到";
  return html`<${Dialog} title=${title} onClose=${close} testid="why-now">
    <p>请选一个原因，会记在值班记录里。</p>
    <div class="d-reasons">
      ${REASONS[kind].map((reason) => html`<${Button} onClick=${() => send(reason)}>${reason}<//>`)}
    </div>
    <label class="field"><span class="label">其他原因</span>
      <input class="input" maxlength="100" value=${words} onInput=${(/** @type {Event} */ event) => setWords(typed(event))} />
    </label>
    <div class="dialog-actions">
      <${Button} onClick=${close}>取消<//>
      <${Button} tone="primary" disabled=${words.trim() === ""} onClick=${() => send(words.trim())}>${kind === "duty.on" ? "开始值班" : "下班"}<//>
    </div>
  <//>`;
}
