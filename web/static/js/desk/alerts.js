/** A call must be noticed: sound, title, icon and, where allowed, a notification. */

import { useEffect } from "/vendor/preact.js";
import { ring } from "../media/sounds.js";
import { badge } from "../state/desk.js";
import { kindWords } from "../state/words.js";

/** @param {import("../wire/types.js").LawyerView|null} view */
export function useAlerts(view) {
  const { title, icon } = badge(view);
  const ringing = view?.ringing ?? null;
  useEffect(() => {
    document.title = title;
    showIcon(icon);
  }, [title, icon]);
  useEffect(() => (ringing ? ring() : undefined), [ringing?.id]);
  useEffect(() => (ringing ? notify(ringing) : undefined), [ringing?.id]);
}

const ICONS = {
  calm: "/static/favicon.svg",
  waiting: "/static/img/favicon-waiting.svg",
  ringing: "/static/img/favicon-ringing.svg",
};

/** @param {keyof typeof ICONS} icon */
function showIcon(icon) {
  const link = document.querySelector('link[rel="icon"]');
  if (link instanceof HTMLLinkElement) link.href = ICONS[icon];
}

/**
 * @param {import("../wire/types.js").Ringing} ringing
 * @returns {(() => void)|undefined}
 */
function notify(ringing) {
  if (!document.hidden || !("Notification" in window)) return undefined;
  if (Notification.permission !== "granted") return undefined;
  // No names in it: it may be seen on a shared or locked screen.
  const notification = new Notification("有人请律师接听", {
    body: `${ringing.station} · ${kindWords(ringing.kind)} · ${ringing.matter.name}`,
    requireInteraction: true,
    tag: ringing.id,
  });
  notification.addEventListener("click", () => {
    window.focus();
    notification.close();
  });
  return () => notification.close();
}
