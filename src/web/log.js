// The log: the messages of the place one is in, from top to bottom, and how it scrolls.
// It must not fetch by itself more than the pages that scrolling asks for, nor know what is typed.
// Why rows are kept by key and only what changed is touched: a screen reader would else read it all again.

import { byId, el } from "./dom.js";
import { around, load, newer, older } from "./history.js";
import * as model from "./model.js";
import { changed, here, number } from "./model.js";
import * as row from "./row.js";
import { go, link, ready } from "./session.js";
import { say, told, when } from "./words.js";

const GROUP_MS = 5 * 60_000;
const NEAR_END = 40;
const NEAR_EDGE = 300;
/** Marks are sent when the eye has had time to read. */
const READ_MS = 700;
const LIVE_AGAIN_MS = 800;

const box = byId("log");
let rows = new Map();
let shown = null;
let positioned = false;
let act = {};
let ids = new WeakMap();
let idNext = 0;

/** `does`: what the buttons of a row do, see row.js. */
export function start(does) {
  act = does;
  model.on("place log lang self", (kinds) => sync(kinds));
  box.addEventListener("scroll", scrolled, { passive: true });
  box.addEventListener("keydown", keyed);
  // A finger has no place to hover: touching a row shows its button.
  box.addEventListener("click", (event) => { if (!event.target.closest("a,button") && !getSelection().toString()) event.target.closest(".row")?.focus({ preventScroll: true }); });
  new ResizeObserver(keepEnd).observe(box);
  byId("to-end").addEventListener("click", () => { end(); box.focus(); });
  byId("to-new").addEventListener("click", () => jump(here.place.line + 1));
  document.addEventListener("visibilitychange", read);
}

const idOf = (item) => {
  if (!ids.has(item)) ids.set(item, `i${idNext++}`);
  return ids.get(item);
};

function sync(kinds) {
  const one = here.place;
  if (!one) return;
  if (kinds.has("lang") || kinds.has("self") || one !== shown) rows = new Map();
  if (one !== shown) { positioned = false; hush(); }
  shown = one;
  const wanted = entries(one);
  const anchor = here.atEnd || !positioned ? null : anchored();
  patch(wanted);
  if (!positioned && one.loaded) position(one);
  else if (here.atEnd) toEnd();
  else if (anchor?.node.isConnected) box.scrollTop += anchor.node.offsetTop - anchor.top;
  box.setAttribute("aria-busy", String(!one.loaded || one.loading !== null));
  box.setAttribute("aria-label", say("log-of", { name: one.name }));
  after();
}

/** The elements that are to stand there, in their order, each with the key by which it is found again. */
function entries(one) {
  const found = [];
  let before = null, day = "", pile = null, isLine = false, isOld = one.atStart;
  const add = (key, sign, make) => {
    const known = rows.get(key);
    found.push(known?.sign === sign ? [key, known] : [key, { sign, node: make() }]);
  };
  if (one.atStart) add("start", `${one.name}`, () => el("div", { class: "start" }, ...told(one.kind === "room" ? "log-start" : "whisper-start", { name: one.name })));
  else add("older", "", () => el("div", { class: "start", text: say("loading") }));
  const all = one.atEnd ? [...one.items, ...one.queue] : one.items;
  for (const item of all) {
    const itsDay = new Date(item.at).toDateString();
    if (itsDay !== day) {
      add(`day ${itsDay}`, "", () => el("div", { class: "day", role: "separator", "aria-label": when(item.at, "day") }, el("span", { text: when(item.at, "day") })));
      before = pile = null;
      day = itsDay;
    }
    const n = number(item);
    if (!isLine && one.line !== null && n > one.line && isOld) {
      isLine = true;
      add("line", "", () => el("div", { class: "new-line", role: "separator", "aria-label": say("new-line") }, el("span", { text: say("new-line") })));
      before = pile = null;
    }
    isOld ||= n !== null;
    if (item.note) {
      if (pile && item.quiet && pile[0].quiet) { pile.push(item); found.pop(); } else pile = [item];
      const items = [...pile];
      add(idOf(items[0]), `${items.length}`, () => row.notes(items));
      before = null;
      continue;
    }
    pile = null;
    const head = !before || before.from !== item.from || item.kind !== before.kind || item.kind === "action" || item.kind === "scheduled" || Date.parse(item.at) - Date.parse(before.at) > GROUP_MS;
    const key = item.mid && item.state ? `p${item.mid}` : n === null ? idOf(item) : `m${n}`;
    add(key, `${head}|${item.v ?? 0}|${item.state ?? ""}`, () => row.message(item, { head, act }));
    before = item;
  }
  return found;
}

function patch(wanted) {
  const next = new Map(wanted);
  const fresh = wanted.filter(([key]) => !rows.has(key));
  // What is put above what was there, or much at once, is not news.
  const isTop = rows.size > 0 && fresh.length > 0 && wanted.findIndex(([key]) => !rows.has(key)) < wanted.length - fresh.length;
  if (fresh.length > 20 || isTop) hush();
  const nodes = new Set(wanted.map(([, { node }]) => node));
  for (const node of [...box.children]) if (!nodes.has(node)) node.remove();
  let at = box.firstChild;
  for (const [, { node }] of wanted) {
    if (at === node) at = at.nextSibling;
    else box.insertBefore(node, at);
  }
  rows = next;
}

let hushed = 0;
/** History that is loaded is not read aloud. */
function hush() {
  box.setAttribute("aria-live", "off");
  clearTimeout(hushed);
  hushed = setTimeout(() => box.setAttribute("aria-live", "polite"), LIVE_AGAIN_MS);
}

/** The first row that is in view, and where. */
function anchored() {
  const top = box.scrollTop;
  const node = [...box.children].find((each) => each.dataset.seq && each.offsetTop + each.offsetHeight > top);
  return node ? { node, top: node.offsetTop } : null;
}

function position(one) {
  positioned = true;
  const wanted = one.jumpTo !== undefined && box.querySelector(`[data-seq="${Number(one.jumpTo)}"]`);
  if (wanted) { one.jumpTo = undefined; show(wanted); return; }
  const line = box.querySelector(".new-line");
  if (line && one.unread > 0) box.scrollTop = line.offsetTop - box.clientHeight / 3;
  else toEnd();
  look();
}

function toEnd() { box.scrollTop = box.scrollHeight; }

/** Stays at the end, if that is where one is, after something beside the log has changed its size. */
export function keepEnd() { if (here.atEnd) toEnd(); }

function show(node) {
  node.scrollIntoView({ block: "center" });
  node.classList.add("flash");
  setTimeout(() => node.classList.remove("flash"), 2000);
  node.focus({ preventScroll: true });
  look();
}

let heightBefore = 0;
function scrolled() {
  if (!positioned) return;
  const isResized = box.clientHeight !== heightBefore;
  heightBefore = box.clientHeight;
  // A field that grows below moves the end away; nobody has scrolled.
  if (isResized && here.atEnd) { toEnd(); return; }
  look();
  after();
}

function look() {
  const was = here.atEnd;
  here.atEnd = box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_END;
  if (was !== here.atEnd) changed("places");
}

/** What follows from where one is. */
function after() {
  const one = here.place;
  if (!one.loaded && !one.away) load(one);
  if (one.loaded && positioned) {
    if (!one.atStart && box.scrollTop < NEAR_EDGE) older(one);
    if (!one.atEnd && box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_EDGE) newer(one);
  }
  const away = !here.atEnd || !one.atEnd;
  const below = byId("to-end");
  below.hidden = !away;
  if (away) below.textContent = one.unread > 0 ? say("to-end-new", { n: one.unread }) : say("to-end");
  const first = model.firstHeld(one);
  const above = byId("to-new");
  above.hidden = !(one.line !== null && one.loaded && first !== null && first > one.line + 1 && !one.atStart);
  if (!above.hidden) above.textContent = say("to-new");
  read();
}

let reading = 0;
/** What stands before the eyes is read. */
function read() {
  const one = here.place;
  if (!one || !model.isSeen(one) || !one.loaded) return;
  if (!model.markRead(one, one.last) || one.kind !== "room") return;
  clearTimeout(reading);
  reading = setTimeout(() => {
    if (ready() && model.places.has(one.key) && one.read > 0) link.ask("mark_read", { room: one.name, seq: one.read }).catch(() => {});
  }, READ_MS);
}

/** To the newest message. */
export function end() {
  const one = here.place;
  if (!one.atEnd) {
    Object.assign(one, { items: [], loaded: false, atStart: false });
    here.atEnd = true;
    positioned = false;
    go(one);
    return;
  }
  toEnd();
  look();
  changed("log");
}

/** To a message, wherever it is. */
export async function jump(seq) {
  const one = here.place;
  const known = box.querySelector(`[data-seq="${Number(seq)}"]`);
  if (known) { show(known); return; }
  here.atEnd = false;
  one.jumpTo = seq;
  await around(one, seq);
  positioned = false;
  changed("log");
}

/** Rows by the arrows, their actions by Enter: everything a mouse reaches. */
function keyed(event) {
  const at = event.target.closest(".row");
  if (event.key === "ArrowUp" || event.key === "ArrowDown") {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const all = [...box.querySelectorAll(".row")];
    const next = at ? all[all.indexOf(at) + (event.key === "ArrowUp" ? -1 : 1)] : event.key === "ArrowUp" ? all.at(-1) : null;
    if (!next) return;
    event.preventDefault();
    next.focus();
    next.scrollIntoView({ block: "nearest" });
  } else if (event.key === "Enter" && event.target === at) {
    event.preventDefault();
    at.querySelector("button.more")?.click();
  } else if (event.key === "Escape" && at) {
    event.stopPropagation();
    byId("composer").focus();
  }
}
