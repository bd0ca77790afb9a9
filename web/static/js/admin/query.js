// @ts-check
/** A search as the page's address says it. Pure. */

/**
 * @typedef {{q: string, station: string, lawyer: string, kind: string, matter: string,
 *   recorded: string, from: string, to: string, page: number}} Query
 */

const NAMES = Object.freeze(
  /** @type {const} */ (["q", "station", "lawyer", "kind", "matter", "recorded", "from", "to"]),
);

/**
 * @param {string} search the address from its question mark on
 * @returns {Query}
 */
export function queryOf(search) {
  const given = new URLSearchParams(search);
  const word = (/** @type {string} */ name) => given.get(name) ?? "";
  const page = Number(word("page"));
  return {
    q: word("q"),
    station: word("station"),
    lawyer: word("lawyer"),
    kind: word("kind"),
    matter: word("matter"),
    recorded: word("recorded"),
    from: word("from"),
    to: word("to"),
    page: Number.isInteger(page) && page > 0 ? page : 1,
  };
}

/**
 * The address of a search: nothing in it that is not set.
 * @param {Query} query
 * @returns {string} empty, or beginning with a question mark
 */
export function searchOf(query) {
  const given = new URLSearchParams();
  for (const name of NAMES) if (query[name]) given.set(name, query[name]);
  if (query.page > 1) given.set("page", String(query.page));
  const text = given.toString();
  return text && `?${text}`;
}

/**
 * Whether anything but the words narrows the search.
 * @param {Query} query
 */
export function filtered(query) {
  return NAMES.some((name) => name !== "q" && query[name] !== "");
}

/**
 * The pages to offer: the first, the last, and those around the present one; 0 stands for a gap.
 * @param {number} page
 * @param {number} last
 * @returns {number[]}
 */
export function pagesAround(page, last) {
  const near = [1, page - 1, page, page + 1, last].filter((one) => one >= 1 && one <= last);
  const sorted = [...new Set(near)].sort((one, other) => one - other);
  return sorted.flatMap((one, at) => (at > 0 && one - (sorted[at - 1] ?? 0) > 1 ? [0, one] : [one]));
}
