// What opens over the page or calls for attention: windows, a menu, the one sentence beside the field, notifications.
// It must not know what stands in them, nor ask for a permission by itself: a bar offers it, on the first mention or whisper.
// Why mentions and whispers alone notify: a notification for every line is turned off on the first day.

import { byId, el, icon } from "./dom.js";
import { browser } from "./kept.js";
import * as model from "./model.js";
import { here, me } from "./model.js";
import { go } from "./session.js";
import { say } from "./words.js";
import * as words from "./words.js";

/** Opens a dialog with a head line and what is given. */
export function open(id, title, ...content) {
  const box = byId(id);
  const head = el("header", {}, el("h2", { id: `${id}-title`, text: title }),
    el("button", { type: "button", class: "plain", "aria-label": say("close"), click: () => box.close() }, icon("close")));
  box.replaceChildren(head, ...content);
  if (!box.open) box.showModal();
  return box;
}

for (const box of document.querySelectorAll("dialog")) {
  // A click beside it: the backdrop is the dialog itself, what stands in it is not.
  box.addEventListener("pointerdown", (event) => {
    if (event.target !== box) return;
    const { left, right, top, bottom } = box.getBoundingClientRect();
    if (event.clientX < left || event.clientX > right || event.clientY < top || event.clientY > bottom) box.close();
  });
}

/** Asks; true if it was answered with `yes`. */
export function ask(text, yes, kind = "danger") {
  const box = byId("ask");
  return new Promise((answer) => {
    box.replaceChildren(el("p", { id: "ask-text", text }), el("form", { method: "dialog", class: "buttons" },
      el("button", { value: "no", text: say("back") }), el("button", { value: "yes", class: kind, text: yes })));
    box.returnValue = "no";
    box.addEventListener("close", () => answer(box.returnValue === "yes"), { once: true });
    box.showModal();
  });
}

const popup = byId("menu");
let from = null;

/** Opens at a button; items are [label, does] or null. */
export function menu(button, label, items) {
  if (!popup.hidden && from === button) { closeMenu(); return; }
  from = button;
  popup.setAttribute("aria-label", label);
  popup.replaceChildren(...items.filter(Boolean).map(([text, does, kind]) =>
    el("button", { type: "button", role: "menuitem", tabindex: "-1", class: kind, text, click: () => { closeMenu(); does(); } })));
  popup.hidden = false;
  const at = button.getBoundingClientRect();
  const left = Math.max(8, Math.min(at.left, innerWidth - popup.offsetWidth - 8));
  const below = at.bottom + popup.offsetHeight + 8 < innerHeight;
  popup.style.left = `${left}px`;
  const top = below ? at.bottom + 2 : at.top - popup.offsetHeight - 2;
  popup.style.top = `${Math.max(8, Math.min(top, innerHeight - popup.offsetHeight - 8))}px`;
  popup.firstElementChild?.focus();
}

export function closeMenu() {
  if (popup.hidden) return false;
  const had = popup.contains(document.activeElement);
  popup.hidden = true;
  if (had && from?.isConnected) from.focus();
  return true;
}

popup.addEventListener("keydown", (event) => {
  const all = [...popup.children];
  const at = all.indexOf(document.activeElement);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1 + all.length, Home: 0, End: all.length - 1 }[event.key];
  if (to !== undefined) { event.preventDefault(); all[to % all.length]?.focus(); }
  if (event.key === "Escape" || event.key === "Tab") { event.preventDefault(); event.stopPropagation(); closeMenu(); }
});
addEventListener("pointerdown", (event) => { if (!popup.hidden && !popup.contains(event.target) && !from?.contains(event.target)) popup.hidden = true; }, true);
addEventListener("resize", () => { popup.hidden = true; });

let timer = 0;

function showLine(nodes, ms, actions = []) {
  const line = byId("error");
  clearTimeout(timer);
  const close = el("button", { type: "button", class: "plain", "aria-label": words.say("close"), click: () => quiet() }, icon("close"));
  line.replaceChildren(el("span", {}, ...nodes), ...actions, close);
  if (ms) timer = setTimeout(quiet, ms);
}

export function quiet() {
  clearTimeout(timer);
  byId("error").replaceChildren();
}

/** What went wrong, in the server's or the page's words: stays until the next line is sent. */
export function wrong(text) {
  byId("error").dataset.kind = "wrong";
  showLine([text], 0);
}

/** What was done or has happened; given back as a text. `room`: one that can be gone to. */
export function told(key, vars = {}, { room } = {}) {
  byId("error").dataset.kind = "told";
  const go = room && el("button", { type: "button", text: words.say("go-there"), click: () => { quiet(); onGo(room); } });
  showLine(words.told(key, vars), room ? 0 : 12_000, go ? [go] : []);
  return words.say(key, vars);
}

let onGo = () => {};
/** Who takes people to a room; main.js says so, because this module knows nobody. */
export function goesBy(go) { onGo = go; }

export const canNotify = () => "Notification" in window && window.isSecureContext;

/** The title follows what is unread. */
export function startNotices() {
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
  if (Notification.permission === "granted") notice(one, item);
  else if (Notification.permission === "default" && !browser.get("notify-asked", false)) offerNotices();
}

function notice(one, item) {
  if (!document.hidden && document.hasFocus()) return;
  try {
    const key = one.kind === "room" ? "notify-room" : "notify-whisper";
    const shown = new Notification(say(key, { nick: item.from, room: one.name }), { body: item.text, tag: one.key, lang: document.documentElement.lang });
    shown.onclick = () => { window.focus(); go(one); shown.close(); };
  } catch { /* browsers on phones have the name and refuse the thing */ }
}

/** A small bar with the question; its button asks the browser. */
function offerNotices() {
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
