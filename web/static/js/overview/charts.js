/** Plots made here: columns and bars in SVG, each with the same figures as a table behind it. */

import { html } from "/vendor/preact.js";

/**
 * @typedef {{name: string, tone: "a"|"b"|"go"|"wait"|"stop"}} Series
 * @typedef {{label: string, values: number[]}} Item  one value a series
 *
 * @typedef {object} PlotProps
 * @property {string} title   a question that the plot answers
 * @property {string} [note]
 * @property {string} unit    of the values: 次, 份
 * @property {Series[]} series
 * @property {Item[]} items
 */

const sum = (/** @type {number[]} */ values) => values.reduce((one, other) => one + other, 0);

/** The least round number that is not below. @param {number} most */
export function roundUp(most) {
  if (most <= 5) return Math.max(1, most);
  const power = 10 ** Math.floor(Math.log10(most));
  for (const step of [1, 2, 2.5, 5, 10]) if (most <= step * power) return step * power;
  return most;
}

/** @param {PlotProps & {children: unknown}} props */
function Plot({ title, note, unit, series, items, children }) {
  const empty = items.every((one) => sum(one.values) === 0);
  return html`<section class="sheet plot" aria-label=${title}>
    <h2>${title}</h2>
    ${note && html`<p class="soft small">${note}</p>`}
    ${series.length > 1 && !empty && html`<${Legend} series=${series} />`}
    ${empty ? html`<p class="empty">这段时间没有记录。</p>` : children}
    ${!empty && html`<${Table} title=${title} unit=${unit} series=${series} items=${items} />`}
  </section>`;
}

/** @param {{series: Series[]}} props */
function Legend({ series }) {
  return html`<ul class="plot-legend">
    ${series.map(
      ({ name, tone }) => html`<li key=${name}>
        <svg class="plot-key" viewBox="0 0 12 12" aria-hidden="true"><rect class=${`plot-${tone}`} width="12" height="12" rx="2" /></svg>
        ${name}
      </li>`,
    )}
  </ul>`;
}

/** @param {{title: string, unit: string, series: Series[], items: Item[]}} props */
function Table({ title, unit, series, items }) {
  return html`<details class="plot-table"><summary>看数字</summary>
    <table class="table">
      <caption class="visually-hidden">${title}</caption>
      <thead><tr><th scope="col"></th>${series.map(({ name }) => html`<th scope="col" class="number">${name}（${unit}）</th>`)}</tr></thead>
      <tbody>
        ${items.map(
          ({ label, values }) => html`<tr key=${label}>
            <th scope="row">${label}</th>${values.map((value) => html`<td class="number">${value}</td>`)}
          </tr>`,
        )}
      </tbody>
    </table>
  </details>`;
}

const [WIDE, HIGH, LEFT, BELOW] = [720, 240, 40, 26];

/** Columns beside one another, the series stacked: for weeks. @param {PlotProps} props */
export function Columns(props) {
  const { title, unit, series, items } = props;
  const top = roundUp(Math.max(...items.map((one) => sum(one.values)), 1));
  const step = (WIDE - LEFT) / Math.max(1, items.length);
  const y = (/** @type {number} */ value) => (HIGH - BELOW) * (1 - value / top) + 6;
  const every = Math.ceil(items.length / 8);
  return html`<${Plot} ...${props}>
    <svg class="plot-picture" viewBox=${`0 0 ${WIDE} ${HIGH + 6}`} role="img" aria-label=${`${title}：合计 ${sum(items.map((one) => sum(one.values)))} ${unit}`}>
      ${[0, top / 2, top].map(
        (value) => html`<g key=${value}>
          <line class="plot-line" x1=${LEFT} x2=${WIDE} y1=${y(value)} y2=${y(value)} />
          <text class="plot-words" x=${LEFT - 6} y=${y(value) + 4} text-anchor="end">${value}</text>
        </g>`,
      )}
      ${items.map(
        (item, n) => html`<g key=${item.label}>
          <title>${`${item.label} 起一周：${series.map(({ name }, at) => `${name} ${item.values[at] ?? 0}`).join("，")}`}</title>
          ${series.map(({ tone }, at) => {
            const below = sum(item.values.slice(0, at));
            const value = item.values[at] ?? 0;
            return html`<rect class=${`plot-${tone}`} x=${LEFT + step * (n + 0.15)} width=${step * 0.7} y=${y(below + value)} height=${y(below) - y(below + value)} />`;
          })}
          ${n % every === 0 && html`<text class="plot-words" x=${LEFT + step * (n + 0.5)} y=${HIGH} text-anchor="middle">${item.label.slice(5)}</text>`}
        </g>`,
      )}
    </svg>
  <//>`;
}

/** Bars below one another with their names and values: for stations, ends, scores. @param {PlotProps} props */
export function Bars(props) {
  const { title, unit, series, items } = props;
  const top = Math.max(...items.map((one) => sum(one.values)), 1);
  const total = sum(items.map((one) => sum(one.values)));
  return html`<${Plot} ...${props}>
    <ul class="plot-bars" aria-label=${`${title}：合计 ${total} ${unit}`}>
      ${items.map(({ label, values }) => {
        const value = sum(values);
        const share = total ? Math.round((value / total) * 100) : 0;
        return html`<li key=${label}>
          <span class="plot-name">${label}</span>
          <svg class="plot-bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
            <rect class=${`plot-${series[0]?.tone ?? "a"}`} width=${(value / top) * 100} height="10" />
          </svg>
          <span class="plot-value">${value}<small class="soft"> ${share}%</small></span>
        </li>`;
      })}
    </ul>
  <//>`;
}
