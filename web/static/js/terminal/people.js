/** The people of a session: who waits, who is who, invitations, who must not meet. */

import { html, useEffect, useState } from "/vendor/preact.js";
import { chime } from "../media/sounds.js";
import { timeOfDay } from "../state/format.js";
import { WAYS, callers, guestWords, identityWords, nextIn, objections, waiting } from "../state/people.js";
import { copied } from "../ui/copy.js";
import { useLive } from "../ui/hooks.js";
import { Button, Dialog, Note } from "../ui/parts.js";
import { ApiError, ask } from "../wire/api.js";

/**
 * @typedef {import("../wire/types.js").Session} Session
 * @typedef {import("../wire/types.js").Visitor} Visitor
 * @typedef {{person: string, name: string, link: string, code: string, qr: string, expires_at: number}} Invitation
 */

const CHIME_EVERY_MS = 20_000;

/** Somebody waits, or calls: seen, and heard until it is looked after. @param {{session: Session, open: () => void}} props */
export function Doorbell({ session, open }) {
  const names = waiting(session).map((one) => one.name);
  const calling = callers(session).map((one) => one.name);
  const wanted = [...names, ...calling].join("、");
  useEffect(() => {
    if (!wanted) return undefined;
    chime();
    const timer = setInterval(chime, CHIME_EVERY_MS);
    return () => clearInterval(timer);
  }, [wanted]);
  return html`
    ${
      names.length > 0 &&
      html`<${Note} tone="wait" icon="people" testid="doorbell">
        <strong>${names.join("、")} 在等候室。</strong>
        <${Button} size="small" testid="doorbell-open" onClick=${open}>去看看<//>
      <//>`
    }
    ${calling.length > 0 && html`<${Note} tone="wait" icon="phone" testid="called"><strong>${calling.join("、")} 请您过去。</strong><//>`}
  `;
}

/** @param {{session: Session, close: () => void}} props */
export function People({ session, close }) {
  const [invited, setInvited] = useState(/** @type {Invitation|null} */ (null));
  const invite = useInvite(session, setInvited);
  return html`<${Dialog} title="当事人" testid="people" onClose=${close}>
    ${
      invited
        ? html`<${Card} invitation=${invited} done=${() => setInvited(null)} />`
        : html`
          <ul class="p-list">
            ${waiting(session).map((one) => html`<${Guest} key=${one.person} session=${session} visitor=${one} invite=${invite} />`)}
            ${session.persons.filter((one) => one.here).map((one) => html`<${Here} key=${one.id} session=${session} person=${one} invite=${invite} />`)}
            ${elsewhere(session).map((one) => html`<${NotYet} key=${one.id} person=${one} invite=${invite} />`)}
            ${session.lobby.filter((one) => one.state !== "waiting").map((one) => html`<${Guest} key=${one.person} session=${session} visitor=${one} invite=${invite} />`)}
          </ul>
          <${New} invite=${invite} />
          <div class="dialog-actions"><${Button} testid="people-close" onClick=${close}>关闭<//></div>
        `
    }
  <//>`;
}

/**
 * @param {Session} session
 * @param {(invitation: Invitation) => void} made
 */
function useInvite(session, made) {
  const live = useLive();
  return async (/** @type {Record<string, unknown>} */ body) => {
    try {
      made(await ask("POST", `/api/sessions/${session.id}/guests`, { body, csrf: live.boot.csrf }));
    } catch (error) {
      live.say(error instanceof ApiError ? error.message : "邀请没有发出，请再试一次。", "alarm");
    }
  };
}

/** @typedef {(body: Record<string, unknown>) => Promise<void>} Invite */

/** @param {{session: Session, person: import("../wire/types.js").Person, invite: Invite}} props */
function Here({ session, person, invite }) {
  const live = useLive();
  const change = () =>
    live.command("consent.answer", {
      session: session.id,
      subject: "recording",
      given: !person.recording,
      notice: live.boot.notice.version,
      person: person.id,
      how: "spoken",
    });
  return html`<li class="p-row" data-testid="person-here">
    <div class="p-who"><strong>${person.name}</strong><span class="soft small">在终端旁 · ${person.recording ? "同意录音录像" : "不同意录音录像"}</span></div>
    <div class="p-do">
      <${Button} size="small" testid="spoken-consent" onClick=${change}>${person.recording ? "口头收回同意" : "口头同意录音录像"}<//>
      <${Button} size="small" onClick=${() => invite({ person: person.id })}>改用手机参加<//>
    </div>
  </li>`;
}

/** Taken along from the earlier day, and not invited yet. @param {Session} session */
const elsewhere = (session) =>
  session.persons.filter((one) => !one.here && session.lobby.every((visitor) => visitor.person !== one.id));

/** @param {{person: import("../wire/types.js").Person, invite: Invite}} props */
function NotYet({ person, invite }) {
  return html`<li class="p-row" data-testid="person-elsewhere">
    <div class="p-who"><strong>${person.name}</strong><span class="soft small">上次参加过 · 今天还没有邀请</span></div>
    <div class="p-do"><${Button} size="small" testid="invite-elsewhere" onClick=${() => invite({ person: person.id })}>邀请用手机参加<//></div>
  </li>`;
}

/** What the mediator knows before letting somebody in. @type {Record<ReturnType<typeof nextIn>, string>} */
const NEXT_IN = {
  picture: "",
  sound: "房间里已有六路画面。请进来后先只用声音参加，有人离开就能打开画面。",
  full: "房间里已有十二人，满了。要先请一位离开，才能再请人进来。",
};

/** @param {{session: Session, visitor: Visitor, invite: Invite}} props */
function Guest({ session, visitor, invite }) {
  const live = useLive();
  const act = (/** @type {string} */ type, words = "") =>
    live.command(type, type === "guest.admit" ? { session: session.id, person: visitor.person } : { session: session.id, person: visitor.person, words });
  const { state } = visitor;
  const next = nextIn(session);
  return html`<li class="p-row" data-testid="visitor" data-state=${state}>
    <div class="p-who">
      <strong>${visitor.name}</strong>
      <span class="soft small">${guestWords(state)} · ${timeOfDay(visitor.since)} · ${identityWords(visitor.identity)}${visitor.guardian && ` · 监护人 ${visitor.guardian}`}</span>
      ${objections(visitor).map((words) => html`<span class="badge wait">${words}</span>`)}
      ${visitor.apart.length > 0 && html`<span class="badge stop">不得与${namesOf(session, visitor.apart)}相见</span>`}
    </div>
    ${visitor.identity === null && (state === "waiting" || state === "preparing") && html`<${Identity} session=${session} visitor=${visitor} />`}
    ${state === "waiting" && NEXT_IN[next] && html`<p class="p-next small" data-testid="next-in">${NEXT_IN[next]}</p>`}
    <div class="p-do">
      ${state === "waiting" && html`<${Button} size="small" tone="go" testid="admit" disabled=${visitor.identity === null || next === "full"} onClick=${() => act("guest.admit")}>${visitor.been_inside ? "请回来" : "请进来"}<//>`}
      ${state === "inside" && html`<${Button} size="small" testid="send-out" onClick=${() => act("guest.send_out", "请在等候室稍等，稍后请您回来。")}>请到等候室<//>`}
      ${state === "inside" && html`<${Shut} session=${session} visitor=${visitor} />`}
      ${(state === "waiting" || state === "inside" || state === "away") && html`<${Button} size="small" testid="refuse" onClick=${() => act("guest.refuse")}>不让进入<//>`}
      ${state !== "inside" && state !== "over" && html`<${Button} size="small" testid="invite-again" onClick=${() => invite({ person: visitor.person })}>${state === "invited" ? "再看邀请" : "重新邀请"}<//>`}
      <${Apart} session=${session} visitor=${visitor} />
    </div>
  </li>`;
}

/** @param {Session} session @param {string[]} ids */
const namesOf = (session, ids) =>
  session.persons
    .filter((one) => ids.includes(one.id))
    .map((one) => one.name)
    .join("、");

/** Shut or open a guest's microphone for all. @param {{session: Session, visitor: Visitor}} props */
function Shut({ session, visitor }) {
  const live = useLive();
  const one = session.participants.find((other) => other.role === "party" && other.name === visitor.name);
  if (!one || !one.beside) return null;
  const hush = () => live.command("room.hush", { session: session.id, participant: one.id, muted: !one.hushed });
  return html`<${Button} size="small" icon="micOff" testid="hush" pressed=${one.hushed} onClick=${hush}>${one.hushed ? "恢复其声音" : "请其静音"}<//>`;
}

/** Who it is, as the mediator knows it; the name written here is the name in the room. @param {{session: Session, visitor: Visitor}} props */
function Identity({ session, visitor }) {
  const live = useLive();
  const [name, setName] = useState(visitor.name);
  const [words, setWords] = useState("");
  const know = (/** @type {string} */ way) =>
    live.command("guest.know", { session: session.id, person: visitor.person, name: name.trim(), way, words });
  return html`<fieldset class="p-identity">
    <legend class="small">核验身份：请对方出示证件，核对姓名</legend>
    <input class="input" aria-label="核对后的姓名" data-testid="checked-name" maxlength="40" value=${name} onInput=${(/** @type {{currentTarget: HTMLInputElement}} */ event) => setName(event.currentTarget.value)} />
    <input class="input" aria-label="说明（无法核验时必填）" placeholder="无法核验时写明原因" maxlength="200" value=${words} onInput=${(/** @type {{currentTarget: HTMLInputElement}} */ event) => setWords(event.currentTarget.value)} />
    ${WAYS.map(
      ({ way, words: label }) =>
        html`<${Button} size="small" testid=${`know-${way}`} disabled=${!name.trim() || (way === "not_possible" && !words.trim())} onClick=${() => know(way)}>${label}<//>`,
    )}
  </fieldset>`;
}

/** @param {{session: Session, visitor: Visitor}} props */
function Apart({ session, visitor }) {
  const live = useLive();
  const [asking, setAsking] = useState(false);
  const others = session.persons.filter((one) => one.id !== visitor.person && !visitor.apart.includes(one.id));
  if (!others.length) return null;
  const part = async (/** @type {string} */ other) => {
    setAsking(false);
    await live.command("persons.keep_apart", { session: session.id, one: visitor.person, other, reason: "" });
  };
  if (!asking) return html`<${Button} size="small" tone="quiet" testid="apart" onClick=${() => setAsking(true)}>不得相见…<//>`;
  return html`<div class="p-apart" role="group" aria-label="不得相见">
    <p class="small">有人身安全保护令、家庭暴力等情形时使用：两人不会同时在房间里，也互相看不到。之后请一先一后分别谈（穿梭调解）。设定后不能取消。</p>
    ${others.map((one) => html`<${Button} size="small" tone="danger" testid="apart-from" onClick=${() => part(one.id)}>不得与 ${one.name} 相见<//>`)}
    <${Button} size="small" onClick=${() => setAsking(false)}>返回<//>
  </div>`;
}

/** @param {{invite: Invite}} props */
function New({ invite }) {
  const [name, setName] = useState("");
  const [minor, setMinor] = useState(false);
  const [guardian, setGuardian] = useState("");
  const [busy, setBusy] = useState(false);
  const submit = async (/** @type {Event} */ event) => {
    event.preventDefault();
    if (busy) return; // a second tap is not a second person
    setBusy(true);
    // Where it works the invitation takes this form's place; where not, what was typed stays.
    await invite({ name: name.trim(), minor, guardian: minor ? guardian.trim() : "" });
    setBusy(false);
  };
  const ready = name.trim() && (!minor || guardian.trim());
  return html`<form class="p-new" onSubmit=${submit}>
    <label><span class="label">再请一位用手机参加</span>
      <input class="input" data-testid="guest-name" placeholder="姓名" maxlength="40" autocomplete="off" value=${name} onInput=${(/** @type {{currentTarget: HTMLInputElement}} */ event) => setName(event.currentTarget.value)} /></label>
    <label class="check"><input type="checkbox" checked=${minor} onChange=${(/** @type {{currentTarget: HTMLInputElement}} */ event) => setMinor(event.currentTarget.checked)} /><span>未满 18 岁</span></label>
    ${minor && html`<label><span class="label">监护人姓名</span><input class="input" maxlength="40" autocomplete="off" value=${guardian} onInput=${(/** @type {{currentTarget: HTMLInputElement}} */ event) => setGuardian(event.currentTarget.value)} /></label>`}
    <button type="submit" class="button primary" data-testid="invite" disabled=${!ready || busy} aria-busy=${busy}>生成邀请</button>
  </form>`;
}

/** An invitation to hand on: this is the only time it is shown. @param {{invitation: Invitation, done: () => void}} props */
function Card({ invitation, done }) {
  const live = useLive();
  const copy = async () => {
    if (await copied(invitation.link)) live.say("网址已复制。");
    else live.say("没能复制，请选中上面的网址自己复制。", "alarm");
  };
  return html`<div class="p-card" data-testid="invitation">
    <img src=${invitation.qr} alt="邀请的二维码" width="240" height="240" />
    <div>
      <p>请 <strong>${invitation.name}</strong> 用手机扫码，或打开网址 <strong>${new URL(invitation.link).host}/join</strong> 输入邀请码：</p>
      <p class="p-code" data-testid="invitation-code">${invitation.code}</p>
      <p class="soft small">只能用一次，${timeOfDay(invitation.expires_at)} 前有效。关闭后不再显示，需要时可重新生成。</p>
      <input class="input small" readonly aria-label="邀请的网址" data-testid="invitation-link" value=${invitation.link} />
    </div>
  </div>
  <div class="dialog-actions">
    <${Button} icon="paper" onClick=${copy}>复制网址<//>
    <${Button} tone="primary" testid="invitation-done" onClick=${done}>好了<//>
  </div>`;
}
