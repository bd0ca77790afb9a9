/** One person in the table, and what can be done with their account. */

import { html, useState } from "/vendor/preact.js";
import { useAttempt } from "../pages/attempt.js";
import { formatExactly, formatMoment } from "../pages/moments.js";
import { ask } from "../wire/api.js";
import { PersonForm } from "./form.js";
import { ROLES } from "./words.js";

/**
 * @typedef {import("./main.js").Person} Person
 * @typedef {import("./main.js").Boot} Boot
 * @typedef {{label: string, warning: string, yes: string, work: () => Promise<void>}} Deed
 */

/** @param {{person: Person, boot: Boot, changed: () => Promise<void>}} props */
export function Row({ person, boot, changed }) {
  const [open, setOpen] = useState(false);
  return html`<tr class=${person.active ? "" : "shut"}>
      <td>
        <strong>${person.name}</strong>
        ${person.active ? null : html` <span class="badge none">已停用</span>`}
        <span class="under soft small">${person.username}</span>
      </td>
      <td class="nowrap">${ROLES[person.role]}</td>
      <td>
        ${person.firm || person.station?.name}
        ${person.licence_no ? html`<span class="under soft small">${person.licence_no}</span>` : null}
        ${person.languages ? html`<span class="under soft small">会说 ${person.languages}</span>` : null}
      </td>
      <td class="nowrap">${person.phone}</td>
      <td><${SignIn} person=${person} /></td>
      <td>
        <button class="button" type="button" aria-expanded=${open} onClick=${() => setOpen(!open)}>
          ${open ? "收起" : "管理"}<span class="visually-hidden">${person.name}</span>
        </button>
      </td>
    </tr>
    ${open
      ? html`<tr class="person-open"><td colspan="6">
          <${Managing} person=${person} boot=${boot} changed=${changed} close=${() => setOpen(false)} />
        </td></tr>`
      : null}`;
}

/** @param {{person: Person}} props */
function SignIn({ person }) {
  return html`${person.codes ? html`<span class="badge go">动态口令</span>` : null}
    ${person.first_password ? html` <span class="badge wait">初始密码未改</span>` : null}
    <span class="under soft small">
      ${person.seen === null
        ? "现在没有登录"
        : html`最近使用 <time title=${formatExactly(person.seen)}>${formatMoment(person.seen)}</time>`}
    </span>`;
}

/**
 * @param {{person: Person, boot: Boot, changed: () => Promise<void>, close: () => void}} props
 */
function Managing({ person, boot, changed, close }) {
  const [password, setPassword] = useState("");
  const { csrf } = boot;
  const path = `/api/people/${person.id}`;
  const save = async (/** @type {import("./form.js").Fields} */ fields) => {
    const { name, station, firm, licence_no, phone, matters, languages } = fields;
    await ask("PUT", path, { body: { name, station, firm, licence_no, phone, matters, languages }, csrf });
    await changed();
    close();
  };
  const post = (/** @type {string} */ what) => async () => {
    await ask("POST", `${path}/${what}`, { csrf });
    await changed();
  };
  /** @type {Deed} */
  const newPassword = {
    label: "重置密码",
    warning: "会生成一个新密码，此人在各处的登录立即结束。",
    yes: "确认重置密码",
    work: async () => {
      setPassword((await ask("POST", `${path}/password`, { csrf })).password);
      await changed();
    },
  };
  /** @type {Deed} */
  const noCodes = {
    label: "重置动态口令",
    warning: "手机丢了才需要。下次登录只用密码，之后请本人重新设置。请先核实是本人。",
    yes: "确认重置动态口令",
    work: async () => {
      await ask("DELETE", `${path}/codes`, { csrf });
      await changed();
    },
  };
  /** @type {Deed} */
  const shut = {
    label: "停用账号",
    warning: "此人立即退出系统，不能再登录；记录都保留，可以再启用。",
    yes: "确认停用",
    work: post("disable"),
  };
  /** @type {Deed} */
  const reopen = {
    label: "启用账号",
    warning: "此人可以重新用原来的密码登录。",
    yes: "确认启用",
    work: post("enable"),
  };
  const own = person.id === boot.me;
  const start = { ...person, station: person.station?.code ?? "" };
  return html`<div class="person-managing">
    <${PersonForm} start=${start} stations=${boot.stations} matters=${boot.matters} save=${save} cancel=${close} />
    <div class="person-deeds">
      ${own
        ? html`<p class="soft">这是您自己的账号，密码和动态口令在<a href="/account">我的账号</a>里修改。</p>`
        : html`<${Ask} deed=${newPassword} />
            ${person.codes ? html`<${Ask} deed=${noCodes} />` : null}
            <${Ask} key=${person.active} deed=${person.active ? shut : reopen} />`}
      ${password
        ? html`<${FreshPassword} name=${person.name} password=${password} close=${() => setPassword("")} />`
        : null}
    </div>
  </div>`;
}

/** @param {{deed: Deed}} props */
function Ask({ deed }) {
  const [asking, setAsking] = useState(false);
  const { busy, error, run } = useAttempt();
  const go = async () => {
    if (await run(deed.work)) setAsking(false);
  };
  if (!asking) {
    return html`<button class="button" type="button" onClick=${() => setAsking(true)}>${deed.label}</button>`;
  }
  return html`<div class="deed-asking">
    <p>${deed.warning}</p>
    <p class="error" role="alert">${error}</p>
    <p class="row">
      <button class="button danger" type="button" disabled=${busy} onClick=${go}>${deed.yes}</button>
      <button class="button" type="button" onClick=${() => setAsking(false)}>取消</button>
    </p>
  </div>`;
}

/** @param {{name: string, password: string, close: () => void}} props */
export function FreshPassword({ name, password, close }) {
  return html`<div class="fresh" role="status">
    <p>请把这个密码当面交给${name}。只显示这一次；第一次登录后应换成自己的密码。</p>
    <p class="fresh-code">${password}</p>
    <p class="row">
      <button class="button" type="button" onClick=${() => navigator.clipboard.writeText(password)}>复制</button>
      <button class="button quiet" type="button" onClick=${close}>已交给本人，收起</button>
    </p>
  </div>`;
}
