// @ts-check
/** The filters as chips: each shows what it is set to and can be taken back by itself. */

import { html } from "/vendor/preact.js";
import { filtered } from "./query.js";

/** @typedef {import("./query.js").Query} Query */
/**
 * @typedef {{stations: {id: string, name: string}[], lawyers: {id: string, name: string}[],
 *   matters: {code: string, name: string, parent: string | null}[]}} Choices
 */
/** @typedef {{value: string, words: string}} Option */

const NONE = Object.freeze({ station: "", lawyer: "", kind: "", matter: "", recorded: "", from: "", to: "" });

/**
 * Dispute kinds with their sub-kinds below them.
 * @param {Choices["matters"]} matters
 * @returns {Option[]}
 */
export function matterOptions(matters) {
  return matters
    .filter((matter) => matter.parent === null)
    .flatMap((matter) => [
      { value: matter.code, words: matter.name },
      ...matters
        .filter((other) => other.parent === matter.code)
        .map((other) => ({ value: other.code, words: `　${other.name}` })),
    ]);
}

/**
 * @param {{choices: Choices, query: Query, change: (part: Partial<Query>) => void}} props
 */
export function Filters({ choices, query, change }) {
  const named = (/** @type {{id: string, name: string}[]} */ list) =>
    list.map(({ id, name }) => ({ value: id, words: name }));
  const chips = /** @type {const} */ ([
    ["station", "站点", named(choices.stations)],
    ["lawyer", "律师", named(choices.lawyers)],
    ["kind", "类别", [
      { value: "mediation", words: "人民调解" },
      { value: "consultation", words: "法律咨询" },
    ]],
    ["matter", "纠纷类型", matterOptions(choices.matters)],
    ["recorded", "录像", [
      { value: "yes", words: "有录像" },
      { value: "no", words: "没有录像" },
    ]],
  ]);
  return html`<div class="filter-chips" role="group" aria-label="筛选">
    ${chips.map(
      ([name, title, options]) => html`<${Chip}
        key=${name}
        name=${name}
        title=${title}
        options=${options}
        value=${query[name]}
        change=${(/** @type {string} */ value) => change({ [name]: value })}
      />`,
    )}
    <${DateChip} name="from" title="从" value=${query.from} change=${(/** @type {string} */ from) => change({ from })} />
    <${DateChip} name="to" title="到" value=${query.to} change=${(/** @type {string} */ to) => change({ to })} />
    ${filtered(query) &&
    html`<button type="button" class="button quiet" onClick=${() => change(NONE)}>清除筛选</button>`}
  </div>`;
}

/**
 * @param {{name: string, title: string, options: Option[], value: string,
 *   change: (value: string) => void}} props
 */
function Chip({ name, title, options, value, change }) {
  return html`<label class="filter-chip" data-set=${value !== ""}>
    <span class="visually-hidden">${title}</span>
    <select
      data-testid="filter-${name}"
      value=${value}
      onChange=${(/** @type {{currentTarget: HTMLSelectElement}} */ event) => change(event.currentTarget.value)}
    >
      <option value="">${title}</option>
      ${options.map((option) => html`<option value=${option.value}>${option.words}</option>`)}
    </select>
  </label>`;
}

/** @param {{name: string, title: string, value: string, change: (value: string) => void}} props */
function DateChip({ name, title, value, change }) {
  return html`<label class="filter-chip" data-set=${value !== ""}>
    <span>${title}</span>
    <input
      type="date"
      data-testid="filter-${name}"
      min="2000-01-01"
      max="2999-12-31"
      value=${value}
      onChange=${(/** @type {{currentTarget: HTMLInputElement}} */ event) => change(event.currentTarget.value)}
    />
  </label>`;
}
