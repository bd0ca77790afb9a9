/** The centre calls this terminal: people answer, or the terminal by itself after its countdown. */

import { html, useEffect, useRef } from "/vendor/preact.js";
import { ring } from "../media/sounds.js";
import { secondsLeft } from "../state/format.js";
import { useAwake, useLive, useNow } from "../ui/hooks.js";
import { Icon } from "../ui/icons.js";
import { Button, Note } from "../ui/parts.js";
import { Bar } from "./frame.js";

const LOUD = 0.7;

/** @param {{call: import("../wire/types.js").StationCall}} props */
export function Called({ call }) {
  const live = useLive();
  const now = useNow();
  const tried = useRef("");
  useAwake();
  useEffect(() => ring(LOUD), [call.id]);
  const answer = (/** @type {boolean} */ by_itself) => live.command("station.answer", { call: call.id, by_itself });
  const due = call.auto_at !== null && now >= call.auto_at;
  useEffect(() => {
    if (!due || tried.current === call.id) return;
    tried.current = call.id;
    void answer(true);
  }, [due, call.id]);
  return html`<${Bar} />
    <main id="main" class="t-calling t-called" tabindex="-1" data-testid="called">
      <section class="t-calling-who" role="alert">
        <div class="t-rings t-rings-on" aria-hidden="true"><span></span><span></span><${Icon} name="phone" /></div>
        <h1>${call.lawyer?.name ?? ""}律师正在呼叫这里</h1>
        <p>${call.lawyer?.firm ?? ""} · ${call.matter.name}</p>
        <${Countdown} call=${call} now=${now} />
      </section>
    </main>
    <footer class="t-actions">
      <${Button} tone="stop" icon="cross" testid="refuse-call" onClick=${() => live.command("station.refuse", { call: call.id })}>不接<//>
      <div class="t-actions-main">
        <${Button} tone="go" size="large" icon="phone" testid="answer-call" onClick=${() => answer(false)}>接听<//>
      </div>
    </footer>`;
}

/** @param {{call: import("../wire/types.js").StationCall, now: number}} props */
function Countdown({ call, now }) {
  if (call.auto_at === null) {
    return html`<p class="soft">没有人按“接听”，就不会接通，摄像头不会打开。</p>`;
  }
  return html`<p class="t-countdown" data-testid="auto-answer">
    <strong>${secondsLeft(call.auto_at, now)}</strong> 秒后自动接听，<strong>摄像头和话筒会打开</strong>
    <span class="soft">本站设为无人值守。不想接，请按“不接”。</span>
  </p>`;
}

/**
 * In the room after a call from the centre: that one is seen, by whom, and that nothing is recorded
 * before people have said yes.
 * @param {{session: import("../wire/types.js").Session}} props
 */
export function CalledStrip({ session }) {
  const live = useLive();
  if (!session.called) return null;
  const who = session.lawyer ? `${session.lawyer.name}律师` : "律师";
  const agree = () =>
    live.command("consent.answer", {
      session: session.id,
      subject: "recording",
      given: true,
      notice: live.boot.notice.version,
    });
  const unrecorded = session.recording.state === "declined";
  return html`<${Note} tone="wait" icon="camera" testid="being-seen">
    <strong>摄像头和话筒开着，${who}正在看着、听着这里。</strong>
    <span>${session.called.by_itself ? "终端自动接听。" : ""}任何人都可以按“结束”。${unrecorded ? "没有录音录像。" : ""}</span>
    ${unrecorded && html`<${Button} testid="agree-recording" onClick=${agree}>我们同意录音录像<//>`}
  <//>`;
}
