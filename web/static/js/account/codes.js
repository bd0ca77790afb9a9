/** One-time codes: setting them up with an app, the codes for paper, taking them away. */

import { html, useState } from "/vendor/preact.js";
import { typed, useAttempt } from "../pages/attempt.js";
import { formatMoment } from "../pages/moments.js";
import { ask } from "../wire/api.js";

/**
 * @typedef {import("./main.js").State["codes"]} CodesState
 * @typedef {{secret: string, picture: string}} SetUp
 * @typedef {"replace"|"remove"} Wish
 */

/** @param {{csrf: string, codes: CodesState, changed: () => Promise<void>}} props */
export function Codes({ csrf, codes, changed }) {
  const [setUp, setSetUp] = useState(/** @type {SetUp|null} */ (null));
  const [paper, setPaper] = useState(/** @type {string[]} */ ([]));
  const begin = async (/** @type {string} */ password) =>
    setSetUp(await ask("POST", "/api/account/codes", { body: { password }, csrf }));
  const confirm = async (/** @type {string} */ code) => {
    const answer = await ask("POST", "/api/account/codes/confirm", { body: { code }, csrf });
    setSetUp(null);
    setPaper(answer.codes);
  };
  // Nothing else moves, and no way leads on, before the codes are kept.
  const kept = async () => {
    await changed();
    setPaper([]);
  };
  const remove = async (/** @type {string} */ password) => {
    await ask("POST", "/api/account/codes/remove", { body: { password }, csrf });
    await changed();
  };
  return html`<section class="sheet" aria-labelledby="codes-title">
    <h2 id="codes-title">
      动态口令
      ${codes.since
        ? html` <span class="badge go">已启用</span>`
        : html` <span class="badge none">未设置</span>`}
    </h2>
    ${paper.length
      ? html`<${Paper} codes=${paper} close=${kept} />`
      : setUp
        ? html`<${Setting} setUp=${setUp} confirm=${confirm} cancel=${() => setSetUp(null)} />`
        : codes.since
          ? html`<${InUse} codes=${codes} begin=${begin} remove=${remove} />`
          : html`<${NotYet} begin=${begin} />`}
  </section>`;
}

/** @param {{begin: (password: string) => Promise<void>}} props */
function NotYet({ begin }) {
  const { busy, error, run } = useAttempt();
  return html`<p class="soft measure">
      登录时除密码外，再输入手机上每 30 秒变一次的六位数字。别人知道密码也进不来。
    </p>
    <p class="error" role="alert">${error}</p>
    <button class="button primary" type="button" disabled=${busy} onClick=${() => run(() => begin(""))}>
      开始设置
    </button>`;
}

/**
 * @param {{setUp: SetUp, confirm: (code: string) => Promise<void>, cancel: () => void}} props
 */
function Setting({ setUp, confirm, cancel }) {
  const [code, setCode] = useState("");
  const { busy, error, run } = useAttempt();
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    return run(() => confirm(code));
  };
  return html`<div class="codes-setting">
    <figure class="codes-picture">
      <img src=${setUp.picture} alt="动态口令二维码，看不清时请手工输入旁边的密钥" />
    </figure>
    <form onSubmit=${submit}>
      <ol class="codes-steps">
        <li>在手机上打开身份验证器（如“腾讯身份验证器”“Microsoft Authenticator”“FreeOTP”）。</li>
        <li>
          扫描二维码；扫不了就手工输入密钥：<br />
          <strong class="codes-secret">${setUp.secret.replace(/(.{4})/g, "$1 ").trim()}</strong>
        </li>
        <li>
          <label for="first-code">输入手机上现在显示的六位数字。</label>
          <input
            class="input codes-code"
            id="first-code"
            inputmode="numeric"
            autocomplete="one-time-code"
            maxlength="7"
            required
            value=${code}
            onInput=${(/** @type {Event} */ event) => setCode(typed(event))}
          />
        </li>
      </ol>
      <p class="error" role="alert">${error}</p>
      <p class="row">
        <button class="button primary" disabled=${busy || code.trim().length < 6}>确认启用</button>
        <button class="button" type="button" onClick=${cancel}>暂不设置</button>
      </p>
    </form>
  </div>`;
}

/** @param {{codes: string[], close: () => void}} props */
function Paper({ codes, close }) {
  const [kept, setKept] = useState(false);
  return html`<p class="note wait" role="status">
      请现在记下这 ${codes.length} 个备用码，只显示这一次。手机不在身边时，用一个备用码代替动态口令；每个只能用一次。
    </p>
    <ol class="codes-paper">
      ${codes.map((code) => html`<li key=${code}><code>${code}</code></li>`)}
    </ol>
    <p class="row no-print">
      <button class="button" type="button" onClick=${() => print()}>打印</button>
      <button class="button" type="button" onClick=${() => navigator.clipboard.writeText(codes.join("\n"))}>
        复制
      </button>
      <label class="check">
        <input type="checkbox" checked=${kept} onChange=${() => setKept(!kept)} />
        我已妥善保存
      </label>
      <button class="button primary" type="button" disabled=${!kept} onClick=${close}>完成</button>
    </p>`;
}

/**
 * @param {{codes: CodesState, begin: (password: string) => Promise<void>,
 *   remove: (password: string) => Promise<void>}} props
 */
function InUse({ codes, begin, remove }) {
  const [wish, setWish] = useState(/** @type {Wish|null} */ (null));
  const [password, setPassword] = useState("");
  const { busy, error, run } = useAttempt();
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    return run(() => (wish === "remove" ? remove(password) : begin(password)));
  };
  return html`<p class="soft">
      ${formatMoment(codes.since ?? 0)} 启用，备用码还剩 ${codes.on_paper} 个。${codes.on_paper < 3
        ? "备用码快用完了，请重新设置一次。"
        : ""}
    </p>
    ${wish === null
      ? html`<p class="row account-actions">
          <button class="button" type="button" onClick=${() => setWish("replace")}>
            换手机或重新设置
          </button>
          ${codes.required
            ? null
            : html`<button class="button danger" type="button" onClick=${() => setWish("remove")}>
                关闭动态口令
              </button>`}
        </p>`
      : html`<form class="account-form" onSubmit=${submit}>
          <label class="field">
            <span class="label">请输入密码，确认是您本人</span>
            <input class="input" type="password" autocomplete="current-password" required
              maxlength="200" value=${password}
              onInput=${(/** @type {Event} */ event) => setPassword(typed(event))} />
          </label>
          <p class="error" role="alert">${error}</p>
          <p class="row">
            <button class=${wish === "remove" ? "button danger" : "button primary"} disabled=${busy}>
              ${wish === "remove" ? "确认关闭" : "继续"}
            </button>
            <button class="button" type="button" onClick=${() => setWish(null)}>取消</button>
          </p>
        </form>`}`;
}
