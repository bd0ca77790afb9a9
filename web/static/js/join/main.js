/**
 * What a link opens first: who is invited, by whom, to what. The link's secret stands behind the #
 * and leaves this browser only when the person says that it is they.
 */

import { html, render, useEffect, useState } from "/vendor/preact.js";
import { lacking, secretOf } from "../state/guest.js";
import { copied } from "../ui/copy.js";
import { Icon } from "../ui/icons.js";
import { Button, Note } from "../ui/parts.js";
import { ApiError, ask } from "../wire/api.js";

/**
 * @typedef {{name: string, guardian: string, mediator: string, station: string, phone: string}} Invited
 */

const BROWSER = {
  peer: "RTCPeerConnection" in window,
  secure: window.isSecureContext,
  wechat: /MicroMessenger/i.test(navigator.userAgent),
};

/** Only the service can say that an invitation is none; a poor line says nothing about it. @param {unknown} error */
const isWrong = (error) => error instanceof ApiError && error.code === "wrong_invitation";

/** @param {unknown} error */
const wordsOf = (error) => (error instanceof ApiError ? error.message : "没有成功，请再试一次。");

function App() {
  const [secret, setSecret] = useState(secretOf(window.location.hash));
  const [invited, setInvited] = useState(/** @type {Invited|null} */ (null));
  const [trouble, setTrouble] = useState("");
  const look = async (/** @type {string} */ typed) => {
    setTrouble("");
    try {
      setInvited(await ask("POST", "/api/join/look", { body: { secret: typed } }));
      setSecret(typed);
    } catch (error) {
      if (isWrong(error)) setSecret(null);
      setTrouble(wordsOf(error));
    }
  };
  useEffect(() => {
    if (secret) void look(secret);
  }, []);
  return html`<main id="main" class="g-page" tabindex="-1" data-testid="join">
    <header class="g-head"><img src="/static/favicon.svg" alt="" /><span>远程调解</span></header>
    ${trouble && html`<${Note} tone="stop" icon="alert" testid="join-trouble">${trouble}<//>`}
    ${!secret && html`<${Code} look=${look} />`}
    ${secret && invited && html`<${Invitation} invited=${invited} secret=${secret} failed=${setTrouble} />`}
    ${secret && !invited && !trouble && html`<p class="soft" role="status">正在打开邀请…</p>`}
    ${secret && !invited && trouble && html`<${Button} tone="primary" size="wide" testid="join-again" onClick=${() => look(secret)}>再试一次<//>`}
  </main>`;
}

/** @param {{look: (secret: string) => Promise<void>}} props */
function Code({ look }) {
  const [typed, setTyped] = useState("");
  const digits = typed.replace(/\D/g, "");
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    if (digits.length === 8) void look(digits);
  };
  return html`<form class="g-code" onSubmit=${submit}>
    <h1>请输入邀请码</h1>
    <label
      ><span class="label">调解员告诉您的 8 位数字</span>
      <input
        class="input g-digits"
        data-testid="join-code"
        inputmode="numeric"
        autocomplete="one-time-code"
        maxlength="11"
        value=${typed}
        onInput=${(/** @type {{currentTarget: HTMLInputElement}} */ event) => setTyped(event.currentTarget.value)}
    /></label>
    <button type="submit" class="button primary wide" data-testid="join-code-go" disabled=${digits.length !== 8}>下一步</button>
    <p class="soft">没有邀请码？请联系约您的调解员，或拨打 12348。</p>
  </form>`;
}

/**
 * @param {{invited: Invited, secret: string, failed: (words: string) => void}} props
 */
function Invitation({ invited, secret, failed }) {
  const [stranger, setStranger] = useState(false);
  const missing = lacking(BROWSER);
  const join = async () => {
    try {
      const { next } = await ask("POST", "/api/join", { body: { secret } });
      window.location.replace(next);
    } catch (error) {
      failed(wordsOf(error));
    }
  };
  if (missing) return html`<${Elsewhere} words=${missing} />`;
  if (stranger) return html`<${Stranger} invited=${invited} back=${() => setStranger(false)} />`;
  return html`
    <h1>${invited.name}，您好</h1>
    <p class="g-lead">${invited.station}的调解员<strong>${invited.mediator}</strong>请您用手机参加一场视频调解。</p>
    <ul class="g-points">
      <li><${Icon} name="people" /><span>会有调解员、值班律师和对方当事人。人民调解不收任何费用。</span></li>
      <li><${Icon} name="camera" /><span>会用到手机的摄像头和麦克风，请找一个安静、网络好的地方。</span></li>
      <li><${Icon} name="paper" /><span>各方都同意才会录音录像，不同意也照常调解。</span></li>
    </ul>
    ${invited.guardian && html`<${Note} tone="wait" icon="family">由监护人 ${invited.guardian} 陪同并代为回答。<//>`}
    <div class="g-actions">
      <${Button} tone="primary" size="wide" testid="join-me" onClick=${join}>我是${invited.name}，继续<//>
      <${Button} size="wide" testid="join-not-me" onClick=${() => setStranger(true)}>我不是${invited.name}<//>
    </div>
  `;
}

/** @param {{invited: Invited, back: () => void}} props */
function Stranger({ invited, back }) {
  return html`
    <h1>请不要继续</h1>
    <p class="g-lead">这个邀请只给 ${invited.name} 一个人用，用过一次就失效。请把它转交给本人，或告诉调解员发错了。</p>
    ${invited.phone && html`<p><a class="button wide" href=${`tel:${invited.phone}`}>给调解站打电话 ${invited.phone}</a></p>`}
    <div class="g-actions"><${Button} size="wide" onClick=${back}>返回<//></div>
  `;
}

/** @param {{words: string}} props */
function Elsewhere({ words }) {
  const [outcome, setOutcome] = useState(/** @type {boolean|null} */ (null));
  const address = window.location.href;
  const copy = async () => setOutcome(await copied(address));
  return html`
    <h1>请换个方式打开</h1>
    <p class="g-lead">${words}</p>
    ${
      outcome === false &&
      html`<label class="field"><span class="label">没能自动复制，请长按下面的网址，全选后复制</span>
        <input class="input" readonly data-testid="join-address" value=${address}
          onFocus=${(/** @type {{currentTarget: HTMLInputElement}} */ event) => event.currentTarget.select()} /></label>`
    }
    <div class="g-actions">
      <${Button} tone="primary" size="wide" testid="join-copy" onClick=${copy}>${outcome ? "已复制，请到浏览器里粘贴打开" : "复制网址"}<//>
    </div>
  `;
}

const root = document.getElementById("app");
if (!root) throw new Error("the page shell has no #app");
root.replaceChildren();
render(html`<${App} />`, root);
