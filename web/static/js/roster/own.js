/** A lawyer's own roster: my shifts, swaps that both agree to, leave, the calendar to take along. */

import { html, render, useState } from "/vendor/preact.js";
import { useAttempt } from "../pages/attempt.js";
import { Unread, useLoaded } from "../pages/loaded.js";
import { ask } from "../wire/api.js";
import { Week, WeekChoice, dayWords, fieldsOf, monday, today } from "./parts.js";

/**
 * @typedef {import("./parts.js").Roster} Roster
 * @typedef {{csrf: string, me: string}} Boot
 * @typedef {{roster: Roster, boot: Boot, done: () => Promise<void>}} Part
 */

/** @type {Readonly<Record<string, readonly [tone: string, words: string]>>} */
const STATES = Object.freeze({
  asked: ["wait", "等对方同意"],
  agreed: ["go", "双方已同意"],
  refused: ["stop", "对方不同意"],
  withdrawn: ["none", "已收回"],
});

/** @param {{boot: Boot}} props */
function Page({ boot }) {
  const [first, setFirst] = useState(monday(today()));
  const { found, error, load } = useLoaded(`/api/roster?from=${first}&days=7`);
  const roster = /** @type {Roster|null} */ (found);
  const unread = html`<${Unread} error=${error} load=${load} />`;
  if (!roster) return error ? unread : html`<p class="loading">正在读取…</p>`;
  return html`${unread}
    <div class="page-head">
      <div><h1>我的值班</h1><p class="soft">${dayWords(roster.first)} 起的一周</p></div>
      <${WeekChoice} first=${first} move=${setFirst} />
    </div>
    <${Week} roster=${roster} />
    <${Swaps} roster=${roster} boot=${boot} done=${load} />
    <${AskSwap} roster=${roster} boot=${boot} done=${load} />
    <${Leave} roster=${roster} boot=${boot} done=${load} />
    <p class="roster-part"><a class="button" href="/api/roster/files/roster.ics" download>把我的值班下载到日历（iCalendar）</a></p>`;
}

/** @param {Part} props */
function Swaps({ roster, boot, done }) {
  const { busy, error, run } = useAttempt();
  if (roster.swaps.length === 0) return null;
  const answer = (/** @type {string} */ id, /** @type {boolean} */ agree) =>
    run(async () => {
      await ask("POST", `/api/roster/swaps/${id}/answer`, { body: { agree }, csrf: boot.csrf });
      await done();
    });
  return html`<section class="sheet roster-part"><h2>换班</h2>
    <p class="error" role="alert">${error}</p>
    <ul class="plain-list">${roster.swaps.map((one) => {
      const [tone, words] = STATES[one.state] ?? ["none", one.state];
      return html`<li key=${one.id} class="row">
        <span>${dayWords(one.day)} ${one.start}–${one.end}：${one.mine ? `请 ${one.taker} 替我` : `${one.giver} 请您替班`}</span>
        <span class=${`badge ${tone}`}>${words}</span>
        ${one.state === "asked" && !one.mine && html`<button class="button go" type="button" disabled=${busy} onClick=${() => answer(one.id, true)}>同意</button>`}
        ${one.state === "asked" && html`<button class="button" type="button" disabled=${busy} onClick=${() => answer(one.id, false)}>${one.mine ? "收回" : "不同意"}</button>`}
      </li>`;
    })}</ul>
  </section>`;
}

/** @param {Part} props */
function AskSwap({ roster, boot, done }) {
  const [fields, setFields] = useState({ shift: "", taker: "" });
  const { busy, error, run } = useAttempt();
  const mine = roster.shifts.filter((one) => one.lawyer === boot.me && one.day >= today());
  const { select } = fieldsOf(fields, setFields);
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    const shift = mine[Number(fields.shift)];
    if (!shift) return undefined;
    const { day, start, end } = shift;
    return run(async () => {
      await ask("POST", "/api/roster/swaps", { body: { taker: fields.taker, day, start, end }, csrf: boot.csrf });
      setFields({ shift: "", taker: "" });
      await done();
    });
  };
  return html`<section class="sheet roster-part"><h2>请人替班</h2>
    ${mine.length === 0
      ? html`<p class="soft">这一周往后没有您的班。</p>`
      : html`<form class="roster-form" onSubmit=${submit}>
          ${select("shift", "我的哪个班", mine.map((one, n) => /** @type {const} */ ([String(n), `${dayWords(one.day)} ${one.start}–${one.end}`])))}
          ${select("taker", "请谁", roster.lawyers.filter((one) => one.id !== boot.me).map((one) => /** @type {const} */ ([one.id, one.name])))}
          <button class="button primary" disabled=${busy}>发出请求</button>
        </form>`}
    <p class="soft small">对方同意后才算数，在那之前还是您值班。</p>
    <p class="error" role="alert">${error}</p>
  </section>`;
}

/** @param {Part} props */
function Leave({ boot, done }) {
  const [fields, setFields] = useState({ day: "", reason: "" });
  const { busy, error, run } = useAttempt();
  const { input } = fieldsOf(fields, setFields);
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    return run(async () => {
      await ask("POST", "/api/roster/leave", { body: fields, csrf: boot.csrf });
      setFields({ day: "", reason: "" });
      await done();
    });
  };
  return html`<section class="sheet roster-part"><h2>请假</h2>
    <form class="roster-form" onSubmit=${submit}>
      ${input("day", "哪天", "date")} ${input("reason", "事由", "text")}
      <button class="button" disabled=${busy}>请一天假</button>
    </form>
    <p class="soft small">登记后这一天不再安排您值班，管理员看得到。</p>
    <p class="error" role="alert">${error}</p>
  </section>`;
}

const boot = JSON.parse(document.getElementById("boot")?.textContent ?? "{}");
const root = document.getElementById("app");
if (root) {
  root.replaceChildren();
  render(html`<${Page} boot=${boot} />`, root);
}
