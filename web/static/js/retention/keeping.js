// @ts-check
/** On a session's page: how long it is kept, what holds it, and its destruction by two people. */

import { html, useEffect, useState } from "/vendor/preact.js";
import { dayAndTime, exactly } from "../admin/words.js";
import { typed, useAttempt } from "../pages/attempt.js";
import { ask } from "../wire/api.js";
import { STATES, termWords } from "./words.js";

/**
 * @typedef {import("./words.js").Term} Term
 * @typedef {import("./words.js").Hold} Hold
 * @typedef {import("./words.js").Deletion} Deletion
 * @typedef {"choose"|"hold"|"release"|"propose"|"confirm"|"withdraw"} Deed
 * @typedef {object} Kept
 * @property {boolean} recorded
 * @property {string} own
 * @property {Term[]} classes
 * @property {Term|null} class
 * @property {number|null} expires_at
 * @property {Hold|null} hold
 * @property {Deletion|null} deletion
 * @property {Deed[]} may
 */

/** @type {Record<string, {name: string, ask: string, path: string, danger?: boolean}>} */
const DEEDS = {
  hold: { name: "保全", ask: "为什么保全（例如：诉讼保全，案号）", path: "hold" },
  release: { name: "解除保全", ask: "为什么解除", path: "hold/release" },
  propose: { name: "提出销毁", ask: "为什么销毁（例如：保管期满）", path: "deletion", danger: true },
  withdraw: { name: "撤回销毁", ask: "为什么撤回", path: "deletion/withdraw" },
};

/** @param {{session: string, csrf: string}} props */
export function Keeping({ session, csrf }) {
  const [kept, setKept] = useState(/** @type {Kept|null} */ (null));
  const [error, setError] = useState("");
  const path = `/api/sessions/${session}`;
  const load = () =>
    ask("GET", `${path}/retention`).then(setKept, (failed) => setError(failed.message));
  useEffect(() => void load(), [session]);
  if (error) return html`<section class="sheet"><h2>保管</h2><p class="notice-error" role="alert">${error}</p></section>`;
  if (!kept?.recorded) return null;
  return html`<section class="sheet keeping" data-testid="keeping">
    <h2>保管</h2>
    ${kept.deletion ? html`<${Destruction} deletion=${kept.deletion} />` : null}
    ${kept.hold
      ? html`<p class="note wait" data-testid="held"><strong>已保全</strong>：${kept.hold.reason}
          <span class="under small">${kept.hold.by}，${dayAndTime(kept.hold.at)}</span></p>`
      : null}
    ${kept.deletion?.state === "erased" ? null : html`<${Class} kept=${kept} path=${path} csrf=${csrf} changed=${load} />`}
    <${Deeds} may=${kept.may} path=${path} csrf=${csrf} changed=${load} />
  </section>`;
}

/** @param {{deletion: Deletion}} props */
function Destruction({ deletion }) {
  const [words, badge] = STATES[deletion.state] ?? [deletion.state, "none"];
  return html`<div data-testid="deletion">
    <p><span class="badge ${badge}">${words}</span> ${deletion.reason}</p>
    <p class="small soft">${deletion.proposed_by} 提出，<time title=${exactly(deletion.proposed_at)}>${dayAndTime(deletion.proposed_at)}</time>
      ${deletion.confirmed_at ? `；${deletion.confirmed_by} 确认，${dayAndTime(deletion.confirmed_at)}` : ""}
      ${deletion.erased_at ? `；销毁于 ${dayAndTime(deletion.erased_at)}` : ""}</p>
    ${deletion.certificate ? html`<p class="small soft hash">销毁证明 ${deletion.certificate}</p>` : null}
  </div>`;
}

/** @param {{kept: Kept, path: string, csrf: string, changed: () => Promise<void>}} props */
function Class({ kept, path, csrf, changed }) {
  const { busy, error, run } = useAttempt();
  const term = kept.class;
  const choose = (/** @type {Event} */ event) => {
    const code = typed(event);
    return run(async () => {
      await ask("PUT", `${path}/retention`, { body: { code }, csrf });
      await changed();
    });
  };
  return html`<dl class="pairs">
      <dt>期限</dt>
      <dd>${term ? `${term.name}（${termWords(term)}）` : "未设定，不会到期"}</dd>
      ${kept.expires_at === null ? null : html`<dt>期满</dt><dd>${dayAndTime(kept.expires_at)}</dd>`}
    </dl>
    ${kept.may.includes("choose")
      ? html`<label class="keeping-class"><span class="visually-hidden">这次会话的保管期限</span>
          <select class="input" disabled=${busy} value=${kept.own} onChange=${choose}>
            <option value="">按类型的规定</option>
            ${kept.classes.map((one) => html`<option value=${one.code}>${one.name}（${termWords(one)}）</option>`)}
          </select>
        </label>`
      : null}
    ${error ? html`<p class="notice-error" role="alert">${error}</p>` : null}`;
}

/** @param {{may: Deed[], path: string, csrf: string, changed: () => Promise<void>}} props */
function Deeds({ may, path, csrf, changed }) {
  const { busy, error, run } = useAttempt();
  const [asking, setAsking] = useState("");
  const deed = may.includes(/** @type {Deed} */ (asking)) ? DEEDS[asking] : undefined;
  const confirm = () =>
    run(async () => {
      await ask("POST", `${path}/deletion/confirm`, { body: {}, csrf });
      setAsking("");
      await changed();
    });
  if (asking === "confirm" && may.includes("confirm")) {
    return html`<div class="deed-asking">
      <p>销毁以后，录音录像再也无法恢复，只留下签名的销毁证明。文字记录保留。</p>
      <p class="row">
        <button class="button danger" type="button" disabled=${busy} onClick=${confirm}>确认销毁</button>
        <button class="button" type="button" onClick=${() => setAsking("")}>取消</button>
      </p>
      ${error ? html`<p class="notice-error" role="alert">${error}</p>` : null}
    </div>`;
  }
  if (deed) {
    return html`<${Reason} key=${asking} deed=${deed} path=${path} csrf=${csrf} changed=${changed}
      close=${() => setAsking("")} />`;
  }
  return html`<p class="row">
    ${may.includes("confirm")
      ? html`<button class="button danger" type="button" onClick=${() => setAsking("confirm")}>确认销毁…</button>`
      : null}
    ${may.filter((one) => DEEDS[one]).map(
      (one) => html`<button class="button" type="button" onClick=${() => setAsking(one)}>${DEEDS[one]?.name}</button>`,
    )}
  </p>`;
}

/**
 * @param {{deed: {name: string, ask: string, path: string, danger?: boolean}, path: string,
 *   csrf: string, changed: () => Promise<void>, close: () => void}} props
 */
function Reason({ deed, path, csrf, changed, close }) {
  const { busy, error, run } = useAttempt();
  const [reason, setReason] = useState("");
  const submit = async (/** @type {Event} */ event) => {
    event.preventDefault();
    const done = await run(async () => {
      await ask("POST", `${path}/${deed.path}`, { body: { reason }, csrf });
      await changed();
    });
    if (done) close();
  };
  return html`<form class="deed-asking" onSubmit=${submit}>
    <label><span class="label">${deed.ask}</span>
      <input class="input" name="reason" maxlength="200" required value=${reason}
        onInput=${(/** @type {Event} */ event) => setReason(typed(event))} />
    </label>
    ${deed.danger ? html`<p class="small soft">提出后须由另一位管理员或督导确认。</p>` : null}
    <p class="row">
      <button class="button ${deed.danger ? "danger" : "primary"}" type="submit"
        disabled=${busy || !reason.trim()}>${deed.name}</button>
      <button class="button" type="button" onClick=${close}>取消</button>
    </p>
    ${error ? html`<p class="notice-error" role="alert">${error}</p>` : null}
  </form>`;
}
