/** What a page shows, as the service answers it: read, read again, and still there on a poor line. */

import { html, useEffect, useRef, useState } from "/vendor/preact.js";
import { ask } from "../wire/api.js";

/**
 * The answer to the newest question; an older one that comes late is dropped. What has been read
 * stays when a request is lost, and the next one that works takes the error away.
 * @param {string} path
 * @returns {{found: any, answers: string, error: string, load: () => Promise<void>}} `answers`: the
 *   path that `found` is the answer to; `load` never rejects
 */
export function useLoaded(path) {
  const [{ found, answers }, setAnswer] = useState({ found: /** @type {any} */ (null), answers: "" });
  const [error, setError] = useState("");
  const asked = useRef({ path, n: 0 });
  asked.current.path = path;
  const load = async () => {
    const now = asked.current.path;
    const n = ++asked.current.n;
    const newest = () => asked.current.n === n;
    try {
      const answer = await ask("GET", now);
      if (!newest()) return;
      setAnswer({ found: answer, answers: now });
      setError("");
    } catch (problem) {
      if (newest()) setError(problem instanceof Error ? problem.message : "没有读到，请再试一次。");
    }
  };
  useEffect(() => void load(), [path]);
  return { found, answers, error, load };
}

/**
 * Above what was read before: that something was not read, and once more.
 * @param {{error: string, load: () => Promise<void>}} props
 */
export function Unread({ error, load }) {
  if (!error) return null;
  return html`<p class="note stop row" role="alert" data-testid="unread">
    <span>${error}</span>
    <button class="button" type="button" onClick=${load}>再试一次</button>
  </p>`;
}
