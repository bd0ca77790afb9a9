/** A rating by a link: one tap is enough; reasons and words may follow. */

import { html, render, useState } from "/vendor/preact.js";
import { useAttempt } from "../pages/attempt.js";
import { Faces, Why } from "../ui/faces.js";
import { ask } from "../wire/api.js";

/**
 * @typedef {{ended?: string, station: string, day: string, kind: string, rated: boolean}} About
 * @typedef {{about: About, reasons: import("../ui/faces.js").Reason[]}} Boot
 * @typedef {{score: number, why: string[], words: string}} Own
 */

const address = `/api/rate/${location.pathname.split("/").pop()}`;
const EMPTY = { score: 0, why: [], words: "" };

/** @param {{boot: Boot}} props */
function Rate({ boot }) {
  const { about, reasons } = boot;
  const [own, setOwn] = useState(/** @type {Own} */ (EMPTY));
  const [finished, setFinished] = useState(false);
  const { busy, error, run } = useAttempt();
  if (about.ended) return html`<h1>${about.ended}</h1><p class="soft">可以向工作站再要一个。</p>`;
  if (about.rated || finished) {
    return html`<h1 data-testid="rated">谢谢您的评价</h1>
      <p class="soft">您的话会帮助我们改进。现在可以关掉这一页。</p>`;
  }
  const send = (/** @type {Own} */ body) => run(() => ask("POST", address, { body }));
  const pick = async (/** @type {number} */ score) => {
    const fresh = { ...EMPTY, score };
    if (await send(fresh)) setOwn(fresh);
  };
  const submit = async () => {
    if (await send(own)) setFinished(true);
  };
  return html`<p class="soft">${about.station} · ${about.day} ${about.kind === "mediation" ? "人民调解" : "法律咨询"}</p>
    <h1>${own.score ? "谢谢，已经记下" : "这次服务，您满意吗？"}</h1>
    <${Faces} score=${own.score} pick=${pick} label="满意度，点一下就好" />
    <p class="error" role="alert">${error}</p>
    ${own.score > 0 &&
    html`<h2>愿意说说为什么吗？</h2>
      <${Why} ...${own} reasons=${reasons} change=${(/** @type {Partial<Own>} */ part) => setOwn({ ...own, ...part })} />
      <button class="button primary wide" type="button" disabled=${busy} data-testid="rate-submit" onClick=${submit}>
        提交
      </button>`}
    <p class="soft small">不记姓名。当事的律师和调解员看不到是谁评的。</p>`;
}

const boot = JSON.parse(document.getElementById("boot")?.textContent ?? "{}");
const root = document.getElementById("app");
if (root) {
  root.replaceChildren();
  render(html`<${Rate} boot=${boot} />`, root);
}
