/** One's own account: the password, one-time codes, where one is signed in. */

import { html, render, useEffect, useState } from "/vendor/preact.js";
import { ask } from "../wire/api.js";
import { Codes } from "./codes.js";
import { Logins } from "./logins.js";
import { Password } from "./password.js";

/**
 * @typedef {object} State
 * @property {string} username
 * @property {"password"|"second_factor"|null} owes  what must be settled before anything else opens
 * @property {boolean} first_password  somebody else has seen the password
 * @property {number} shortest_password
 * @property {{offered: boolean, required: boolean, since: number|null, on_paper: number}} codes
 * @property {import("./logins.js").OwnLogin[]} logins
 *
 * @typedef {{csrf: string, me: {name: string, role: string, terminal: boolean}}} Boot
 */

const OWED = {
  password: "您用的是别人给的初始密码。请先换成只有自己知道的密码，换好后才能进入系统。",
  second_factor: "本系统要求登录时输入动态口令。请先设置，设置好后才能进入系统。",
};

/** @param {{boot: Boot}} props */
function Account({ boot }) {
  const [state, setState] = useState(/** @type {State|null} */ (null));
  const [error, setError] = useState("");
  const [owed, setOwed] = useState(false);
  const load = async () => {
    try {
      const next = await ask("GET", "/api/account");
      // What comes next is said at the top.
      if (state?.owes && next.owes !== state.owes) scrollTo({ top: 0 });
      setState(next);
      setOwed((before) => before || next.owes !== null);
      setError("");
    } catch (problem) {
      setError(problem instanceof Error ? problem.message : "没有读到账号资料。");
    }
  };
  useEffect(() => void load(), []);
  if (error && !state) return html`<p class="note stop" role="alert">${error}</p>`;
  if (!state) return html`<p class="loading">正在读取…</p>`;
  const parts = [
    html`<${Password} key="password" csrf=${boot.csrf} state=${state} done=${load} />`,
    state.codes.offered || state.codes.since !== null
      ? html`<${Codes} key="codes" csrf=${boot.csrf} codes=${state.codes} changed=${load} />`
      : null,
  ];
  // What is owed comes first.
  if (state.owes === "second_factor") parts.reverse();
  return html`<div class="page-head">
      <div>
        <h1>我的账号</h1>
        <p class="soft">${boot.me.name}，用户名 ${state.username}</p>
      </div>
    </div>
    <div class="account-parts">
      ${state.owes ? html`<p class="note wait" role="status">${OWED[state.owes]}</p>` : null}
      ${owed && !state.owes
        ? html`<p class="note go" role="status">
            账号已经设置好。<a class="button go" href="/">进入系统</a>
          </p>`
        : null}
      ${parts}
      <${Logins} csrf=${boot.csrf} logins=${state.logins} changed=${load} />
    </div>`;
}

const boot = JSON.parse(document.getElementById("boot")?.textContent ?? "{}");
const root = document.getElementById("app");
if (root) {
  root.replaceChildren();
  render(html`<${Account} boot=${boot} />`, root);
}
