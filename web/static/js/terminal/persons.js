/** Step 2: who is here. A name is enough. */

import { html } from "/vendor/preact.js";
import { MOST_PERSONS, addPerson, namedPersons, removePerson, withPerson } from "../state/draft.js";
import { Button } from "../ui/parts.js";
import { StepFrame } from "./frame.js";

/** @param {import("./app.js").StepProps} props */
export function Persons({ draft, change, back, next, cancel }) {
  const ready = namedPersons(draft).length > 0;
  const title = draft.kind === "mediation" ? "当事人是哪几位？" : "咨询的人是哪一位？";
  const action = html`<${Button}
    tone="primary"
    icon="next"
    testid="next"
    disabled=${!ready}
    onClick=${next}
    >${ready ? "下一步" : "请至少填写一个姓名"}<//
  >`;
  return html`<${StepFrame}
    step="persons"
    title=${title}
    hint="姓名会给值班律师看，用来核对有没有利害关系。电话可以不填，只在约定回电时使用。"
    back=${back}
    cancel=${cancel}
    action=${action}
  >
    <div class="t-persons">
      ${draft.persons.map((_, index) => html`<${PersonRow} index=${index} draft=${draft} change=${change} />`)}
    </div>
    <${Button}
      icon="plus"
      testid="add-person"
      disabled=${draft.persons.length >= MOST_PERSONS}
      onClick=${() => change(addPerson(draft))}
      >再加一位<//
    >
  <//>`;
}

/**
 * @param {{index: number} & Pick<import("./app.js").StepProps, "draft"|"change">} props
 */
function PersonRow({ index, draft, change }) {
  const person = draft.persons[index];
  if (!person) return null;
  const who = draft.kind === "mediation" ? `第 ${index + 1} 位当事人` : "咨询人";
  /** @param {"name"|"phone"} field */
  const input = (field) => (/** @type {{currentTarget: HTMLInputElement}} */ event) =>
    change(withPerson(draft, index, { [field]: event.currentTarget.value }));
  return html`<fieldset class="t-person">
    <legend class="visually-hidden">${who}</legend>
    <label class="t-person-name"
      ><span class="label">${who}姓名</span>
      <input class="input" data-testid=${`person-name-${index}`} value=${person.name} maxlength="40" autocomplete="off" onInput=${input("name")}
    /></label>
    <label class="t-person-phone"
      ><span class="label">电话（可不填）</span>
      <input class="input" data-testid=${`person-phone-${index}`} value=${person.phone} maxlength="20" inputmode="tel" autocomplete="off" onInput=${input("phone")}
    /></label>
    ${
      draft.persons.length > 1 &&
      html`<${Button}
        icon="cross"
        label=${`去掉${who}`}
        testid=${`remove-person-${index}`}
        onClick=${() => change(removePerson(draft, index))}
        >去掉<//
      >`
    }
  </fieldset>`;
}
