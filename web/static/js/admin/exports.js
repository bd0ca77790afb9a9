// @ts-check
/** Copies to hand on: asked for with a purpose, made in the background, fetched within a week. */

import { html, useEffect, useState } from "/vendor/preact.js";
import { useAttempt } from "../pages/attempt.js";
import { useLoaded } from "../pages/loaded.js";
import { purposeOf } from "../player/purpose.js";
import { ask } from "../wire/api.js";
import { dayAndTime, exactly, lengthWords, sizeWords } from "./words.js";

/**
 * @typedef {{id: string, name: string, by: string, kind: string, decided_by: string | null,
 *   decided_at: number | null, purpose: string, state: string, progress: number,
 *   error: string, requested_at: number, finished_at: number | null, expires_at: number | null,
 *   bytes: number | null, seconds: number | null, sha256: string | null}} ExportJson
 */

const LOOK_MS = 2000;

/** @type {Readonly<Record<string, string>>} */
const ERRORS = Object.freeze({
  source_changed: "原始录像与封存时不一致，已停止导出。请核验录像。",
  nothing_recorded: "没有录到内容。",
  no_room: "服务器的存储空间要留给录音录像，不够再放一份副本。请系统管理员腾出空间后重新导出。",
});

/** @param {ExportJson} item */
export const underWay = ({ state }) => ["asked", "waiting", "working"].includes(state);

/**
 * How far an export is, in words.
 * @param {ExportJson} item
 */
export function exportWords(item) {
  if (item.state === "asked") return "等待另一位管理员或督导批准";
  if (item.state === "refused") return "没有批准";
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

/** What can be asked for. @type {Readonly<Record<string, string>>} */
const KINDS = Object.freeze({ video: "副本（MP4）", bundle: "证据包（原始文件和核验程序）" });

/** @param {{session: string, csrf: string, may: boolean, me: string}} props */
export function Exports({ session, csrf, may, me }) {
  const { items, error, request, decide, busy } = useExports(session, csrf);
  const free = Object.keys(KINDS).filter(
    (kind) => !items.some((item) => item.kind === kind && underWay(item)),
  );
  return html`<section class="sheet" data-testid="exports">
    <h2>导出</h2>
    <p class="soft small">副本：各方画面并排、带服务器时间的 MP4 文件，不能代替原始录像。证据包：原始文件、记录、签名和核验程序，可以交给法院。</p>
    ${may && free.length > 0 && html`<${Ask} busy=${busy} kinds=${free} request=${request} />`}
    ${error && html`<p class="notice-error" role="alert">${error}</p>`}
    ${items.length === 0 && html`<p class="soft">还没有人导出。</p>`}
    <ul class="plain-list">
      ${items.map((item) => html`<${Item} key=${item.id} item=${item} may=${may} me=${me} busy=${busy} decide=${decide} />`)}
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
  const { found, error: unread, load } = useLoaded(path);
  const { busy, error, run } = useAttempt();
  const items = /** @type {ExportJson[]} */ (found?.items ?? []);
  useRepeated(load, items.some(underWay));
  const request = (/** @type {string} */ purpose, /** @type {string} */ kind) =>
    run(async () => {
      await ask("POST", path, { body: { purpose, kind }, csrf });
      await load();
    });
  const decide = async (/** @type {string} */ id, /** @type {boolean} */ approve) => {
    await run(() => ask("POST", `/api/exports/${id}/decision`, { body: { approve }, csrf }));
    await load(); // refused too: somebody else may have decided
  };
  return { items, error: error || unread, request, decide, busy };
}

/**
 * Look again and again, after a look that failed too.
 * @param {() => Promise<void>} load  never rejects
 * @param {boolean} wanted
 */
function useRepeated(load, wanted) {
  useEffect(() => {
    if (!wanted) return undefined;
    let timer = 0;
    let over = false;
    const look = () => load().then(next);
    const next = () => {
      if (!over) timer = setTimeout(look, LOOK_MS);
    };
    next();
    return () => {
      over = true;
      clearTimeout(timer);
    };
  }, [wanted]);
}

/** @param {{busy: boolean, kinds: string[], request: (purpose: string, kind: string) => void}} props */
function Ask({ busy, kinds, request }) {
  const [chosen, setKind] = useState("video");
  const kind = kinds.includes(chosen) ? chosen : (kinds[0] ?? "video");
  const [words, setWords] = useState("");
  const purpose = purposeOf("", words);
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    if (purpose && !busy) request(purpose, kind);
  };
  return html`<form class="export-ask" onSubmit=${submit}>
    <label>
      <span>导出什么</span>
      <select class="input" data-testid="export-kind" value=${kind}
        onChange=${(/** @type {{currentTarget: HTMLSelectElement}} */ event) => setKind(event.currentTarget.value)}>
        ${kinds.map((one) => html`<option value=${one}>${KINDS[one]}</option>`)}
      </select>
    </label>
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

/**
 * @param {{item: ExportJson, may: boolean, me: string, busy: boolean,
 *   decide: (id: string, approve: boolean) => void}} props
 */
function Item({ item, may, me, busy, decide }) {
  return html`<li data-testid="export-${item.state}">
    ${item.name}：${item.purpose}${item.kind === "bundle" ? "（证据包）" : ""}
    <span class="soft small"><time title=${exactly(item.requested_at)}>${dayAndTime(item.requested_at)}</time></span>
    ${item.state === "working" && html`<progress class="export-progress" max="1" value=${item.progress} aria-label="导出进度"></progress>`}
    <p class="small">${exportWords(item)}</p>
    ${item.decided_by && html`<p class="small soft">${item.state === "refused" ? "不批准" : "批准"}：${item.decided_by}${item.decided_at ? `，${dayAndTime(item.decided_at)}` : ""}</p>`}
    ${item.state === "asked" && item.by !== me && html`<p class="row">
      <button type="button" class="button primary" disabled=${busy} onClick=${() => decide(item.id, true)}>批准</button>
      <button type="button" class="button" disabled=${busy} onClick=${() => decide(item.id, false)}>不批准</button>
    </p>`}
    ${item.state === "done" && may && html`<a class="button" href="/api/exports/${item.id}/file" download>下载${item.kind === "bundle" ? "证据包" : " MP4"}</a>`}
    ${item.sha256 && html`<p class="soft small hash">SHA-256 ${item.sha256}</p>`}
  </li>`;
}
