/** Writing an entry without taking the eyes off the people. */

import { html, useRef } from "/vendor/preact.js";
import { isBlank, isComplete, mediaSeconds } from "../state/advice.js";
import { elapsed } from "../state/format.js";
import { pressedOn, useKeys, useLive } from "../ui/hooks.js";
import { Button } from "../ui/parts.js";
import { Basis } from "./basis.js";

/**
 * @typedef {import("../state/advice.js").AdviceDraft} AdviceDraft
 * @typedef {{session: import("../wire/types.js").Session} & import("./writing.js").Writing} Props
 */

/** @param {Props} props */
export function Editor({ session, draft, sending, change, post, clear }) {
  const live = useLive();
  const mark = () => {
    if (session.state === "live") change({ ...draft, moment: mediaSeconds(session, live.clock.now()) });
  };
  const form = useRef(/** @type {HTMLFormElement|null} */ (null));
  const send = (/** @type {KeyboardEvent} */ event) => isMeant(form.current, event) && post();
  useKeys({ F2: mark, "Ctrl+Enter": send }, [draft, session, sending]);
  /** @param {"advice"|"bring"|"next_step"} field */
  const write = (field) => (/** @type {{currentTarget: HTMLTextAreaElement|HTMLInputElement}} */ event) =>
    change({ ...draft, [field]: event.currentTarget.value });
  return html`<form class="d-editor" ref=${form} aria-label="写建议" onSubmit=${(/** @type {Event} */ event) => event.preventDefault()}>
    <${Heading} draft=${draft} change=${change} mark=${mark} live=${session.state === "live"} />
    <textarea
      class="input d-editor-text"
      data-testid="advice-text"
      aria-label="建议"
      placeholder="对方应当知道什么、可以怎么做。写一条，发一条。"
      maxlength="4000"
      value=${draft.advice}
      onInput=${write("advice")}
    ></textarea>
    <${Basis} draft=${draft} change=${change} />
    <div class="d-editor-pair">
      <label><span class="label">需要带上</span>
        <input class="input" data-testid="advice-bring" maxlength="1000" placeholder="身份证、宅基地证、照片…" value=${draft.bring} onInput=${write("bring")} /></label>
      <label><span class="label">下一步</span>
        <input class="input" data-testid="advice-next" maxlength="1000" placeholder="找谁、去哪里、什么时候" value=${draft.next_step} onInput=${write("next_step")} /></label>
    </div>
    <${Actions} draft=${draft} sending=${sending} post=${post} clear=${clear} />
  </form>`;
}

/**
 * Whether a key that sends means this form: pressed in it, or in no other field while it is seen.
 * @param {HTMLFormElement|null} form
 * @param {KeyboardEvent} event
 */
function isMeant(form, event) {
  if (!form) return false;
  if (event.target instanceof Node && form.contains(event.target)) return true;
  const asked = document.querySelector("dialog[open]") !== null;
  return form.checkVisibility() && !asked && !pressedOn(event, "input, select, textarea");
}

/**
 * @param {{draft: AdviceDraft, change: (draft: AdviceDraft) => void, mark: () => void, live: boolean}} props
 */
function Heading({ draft, change, mark, live }) {
  const { boot } = useLive();
  const choose = (/** @type {{currentTarget: HTMLSelectElement}} */ event) =>
    change({ ...draft, matter: event.currentTarget.value });
  return html`<div class="d-editor-head">
    <strong>${draft.corrects ? "更正建议" : "写建议"}</strong>
    <select class="input d-editor-matter" aria-label="类别" data-testid="advice-matter" value=${draft.matter} onChange=${choose}>
      ${boot.matters.map(({ code, name }) => html`<option value=${code} selected=${code === draft.matter}>${name}</option>`)}
    </select>
    <${Button} icon="flag" size="small" hotkey="F2" testid="mark-moment" disabled=${!live} pressed=${draft.moment !== null} onClick=${mark}>
      ${draft.moment === null ? "标记此刻" : `已标记 ${elapsed(draft.moment * 1000)}`}
    <//>
  </div>`;
}

/**
 * @param {{draft: AdviceDraft, sending: boolean, post: () => void, clear: () => void}} props
 */
function Actions({ draft, sending, post, clear }) {
  const blank = isBlank(draft) && draft.corrects === null;
  return html`<div class="d-editor-actions">
    <span class="soft small" role="status">
      ${sending ? "正在送达…" : blank ? "" : "草稿已保存"}
    </span>
    ${!blank && html`<${Button} tone="quiet" testid="advice-clear" disabled=${sending} onClick=${clear}>${draft.corrects ? "不更正了" : "清空"}<//>`}
    <${Button} tone="primary" testid="advice-post" hotkey="Ctrl+Enter" disabled=${sending || !isComplete(draft)} onClick=${post}>
      ${draft.corrects ? "发出更正" : "发出建议"}
    <//>
  </div>`;
}
