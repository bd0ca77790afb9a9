/** Step 4: the notice, and what each person says to it. Nothing is ticked beforehand. */

import { html, useEffect, useState } from "/vendor/preact.js";
import { missing, namedPersons, withPerson, wouldRecord } from "../state/draft.js";
import { useLive } from "../ui/hooks.js";
import { Icon } from "../ui/icons.js";
import { Button } from "../ui/parts.js";
import { StepFrame } from "./frame.js";

/** @param {import("./app.js").StepProps} props */
export function Consent({ draft, change, back, next, cancel }) {
  const { boot } = useLive();
  const lacking = missing(draft);
  const action = html`
    <p class="t-lacking" role="status">${lacking || outcome(draft)}</p>
    <${Button} tone="go" size="large" icon="phone" testid="call-lawyer" disabled=${lacking !== ""} onClick=${next}>
      呼叫值班律师
    <//>
  `;
  return html`<${StepFrame} step="consent" title="先把告知书读给各位听，再逐个问" back=${back} cancel=${cancel} action=${action}>
    <div class="t-consent">
      <${NoticeText} notice=${boot.notice} />
      <div class="t-consent-rows">
        ${namedPersons(draft).map(
          ({ index }) => html`<${PersonConsent} index=${index} draft=${draft} change=${change} />`,
        )}
        <${Asked} who=${`调解员 ${boot.me.name}`}>
          <${Question}
            about="录音录像"
            no="不同意，照常办"
            testid="mediator-recording"
            answer=${draft.mediatorRecording}
            choose=${(/** @type {boolean} */ answer) => change({ ...draft, mediatorRecording: answer })}
          />
        <//>
      </div>
    </div>
  <//>`;
}

/** @param {import("../state/draft.js").Draft} draft */
const outcome = (draft) =>
  wouldRecord(draft) ? "各方都同意，通话将录音录像" : "有人不同意，本次不录音录像，照常进行";

/**
 * @param {{index: number} & Pick<import("./app.js").StepProps, "draft"|"change">} props
 */
function PersonConsent({ index, draft, change }) {
  const person = draft.persons[index];
  if (!person) return null;
  const set = (/** @type {Partial<typeof person>} */ part) => change(withPerson(draft, index, part));
  return html`<${Asked} who=${person.name.trim()}>
    <${Question}
      about="值班律师参加"
      no="不同意"
      testid=${`consent-lawyer-${index}`}
      answer=${person.lawyer_presence}
      choose=${(/** @type {boolean} */ lawyer_presence) => set({ lawyer_presence })}
    />
    <${Question}
      about="录音录像"
      no="不同意，照常办"
      testid=${`consent-recording-${index}`}
      answer=${person.recording}
      choose=${(/** @type {boolean} */ recording) => set({ recording })}
    />
  <//>`;
}

/** One person and what they are asked. @param {{who: string, children: import("preact").ComponentChildren}} props */
function Asked({ who, children }) {
  return html`<section class="t-asked" aria-label=${who}>
    <span class="t-who" aria-hidden="true"><${Icon} name="person" />${who}</span>
    ${children}
  </section>`;
}

/**
 * @typedef {object} QuestionProps
 * @property {string} about
 * @property {string} no  the words of a refusal
 * @property {string} testid
 * @property {boolean|null} answer  null: not asked yet
 * @property {(answer: boolean) => void} choose
 */

/** @param {QuestionProps} props */
function Question({ about, no, testid, answer, choose }) {
  const one = (/** @type {boolean} */ given, /** @type {string} */ words) => html`<${Button}
    icon=${answer === given ? "check" : undefined}
    testid=${`${testid}-${given ? "yes" : "no"}`}
    pressed=${answer === given}
    onClick=${() => choose(given)}
    >${words}<//
  >`;
  return html`<fieldset class="t-question">
    <legend class="visually-hidden">${about}</legend>
    ${one(true, `同意${about}`)} ${one(false, no)}
  </fieldset>`;
}

/** @param {{notice: import("../wire/types.js").Boot["notice"]}} props */
function NoticeText({ notice }) {
  return html`<section class="t-notice" aria-labelledby="notice-title">
    <div class="t-notice-head">
      <h2 id="notice-title">${notice.title}</h2>
      <${ReadAloud} text=${`${notice.title}。${notice.body}`} />
    </div>
    <div class="t-notice-body" tabindex="0" role="region" aria-label="告知书全文">${notice.body}</div>
  </section>`;
}

/** @param {{text: string}} props */
function ReadAloud({ text }) {
  const [reading, setReading] = useState(false);
  const voice = "speechSynthesis" in window;
  useEffect(() => () => voice && window.speechSynthesis.cancel(), []);
  if (!voice) return null;
  const read = () => {
    window.speechSynthesis.cancel();
    if (reading) return setReading(false);
    const utterance = new SpeechSynthesisUtterance(text);
    utterance.lang = "zh-CN";
    utterance.rate = 0.9;
    utterance.onend = () => setReading(false);
    utterance.onerror = () => setReading(false);
    window.speechSynthesis.speak(utterance);
    return setReading(true);
  };
  return html`<${Button} icon="speaker" testid="read-aloud" pressed=${reading} onClick=${read}>
    ${reading ? "停止朗读" : "朗读"}
  <//>`;
}
