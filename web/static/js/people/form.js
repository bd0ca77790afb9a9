/** Somebody's facts as a form: what a role needs is asked, the rest is left out. */

import { html, useState } from "/vendor/preact.js";
import { typed, useAttempt } from "../pages/attempt.js";
import { ROLES } from "./words.js";

/**
 * @typedef {object} Fields
 * @property {string} username
 * @property {string} name
 * @property {string} role
 * @property {string} station
 * @property {string} firm
 * @property {string} licence_no
 * @property {string} phone
 * @property {string} matters  codes of kinds of dispute, separated by spaces
 * @property {string} languages
 */

export const EMPTY = Object.freeze({
  username: "",
  name: "",
  role: "mediator",
  station: "",
  firm: "",
  licence_no: "",
  phone: "",
  matters: "",
  languages: "",
});

/**
 * @param {{start: Fields, stations: {code: string, name: string}[],
 *   matters: {code: string, name: string}[], fresh?: boolean,
 *   save: (fields: Fields) => Promise<void>, cancel: () => void}} props
 */
export function PersonForm({ start, stations, matters, fresh = false, save, cancel }) {
  const [fields, setFields] = useState(start);
  const { busy, error, run } = useAttempt();
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    return run(() => save(fields));
  };
  /** @param {keyof Fields} name */
  const set = (name) => (/** @type {Event} */ event) =>
    setFields({ ...fields, [name]: typed(event) });
  /** @param {keyof Fields} name @param {string} label @param {boolean} [required] */
  const field = (name, label, required = true) => html`<label class="field">
    <span class="label">${label}</span>
    <input class="input" name=${name} autocomplete="off" maxlength="200" required=${required}
      value=${fields[name]} onInput=${set(name)} />
  </label>`;
  const lawyer = fields.role === "lawyer";
  return html`<form class="person-form" onSubmit=${submit}>
    ${fresh
      ? html`${field("username", "用户名（登录用，英文或数字）")}
          <label class="field"><span class="label">角色</span>
            <select class="input" name="role" value=${fields.role} onChange=${set("role")}>
              ${Object.entries(ROLES).map(([code, name]) => html`<option value=${code}>${name}</option>`)}
            </select>
          </label>`
      : null}
    ${field("name", "姓名")} ${field("phone", "电话（可不填）", false)}
    ${lawyer ? html`${field("firm", "律师事务所")} ${field("licence_no", "执业证号")}
          ${field("languages", "会说的方言、语言（可不填，用空格隔开）", false)}
          <${Matters} chosen=${fields.matters} matters=${matters}
            change=${(/** @type {string} */ codes) => setFields({ ...fields, matters: codes })} />` : null}
    ${fields.role === "mediator"
      ? html`<label class="field"><span class="label">工作站</span>
          <select class="input" name="station" required value=${fields.station} onChange=${set("station")}>
            <option value="">请选择</option>
            ${stations.map((one) => html`<option value=${one.code}>${one.name}</option>`)}
          </select>
        </label>`
      : null}
    <p class="error" role="alert">${error}</p>
    <p class="row person-form-actions">
      <button class="button primary" disabled=${busy}>${fresh ? "新增" : "保存"}</button>
      <button class="button" type="button" onClick=${cancel}>取消</button>
    </p>
  </form>`;
}

/**
 * The kinds of dispute a lawyer is for; none chosen means all.
 * @param {{chosen: string, matters: {code: string, name: string}[], change: (codes: string) => void}} props
 */
function Matters({ chosen, matters, change }) {
  const codes = chosen.split(" ").filter(Boolean);
  const toggle = (/** @type {string} */ code) =>
    change((codes.includes(code) ? codes.filter((one) => one !== code) : [...codes, code]).join(" "));
  return html`<fieldset class="person-matters">
    <legend class="label">擅长的纠纷类型（最多 6 类；不选表示都可以）</legend>
    ${matters.map(
      ({ code, name }) => html`<label class="check">
        <input type="checkbox" checked=${codes.includes(code)}
          disabled=${codes.length >= 6 && !codes.includes(code)} onChange=${() => toggle(code)} />
        ${name}
      </label>`,
    )}
  </fieldset>`;
}
