// @ts-check
/** The page of one session: its recording above, everything that was written about it below. */

import { html, render, useCallback, useEffect, useState } from "/vendor/preact.js";
import { Player } from "../player/player.js";
import { Purpose } from "../player/purpose.js";
import { ask } from "../wire/api.js";
import { Photos } from "./photos.js";
import { Sheets } from "./sheets.js";
import { TalksApart } from "./talks-apart.js";
import { dayAndTime, kindWords, stateWords } from "./words.js";

/** @typedef {import("./sheets.js").Detail} Detail */
/** @typedef {{session: string, csrf: string, name: string, me: string}} Boot */
/**
 * @typedef {{viewing: string, timeline: import("../player/timeline.js").TimelineJson | null,
 *   viewings: Detail["viewings"]}} Opened
 */

/** @param {{boot: Boot}} props */
function SessionPage({ boot }) {
  const [detail, setDetail] = useState(/** @type {Detail | null} */ (null));
  const [error, setError] = useState("");
  useEffect(() => {
    ask("GET", `/api/sessions/${boot.session}`).then(setDetail, (failed) => setError(failed.message));
  }, [boot.session]);
  const watched = (/** @type {Detail["viewings"]} */ viewings) => detail && setDetail({ ...detail, viewings });
  if (error) return html`<p class="note stop" role="alert">${error} <a href="/admin">返回查找</a></p>`;
  if (!detail) return html`<p class="loading">正在打开…</p>`;
  return html`<div class="session-page">
    <${Head} detail=${detail} />
    <${Recording} boot=${boot} detail=${detail} watched=${watched} />
    <${TalksApart} boot=${boot} session=${detail.id} number=${detail.number} />
    <${Sheets} detail=${detail} csrf=${boot.csrf} me=${boot.me} />
  </div>`;
}

/** @param {{detail: Detail}} props */
function Head({ detail }) {
  const [state, tone] = stateWords(detail.state);
  return html`<header class="session-head">
    <a class="back" href="/admin${sessionStorage.getItem("search") ?? ""}">返回查找</a>
    <h1>${detail.matter.name}</h1>
    <span class="badge ${tone}">${state}</span>
    <p class="session-line">
      ${kindWords(detail.kind)} · ${detail.station} · ${dayAndTime(detail.requested_at)} · 编号 ${detail.number}
    </p>
  </header>`;
}

/**
 * @param {{boot: Boot, detail: Detail, watched: (viewings: Detail["viewings"]) => void}} props
 */
function Recording({ boot, detail, watched }) {
  const [opened, setOpened] = useState(/** @type {Opened | null} */ (null));
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState("");
  const refused = useCallback((/** @type {Error} */ reason) => {
    setOpened(null);
    setError(reason.message);
  }, []);
  const open = async (/** @type {string} */ purpose) => {
    setBusy(true);
    setError("");
    try {
      const answer = await ask("POST", `/api/sessions/${detail.id}/viewings`, {
        body: { purpose },
        csrf: boot.csrf,
      });
      setOpened(answer);
      watched(answer.viewings);
    } catch (failed) {
      setError(failed instanceof Error ? failed.message : String(failed));
    }
    setBusy(false);
  };
  const photos = html`<${Photos} photos=${detail.photos} viewing=${opened?.viewing ?? null} />`;
  if (opened?.timeline) {
    const watermark = `${boot.name}　${dayAndTime(Date.now())}　${detail.number}`;
    return html`<${Player} viewing=${`/api/viewings/${opened.viewing}`} timeline=${opened.timeline} events=${detail.events} advice=${detail.advice} watermark=${watermark} refused=${refused} />${photos}`;
  }
  if (opened) return html`<p class="soft">${nothingRecorded(detail)}</p>${photos}`;
  const closed = whyClosed(detail);
  return html`<section class="stage-closed" aria-label="录音录像">
      ${closed
        ? html`<p class="stage-message">${closed}</p>`
        : html`<${Purpose} busy=${busy} error=${error} open=${open} minutes=${detail.recording.segments ? minutes(detail) : null} />`}
    </section>
    ${photos}`;
}

/** @param {Detail} detail */
function nothingRecorded({ recording }) {
  return recording.state === "declined" ? "有人不同意录音录像，本次会话没有录制。" : "本次会话没有录音录像。";
}

/**
 * Why there is nothing to open; empty when there is.
 * @param {Detail} detail
 */
function whyClosed(detail) {
  if (detail.recording.segments === 0 && detail.photos.length === 0) return nothingRecorded(detail);
  if (detail.may_watch) return "";
  return detail.ended_at !== null
    ? "您可以查阅记录；观看录音录像需要管理员权限。"
    : "会话还没有结束，结束后可以观看录音录像。";
}

/** @param {Detail} detail */
function minutes(detail) {
  const { since } = detail.recording;
  if (since === null || detail.ended_at === null) return "若干";
  return Math.max(1, Math.round((detail.ended_at - since) / 60_000));
}

const boot = JSON.parse(document.getElementById("boot")?.textContent ?? "{}");
const root = document.getElementById("review");
root?.replaceChildren();
if (root) render(html`<${SessionPage} boot=${boot} />`, root);
