// @ts-check
/** What was written about a session: facts, people, consents, advice, log, who has watched. */

import { html } from "/vendor/preact.js";
import { Dispatch } from "./dispatch.js";
import { Evidence } from "./evidence.js";
import { Exports } from "./exports.js";
import { Keeping } from "../retention/keeping.js";
import {
  SUBJECTS,
  dayAndTime,
  eventWords,
  exactly,
  lengthWords,
  recordingWords,
  sizeWords,
} from "./words.js";

/** @typedef {import("../player/markers.js").AdviceJson} AdviceJson */
/** @typedef {import("../player/markers.js").EventJson} EventJson */
/**
 * @typedef {import("./words.js").Card & {facts: string, reason: string, may_watch: boolean,
 *   closed_at: number | null, receipt_at: number | null, mediator: {name: string},
 *   lawyer: {name: string, firm: string, licence_no: string} | null,
 *   persons: {id: string, name: string, phone: string}[],
 *   recording: {state: string, since: number | null, segments: number, bytes: number},
 *   advice: AdviceJson[], events: EventJson[],
 *   consents: {name: string, subject: string, given: boolean, notice: string, at: number}[],
 *   photos: import("./photos.js").PhotoJson[],
 *   viewings: {id: string, name: string, purpose: string, opened_at: number}[]}} Detail
 */

/** @param {{detail: Detail, csrf: string, me: string}} props */
export function Sheets({ detail, csrf, me }) {
  return html`<div class="sheets">
    <div class="sheets-main">
      <${Facts} detail=${detail} />
      <${AdviceLog} advice=${detail.advice} receipt=${detail.receipt_at} reason=${detail.reason} />
      <${Log} events=${detail.events} />
      <${Dispatch} session=${detail.id} />
    </div>
    <div class="sheets-side">
      <${People} detail=${detail} />
      <${Consents} detail=${detail} />
      <${RecordingState} detail=${detail} />
      ${(detail.recording.segments > 0 || detail.photos.length > 0) &&
      html`<${Evidence} session=${detail.id} csrf=${csrf} may=${detail.may_watch} />
        <${Exports} session=${detail.id} csrf=${csrf} may=${detail.may_watch} me=${me} />
        <${Keeping} session=${detail.id} csrf=${csrf} />`}
      <${Viewings} detail=${detail} />
    </div>
  </div>`;
}

/** @param {{detail: Detail}} props */
function Facts({ detail }) {
  return html`<section class="sheet">
    <h2>案情</h2>
    ${detail.facts ? html`<p class="long-text">${detail.facts}</p>` : html`<p class="soft">没有填写案情。</p>`}
  </section>`;
}

/** @param {{advice: AdviceJson[], receipt: number | null, reason: string}} props */
function AdviceLog({ advice, receipt, reason }) {
  return html`<section class="sheet">
    <h2>法律建议</h2>
    ${advice.length === 0 && html`<p class="soft">没有登记法律建议。${reason && `原因：${reason}`}</p>`}
    <ol class="advice-log">
      ${advice.map((entry) => html`<${Entry} key=${entry.id} entry=${entry} advice=${advice} />`)}
    </ol>
    ${advice.length > 0 &&
    html`<p class="soft small">
      ${receipt ? `调解员于 ${exactly(receipt)} 确认收到。` : "调解员尚未确认收到。"}
    </p>`}
  </section>`;
}

/** @param {{entry: AdviceJson, advice: AdviceJson[]}} props */
function Entry({ entry, advice }) {
  const later = advice.find((one) => one.id === entry.corrected_by);
  const earlier = advice.find((one) => one.id === entry.corrects);
  const rows = [
    ["法律依据", entry.legal_basis.map((one) => `《${one.law}》${one.article}${one.version_date && `（${one.version_date} 版）`}`).join("；")],
    ["需携带", entry.bring],
    ["下一步", entry.next_step],
  ].filter(([, words]) => words);
  return html`<li class=${later ? "entry old" : "entry"}>
    <p class="entry-head">
      <time title=${exactly(entry.at)}>${dayAndTime(entry.at)}</time> ${entry.author} · ${entry.matter.name}
      ${later && html`<span class="badge wait">已于 ${dayAndTime(later.at)} 更正</span>`}
      ${earlier && html`<span class="badge">更正 ${dayAndTime(earlier.at)} 的建议</span>`}
    </p>
    <p class="long-text">${entry.advice}</p>
    ${rows.length > 0 &&
    html`<dl class="pairs">${rows.map(([name, words]) => html`<dt>${name}</dt><dd>${words}</dd>`)}</dl>`}
  </li>`;
}

/** @param {{events: EventJson[]}} props */
function Log({ events }) {
  return html`<section class="sheet">
    <h2>过程记录</h2>
    <div class="log-scroll" tabindex="0">
      <table class="log">
        <tbody>
          ${events.map(
            (event) => html`<tr key=${event.seq}>
              <td class="soft">${event.seq}</td>
              <td><time>${exactly(event.at)}</time></td>
              <td>${eventWords(event)}</td>
              <td>${event.participant ?? event.actor ?? "系统"}</td>
            </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </section>`;
}

/** @param {{detail: Detail}} props */
function People({ detail }) {
  const { lawyer } = detail;
  return html`<section class="sheet">
    <h2>参与人</h2>
    <dl class="pairs">
      <dt>当事人</dt>
      ${detail.persons.map(
        (person) => html`<dd>${person.name}${person.phone && html` <span class="soft">${person.phone}</span>`}</dd>`,
      )}
      <dt>调解员</dt>
      <dd>${detail.mediator.name} <span class="soft">${detail.station}</span></dd>
      <dt>律师</dt>
      <dd>
        ${lawyer ? html`${lawyer.name} <span class="soft">${lawyer.firm}${lawyer.licence_no && ` · 执业证 ${lawyer.licence_no}`}</span>` : "未接通"}
      </dd>
    </dl>
  </section>`;
}

/** @param {{detail: Detail}} props */
function Consents({ detail }) {
  return html`<section class="sheet">
    <h2>告知与同意</h2>
    ${detail.consents.length === 0 && html`<p class="soft">没有记录。</p>`}
    <ul class="plain-list">
      ${detail.consents.map(
        (one) => html`<li>
          <span class="badge ${one.given ? "go" : "wait"}">${one.given ? "同意" : "不同意"}</span>
          ${one.name}：${SUBJECTS[one.subject] ?? one.subject}
          <span class="soft small"><a href=${`/admin/texts#v-${one.notice}`}>告知书 ${one.notice}</a> · <time title=${exactly(one.at)}>${dayAndTime(one.at)}</time></span>
        </li>`,
      )}
    </ul>
  </section>`;
}

/** @param {{detail: Detail}} props */
function RecordingState({ detail }) {
  const { recording } = detail;
  return html`<section class="sheet">
    <h2>录音录像</h2>
    <dl class="pairs">
      <dt>状态</dt>
      <dd>${recordingWords(recording)}</dd>
      ${recording.since !== null && html`<dt>开始</dt><dd>${exactly(recording.since)}</dd>`}
      ${detail.live_at !== null && detail.ended_at !== null && html`<dt>通话</dt><dd>${lengthWords(detail.ended_at - detail.live_at)}</dd>`}
      ${recording.segments > 0 && html`<dt>文件</dt><dd>共 ${recording.segments} 段，${sizeWords(recording.bytes)}</dd>`}
    </dl>
  </section>`;
}

/** @param {{detail: Detail}} props */
function Viewings({ detail }) {
  return html`<section class="sheet">
    <h2>谁看过录像</h2>
    ${detail.viewings.length === 0 && html`<p class="soft">还没有人看过。</p>`}
    <ul class="plain-list">
      ${detail.viewings.map(
        (viewing) => html`<li key=${viewing.id}>
          ${viewing.name}：${viewing.purpose}
          <span class="soft small"><time title=${exactly(viewing.opened_at)}>${dayAndTime(viewing.opened_at)}</time></span>
        </li>`,
      )}
    </ul>
  </section>`;
}
