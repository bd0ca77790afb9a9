/** The wordings of the notice: dated, never changed, only followed by a newer one. */

import { html, render, useEffect, useState } from "/vendor/preact.js";
import { ask } from "../wire/api.js";
import { typed, useAttempt } from "./attempt.js";

/**
 * @typedef {object} Text
 * @property {string} version
 * @property {string} title
 * @property {string} body
 * @property {string} in_force_from
 * @property {"in_force"|"coming"|"past"} state
 * @property {number} consents
 *
 * @typedef {{version: string, title: string, body: string, in_force_from: string}} Fields
 */

const STATES = {
  in_force: { tone: "go", words: "现行" },
  coming: { tone: "wait", words: "将施行" },
  past: { tone: "none", words: "以前的" },
};

/** @type {{csrf: string, may_add: boolean}} */
const { csrf, may_add: mayAdd } = JSON.parse(document.getElementById("boot")?.textContent ?? "{}");

/** @param {{start: Fields, saved: () => Promise<void>, close: () => void}} props */
function NewText({ start, saved, close }) {
  const [fields, setFields] = useState(start);
  const { busy, error, run } = useAttempt();
  const set = (/** @type {keyof Fields} */ name) => (/** @type {Event} */ event) =>
    setFields({ ...fields, [name]: typed(event) });
  const submit = async (/** @type {Event} */ event) => {
    event.preventDefault();
    const done = await run(async () => {
      await ask("POST", "/api/texts", { body: fields, csrf });
      await saved();
    });
    if (done) close();
  };
  return html`<section class="sheet adding" aria-labelledby="new-text">
    <h2 id="new-text">新版本</h2>
    <p class="note">保存后不能修改或删除：每个人当时同意的是哪一版，要一直说得清。写错了，就再出一版。</p>
    <form class="person-form" onSubmit=${submit}>
      <label class="field"><span class="label">版本号（如 2026-07）</span>
        <input class="input" name="version" required maxlength="32" value=${fields.version} onInput=${set("version")} /></label>
      <label class="field"><span class="label">从哪天起施行</span>
        <input class="input" type="date" name="in_force_from" required value=${fields.in_force_from} onInput=${set("in_force_from")} /></label>
      <label class="field text-wide"><span class="label">标题</span>
        <input class="input" name="title" required maxlength="80" value=${fields.title} onInput=${set("title")} /></label>
      <label class="field text-wide"><span class="label">正文</span>
        <textarea class="input" name="body" required rows="14" maxlength="20000" value=${fields.body}
          onInput=${(/** @type {{currentTarget: HTMLTextAreaElement}} */ event) => setFields({ ...fields, body: event.currentTarget.value })}></textarea></label>
      <p class="error" role="alert">${error}</p>
      <p class="row person-form-actions">
        <button class="button primary" type="submit" disabled=${busy}>保存这一版</button>
        <button class="button" type="button" onClick=${close}>取消</button>
      </p>
    </form>
  </section>`;
}

/** A consent's link leads to its wording. @param {{text: Text}} props */
function Version({ text }) {
  const { tone, words } = STATES[text.state];
  const place = `v-${text.version}`;
  const asked = decodeURIComponent(location.hash.slice(1)) === place;
  useEffect(() => {
    if (asked) document.getElementById(place)?.scrollIntoView();
  }, []);
  return html`<article class="sheet text-version" id=${place}>
    <header class="row">
      <h2>${text.title}</h2>
      <span class=${`badge ${tone}`}>${words}</span>
    </header>
    <p class="soft">版本 ${text.version} · ${text.in_force_from} 起施行 · ${text.consents ? `${text.consents} 次同意或不同意是针对这一版` : "还没有人对这一版表态"}</p>
    <details open=${asked || text.state === "in_force"}><summary>正文</summary><p class="text-body">${text.body}</p></details>
  </article>`;
}

function Texts() {
  const [texts, setTexts] = useState(/** @type {Text[]|null} */ (null));
  const [error, setError] = useState("");
  const [adding, setAdding] = useState(false);
  const load = async () => {
    try {
      setTexts((await ask("GET", "/api/texts")).items);
      setError("");
    } catch (problem) {
      setError(problem instanceof Error ? problem.message : "没有读到文本。");
    }
  };
  useEffect(() => void load(), []);
  if (!texts) return html`<p class=${error ? "note stop" : "loading"} role="status">${error || "正在读取…"}</p>`;
  const now = texts.find((one) => one.state === "in_force");
  const start = { version: "", title: now?.title ?? "", body: now?.body ?? "", in_force_from: "" };
  return html`<div class="page-head">
      <div>
        <h1>告知书文本</h1>
        <p class="soft">通话前念给每个人听的权利义务告知书。旧版都保留，每一份同意都记着是哪一版。</p>
      </div>
      ${mayAdd && html`<button class="button primary" type="button" disabled=${adding} onClick=${() => setAdding(true)}>新增一版</button>`}
    </div>
    ${error && html`<p class="note stop" role="alert">${error}</p>`}
    ${adding && html`<${NewText} start=${start} saved=${load} close=${() => setAdding(false)} />`}
    ${texts.length === 0 && html`<div class="sheet empty"><p>还没有文本，终端暂时不能发起调解。</p></div>`}
    <div class="stack">${texts.map((one) => html`<${Version} key=${one.version} text=${one} />`)}</div>`;
}

const root = document.getElementById("app");
if (root) {
  root.replaceChildren();
  render(html`<${Texts} />`, root);
}
