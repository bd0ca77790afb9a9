/** The frame around the terminal's steps: where one is, what it is about, the way on and back. */

import { html, useState } from "/vendor/preact.js";
import { timeOfDay } from "../state/format.js";
import { STEPS } from "../state/terminal.js";
import { useLive, useNow, useStore } from "../ui/hooks.js";
import { Button, Dialog } from "../ui/parts.js";

/** @typedef {import("preact").ComponentChildren} Children */

export function Bar() {
  const { known, boot } = useLive();
  const { view } = useStore(known);
  const station = view?.role === "mediator" ? view.station?.name : boot.me.station?.name;
  return html`<header class="bar">
    <span class="brand"><img src="/static/favicon.svg" alt="" /><span>${station ?? "云调"}</span></span>
    <div class="bar-end">
      <span>调解员 ${boot.me.name}</span>
      <time class="bar-clock">${timeOfDay(useNow())}</time>
    </div>
  </header>`;
}

const STEP_NAMES = { matter: "类别", persons: "姓名", facts: "情况", consent: "告知同意" };

/** @param {{step: import("../state/terminal.js").Step}} props */
function Progress({ step }) {
  const index = STEPS.findIndex((known) => known === step);
  return html`<ol class="steps" aria-label=${`第 ${index + 1} 步，共 ${STEPS.length} 步`}>
    ${STEPS.map(
      (name, n) =>
        html`<li class=${n < index ? "step-done" : ""} aria-current=${n === index ? "step" : undefined}>
          <span class="step-number">${n + 1}</span>${STEP_NAMES[name]}
        </li>`,
    )}
  </ol>`;
}

/**
 * @typedef {object} StepFrameProps
 * @property {import("../state/terminal.js").Step} step
 * @property {string} title
 * @property {string} [hint]
 * @property {() => void} back
 * @property {() => void} cancel
 * @property {Children} [action]  the one main action
 * @property {Children} children
 */

/** @param {StepFrameProps} props */
export function StepFrame({ step, title, hint, back, cancel, action, children }) {
  return html`<${Bar} />
    <main id="main" class="t-step" tabindex="-1">
      <div class="t-step-head">
        <h1>${title}</h1>
        <${Progress} step=${step} />
        ${hint && html`<p class="soft">${hint}</p>`}
      </div>
      <div class="t-step-body">${children}</div>
    </main>
    <footer class="t-actions">
      <${Button} icon="back" testid="back" onClick=${back}>上一步<//>
      <${GiveUp} cancel=${cancel} />
      <div class="t-actions-main">${action}</div>
    </footer>`;
}

/** @param {{cancel: () => void}} props */
function GiveUp({ cancel }) {
  const [asking, setAsking] = useState(false);
  return html`<${Button} tone="quiet" testid="give-up" onClick=${() => setAsking(true)}>不办了，回首页<//>
    ${
      asking &&
      html`<${Dialog} title="不办了吗？" onClose=${() => setAsking(false)}>
        <p>回首页后，刚才填写的内容会清空。</p>
        <div class="dialog-actions">
          <${Button} tone="primary" onClick=${() => setAsking(false)}>接着填<//>
          <${Button} testid="give-up-yes" onClick=${cancel}>回首页<//>
        </div>
      <//>`
    }`;
}
