/** Legal-basis rows: law, article and the version of the text; suggestions help, nothing binds. */

import { html, useEffect, useState } from "/vendor/preact.js";
import { MOST_CITATIONS } from "../state/advice.js";
import { citationFrom } from "../state/statutes.js";
import { Button } from "../ui/parts.js";

/**
 * @typedef {import("../state/advice.js").AdviceDraft} AdviceDraft
 * @typedef {import("../state/statutes.js").Statute} Statute
 * @typedef {import("../wire/types.js").Citation} Citation
 */

/** @returns {Statute[]} */
function useStatutes() {
  const [statutes, setStatutes] = useState(/** @type {Statute[]} */ ([]));
  useEffect(() => {
    const load = async () => {
      const response = await fetch("/static/data/statutes.json");
      setStatutes((await response.json()).statutes);
    };
    // Without the list the fields can still be filled in by hand.
    load().catch(() => undefined);
  }, []);
  return statutes;
}

/** @param {{draft: AdviceDraft, change: (draft: AdviceDraft) => void}} props */
export function Basis({ draft, change }) {
  const statutes = useStatutes();
  const rows = draft.legal_basis;
  const set = (/** @type {Citation[]} */ legal_basis) => change({ ...draft, legal_basis });
  const add = () => set([...rows, { law: "", article: "", version_date: "" }]);
  return html`<fieldset class="d-basis">
    <legend class="label">法律依据</legend>
    ${rows.map(
      (row, n) =>
        html`<${Row}
          row=${row}
          n=${n}
          statutes=${statutes}
          change=${(/** @type {Citation} */ changed) => set(rows.map((one, i) => (i === n ? changed : one)))}
          remove=${() => set(rows.filter((_, i) => i !== n))}
        />`,
    )}
    <${Button} size="small" icon="plus" testid="basis-add" disabled=${rows.length >= MOST_CITATIONS} onClick=${add}>加一条依据<//>
    <datalist id="laws">${statutes.map(({ law }) => html`<option value=${law}></option>`)}</datalist>
  </fieldset>`;
}

/**
 * @typedef {object} RowProps
 * @property {Citation} row
 * @property {number} n
 * @property {Statute[]} statutes
 * @property {(row: Citation) => void} change
 * @property {() => void} remove
 */

/** @param {RowProps} props */
function Row({ row, n, statutes, change, remove }) {
  /** @param {keyof Citation} field */
  const write = (field) => (/** @type {{currentTarget: HTMLInputElement}} */ event) => {
    const changed = { ...row, [field]: event.currentTarget.value };
    change(field === "law" ? citationFrom(changed, statutes) : changed);
  };
  const known = statutes.find(({ law }) => law === row.law);
  return html`<div class="d-basis-row">
    <input class="input" list="laws" aria-label="法律名称" placeholder="法律名称" data-testid=${`basis-law-${n}`} maxlength="60" value=${row.law} onInput=${write("law")} />
    <input class="input" list=${`articles-${n}`} aria-label="条款" placeholder="第几条" data-testid=${`basis-article-${n}`} maxlength="40" value=${row.article} onInput=${write("article")} />
    <input class="input" aria-label="施行日期" placeholder="施行日期" data-testid=${`basis-version-${n}`} maxlength="10" value=${row.version_date} onInput=${write("version_date")} />
    <${Button} tone="quiet" size="small" icon="cross" label=${`去掉第 ${n + 1} 条依据`} onClick=${remove}>去掉<//>
    ${known?.status === "to_confirm" && html`<span class="soft small" data-testid=${`basis-unconfirmed-${n}`}>版本日期待司法局确认</span>`}
    <datalist id=${`articles-${n}`}>
      ${(known?.articles ?? []).map(({ article, about }) => html`<option value=${article}>${about}</option>`)}
    </datalist>
  </div>`;
}
