/** Small pieces that every page uses: button, dialog, toast, notes, steps of waiting. */

import { html, useContext, useEffect, useLayoutEffect, useRef, useState } from "/vendor/preact.js";
import { Store } from "../state/store.js";
import { LiveContext, useLive, useStore } from "./hooks.js";
import { Icon } from "./icons.js";

/**
 * @typedef {import("preact").ComponentChildren} Children
 *
 * @typedef {object} ButtonProps
 * @property {() => unknown} onClick  while a promise of it is open the button is busy
 * @property {string} [icon]
 * @property {"primary"|"go"|"stop"|"danger"|"quiet"} [tone]
 * @property {"large"|"small"|"wide"} [size]
 * @property {string} [testid]
 * @property {boolean} [disabled]
 * @property {boolean} [pressed]
 * @property {string} [hotkey]  shown beside the words
 * @property {string} [label]   for a screen reader, when the words alone are not enough
 * @property {Children} children
 */

/** @param {ButtonProps} props */
export function Button(props) {
  const [busy, setBusy] = useState(false);
  const shown = useRef(true);
  useEffect(() => () => void (shown.current = false), []);
  const click = async () => {
    if (busy) return;
    setBusy(true);
    try {
      await props.onClick();
    } finally {
      if (shown.current) setBusy(false);
    }
  };
  return html`<button
    type="button"
    class=${`button ${props.tone ?? ""} ${props.size ?? ""}`}
    data-testid=${props.testid}
    disabled=${props.disabled}
    aria-busy=${busy}
    aria-pressed=${props.pressed}
    aria-label=${props.label}
    onClick=${click}
  >
    ${props.icon && html`<${Icon} name=${props.icon} />`}
    <span>${props.children}</span>
    ${props.hotkey && html`<kbd>${props.hotkey}</kbd>`}
  </button>`;
}

/** The open dialogs, the topmost last: what lies under it is inert, to a screen reader too. */
const dialogs = new Store({ open: /** @type {symbol[]} */ ([]) });

/**
 * A question in front of everything else. Esc and the backdrop mean `onClose`.
 * @param {{title: string, onClose: () => void, testid?: string, children: Children}} props
 */
export function Dialog({ title, onClose, testid, children }) {
  const element = useRef(/** @type {HTMLDialogElement|null} */ (null));
  const [self] = useState(() => Symbol("dialog"));
  const live = useContext(LiveContext);
  // Before the next key can come: an Escape that finds the dialog not yet modal would be lost.
  useLayoutEffect(() => {
    const before = document.activeElement;
    element.current?.showModal();
    dialogs.set({ open: [...dialogs.value.open, self] });
    return () => {
      dialogs.set({ open: dialogs.value.open.filter((one) => one !== self) });
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  const cancel = (/** @type {Event} */ event) => {
    event.preventDefault();
    onClose();
  };
  // A browser may close it all the same (a second Escape); as long as it is drawn, it is open.
  const reopen = () => element.current?.isConnected && element.current.showModal();
  return html`<dialog ref=${element} class="dialog" data-testid=${testid} onCancel=${cancel} onClose=${reopen}>
    <h2>${title}</h2>
    ${children}
    ${live && html`<${Toast} within=${self} />`}
  </dialog>`;
}

/**
 * A strip that says what is wrong, what still works and what to do.
 * @param {{tone: ""|"wait"|"stop"|"go", icon?: string, testid?: string, children: Children}} props
 */
export function Note({ tone, icon, testid, children }) {
  const role = tone === "stop" ? "alert" : "status";
  return html`<div class=${`note ${tone}`} role=${role} data-testid=${testid}>
    ${icon && html`<${Icon} name=${icon} />`}
    <div class="note-words">${children}</div>
  </div>`;
}

/**
 * The last thing that was said: on the page, or within the dialog that lies over everything.
 * @param {{within?: symbol}} props
 */
export function Toast({ within }) {
  const { toast } = useStore(useLive().known);
  const { open } = useStore(dialogs);
  const here = open.at(-1) === within;
  return html`<div class="toasts" aria-live="assertive">
    ${toast && here && html`<div class=${`toast toast-${toast.tone}`} data-testid="toast">${toast.words}</div>`}
  </div>`;
}

/** @param {{words: string}} props */
export function Waiting({ words }) {
  return html`<div class="waiting" role="status">
    <span class="spinner" aria-hidden="true"></span>
    <p>${words}</p>
  </div>`;
}

/** @param {{children: Children}} props */
export const Empty = ({ children }) => html`<p class="empty">${children}</p>`;
