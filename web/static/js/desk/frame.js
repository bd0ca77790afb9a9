/** The desk's bar: on duty or not, who else is, who one is. */

import { html } from "/vendor/preact.js";
import { timeOfDay } from "../state/format.js";
import { useLive, useNow } from "../ui/hooks.js";
import { Button } from "../ui/parts.js";
import { TextSize } from "../ui/text-size.js";
import { ask } from "../wire/api.js";
import { WhyNow, useDutyChange } from "./duty.js";

/** @typedef {import("../wire/types.js").LawyerView} LawyerView */

/** @param {{view: LawyerView|null}} props */
export function Bar({ view }) {
  const { boot } = useLive();
  const signOut = async () => {
    await ask("POST", "/api/sign-out", { csrf: boot.csrf }).catch(() => null);
    window.location.assign("/");
  };
  return html`<header class="bar">
    <a class="brand" href="/desk"><img src="/static/favicon.svg" alt="" /><span>云调 · 律师工作台</span></a>
    ${view && html`<${Duty} duty=${view.duty} />`}
    <div class="bar-end">
      <time>${timeOfDay(useNow())}</time>
      <a class="button" href="/desk/roster">我的值班</a>
      <a class="button" href="/desk/conflicts">回避申报</a>
      <a class="me" href="/account" title="我的账号">${boot.me.name} 律师</a>
      <${TextSize} />
      <${Button} testid="sign-out" onClick=${signOut}>退出<//>
    </div>
  </header>`;
}

/** @param {{duty: LawyerView["duty"]}} props */
function Duty({ duty }) {
  const { asking, change, close } = useDutyChange();
  const toggle = () => change(duty.on ? "duty.off" : "duty.on");
  const others = duty.colleagues.length ? `同时值班：${duty.colleagues.join("、")}` : "目前没有其他律师值班";
  return html`<div class="d-duty">
    <button
      type="button"
      role="switch"
      class="d-switch"
      data-testid="duty-toggle"
      aria-checked=${duty.on}
      onClick=${toggle}
    >
      <span class="d-switch-knob" aria-hidden="true"></span>
      <span>${duty.on ? (duty.standby ? "后备中" : "值班中") : "未值班"}</span>
    </button>
    <span class="d-duty-words">
      ${duty.on && duty.since ? `自 ${timeOfDay(duty.since)} 起 · ` : ""}${others}
    </span>
    ${asking && html`<${WhyNow} asking=${asking} change=${change} close=${close} />`}
  </div>`;
}
