/** What is written in the room: for those who are in it now, and for nobody who comes later. */

import { html, useEffect, useRef, useState } from "/vendor/preact.js";
import { timeOfDay } from "../state/format.js";
import { roleWords } from "../state/words.js";
import { useLive } from "./hooks.js";
import { Button } from "./parts.js";

/** @typedef {import("../wire/types.js").Session} Session */

/** @param {{session: Session}} props */
export function Chat({ session }) {
  const list = useRef(/** @type {HTMLElement|null} */ (null));
  const { messages, aside } = session;
  useEffect(() => {
    list.current?.lastElementChild?.scrollIntoView({ block: "nearest" });
  }, [messages.length]);
  return html`<section class="chat" aria-label="文字消息">
    <p class="soft small">${aside?.mine ? "现在只有参加单独谈话的人看得到。" : "现在在房间里的人看得到；以后进来的人看不到。"}</p>
    <ol class="chat-list" ref=${list} aria-live="polite" tabindex="0">
      ${messages.map((message) => html`<${Line} key=${message.id} message=${message} />`)}
    </ol>
    <${Write} session=${session} />
  </section>`;
}

/** @param {{message: import("../wire/types.js").Message}} props */
function Line({ message }) {
  const who = message.me ? "我" : `${roleWords(message.role)} ${message.name}`;
  return html`<li class=${message.me ? "chat-line chat-mine" : "chat-line"} data-testid="chat-line">
    <span class="chat-who">${who} · <time>${timeOfDay(message.at)}</time>${message.aside && " · 单独谈话"}</span>
    <span class="chat-text">${message.text}</span>
  </li>`;
}

/** @param {{session: Session}} props */
function Write({ session }) {
  const live = useLive();
  const [text, setText] = useState("");
  const [sending, setSending] = useState(false);
  const ready = text.trim() !== "" && !sending;
  const send = async (/** @type {Event} */ event) => {
    event.preventDefault();
    if (!ready) return;
    setSending(true);
    const said = await live.command("room.say", { session: session.id, text: text.trim() });
    setSending(false);
    // What was typed since is the next message.
    if (said) setText((now) => (now === text ? "" : now));
  };
  const key = (/** @type {KeyboardEvent} */ event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.isComposing && !event.repeat) void send(event);
  };
  return html`<form class="chat-write" onSubmit=${send}>
    <input
      class="input"
      data-testid="chat-text"
      aria-label="写消息"
      maxlength="500"
      autocomplete="off"
      value=${text}
      onKeyDown=${key}
      onInput=${(/** @type {{currentTarget: HTMLInputElement}} */ event) => setText(event.currentTarget.value)}
    />
    <button type="submit" class="button" data-testid="chat-send" disabled=${!ready}>发送</button>
  </form>`;
}

/**
 * How many messages came while the chat was not on the screen.
 * @param {Session} session
 * @param {boolean} open
 */
export function useUnread(session, open) {
  const [seen, setSeen] = useState(session.messages.length);
  useEffect(() => {
    if (open) setSeen(session.messages.length);
  }, [open, session.messages.length]);
  return open ? 0 : Math.max(0, session.messages.length - seen);
}

/** @param {{unread: number, open: boolean, toggle: () => void}} props */
export function ChatButton({ unread, open, toggle }) {
  return html`<${Button} icon="edit" testid="chat" pressed=${open} onClick=${toggle}>消息${unread > 0 ? `（${unread}）` : ""}<//>`;
}
