/** Hooks that tie components to stores, clocks, keys and devices. */

import { createContext, useContext, useEffect, useLayoutEffect, useState } from "/vendor/preact.js";
import { byVoice } from "../state/media.js";

/**
 * @typedef {import("./live.js").Live} Live
 * @typedef {import("preact").Context<Live|null>} LiveContext
 */

/** @type {LiveContext} */
export const LiveContext = createContext(/** @type {Live|null} */ (null));

/** @returns {Live} */
export function useLive() {
  const live = useContext(LiveContext);
  if (!live) throw new Error("no Live above this component");
  return live;
}

/**
 * The value of a store, kept current.
 * @template {object} T
 * @param {import("../state/store.js").Store<T>} store
 * @returns {T}
 */
export function useStore(store) {
  const [, redraw] = useState({});
  const drawn = store.value;
  useEffect(() => {
    // It may have changed between the drawing and now.
    if (store.value !== drawn) redraw({});
    return store.watch(() => redraw({}));
  }, [store]);
  return drawn;
}

/** The server's time, ticking four times a second so that seconds never jump by two. */
export function useNow() {
  const { clock } = useLive();
  const [now, setNow] = useState(clock.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(clock.now()), 250);
    return () => clearInterval(timer);
  }, [clock]);
  return now;
}

/**
 * Do something when a key is pressed anywhere on the page. Held down, it counts once. An action
 * that answers false leaves the key to whatever has the focus.
 * @param {Record<string, (event: KeyboardEvent) => unknown>} keys  by `event.key`; "Ctrl+Enter" too
 * @param {unknown[]} dependencies
 */
export function useKeys(keys, dependencies) {
  // Before the paint: a key pressed at the very sight of its hint counts.
  useLayoutEffect(() => {
    const pressed = (/** @type {KeyboardEvent} */ event) => {
      const action = keys[(event.ctrlKey || event.metaKey ? "Ctrl+" : "") + event.key];
      if (!action || event.isComposing) return;
      if (event.repeat || action(event) !== false) event.preventDefault();
    };
    window.addEventListener("keydown", pressed);
    return () => window.removeEventListener("keydown", pressed);
  }, dependencies);
}

/**
 * Whether a key was pressed on something that has a meaning of its own for it.
 * @param {KeyboardEvent} event
 * @param {string} [those]  selector of such things
 */
export const pressedOn = ({ target }, those = "button, a, input, select, textarea") =>
  target instanceof Element && target.closest(those) !== null;

/** Keep camera and microphone open while this component is on the screen. */
export function useOpenDevices() {
  const { capture } = useLive();
  useEffect(() => capture.hold(), [capture]);
}

/** Whether one takes part by sound alone: there was no place with a picture left. */
export function useByVoice() {
  const { view } = useStore(useLive().known);
  return byVoice(view?.session?.media?.place);
}

/** As loud as quiet speech; the noise of a room is below. */
const SPEECH = 0.006;

/** A breath between two words does not end a sentence. */
const BREATH_MS = 1000;

/**
 * Whether somebody speaks.
 * @param {number} place
 */
export function useSpeaking(place) {
  const { room } = useLive();
  const [speaking, setSpeaking] = useState(false);
  useEffect(() => {
    let heard = 0;
    const timer = setInterval(() => {
      if (room.loudness(place) > SPEECH) heard = performance.now();
      setSpeaking(heard > 0 && performance.now() - heard < BREATH_MS);
    }, 150);
    return () => clearInterval(timer);
  }, [room, place]);
  return speaking;
}

/** Keep the screen from sleeping while this component is on it. */
export function useAwake() {
  useEffect(() => {
    /** @type {Promise<WakeLockSentinel>|undefined} */
    const lock = navigator.wakeLock?.request("screen");
    // Refused on battery or in the background: the talk goes on all the same.
    lock?.catch(() => undefined);
    return () => void lock?.then((held) => held.release()).catch(() => undefined);
  }, []);
}
