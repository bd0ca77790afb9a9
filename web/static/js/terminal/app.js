/** Which screen, and what moves from one to the next. */

import { html, useEffect, useRef } from "/vendor/preact.js";
import { draftAt, draftOf, emptyDraft, requestBody } from "../state/draft.js";
import { leave, screenOf, shownSession, stepAfter, stepBefore } from "../state/terminal.js";
import { useLive, useStore } from "../ui/hooks.js";
import { Toast, Waiting } from "../ui/parts.js";
import { LineTrouble, SilentBell } from "../ui/trouble.js";
import { After } from "./after.js";
import { Called } from "./called.js";
import { Calling } from "./calling.js";
import { Consent } from "./consent.js";
import { Facts } from "./facts.js";
import { Home } from "./home.js";
import { MatterChoice } from "./matter.js";
import { Persons } from "./persons.js";
import { Room } from "./room.js";
import { Unanswered } from "./unanswered.js";
import { Unreachable, useUnreachable } from "./unreachable.js";

const FORGET_MS = 10 * 60_000;

/**
 * @typedef {import("../state/terminal.js").Local} Local
 * @typedef {import("../state/draft.js").Draft} Draft
 * @typedef {import("../wire/types.js").MediatorView} MediatorView
 *
 * @typedef {object} StepProps  of the screens before the call
 * @property {Draft} draft
 * @property {(draft: Draft) => void} change
 * @property {() => void} back
 * @property {() => unknown} next
 * @property {() => void} cancel
 */

/** @param {{local: import("../state/store.js").Store<Local>}} props */
export function App({ local }) {
  const live = useLive();
  const known = useStore(live.known);
  const mine = useStore(local);
  const view = known.view?.role === "mediator" ? known.view : null;
  const screen = screenOf(view, mine);
  const unreachable = useUnreachable() && screen !== "room";
  useFreshScreen(screen);
  useForgetting(local, view !== null && screen === mine.step && screen !== "home");
  return html`
    ${unreachable ? html`<${Unreachable} />` : html`<${Screen} screen=${screen} view=${view} local=${local} />`}
    ${screen !== "room" && !unreachable && html`<div class="troubles"><${LineTrouble} /></div><${SilentBell} />`}
    <${Toast} />
  `;
}

/**
 * A new screen begins at its top, and a screen reader reads on from there.
 * @param {string} screen
 */
function useFreshScreen(screen) {
  const first = useRef(true);
  useEffect(() => {
    if (first.current) first.current = false;
    else document.getElementById("main")?.focus();
    window.scrollTo(0, 0);
  }, [screen]);
}

/**
 * People who went away in the middle leave their names on the screen: not for long.
 * @param {import("../state/store.js").Store<Local>} local
 * @param {boolean} filling
 */
function useForgetting(local, filling) {
  useEffect(() => {
    if (!filling) return undefined;
    const touched = () => {
      clearTimeout(timer);
      const empty = { step: /** @type {const} */ ("home"), draft: emptyDraft("mediation"), appointment: null };
      timer = setTimeout(() => local.set(empty), FORGET_MS);
    };
    let timer = setTimeout(touched, 0);
    const signs = /** @type {const} */ (["pointerdown", "keydown"]);
    for (const sign of signs) window.addEventListener(sign, touched);
    return () => {
      clearTimeout(timer);
      for (const sign of signs) window.removeEventListener(sign, touched);
    };
  }, [filling]);
}

/**
 * @param {{screen: string, view: MediatorView|null, local: import("../state/store.js").Store<Local>}} props
 */
function Screen({ screen, view, local }) {
  const session = shownSession(local.value);
  if (!view || screen === "loading") return html`<${Waiting} words="正在连接服务…" />`;
  if (screen === "home") return html`<${Home} view=${view} start=${starter(local)} enter=${enterer(view.adjourned, local)} goOn=${goOn(local)} />`;
  if (view.called && screen === "called") return html`<${Called} key=${view.called.id} call=${view.called} />`;
  if (session && screen === "calling") return html`<${Calling} session=${session} />`;
  if (session && screen === "unanswered") {
    return html`<${Unanswered}
      session=${session}
      view=${view}
      asked=${(/** @type {boolean} */ callbackAsked) => local.set({ callbackAsked })}
    />`;
  }
  if (session && screen === "room") return html`<${Room} session=${session} />`;
  if (session) return html`<${Over} session=${session} local=${local} />`;
  return html`<${Step} screen=${screen} local=${local} />`;
}

/**
 * @param {{session: import("../wire/types.js").Session, local: import("../state/store.js").Store<Local>}} props
 */
function Over({ session, local }) {
  const live = useLive();
  const done = async () => {
    const known = live.known.value.view?.session?.id === session.id;
    if (known && !(await live.command("session.finish", { session: session.id }))) return;
    local.set(leave(session.id));
  };
  return html`<${After} session=${session} done=${done} />`;
}

/** @param {{screen: string, local: import("../state/store.js").Store<Local>}} props */
function Step({ screen, local }) {
  const live = useLive();
  const { draft, step, appointment } = local.value;
  // The draft stays until the session is over: who cancels the call finds it as it was.
  const call = async () => {
    const body = { ...requestBody(draft, live.boot.notice.version), ...(appointment && { appointment }) };
    if (await live.command("session.request", body)) local.set({ appointment: null });
  };
  const props = {
    draft,
    change: (/** @type {Draft} */ changed) => local.set({ draft: changed }),
    back: () => local.set({ step: stepBefore(step) }),
    next: () => local.set({ step: stepAfter(step) }),
    cancel: () => local.set({ step: "home", draft: emptyDraft(draft.kind), appointment: null }),
  };
  if (screen === "matter") return html`<${MatterChoice} ...${props} />`;
  if (screen === "persons") return html`<${Persons} ...${props} />`;
  if (screen === "facts") return html`<${Facts} ...${props} />`;
  return html`<${Consent} ...${props} next=${call} />`;
}

/**
 * Begin filling in. Coming back to the same kind finds what was filled in before.
 * @param {import("../state/store.js").Store<Local>} local
 */
const starter = (local) => (/** @type {Draft["kind"]} */ kind) => {
  const { draft } = local.value;
  const same = draft.kind === kind && draft.continues === null;
  local.set({ step: "matter", draft: same ? draft : emptyDraft(kind), appointment: null });
};

/**
 * Come for an appointment: what it is about is known, who has come is asked.
 * @param {import("../wire/types.js").Adjourned[]} adjourned
 * @param {import("../state/store.js").Store<Local>} local
 */
const enterer = (adjourned, local) => (/** @type {import("../wire/types.js").Appointment} */ appointment) =>
  local.set({ step: "persons", draft: draftAt(appointment, adjourned), appointment: appointment.id });

/**
 * Go on with a session of an earlier day: who is here today comes first.
 * @param {import("../state/store.js").Store<Local>} local
 */
const goOn = (local) => (/** @type {import("../wire/types.js").Adjourned} */ earlier) =>
  local.set({ step: "persons", draft: draftOf(earlier), appointment: null });
