/** The self-test as people see it: a list that fills, each part with what came of it in words. */

import { html, useEffect, useState } from "/vendor/preact.js";
import { Icon } from "../ui/icons.js";
import { Button, Dialog, Note } from "../ui/parts.js";
import { PARTS, runSelfTest } from "./run.js";

/**
 * @typedef {import("./run.js").Part} Part
 * @typedef {import("./run.js").SelfTest} SelfTest
 */

const ICONS = { good: "check", warn: "alert", bad: "alert" };
const WORDS = { good: "正常", warn: "请留意", bad: "有故障" };

/** @param {{close: () => void}} props */
export function SelfTestDialog({ close }) {
  const [trying, setTrying] = useState(/** @type {Part|null} */ (null));
  const [done, setDone] = useState(/** @type {SelfTest|null} */ (null));
  const [error, setError] = useState("");
  const run = async () => {
    setDone(null);
    setError("");
    try {
      setDone(await runSelfTest("button", setTrying));
    } catch (problem) {
      setError(problem instanceof Error ? problem.message : "自检没有完成，请再试一次。");
    }
    setTrying(null);
  };
  useEffect(() => void run(), []);
  const busy = !done && !error;
  return html`<${Dialog} title="设备自检" onClose=${close} testid="self-test">
    <p class="soft">${busy ? "约十秒，会响两声提示音。" : "结果已经报给管理员。"}</p>
    <ul class="self-test">
      ${Object.keys(PARTS).map((name) => html`<${Row} key=${name} part=${name} trying=${trying} done=${done} />`)}
    </ul>
    ${error && html`<${Note} tone="stop" icon="alert">${error}<//>`}
    ${done && html`<${Verdict} test=${done} />`}
    <div class="dialog-actions">
      <${Button} disabled=${busy} testid="self-test-again" onClick=${run}>再测一次<//>
      <${Button} tone="primary" testid="self-test-close" onClick=${close}>关闭<//>
    </div>
  <//>`;
}

/** @param {{part: Part, trying: Part|null, done: SelfTest|null}} props */
function Row({ part, trying, done }) {
  const found = done?.parts.find((one) => one.part === part);
  const tone = found ? { good: "go", warn: "wait", bad: "stop" }[found.state] : "none";
  const state = found ? WORDS[found.state] : trying === part ? "正在检查…" : "等待";
  return html`<li>
    <span class="self-test-name">${PARTS[part]}</span>
    <span class=${`badge ${tone}`}>${found && html`<${Icon} name=${ICONS[found.state]} />`}${state}</span>
    ${found && found.state !== "good" && html`<span class="self-test-words">${found.words}</span>`}
  </li>`;
}

/** @param {{test: SelfTest}} props */
function Verdict({ test }) {
  if (test.worst === "good") return html`<${Note} tone="go" icon="check">一切正常。<//>`;
  if (test.worst === "warn") return html`<${Note} tone="wait" icon="alert">可以使用，上面标出的地方请留意。<//>`;
  return html`<${Note} tone="stop" icon="alert">有故障，管理员已经收到。急用请换一台，或拨打热线。<//>`;
}
