/** The service has been out of reach for a while: say so, and how to get help without it. */

import { html } from "/vendor/preact.js";
import { lengthInWords } from "../state/format.js";
import { useLive, useNow, useStore } from "../ui/hooks.js";
import { Icon } from "../ui/icons.js";
import { Button } from "../ui/parts.js";

const AFTER_MS = 15_000;

/** @returns {boolean} */
export function useUnreachable() {
  const { line } = useStore(useLive().known);
  useNow();
  const down = line.phase === "reconnecting" || line.phase === "connecting";
  return down && Date.now() - line.since > AFTER_MS;
}

export function Unreachable() {
  const { known, boot } = useLive();
  const { line } = useStore(known);
  useNow();
  return html`<main id="main" class="t-unreachable" tabindex="-1" data-testid="unreachable">
    <${Icon} name="wifi" />
    <h1>连不上服务</h1>
    <p>已经 ${lengthInWords(Date.now() - line.since)}，仍在不断重试，恢复后会自动回到刚才的画面。</p>
    <p>急事请拨打公共法律服务热线</p>
    <p class="t-big-number">${boot.hotline}</p>
    <p class="soft">请检查网线和路由器的灯；其他网页也打不开时，请联系网络维护人员。</p>
    <${Button} onClick=${() => window.location.reload()}>重新打开本页<//>
  </main>`;
}
