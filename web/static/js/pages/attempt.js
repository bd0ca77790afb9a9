/** Doing something that may be refused: busy while it runs, the refusal in words afterwards. */

import { useState } from "/vendor/preact.js";

/**
 * @typedef {{busy: boolean, error: string, run: (work: () => Promise<void>) => Promise<boolean>}}
 *   Attempt
 */

/** @returns {Attempt} */
export function useAttempt() {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState("");
  /** @param {() => Promise<void>} work */
  const run = async (work) => {
    setBusy(true);
    setError("");
    try {
      await work();
      return true;
    } catch (problem) {
      setError(problem instanceof Error ? problem.message : "操作未完成，请再试一次。");
      return false;
    } finally {
      setBusy(false);
    }
  };
  return { busy, error, run };
}

/**
 * The text of a field that was typed into.
 * @param {Event} event
 */
export function typed(event) {
  const field = event.target;
  return field instanceof HTMLInputElement || field instanceof HTMLSelectElement ? field.value : "";
}
