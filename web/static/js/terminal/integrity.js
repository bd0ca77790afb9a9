/** After a recorded talk: the integrity value to take along, on paper or by its code. */

import { html, useEffect, useState } from "/vendor/preact.js";
import { exact } from "../state/format.js";
import { ask } from "../wire/api.js";

/**
 * @typedef {import("../wire/types.js").Session} Session
 * @typedef {{integrity: string|null, groups: string[], number: string, sealed_at: number,
 *   check: string}} Value
 */

const LOOK_MS = 4000;
/** A talk that was not recorded has none, and one that failed may never be sealed. */
const RECORDED = new Set(["closed", "recording", "paused", "interrupted"]);

/** @param {Session} session */
export const isRecorded = (session) =>
  session.recording.since !== null && RECORDED.has(session.recording.state);

/**
 * The value, looked for until the recording is sealed.
 * @param {Session} session
 */
export function useIntegrity(session) {
  const [value, setValue] = useState(/** @type {Value|null} */ (null));
  const wanted = isRecorded(session);
  useEffect(() => {
    if (!wanted) return undefined;
    let timer = 0;
    let gone = false;
    const look = () =>
      ask("GET", `/api/terminal/sessions/${session.id}/integrity`).then(
        (found) => {
          if (gone) return;
          if (found.integrity) setValue(found);
          else timer = setTimeout(look, LOOK_MS);
        },
        () => {
          if (!gone) timer = setTimeout(look, LOOK_MS);
        },
      );
    void look();
    return () => {
      gone = true;
      clearTimeout(timer);
    };
  }, [session.id, wanted]);
  return value;
}

/** @param {{session: Session, value: Value|null}} props */
export function Integrity({ session, value }) {
  if (!isRecorded(session)) return null;
  if (!value) {
    return html`<p class="t-integrity-wait soft" data-testid="integrity-wait">录音录像正在封存，稍后这里会给出完整性凭证。</p>`;
  }
  return html`<section class="t-integrity" data-testid="integrity" aria-label="录音录像完整性凭证">
    <img class="t-integrity-code" src="/api/terminal/sessions/${session.id}/integrity.svg"
      alt="核对地址的二维码" width="168" height="168" />
    <div>
      <h2>录音录像完整性凭证</h2>
      <p>编号 ${value.number} · 封存于 ${exact(value.sealed_at)}</p>
      <p class="t-integrity-value">${value.groups.map((one) => html`<span>${one}</span> `)}</p>
      <p class="soft">请拍照或打印带走。日后扫码，或打开 ${value.check.replace(/\?.*/, "")} 输入校验值，可以核对它是否由本系统出具；录音录像有任何改动，核验时都与它对不上。</p>
    </div>
  </section>`;
}
