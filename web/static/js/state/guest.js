/** A guest's screens as pure functions of the view. */

/**
 * @typedef {import("../wire/types.js").PartyView} PartyView
 * @typedef {import("../wire/types.js").GuestCard} GuestCard
 * @typedef {"loading"|"gone"|"over"|"refused"|"left"|"asked"|"check"|"lobby"|"room"} Screen
 */

/** What everybody from elsewhere is asked before they come in. */
export const SUBJECTS = /** @type {const} */ (["rights", "lawyer_presence", "recording", "personal_data"]);

/** @param {GuestCard} guest */
export const answeredAll = (guest) => SUBJECTS.every((subject) => subject in guest.consents);

/**
 * Who has left sees nothing of themselves, and no camera is open, until they say that they return.
 * @param {PartyView|null} view
 * @param {boolean} [returning]
 * @returns {Screen}
 */
export function screenOf(view, returning = false) {
  if (!view) return "loading";
  const { guest, session } = view;
  if (!guest) return "gone";
  if (guest.state === "over" || guest.talk === "over") return "over";
  if (guest.state === "invited") return "gone";
  if (guest.state === "refused") return "refused";
  if (guest.state === "inside") return session ? "room" : "loading";
  if (guest.state === "waiting") return "lobby";
  if (guest.state === "away" && !returning) return "left";
  return answeredAll(guest) ? "check" : "asked";
}

/**
 * What a link carries behind its #; short codes are typed in instead.
 * @param {string} hash
 * @returns {string|null}
 */
export function secretOf(hash) {
  const secret = hash.replace(/^#/, "");
  return /^[A-Za-z0-9_-]{20,64}$/.test(secret) ? secret : null;
}

/**
 * What this browser lacks for a talk by video, in words; null: nothing.
 * @param {{peer: boolean, secure: boolean, wechat: boolean}} browser
 */
export function lacking({ peer, secure, wechat }) {
  if (peer && secure) return null;
  if (wechat) return "微信里打不开摄像头。请点右上角“…”，选择“在浏览器打开”，或复制网址到手机浏览器里打开。";
  if (!secure) return "这个网址不是加密的（https），浏览器不允许使用摄像头。请联系调解员。";
  return "这个浏览器不支持视频通话，请换用手机自带的浏览器或最新版的浏览器打开。";
}
