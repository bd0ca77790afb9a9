// @ts-check
/** Copies to hand on: asked for with a purpose, made in the background, fetched within a week. */

import { html, useEffect, useState } from "/vendor/preact.js";
import { purposeOf } from "../player/purpose.js";
import { ask } from "../wire/api.js";
import { dayAndTime, exactly, lengthWords, sizeWords } from "./words.js";

/**
 * @typedef {{id: string, name: string, purpose: string, state: string, progress: number,
 *   error: string, requested_at: number, finished_at: number | null, expires_at: number | null,
 *   bytes: number | null, seconds: number | null, sha256: string | null}} ExportJson
 */

const LOOK_MS = 2000;

/** @type {Readonly<Record<string, string>>} */
const ERRORS = Object.freeze({
  source_changed: "原始录像与封存时不一致，已停止导出。请核验录像。",
  nothing_recorded: "没有录到内容。",
});

/** @param {ExportJson} item */
export const underWay = ({ state }) => state === "waiting" || state === "working";

/**
 * How far an export is, in words.
 * @param {ExportJson} item
 */
export function exportWords(item) {
  if (item.state === "waiting") return "排队中";
  if (item.state === "working") return `正在制作，已完成 ${Math.floor(item.progress * 100)}%`;
  if (item.state === "expired") return "已过期，文件已删除";
  if (item.state === "failed") return ERRORS[item.error] ?? "制作失败，请联系管理员。";
  return [
    item.seconds === null ? "" : lengthWords(item.seconds * 1000),
    item.bytes === null ? "" : sizeWords(item.bytes),
    item.expires_at === null ? "" : `${dayAndTime(item.expires_at)} 前可以下载`,
  ]
    .filter(Boolean)
    .join("，");
}

/** @param {{session: string, csrf: string, may: boolean}} props */
export function Exports({ session, csrf, may }) {
  const { items, error, request, busy } = useExports(session, csrf);
  const making = items.some(underWay);
  return html`<section class="sheet" data-testid="exports">
    <h2>导出副本</h2>
    <p class="soft small">各方画面并排、带服务器时间的 MP4 文件。副本不能代替原始录像；它的校验值和来源会一并登记。</p>
    ${may && !making && html`<${Ask} busy=${busy} request=${request} />`}
    ${error && html`<p class="notice-error" role="alert">${error}</p>`}
    ${items.length === 0 && html`<p class="soft">还没有人导出。</p>`}
    <ul class="plain-list">
      ${items.map((item) => html`<${Item} key=${item.id} item=${item} may=${may} />`)}
    </ul>
  </section>`;
}

/**
 * The list, looked at again as long as something is being made.
 * @param {string} session
 * @param {string} csrf
 */
function useExports(session, csrf) {
  const path = `/api/sessions/${session}/exports`;
  const [items, setItems] = useState(/** @type {ExportJson[]} */ ([]));
  const [error, setError] = useState("");
  const [busy, setBusy] = useState(false);
  const fail = (/** @type {unknown} */ reason) => setError(reason instanceof Error ? reason.message : String(reason));
  useEffect(() => {
    ask("GET", path).then((found) => setItems(found.items), fail);
  }, [path]);
  useEffect(() => {
    if (!items.some(underWay)) return undefined;
    const look = setTimeout(() => ask("GET", path).then((found) => setItems(found.items), fail), LOOK_MS);
    return () => clearTimeout(look);
  }, [items, path]);
  const request = async (/** @type {string} */ purpose) => {
    setBusy(true);
    setError("");
    try {
      const made = await ask("POST", path, { body: { purpose }, csrf });
      setItems([made, ...items]);
    } catch (reason) {
      fail(reason);
    }
    setBusy(false);
  };
  return { items, error, request, busy };
}

/** @param {{busy: boolean, request: (purpose: string) => void}} props */
function Ask({ busy, request }) {
  const [words, setWords] = useState("");
  const purpose = purposeOf("", words);
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    if (purpose && !busy) request(purpose);
  };
  return html`<form class="export-ask" onSubmit=${submit}>
    <label>
      <span>用途</span>
      <input
        class="input"
        data-testid="export-purpose"
        maxlength="200"
        autocomplete="off"
        value=${words}
        onInput=${(/** @type {{currentTarget: HTMLInputElement}} */ event) => setWords(event.currentTarget.value)}
      />
    </label>
    <button class="button" data-testid="export-request" disabled=${!purpose || busy}>开始导出</button>
  </form>`;
}

/** @param {{item: ExportJson, may: boolean}} props */
function Item({ item, may }) {
  return html`<li data-testid="export-${item.state}">
    ${item.name}：${item.purpose}
    <span class="soft small"><time title=${exactly(item.requested_at)}>${dayAndTime(item.requested_at)}</time></span>
    ${item.state === "working" && html`<progress class="export-progress" max="1" value=${item.progress} aria-label="导出进度"></progress>`}
    <p class="small">${exportWords(item)}</p>
    ${item.state === "done" && may && html`<a class="button" href="/api/exports/${item.id}/file" download>下载 MP4</a>`}
    ${item.sha256 && html`<p class="soft small hash">SHA-256 ${item.sha256}</p>`}
  </li>`;
}
