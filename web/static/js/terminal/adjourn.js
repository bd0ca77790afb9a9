/** Going on another day: agreed on in the talk or after it, found again on the home screen. */

import { html, useState } from "/vendor/preact.js";
import { dateOf, dateWords } from "../state/format.js";
import { kindWords } from "../state/words.js";
import { useLive, useNow } from "../ui/hooks.js";
import { Button, Dialog } from "../ui/parts.js";

/**
 * @typedef {import("../wire/types.js").Session} Session
 * @typedef {import("../wire/types.js").Adjourned} Adjourned
 */

const DAY_MS = 86_400_000;
const CHOICES = /** @type {const} */ ([
  [1, "明天"],
  [2, "后天"],
  [7, "一周后"],
  [14, "两周后"],
]);
const LATEST_DAYS = 180;

/** @param {{session: Session, close: () => void}} props */
export function Adjourn({ session, close }) {
  const live = useLive();
  const now = useNow();
  const [day, setDay] = useState(session.adjourned?.day ?? "");
  const [reason, setReason] = useState(session.adjourned?.reason ?? "");
  const talking = session.state === "live" || session.state === "paused";
  const agree = async () => {
    const body = { session: session.id, day, reason: reason.trim() };
    if (await live.command("session.adjourn", body)) close();
  };
  const typed = (/** @type {{currentTarget: HTMLInputElement}} */ event) => setDay(event.currentTarget.value);
  return html`<${Dialog} title="约定哪一天继续？" testid="adjourn-dialog" onClose=${close}>
    <div class="t-days" role="group" aria-label="常用的日子">
      ${CHOICES.map(([days, words]) => {
        const date = dateOf(now + days * DAY_MS);
        return html`<${Button} testid=${`adjourn-in-${days}`} pressed=${day === date} onClick=${() => setDay(date)}>${words}<//>`;
      })}
    </div>
    <label class="field"><span class="label">或者选一个日期</span>
      <input class="input" type="date" data-testid="adjourn-day" value=${day} min=${dateOf(now)} max=${dateOf(now + LATEST_DAYS * DAY_MS)} onInput=${typed} /></label>
    <label class="field"><span class="label">到时要带什么、先做什么（可不填）</span>
      <input class="input" data-testid="adjourn-reason" maxlength="200" autocomplete="off" value=${reason} onInput=${(/** @type {{currentTarget: HTMLInputElement}} */ event) => setReason(event.currentTarget.value)} /></label>
    <p class="soft">${talking ? "今天的通话到此结束，律师会写好书面建议。" : ""}到那天在首页点“改日继续”，情况和各位姓名都已经填好，编号接着这一次。</p>
    <div class="dialog-actions">
      <${Button} onClick=${close}>返回<//>
      <${Button} tone="primary" icon="clock" testid="adjourn-yes" disabled=${!day} onClick=${agree}>
        ${day ? `${dateWords(day)}继续` : "请先选日子"}
      <//>
    </div>
  <//>`;
}

/** After the talk: agree on a day, or see and change what was agreed. @param {{session: Session}} props */
export function AdjournAfter({ session }) {
  const [asking, setAsking] = useState(false);
  const { adjourned } = session;
  return html`<${Button} icon="clock" testid="adjourn" onClick=${() => setAsking(true)}>
      ${adjourned ? `${dateWords(adjourned.day).split(" ")[0]}继续` : "改日继续"}
    <//>
    ${asking && html`<${Adjourn} session=${session} close=${() => setAsking(false)} />`}`;
}

/** On the home screen: names are shown only to who asks for them. @param {{adjourned: Adjourned[], goOn: (earlier: Adjourned) => void}} props */
export function GoOn({ adjourned, goOn }) {
  const [open, setOpen] = useState(false);
  const close = () => setOpen(false);
  if (!adjourned.length) return null;
  return html`<${Button} icon="clock" testid="go-on" onClick=${() => setOpen(true)}>改日继续（${adjourned.length} 件）<//>
    ${
      open &&
      html`<${Dialog} title="改日继续" testid="go-on-dialog" onClose=${close}>
        <ul class="p-list">
          ${adjourned.map((one) => html`<${Earlier} key=${one.id} earlier=${one} goOn=${goOn} />`)}
        </ul>
        <div class="dialog-actions"><${Button} testid="go-on-close" onClick=${close}>返回<//></div>
      <//>`
    }`;
}

/** @param {{earlier: Adjourned, goOn: (earlier: Adjourned) => void}} props */
function Earlier({ earlier, goOn }) {
  const live = useLive();
  const [sure, setSure] = useState(false);
  const names = earlier.persons.map((one) => one.name).join("、");
  const drop = () => live.command("session.drop_adjournment", { session: earlier.id });
  return html`<li class="p-row" data-testid="adjourned">
    <div class="p-who">
      <strong>${dateWords(earlier.day)} · ${names}</strong>
      <span class="soft small">${kindWords(earlier.kind)} · ${earlier.matter.name} · 编号 ${earlier.number}${earlier.lawyer && ` · 上次 ${earlier.lawyer}律师`}</span>
      ${earlier.reason && html`<span class="small">${earlier.reason}</span>`}
    </div>
    <div class="p-do">
      <${Button} size="small" tone="primary" testid="go-on-with" onClick=${() => goOn(earlier)}>现在继续<//>
      ${earlier.mine && !sure && html`<${Button} size="small" tone="quiet" testid="drop" onClick=${() => setSure(true)}>不再继续…<//>`}
      ${sure && html`<${Button} size="small" tone="danger" testid="drop-yes" onClick=${drop}>确定不再继续<//>`}
    </div>
  </li>`;
}
