/** In the room: the lawyer large, the advice at the side, a bar of words below. */

import { html, useEffect, useRef, useState } from "/vendor/preact.js";
import { inForce } from "../state/terminal.js";
import { AdviceCard } from "../ui/advice-card.js";
import { AsideStrip } from "../ui/aside.js";
import { Chat, useUnread } from "../ui/chat.js";
import { LawyersConflict } from "../ui/conflict.js";
import { HangUp, OwnMedia } from "../ui/controls.js";
import { HandingStrip } from "../ui/handing.js";
import { useAwake, useOpenDevices } from "../ui/hooks.js";
import { Elapsed, RecLamp } from "../ui/lamp.js";
import { Button } from "../ui/parts.js";
import { PhotoStrip } from "../ui/photos.js";
import { Stage } from "../ui/stage.js";
import { Troubles } from "../ui/trouble.js";
import { AsideButton } from "./aside.js";
import { CalledStrip } from "./called.js";
import { More } from "./more.js";
import { Doorbell, People } from "./people.js";

/** @typedef {import("../wire/types.js").Session} Session */

/** @param {{session: Session}} props */
export function Room({ session }) {
  useOpenDevices();
  useAwake();
  const [people, setPeople] = useState(false);
  const [writing, setWriting] = useState(false);
  const unread = useUnread(session, writing);
  return html`<main id="main" class="room t-room" tabindex="-1" data-testid="room">
    <header class="room-head">
      <${RecLamp} session=${session} />
      <span>${session.matter.name}</span>
      <span>通话 <${Elapsed} since=${session.live_at} /></span>
      <${WhoAdvises} lawyer=${session.lawyer} />
    </header>
    <${Troubles}>
      <${LawyersConflict} session=${session} />
      <${Doorbell} session=${session} open=${() => setPeople(true)} />
      <${CalledStrip} session=${session} />
      <${AsideStrip} session=${session} />
      <${HandingStrip} session=${session} />
    <//>
    <${Stage} session=${session} />
    <${PhotoStrip} session=${session} covered=${session.persons.some((one) => one.here)} />
    ${writing ? html`<aside class="t-advice" aria-label="文字消息"><h2>文字消息</h2><${Chat} session=${session} /></aside>` : html`<${AdvicePanel} session=${session} />`}
    ${people && html`<${People} session=${session} close=${() => setPeople(false)} />`}
    <footer class="room-bar" aria-label="通话操作">
      <${OwnMedia} />
      <${Button} icon="people" testid="open-people" onClick=${() => setPeople(true)}>当事人<//>
      <${AsideButton} session=${session} />
      <${More} session=${session} unread=${unread} writing=${writing} write=${() => setWriting(!writing)} />
      <${HangUp} session=${session} words="结束后，律师还会把书面建议补充完整，显示在这里，可以打印。" />
    </footer>
  </main>`;
}

/** @param {{lawyer: Session["lawyer"]}} props */
function WhoAdvises({ lawyer }) {
  if (!lawyer) return null;
  return html`<span class="room-lawyer">
    ${lawyer.name} 律师 · ${lawyer.firm}${lawyer.licence_no && ` · 执业证号 ${lawyer.licence_no}`}
  </span>`;
}

/** The newest entry is scrolled to: people look up when something appears. @param {{session: Session}} props */
function AdvicePanel({ session }) {
  const list = useRef(/** @type {HTMLElement|null} */ (null));
  const entries = inForce(session.advice);
  useEffect(() => {
    list.current?.lastElementChild?.scrollIntoView({ block: "nearest" });
  }, [session.advice.length]);
  return html`<aside class="t-advice" aria-label="律师的建议">
    <h2>律师的建议</h2>
    <div class="t-advice-list" ref=${list} aria-live="polite" tabindex="0">
      ${
        entries.length
          ? entries.map((entry, n) => html`<${AdviceCard} key=${entry.id} entry=${entry} number=${n + 1} />`)
          : html`<p class="t-advice-none">律师写下的建议会出现在这里，不用记。</p>`
      }
    </div>
  </aside>`;
}
