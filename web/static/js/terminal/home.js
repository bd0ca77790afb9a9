/** Home: what one can do here, and whether everything is well. */

import { html, useEffect, useState } from "/vendor/preact.js";
import { devices } from "../media/devices.js";
import { keepWatch } from "../selftest/morning.js";
import { SelfTestDialog } from "../selftest/panel.js";
import { dayAndTime, dayInWords, timeOfDay } from "../state/format.js";
import { useLive, useNow, useStore } from "../ui/hooks.js";
import { Icon } from "../ui/icons.js";
import { Button, Dialog } from "../ui/parts.js";
import { TextSize } from "../ui/text-size.js";
import { ask } from "../wire/api.js";
import { GoOn } from "./adjourn.js";
import { AppointmentsDialog, NextAppointment } from "./booked.js";

/**
 * @param {{view: import("../wire/types.js").MediatorView, start: (kind: "mediation"|"consultation") => void,
 *   enter: import("./booked.js").Enter, goOn: (earlier: import("../wire/types.js").Adjourned) => void}} props
 */
export function Home({ view, start, enter, goOn }) {
  const [open, setOpen] = useState(/** @type {"help"|"test"|"book"|null} */ (null));
  const close = () => setOpen(null);
  // The home screen is where nothing is disturbed, unless somebody reads or tests there already.
  const [wrong, setWrong] = useState(/** @type {string[]} */ ([]));
  useEffect(() => keepWatch(() => document.querySelector("dialog[open]") === null, setWrong), [open === "test"]);
  return html`
    <header class="t-home-head">
      <div>
        <h1 data-testid="station">${view.station?.name ?? "公共法律服务工作站"}</h1>
        <${Health} wrong=${wrong} />
      </div>
      <${Clock} />
    </header>
    <main id="main" class="t-home" tabindex="-1">
      <div class="t-home-lines">
        <${OnDuty} duty=${view.duty} next=${view.rota.next} />
        <${NextAppointment} appointments=${view.appointments} enter=${enter} />
        <${GoOn} adjourned=${view.adjourned} goOn=${goOn} />
      </div>
      <div class="t-cards t-cards-home">
        <${Choice} kind="mediation" icon="handshake" title="发起调解" testid="start-mediation" start=${start}>
          双方有纠纷，请律师视频参加调解
        <//>
        <${Choice} kind="consultation" icon="book" title="法律咨询" testid="start-consultation" start=${start}>
          有法律问题，当面问律师
        <//>
        <${Choice} icon="clock" title="预约律师" testid="open-appointments" start=${() => setOpen("book")}>
          ${view.appointments.length ? `本站有 ${view.appointments.length} 个预约` : "改天再来，先约好律师和时间"}
        <//>
      </div>
    </main>
    <${HomeFoot} show=${setOpen} />
    ${open === "book" && html`<${AppointmentsDialog} appointments=${view.appointments} enter=${enter} close=${close} />`}
    ${open === "help" && html`<${Help} close=${close} />`}
    ${open === "test" && html`<${SelfTestDialog} close=${close} />`}
  `;
}

function Clock() {
  const now = useNow();
  return html`<div class="t-clock">
    <time class="t-clock-time">${timeOfDay(now)}</time>
    <span>${dayInWords(now)}</span>
  </div>`;
}

/**
 * @param {{duty: {name: string}[], next: import("../wire/types.js").Rota["next"]}} props
 */
function OnDuty({ duty, next }) {
  const names = duty.map((one) => `${one.name}律师`).join("、");
  return html`<p class=${duty.length ? "t-duty" : "t-duty t-duty-none"} data-testid="on-duty">
    <${Icon} name="person" />
    ${
      duty.length
        ? html`<span>现在值班：<strong>${names}</strong></span>`
        : html`<span>现在没有律师值班${next ? `，下一班 ${dayAndTime(next.at)} ${next.names.join("、")}律师` : ""}。仍可发起，律师上线后会马上接到；急事请拨打热线。</span>`
    }
  </p>`;
}

/**
 * @typedef {object} ChoiceProps
 * @property {"mediation"|"consultation"} [kind]
 * @property {string} icon
 * @property {string} title
 * @property {string} testid
 * @property {(kind: any) => void} start
 * @property {import("preact").ComponentChildren} children
 */

/** @param {ChoiceProps} props */
function Choice({ kind, icon, title, testid, start, children }) {
  return html`<button type="button" class="t-card" data-testid=${testid} onClick=${() => start(kind)}>
    <span class="t-card-icon"><${Icon} name=${icon} /></span>
    <span class="t-card-title">${title}</span>
    <span class="t-card-words">${children}</span>
  </button>`;
}

/**
 * One line before anybody calls: devices, the line to the service, and what the self-test found.
 * @param {{wrong: string[]}} props
 */
function Health({ wrong }) {
  const { line } = useStore(useLive().known);
  const found = useFound();
  const words = [
    found.camera ? "摄像头正常" : "没有找到摄像头",
    found.microphone ? "麦克风正常" : "没有找到麦克风",
    line.phase === "connected" ? "网络正常" : "网络正在恢复",
    ...wrong.slice(0, 1),
  ];
  const well = found.camera && found.microphone && line.phase === "connected" && wrong.length === 0;
  return html`<p class=${well ? "t-health" : "t-health t-health-bad"} data-testid="health">
    <${Icon} name=${well ? "check" : "alert"} />${words.join(" · ")}
  </p>`;
}

function useFound() {
  const [found, setFound] = useState({ camera: true, microphone: true });
  useEffect(() => {
    const look = async () => {
      const [cameras, microphones] = await Promise.all([devices("camera"), devices("microphone")]);
      setFound({ camera: cameras.length > 0, microphone: microphones.length > 0 });
    };
    void look();
    navigator.mediaDevices?.addEventListener("devicechange", look);
    return () => navigator.mediaDevices?.removeEventListener("devicechange", look);
  }, []);
  return found;
}

/** @param {{show: (dialog: "help"|"test") => void}} props */
function HomeFoot({ show }) {
  const { boot } = useLive();
  const signOut = async () => {
    await ask("POST", "/api/sign-out", { csrf: boot.csrf }).catch(() => null);
    window.location.assign("/");
  };
  return html`<footer class="t-home-foot">
    <p class="t-hotline"><${Icon} name="phone" /><span>公共法律服务热线</span><strong>${boot.hotline}</strong></p>
    <${TextSize} />
    <${Button} icon="plug" testid="self-test-open" onClick=${() => show("test")}>设备自检<//>
    <${Button} icon="help" testid="help" onClick=${() => show("help")}>使用帮助<//>
    <${Button} testid="sign-out" onClick=${signOut}>${boot.me.name} 退出<//>
  </footer>`;
}

const HELP = [
  ["选类别、填姓名", "只填一个姓名也可以开始，其余可以空着。"],
  ["读告知书，问每个人", "不同意录音录像也照常调解，只是不录。"],
  ["呼叫值班律师", "律师接听后，屏幕上会出现律师的画面，直接说话即可。"],
  ["看建议、确认、打印", "律师写下的建议会显示在屏幕右侧，结束后可以打印。"],
];

/** @param {{close: () => void}} props */
function Help({ close }) {
  return html`<${Dialog} title="使用帮助" onClose=${close} testid="help-dialog">
    <ol class="t-help">
      ${HELP.map(([title, words]) => html`<li><strong>${title}</strong><span>${words}</span></li>`)}
    </ol>
    <p class="soft">听不到声音或看不到画面时，先检查插头，再请工作人员帮忙。</p>
    <div class="dialog-actions"><${Button} tone="primary" onClick=${close}>知道了<//></div>
  <//>`;
}
