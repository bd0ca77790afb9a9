/** Step 3: what happened, in a few sentences; it may stay empty. */

import { html } from "/vendor/preact.js";
import { MOST_FACTS, toggleNeed } from "../state/draft.js";
import { NEEDS, needWords } from "../state/words.js";
import { useLive } from "../ui/hooks.js";
import { Button } from "../ui/parts.js";
import { StepFrame } from "./frame.js";

const EXAMPLES = {
  mediation:
    "去年 10 月，李某家翻建院墙，王某认为占了两家之间的排水沟，下雨时水流到自家院里。村里调解过一次，没有谈拢。王某要求拆墙，李某愿意另修水沟。",
  consultation:
    "我在本镇一家饭店干了 8 个月，没有签合同，还有 2 个月工资共 6400 元没有发。老板说等生意好了再给。想问能不能要、该找谁。",
};

/** @param {import("./app.js").StepProps} props */
export function Facts({ draft, change, back, next, cancel }) {
  const written = draft.facts.trim() !== "";
  const action = html`<${Button} tone="primary" icon="next" testid="next" onClick=${next}
    >${written ? "下一步" : "不写了，见面再说"}<//
  >`;
  return html`<${StepFrame}
    step="facts"
    title="简单说说是怎么回事"
    hint="几句话就够，给律师接听前看。不写也可以，接通后当面说。"
    back=${back}
    cancel=${cancel}
    action=${action}
  >
    <div class="t-facts">
      <label
        ><span class="label">主要情况</span>
        <textarea
          class="input t-facts-text"
          data-testid="facts"
          maxlength=${MOST_FACTS}
          value=${draft.facts}
          onInput=${(/** @type {{currentTarget: HTMLTextAreaElement}} */ event) =>
            change({ ...draft, facts: event.currentTarget.value })}
        ></textarea>
      </label>
      <aside class="t-example">
        <h2>可以这样写</h2>
        <p>${EXAMPLES[draft.kind]}</p>
        <p class="soft">什么时候、和谁、为什么事、要求什么。</p>
      </aside>
      <${Needs} draft=${draft} change=${change} />
    </div>
  <//>`;
}

/**
 * Who must not wait long, and what they want to speak; nothing has to be chosen.
 * @param {Pick<import("./app.js").StepProps, "draft"|"change">} props
 */
function Needs({ draft, change }) {
  const { languages } = useLive().boot;
  const speak = (/** @type {string} */ word) =>
    change({ ...draft, language: draft.language === word ? "" : word });
  return html`<div class="t-needs">
    <fieldset>
      <legend>需要先接待吗？（没有就不选）</legend>
      ${NEEDS.map(
        (need) =>
          html`<${Button}
            icon=${draft.needs.includes(need) ? "check" : undefined}
            testid=${`need-${need}`}
            pressed=${draft.needs.includes(need)}
            onClick=${() => change(toggleNeed(draft, need))}
            >${needWords(need)}<//
          >`,
      )}
    </fieldset>
    ${languages.length > 0 &&
    html`<fieldset>
      <legend>想用哪种话？（不选就用普通话）</legend>
      ${languages.slice(0, 3).map(
        (word) =>
          html`<${Button}
            icon=${draft.language === word ? "check" : undefined}
            testid=${`language-${word}`}
            pressed=${draft.language === word}
            onClick=${() => speak(word)}
            >${word}<//
          >`,
      )}
    </fieldset>`}
  </div>`;
}
