/** Photos of evidence: what is said of one, and what is not even sent. Pure. */

import { shortDay, timeOfDay } from "./format.js";

export const MOST_BYTES = 10 * 1024 * 1024;
export const MOST_CAPTION = 60;
export const KINDS = "image/jpeg,image/png,image/webp";

/**
 * Why a file is not sent; empty when it may be.
 * @param {{size: number, type: string, name: string}} file
 */
export function whyNot({ size, type, name }) {
  if (size === 0) return "没有收到照片，请重新拍照或选一张。";
  if (size > MOST_BYTES) return "照片太大，最多 10 MB。请用手机相机重新拍一张，或选小一点的。";
  if (/hei[cf]/i.test(type) || /\.hei[cf]$/i.test(name)) {
    return "这是 HEIC 格式的照片，暂时打不开。请在手机“设置 → 相机 → 格式”里选“兼容性最佳”后重新拍。";
  }
  return "";
}

/**
 * When it was given: at what time today, or on which day.
 * @param {{at: number, earlier: boolean}} photo
 */
export const givenAt = ({ at, earlier }) => (earlier ? `${shortDay(at)} ${timeOfDay(at)}` : timeOfDay(at));

/**
 * What stands on the small picture.
 * @param {{at: number, earlier: boolean, shown: boolean, away: boolean}} photo
 */
export function stateOf({ at, earlier, shown, away }) {
  if (shown) return "大家可看";
  if (away) return "已收起";
  return earlier ? shortDay(at) : "未公开";
}

/**
 * Who sees it now, in words.
 * @param {{shown: boolean, aside: boolean, earlier: boolean, away: boolean}} photo
 */
export function seenBy({ shown, aside, earlier, away }) {
  if (shown) return "房间里的人都看得到";
  if (away) return "给大家看过，已收起，现在只有调解员看得到";
  if (earlier) return "今天没有给大家看，那次能看的人仍看得到";
  return aside ? "单独谈话时交的，对方看不到" : "对方看不到";
}

/**
 * Whether this page may take a photo back: its giver until it is shown to all, the mediator always,
 * on the day it was given.
 * @param {{me: boolean, shown: boolean, away: boolean, earlier: boolean}} photo
 * @param {boolean} mediates
 */
export const mayTakeBack = ({ me, shown, away, earlier }, mediates) => !earlier && !away && (mediates || (me && !shown));

/**
 * Whose it is.
 * @param {{me: boolean, name: string}} photo
 */
export const givenBy = ({ me, name }) => (me ? "我" : name || "一位当事人");

/**
 * What somebody who cannot see the picture is told of it.
 * @param {{me: boolean, name: string, caption: string, shown: boolean, aside: boolean, at: number, earlier: boolean, away: boolean}} photo
 */
export function described(photo) {
  const day = photo.earlier ? `${shortDay(photo.at)}` : "";
  return `${givenBy(photo)}${day}交的照片${photo.caption ? `：${photo.caption}` : ""}，${seenBy(photo)}`;
}
