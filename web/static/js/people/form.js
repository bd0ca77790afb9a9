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
 */

export const EMPTY = Object.freeze({
  username: "",
  name: "",
  role: "mediator",
  station: "",
  firm: "",
  licence_no: "",
  phone: "",
});

/**
 * @param {{start: Fields, stations: {code: string, name: string}[], fresh?: boolean,
 *   save: (fields: Fields) => Promise<void>, cancel: () => void}} props
 */
export function PersonForm({ start, stations, fresh = false, save, cancel }) {
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
    ${lawyer ? html`${field("firm", "律师事务所")} ${field("licence_no", "执业证号")}` : null}
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
