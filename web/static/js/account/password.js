/** Changing one's password. */

import { html, useState } from "/vendor/preact.js";
import { typed, useAttempt } from "../pages/attempt.js";
import { ask } from "../wire/api.js";

/** @typedef {import("./main.js").State} State */

const EMPTY = { old: "", fresh: "", again: "" };

/** @param {{csrf: string, state: State, done: () => Promise<void>}} props */
export function Password({ csrf, state, done }) {
  const [fields, setFields] = useState(EMPTY);
  const [changed, setChanged] = useState(false);
  const { busy, error, run } = useAttempt();
  const wrong = whatIsWrong(fields, state.shortest_password);
  const submit = async (/** @type {Event} */ event) => {
    event.preventDefault();
    const ok = await run(async () => {
      await ask("POST", "/api/account/password", {
        body: { old: fields.old, new: fields.fresh },
        csrf,
      });
      await done();
    });
    if (!ok) return;
    setFields(EMPTY);
    setChanged(true);
  };
  /** @param {keyof typeof EMPTY} name @param {string} label @param {string} fill */
  const field = (name, label, fill) => html`<label class="field">
    <span class="label">${label}</span>
    <input
      class="input"
      type="password"
      name=${name}
      autocomplete=${fill}
      maxlength="200"
      required
      value=${fields[name]}
      onInput=${(/** @type {Event} */ event) => {
        setChanged(false);
        setFields({ ...fields, [name]: typed(event) });
      }}
    />
  </label>`;
  return html`<section class="sheet" aria-labelledby="password-title">
    <h2 id="password-title">密码</h2>
    <p class="soft">
      至少 ${state.shortest_password} 位。改好后，其他地方的登录会立即结束，这里不受影响。
    </p>
    <form class="account-form" onSubmit=${submit}>
      <input class="visually-hidden" name="username" autocomplete="username" value=${state.username}
        tabindex="-1" aria-hidden="true" readonly />
      ${field("old", "现在的密码", "current-password")}
      ${field("fresh", "新密码", "new-password")} ${field("again", "再输一次新密码", "new-password")}
      <p class="error" role="alert">${error || wrong}</p>
      <button class="button primary" disabled=${busy || !fields.old || !fields.again || wrong !== ""}>
        修改密码
      </button>
      ${changed ? html`<p class="note go" role="status">密码已修改。</p>` : null}
    </form>
  </section>`;
}

/** @param {typeof EMPTY} fields @param {number} shortest */
function whatIsWrong({ fresh, again }, shortest) {
  if (again && fresh.length < shortest) return `新密码至少 ${shortest} 位。`;
  if (again.length >= fresh.length && again !== fresh) return "两次输入的新密码不一样。";
  return "";
}
