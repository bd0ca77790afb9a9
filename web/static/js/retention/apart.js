/** Whether talks apart may be recorded, and the wording that everybody in one is asked with. */

import { html, useEffect, useState } from "/vendor/preact.js";
import { useAttempt } from "../pages/attempt.js";
import { formatMoment } from "../pages/moments.js";
import { ask } from "../wire/api.js";

/**
 * @typedef {{allowed: boolean, version: string, body: string, set_at: number | null, set_by: string}} Rule
 */

/** @param {{boot: {csrf: string, may_set: boolean}}} props */
export function TalksApartRule({ boot }) {
  const [rule, setRule] = useState(/** @type {Rule | null} */ (null));
  const [editing, setEditing] = useState(false);
  const { busy, error, run } = useAttempt();
  const load = async () => setRule(await ask("GET", "/api/apart-policy"));
  useEffect(() => void run(load), []);
  const set = (/** @type {boolean} */ allowed, /** @type {string} */ body) =>
    run(async () => {
      await ask("PUT", "/api/apart-policy", { body: { allowed, body }, csrf: boot.csrf });
      await load();
      setEditing(false);
    });
  return html`<section class="sheet" aria-labelledby="apart-rule" data-testid="apart-rule">
    <h2 id="apart-rule">背对背谈话</h2>
    ${error ? html`<p class="error" role="alert">${error}</p>` : null}
    ${rule && html`<p>
        <span class="badge ${rule.allowed ? "go" : "none"}">${rule.allowed ? "可以录音录像" : "不录音录像"}</span>
        ${rule.allowed ? "调解员可以请求，参加谈话的每个人都同意才会录制。" : "调解员那里没有这个选项。"}
        ${rule.set_at === null ? null : html`<span class="soft small">${rule.set_by}，${formatMoment(rule.set_at)}，文本 ${rule.version}</span>`}
      </p>`}
    ${rule && boot.may_set && !editing
      ? html`<p class="row">
          <button class="button" type="button" onClick=${() => setEditing(true)}>${rule.allowed ? "修改告知文本" : "允许录音录像"}</button>
          ${rule.allowed && html`<button class="button" type="button" disabled=${busy} onClick=${() => set(false, rule.body)}>以后不再录</button>`}
        </p>`
      : null}
    ${rule && editing && html`<${Wording} body=${rule.body} busy=${busy} save=${(/** @type {string} */ body) => set(true, body)} close=${() => setEditing(false)} />`}
  </section>`;
}

/** @param {{body: string, busy: boolean, save: (body: string) => void, close: () => void}} props */
function Wording({ body, busy, save, close }) {
  const [text, setText] = useState(body);
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    save(text.trim());
  };
  return html`<form class="apart-wording" onSubmit=${submit}>
    <p class="note wait">没有找到专门规定背对背谈话录音录像的法律条文（待确认）。请先确认本单位需要它，再逐句核对告知文本。</p>
    <label><span class="label">告知文本，逐人询问时显示</span>
      <textarea class="input" rows="8" maxlength="2000" required value=${text}
        onInput=${(/** @type {{currentTarget: HTMLTextAreaElement}} */ event) => setText(event.currentTarget.value)}></textarea>
    </label>
    <p class="row">
      <button class="button primary" type="submit" disabled=${busy || !text.trim()}>允许，并用这份文本</button>
      <button class="button" type="button" onClick=${close}>取消</button>
    </p>
  </form>`;
}
