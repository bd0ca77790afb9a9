// @ts-check
/** Recorded talks apart of a session: who asked to watch one, a second person's word, watching. */

import { html, useCallback, useEffect, useState } from "/vendor/preact.js";
import { Player } from "../player/player.js";
import { useAttempt } from "../pages/attempt.js";
import { ask } from "../wire/api.js";
import { dayAndTime, exactly, lengthWords } from "./words.js";

/**
 * @typedef {{id: string, name: string, purpose: string, state: "asked"|"approved"|"refused",
 *   asked_at: number, decided_by: string, decided_at: number | null, mine: boolean,
 *   may_decide: boolean, may_watch: boolean}} Asked
 * @typedef {{id: string, with: string, started_at: number, seconds: number, may_ask: boolean,
 *   viewings: Asked[]}} Talk
 * @typedef {{viewing: string, timeline: import("../player/timeline.js").TimelineJson}} Opened
 * @typedef {{session: string, csrf: string, name: string, me: string}} Boot
 */

const STATES = Object.freeze({ asked: "等待批准", approved: "已批准", refused: "没有批准" });

/** @param {{boot: Boot, session: string, number: string}} props */
export function TalksApart({ boot, session, number }) {
  const [found, setFound] = useState(/** @type {{items: Talk[], erased: boolean} | null} */ (null));
  const [error, setError] = useState("");
  const load = useCallback(
    () => ask("GET", `/api/sessions/${session}/apart`).then(setFound, (failed) => setError(failed.message)),
    [session],
  );
  useEffect(() => void load(), [load]);
  if (error) return html`<p class="note stop" role="alert">${error}</p>`;
  if (!found?.items.length) return null;
  return html`<section class="sheet talks-apart" aria-labelledby="talks-apart" data-testid="talks-apart">
    <h2 id="talks-apart">背对背谈话录音录像</h2>
    <p class="soft small">单独加密、单独封存，不在会话的录像、证据包和导出里。说明用途、经另一位管理员或督导批准后，四小时内可以观看；每一步都写入访问记录。</p>
    ${found.erased
      ? html`<p class="soft">已随会话的录音录像一起销毁。</p>`
      : found.items.map((one) => html`<${One} key=${one.id} talk=${one} boot=${boot} number=${number} changed=${load} />`)}
  </section>`;
}

/** @param {{talk: Talk, boot: Boot, number: string, changed: () => Promise<void>}} props */
function One({ talk, boot, number, changed }) {
  const [opened, setOpened] = useState(/** @type {Opened | null} */ (null));
  const [over, setOver] = useState("");
  const { busy, error, run } = useAttempt();
  const refused = useCallback((/** @type {Error} */ reason) => {
    setOpened(null);
    setOver(reason.message);
  }, []);
  const watch = (/** @type {string} */ viewing) =>
    run(async () => setOpened(await ask("POST", `/api/apart-viewings/${viewing}/openings`, { body: {}, csrf: boot.csrf })));
  const decide = (/** @type {string} */ viewing, /** @type {boolean} */ approve) =>
    run(async () => {
      await ask("POST", `/api/apart-viewings/${viewing}/decision`, { body: { approve }, csrf: boot.csrf });
      await changed();
    });
  const waits = talk.viewings.some((one) => one.mine && (one.state === "asked" || one.may_watch));
  return html`<article class="talk-apart">
    <h3>调解员和 ${talk.with}，<time title=${exactly(talk.started_at)}>${dayAndTime(talk.started_at)}</time>，${lengthWords(talk.seconds * 1000)}</h3>
    ${opened &&
    html`<${Player} viewing=${`/api/apart-viewings/${opened.viewing}`} timeline=${opened.timeline} events=${[]} advice=${null}
      watermark=${`${boot.name}　${dayAndTime(Date.now())}　${number}`} refused=${refused} />`}
    ${talk.may_ask && !waits && html`<${AskToWatch} talk=${talk} csrf=${boot.csrf} changed=${changed} />`}
    ${(error || over) && html`<p class="notice-error" role="alert">${error || over}</p>`}
    <ul class="plain-list">
      ${talk.viewings.map(
        (one) => html`<li key=${one.id} data-testid=${`apart-${one.state}`}>
          ${one.name}：${one.purpose} <span class="soft small">${dayAndTime(one.asked_at)}，${STATES[one.state]}${one.decided_by ? `（${one.decided_by}）` : ""}</span>
          ${one.may_decide &&
          html`<p class="row">
            <button type="button" class="button primary" disabled=${busy} onClick=${() => decide(one.id, true)}>批准观看</button>
            <button type="button" class="button" disabled=${busy} onClick=${() => decide(one.id, false)}>不批准</button>
          </p>`}
          ${one.may_watch && !opened && html`<p><button type="button" class="button primary" disabled=${busy} onClick=${() => watch(one.id)}>观看</button></p>`}
        </li>`,
      )}
    </ul>
  </article>`;
}

/** @param {{talk: Talk, csrf: string, changed: () => Promise<void>}} props */
function AskToWatch({ talk, csrf, changed }) {
  const [purpose, setPurpose] = useState("");
  const { busy, error, run } = useAttempt();
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    return run(async () => {
      await ask("POST", `/api/apart/${talk.id}/viewings`, { body: { purpose: purpose.trim() }, csrf });
      setPurpose("");
      await changed();
    });
  };
  return html`<form class="export-ask" onSubmit=${submit}>
    <label>
      <span>申请观看的用途</span>
      <input class="input" maxlength="200" autocomplete="off" required value=${purpose}
        onInput=${(/** @type {{currentTarget: HTMLInputElement}} */ event) => setPurpose(event.currentTarget.value)} />
    </label>
    <button class="button" disabled=${!purpose.trim() || busy}>申请观看</button>
    ${error && html`<p class="notice-error" role="alert">${error}</p>`}
  </form>`;
}
