/** The lawyer's room: the people at the left, the case and the advice at the right. */

import { html, useRef, useState } from "/vendor/preact.js";
import { AsideStrip } from "../ui/aside.js";
import { Chat, useUnread } from "../ui/chat.js";
import { OwnConflict } from "../ui/conflict.js";
import { HangUp, OwnMedia, PauseButton, Share, pause, resume } from "../ui/controls.js";
import { useAwake, useKeys, useLive, useOpenDevices } from "../ui/hooks.js";
import { Elapsed, RecLamp } from "../ui/lamp.js";
import { PhotoStrip } from "../ui/photos.js";
import { Stage } from "../ui/stage.js";
import { Troubles } from "../ui/trouble.js";
import { AdviceDesk } from "./advice-desk.js";
import { CaseFacts } from "./case-facts.js";
import { Colleagues, Handing } from "./colleagues.js";
import { useWriting } from "./writing.js";

/** @typedef {import("../wire/types.js").Session} Session */

/** @param {{session: Session}} props */
export function Room({ session }) {
  useOpenDevices();
  useAwake();
  useRoomKeys(session);
  return html`<main id="main" class="room d-room" tabindex="-1" data-testid="room">
    <header class="room-head">
      <${RecLamp} session=${session} />
      <span>${session.station}</span>
      <span>${session.matter.name}</span>
      <span>通话 <${Elapsed} since=${session.live_at} /></span>
      <span class="room-number">编号 ${session.number}</span>
    </header>
    <${Troubles}><${OwnConflict} session=${session} /><${AsideStrip} session=${session} /><${Handing} session=${session} /><//>
    <${Stage} session=${session} />
    <${PhotoStrip} session=${session} />
    <${Panel} session=${session} />
    <footer class="room-bar" aria-label="通话操作">
      <${OwnMedia} hotkeys />
      <${Share} />
      ${session.lead && html`<${PauseButton} session=${session} hotkeys />`}
      <${Colleagues} session=${session} />
      ${session.lead && html`<${HangUp} session=${session} words="结束后请把建议补充完整，或说明没有建议的原因。" />`}
    </footer>
  </main>`;
}

/** @param {Session} session */
function useRoomKeys(session) {
  const live = useLive();
  const { capture } = live;
  useKeys(
    {
      F8: () => capture.mute(!capture.value.muted),
      F9: () => void capture.switchCamera(!capture.value.cameraOff),
      F4: () => {
        if (!session.lead) return;
        if (session.state === "live") void pause(live, session);
        if (session.state === "paused") void resume(live, session);
      },
    },
    [session.id, session.state, session.lead],
  );
}

const TABS = /** @type {const} */ ([
  { id: "facts", words: "案情", hotkey: "F6" },
  { id: "advice", words: "建议", hotkey: "F7" },
  { id: "chat", words: "消息", hotkey: "" },
]);

/** @param {{session: Session}} props */
function Panel({ session }) {
  const [tab, setTab] = useState(/** @type {"facts"|"advice"|"chat"} */ ("advice"));
  const editor = useRef(/** @type {HTMLElement|null} */ (null));
  const unread = useUnread(session, tab === "chat");
  const writing = useWriting(session);
  const write = () => {
    setTab("advice");
    // The tab has to be on the screen before its text field can take the focus.
    requestAnimationFrame(() => editor.current?.querySelector("textarea")?.focus());
  };
  useKeys({ F6: () => setTab("facts"), F7: write }, []);
  return html`<aside class="d-panel" ref=${editor}>
    <div class="d-tabs" role="tablist" aria-label="案情、建议和消息">
      ${TABS.map(
        ({ id, words, hotkey }) =>
          html`<button
            type="button"
            role="tab"
            id=${`tab-${id}`}
            data-testid=${`tab-${id}`}
            aria-selected=${tab === id}
            aria-controls=${`panel-${id}`}
            onClick=${() => (id === "advice" ? write() : setTab(id))}
          >
            ${words}${id === "chat" && unread > 0 ? `（${unread}）` : ""}${hotkey && html`<kbd>${hotkey}</kbd>`}
          </button>`,
      )}
    </div>
    <div role="tabpanel" id="panel-facts" aria-labelledby="tab-facts" tabindex="0" hidden=${tab !== "facts"} class="d-tabpanel">
      <${CaseFacts} session=${session} />
    </div>
    <div role="tabpanel" id="panel-advice" aria-labelledby="tab-advice" hidden=${tab !== "advice"} class="d-tabpanel">
      <${AdviceDesk} session=${session} writing=${writing} />
    </div>
    <div role="tabpanel" id="panel-chat" aria-labelledby="tab-chat" hidden=${tab !== "chat"} class="d-tabpanel">
      <${Chat} session=${session} />
    </div>
  </aside>`;
}
