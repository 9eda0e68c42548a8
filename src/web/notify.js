// Calling for attention: the title, and notifications for those who want them.
// It must not ask for a permission by itself: a bar offers it, on the first mention or whisper.
// Why mentions and whispers alone: a notification for every line is turned off on the first day.

import { byId, el } from "./dom.js";
import { browser } from "./kept.js";
import * as model from "./model.js";
import { here, me } from "./model.js";
import { go } from "./session.js";
import { say } from "./words.js";

export const canNotify = () => "Notification" in window && window.isSecureContext;

export function start() {
  model.on("places place lang", title);
}

function title() {
  if (!here.place || !me.nick) { document.title = "chatd"; return; }
  const unread = model.unreadTotal();
  document.title = `${unread > 0 ? `(${unread > 99 ? "99+" : unread}) ` : ""}${here.place.name} – chatd`;
}

/** Somebody is called, or whispered to. */
export function news(one, item) {
  if (model.isSeen(one) && document.hasFocus()) return;
  if (!canNotify()) return;
  if (Notification.permission === "granted") show(one, item);
  else if (Notification.permission === "default" && !browser.get("notify-asked", false)) offer();
}

function show(one, item) {
  if (!document.hidden && document.hasFocus()) return;
  try {
    const key = one.kind === "room" ? "notify-room" : "notify-whisper";
    const shown = new Notification(say(key, { nick: item.from, room: one.name }), { body: item.text, tag: one.key, lang: document.documentElement.lang });
    shown.onclick = () => { window.focus(); go(one); shown.close(); };
  } catch { /* browsers on phones have the name and refuse the thing */ }
}

/** A small bar with the question; its button asks the browser. */
function offer() {
  const bar = byId("bar");
  const done = () => { bar.hidden = true; browser.set("notify-asked", true); byId("composer").focus(); };
  bar.replaceChildren(el("span", { text: say("notify-offer") }),
    el("button", { type: "button", id: "notify-yes", text: say("notify-yes"), click: async () => { await allow(); done(); } }),
    el("button", { type: "button", id: "notify-no", text: say("notify-no"), click: done }));
  bar.hidden = false;
}

export async function allow() {
  return (await Notification.requestPermission()) === "granted";
}
