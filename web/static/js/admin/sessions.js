// @ts-check
/** The search page: one box for words, chips for the rest; the address holds the search. */

import { html, render, useEffect, useState } from "/vendor/preact.js";
import { ask } from "../wire/api.js";
import { Filters } from "./filters.js";
import { filtered, pagesAround, queryOf, searchOf } from "./query.js";
import { Result } from "./result.js";

/** @typedef {import("./query.js").Query} Query */
/** @typedef {import("./filters.js").Choices} Choices */
/** @typedef {import("./result.js").ResultJson} ResultJson */
/** @typedef {{total: number, more: boolean, page: number, items: ResultJson[]}} Found */

const PAGE_SIZE = 20;
const EVERYTHING = queryOf("");

/** @param {{choices: Choices}} props */
function SearchPage({ choices }) {
  const [query, go] = useQuery();
  const { found, error, busy } = useSearch(query);
  return html`<div class="search-page">
    <h1 class="visually-hidden">调解记录</h1>
    <${WordsBox} key=${query.q} words=${query.q} ask=${(/** @type {string} */ q) => go({ ...query, q, page: 1 })} />
    <${Filters} choices=${choices} query=${query} change=${(/** @type {Partial<Query>} */ part) => go({ ...query, ...part, page: 1 })} />
    ${error && html`<p class="note stop" role="alert">${error}</p>`}
    <div class="results-area" aria-busy=${busy}>
      ${found && html`<${Results} found=${found} query=${query} go=${go} />`}
      ${!found && !error && html`<p class="empty">正在查找…</p>`}
    </div>
  </div>`;
}

/** @returns {[Query, (query: Query) => void]} */
function useQuery() {
  const [query, setQuery] = useState(() => queryOf(location.search));
  useEffect(() => {
    const moved = () => setQuery(queryOf(location.search));
    addEventListener("popstate", moved);
    return () => removeEventListener("popstate", moved);
  }, []);
  const go = (/** @type {Query} */ next) => {
    history.pushState(null, "", `/admin${searchOf(next)}`);
    setQuery(next);
    scrollTo({ top: 0 });
  };
  return [query, go];
}

/** @param {Query} query */
function useSearch(query) {
  const search = searchOf(query);
  const [state, setState] = useState({
    found: /** @type {Found | null} */ (null),
    error: "",
    busy: true,
  });
  useEffect(() => {
    const abort = new AbortController();
    sessionStorage.setItem("search", search);
    setState((before) => ({ ...before, busy: true, error: "" }));
    ask("GET", `/api/sessions${search}`, { signal: abort.signal }).then(
      (found) => setState({ found, error: "", busy: false }),
      (error) => {
        if (!abort.signal.aborted) setState({ found: null, error: error.message, busy: false });
      },
    );
    return () => abort.abort();
  }, [search]);
  return state;
}

/** @param {{words: string, ask: (words: string) => void}} props */
function WordsBox({ words, ask }) {
  const [typed, setTyped] = useState(words);
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    ask(typed.trim());
  };
  return html`<form class="words" role="search" onSubmit=${submit}>
    <input
      class="input"
      type="search"
      data-testid="search-words"
      aria-label="查找案情和建议里的词"
      placeholder="查找案情和建议里的词，或输入会话编号，例如：宅基地 边界"
      maxlength="100"
      autocomplete="off"
      autofocus
      value=${typed}
      onInput=${(/** @type {{currentTarget: HTMLInputElement}} */ event) => setTyped(event.currentTarget.value)}
    />
    <button class="button primary" data-testid="search-submit">查找</button>
  </form>`;
}

/** @param {{found: Found, query: Query, go: (query: Query) => void}} props */
function Results({ found, query, go }) {
  if (found.total === 0) return html`<${Nothing} query=${query} go=${go} />`;
  const last = Math.max(1, Math.ceil(found.total / PAGE_SIZE));
  return html`
    <p class="results-count" role="status">
      ${found.more ? `超过 ${found.total} 条记录，请增加词语或筛选条件` : `共 ${found.total} 条记录`}
    </p>
    <ol class="results">
      ${found.items.map((item) => html`<${Result} key=${item.id} item=${item} />`)}
    </ol>
    ${last > 1 && html`<${Pages} page=${found.page} last=${last} go=${(/** @type {number} */ page) => go({ ...query, page })} />`}
  `;
}

/** @param {{query: Query, go: (query: Query) => void}} props */
function Nothing({ query, go }) {
  if (!query.q && !filtered(query)) {
    return html`<div class="empty">
      <p>还没有会话记录。</p>
      <p>站点终端发起调解或咨询后，记录会出现在这里。</p>
    </div>`;
  }
  return html`<div class="empty">
    <p>没有找到符合条件的记录。</p>
    <p>可以换一个词、减少筛选条件，或：</p>
    <p class="row empty-row">
      ${query.q && filtered(query) &&
      html`<button type="button" class="button" onClick=${() => go({ ...EVERYTHING, q: query.q })}>
        只按词语查找
      </button>`}
      <button type="button" class="button" onClick=${() => go(EVERYTHING)}>查看全部记录</button>
    </p>
  </div>`;
}

/** @param {{page: number, last: number, go: (page: number) => void}} props */
function Pages({ page, last, go }) {
  const step = (/** @type {number} */ to, /** @type {string} */ words) =>
    html`<button type="button" class="button" disabled=${to < 1 || to > last} onClick=${() => go(to)}>${words}</button>`;
  return html`<nav class="result-pages" aria-label="翻页">
    ${step(page - 1, "上一页")}
    ${pagesAround(page, last).map((one) =>
      one === 0
        ? html`<span aria-hidden="true">…</span>`
        : html`<button
            type="button"
            class="button ${one === page ? "primary" : ""}"
            aria-current=${one === page ? "page" : undefined}
            onClick=${() => go(one)}
          >
            ${one}
          </button>`,
    )}
    ${step(page + 1, "下一页")}
  </nav>`;
}

const boot = JSON.parse(document.getElementById("boot")?.textContent ?? "{}");
const root = document.getElementById("review");
root?.replaceChildren();
if (root) render(html`<${SearchPage} choices=${boot} />`, root);
