/** Where one is signed in, and signing out there. */

import { html } from "/vendor/preact.js";
import { useAttempt } from "../pages/attempt.js";
import { formatExactly, formatMoment } from "../pages/moments.js";
import { ask } from "../wire/api.js";

/**
 * @typedef {object} OwnLogin
 * @property {string} id
 * @property {string} agent
 * @property {string} address
 * @property {string|null} station  of the terminal it is
 * @property {number} since
 * @property {number} used
 * @property {boolean} here
 */

/** @param {{csrf: string, logins: OwnLogin[], changed: () => Promise<void>}} props */
export function Logins({ csrf, logins, changed }) {
  const { busy, error, run } = useAttempt();
  const end = (/** @type {string} */ id) =>
    run(async () => {
      await ask("DELETE", `/api/account/logins/${id}`, { csrf });
      await changed();
    });
  const endOthers = () =>
    run(async () => {
      await ask("POST", "/api/account/logins/end-others", { csrf });
      await changed();
    });
  return html`<section class="sheet" aria-labelledby="logins-title">
    <div class="logins-head">
      <h2 id="logins-title">登录的地方</h2>
      ${logins.length > 1
        ? html`<button class="button danger" type="button" disabled=${busy} onClick=${endOthers}>
            退出其他所有地方
          </button>`
        : null}
    </div>
    <p class="soft">有不认识的，请先在这里退出，再修改密码。</p>
    <ul class="logins">
      ${logins.map(
        (one) => html`<li key=${one.id} class="login">
          <span>
            <strong>${one.station ? `${one.station} 终端` : one.agent || "未知浏览器"}</strong>
            ${one.here ? html` <span class="badge go">这里</span>` : null}
            <span class="login-facts soft small">
              ${one.station ? `${one.agent} · ` : ""}${one.address || "地址不明"} · 登录于${" "}
              <time title=${formatExactly(one.since)}>${formatMoment(one.since)}</time> · 最近使用${" "}
              <time title=${formatExactly(one.used)}>${formatMoment(one.used)}</time>
            </span>
          </span>
          ${one.here
            ? null
            : html`<button class="button" type="button" disabled=${busy} onClick=${() => end(one.id)}>
                退出那里
              </button>`}
        </li>`,
      )}
    </ul>
    <p class="error" role="alert">${error}</p>
  </section>`;
}
