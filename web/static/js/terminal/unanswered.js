/** Nobody answers: four choices of equal size, none of them a dead end. */

import { html, useState } from "/vendor/preact.js";
import { useAwake, useLive } from "../ui/hooks.js";
import { Icon } from "../ui/icons.js";
import { Button, Dialog } from "../ui/parts.js";
import { PutOff } from "./booked.js";
import { CancelCall } from "./calling.js";
import { Bar } from "./frame.js";

/**
 * @typedef {import("../wire/types.js").Session} Session
 * @typedef {import("../wire/types.js").MediatorView} MediatorView
 * @typedef {{session: Session, view: MediatorView, asked: (asked: boolean) => void}} Props
 */

/** @param {Props} props */
export function Unanswered({ session, view, asked }) {
  const live = useLive();
  const [open, setOpen] = useState(/** @type {"callback"|"hotline"|"book"|null} */ (null));
  useAwake();
  const wait = () => live.command("session.keep_waiting", { session: session.id });
  const close = () => setOpen(null);
  return html`<${Bar} />
    <main id="main" class="t-unanswered" tabindex="-1">
      <h1 data-testid="nobody-answers">暂时没有律师接听</h1>
      <p class="soft">值班律师都在接待别人，或者暂时离开。您想怎么办？</p>
      <div class="t-cards t-cards-four">
        <${Way} icon="wait" title="继续等待" testid="keep-waiting" choose=${wait}>
          再呼叫一轮，保留原来的位置
        <//>
        <${Way} icon="clock" title="预约时间" testid="put-off" choose=${() => setOpen("book")}>
          改天再来，先约好律师和时间
        <//>
        <${Way} icon="person" title="请律师回电" testid="request-callback" choose=${() => setOpen("callback")}>
          留个电话，律师有空时打过来
        <//>
        <${Way} icon="phone" title=${`拨打 ${live.boot.hotline}`} testid="hotline" choose=${() => setOpen("hotline")}>
          公共法律服务热线，电话里咨询
        <//>
      </div>
    </main>
    <footer class="t-actions"><${CancelCall} session=${session} /></footer>
    ${open === "callback" && html`<${Callback} session=${session} view=${view} asked=${asked} close=${close} />`}
    ${open === "book" && html`<${PutOff} session=${session.id} asked=${asked} close=${close} />`}
    ${open === "hotline" && html`<${Hotline} number=${live.boot.hotline} close=${close} />`}`;
}

/**
 * @param {{icon: string, title: string, testid: string, choose: () => unknown, children: unknown}} props
 */
function Way({ icon, title, testid, choose, children }) {
  return html`<button type="button" class="t-card" data-testid=${testid} onClick=${choose}>
    <span class="t-card-icon"><${Icon} name=${icon} /></span>
    <span class="t-card-title">${title}</span>
    <span class="t-card-words">${children}</span>
  </button>`;
}

/** @param {Props & {close: () => void}} props */
function Callback({ session, view, asked, close }) {
  const live = useLive();
  const [phone, setPhone] = useState(view.station?.phone ?? "");
  const ready = phone.trim().length >= 5;
  const ask = async () => {
    asked(true);
    if (await live.command("session.request_callback", { session: session.id, phone: phone.trim() })) close();
    else asked(false);
  };
  return html`<${Dialog} title="请律师回电" onClose=${close}>
    <label class="field"
      ><span class="label">打到哪个电话？</span>
      <input
        class="input"
        data-testid="callback-phone"
        inputmode="tel"
        maxlength="20"
        value=${phone}
        onInput=${(/** @type {{currentTarget: HTMLInputElement}} */ event) => setPhone(event.currentTarget.value)}
      />
      <span class="help">可以是本站的电话，也可以是当事人的手机。</span>
    </label>
    <div class="dialog-actions">
      <${Button} onClick=${close}>返回<//>
      <${Button} tone="go" testid="callback-yes" disabled=${!ready} onClick=${ask}>确定，等回电<//>
    </div>
  <//>`;
}

/** @param {{number: string, close: () => void}} props */
function Hotline({ number, close }) {
  return html`<${Dialog} title="请用电话拨打" onClose=${close}>
    <p class="t-big-number">${number}</p>
    <p>公共法律服务热线，免费。这里的呼叫还保留着，返回后可以继续等待。</p>
    <div class="dialog-actions"><${Button} tone="primary" onClick=${close}>返回<//></div>
  <//>`;
}
