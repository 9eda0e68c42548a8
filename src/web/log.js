// The log: the messages of the place one is in, each as elements, and how it scrolls.
// It must not turn a text into markup, nor fetch more than the pages that scrolling asks for.
// Why rows are kept by key and only what changed is touched: a screen reader would else read it all again.

import { bdi, byId, el, hue, icon } from "./dom.js";
import { around, load, newer, older } from "./messages.js";
import { changed, here, isMe, number } from "./model.js";
import * as model from "./model.js";
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
  else if (anchor) stay(anchor);
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
      add(idOf(items[0]), `${items.length}`, () => notes(items));
      before = null;
      continue;
    }
    pile = null;
    const head = !before || before.from !== item.from || item.kind !== before.kind || item.kind === "action" || item.kind === "scheduled" || Date.parse(item.at) - Date.parse(before.at) > GROUP_MS;
    const key = item.mid && item.state ? `p${item.mid}` : n === null ? idOf(item) : `m${n}`;
    add(key, `${head}|${item.v ?? 0}|${item.state ?? ""}`, () => message(item, { head, act }));
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

/** The first row that is in view, and where. By its number: what comes before a row may make it anew. */
function anchored() {
  const top = box.scrollTop;
  const node = [...box.children].find((each) => each.dataset.seq && each.offsetTop + each.offsetHeight > top);
  return node ? { seq: node.dataset.seq, top: node.offsetTop, scrolled: top } : null;
}

/** Has it where it was, whatever has come above it. */
function stay({ seq, top, scrolled }) {
  const node = box.querySelector(`[data-seq="${Number(seq)}"]`);
  if (node) box.scrollTop = scrolled + node.offsetTop - top;
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

const ADDRESS = /\bhttps?:\/\/[^\s<>"'`]+/gi;

/** A text with its addresses as links; a stop or a bracket behind one is the sentence's. */
function linked(text) {
  const nodes = [];
  let from = 0;
  for (const found of text.matchAll(ADDRESS)) {
    const address = trimmed(found[0]);
    if (!URL.canParse?.(address) && !parses(address)) continue;
    nodes.push(text.slice(from, found.index));
    nodes.push(el("a", { href: address, text: address, target: "_blank", rel: "noopener noreferrer" }));
    from = found.index + address.length;
  }
  nodes.push(text.slice(from));
  return nodes.filter((node) => node !== "");
}

function parses(address) {
  try { return Boolean(new URL(address)); } catch { return false; }
}

function trimmed(address) {
  let end = address;
  for (;;) {
    const shorter = end.replace(/[.,;:!?…]+$/, "");
    const open = { ")": "(", "]": "[", "}": "{" }[shorter.at(-1)];
    const stray = open && shorter.split(shorter.at(-1)).length > shorter.split(open).length;
    const next = stray ? shorter.slice(0, -1) : shorter;
    if (next === end) return end;
    end = next;
  }
}

/** A text with what was found in it marked; `marks` are [start, length] in code points. */
export function marked(text, marks) {
  const points = [...text];
  const nodes = [];
  let from = 0;
  for (const [start, length] of marks ?? []) {
    nodes.push(points.slice(from, start).join(""), el("mark", { text: points.slice(start, start + length).join("") }));
    from = start + length;
  }
  nodes.push(points.slice(from).join(""));
  return nodes;
}

const stamp = (at, className) =>
  el("time", { datetime: at, title: when(at, "full"), text: when(at, "time"), class: className });

/** A message; `head`: the first of several by one person. `act` has menu(item, node), person(nick, node), retry, rework, discard. */
export function message(item, { head, act }) {
  const mine = isMe(item.from);
  const classes = ["row", head && "head", mine && "mine", item.mentions?.some(isMe) && !mine && "called", item.state, item.deleted && "gone", item.kind];
  const row = el("div", {
    class: classes.filter(Boolean).join(" "), tabindex: "-1",
    "data-seq": item.seq, "data-id": item.id, "data-mid": item.state && item.mid, "data-from": item.from, "data-state": item.state,
  });
  row.append(stamp(item.at, "at"), el("div", { class: "body" }, ...who(item, head, act), words(item), ...fate(item, act)));
  if (!item.state && !item.deleted) {
    const label = say("actions-for", { nick: item.from, time: when(item.at, "time") });
    row.append(el("button", { type: "button", class: "more", tabindex: "-1", "aria-haspopup": "menu", "aria-label": label, click: (event) => act.menu(item, event.currentTarget) }, icon("more")));
  }
  return row;
}

function who(item, head, act) {
  if (item.kind === "action") return [];
  if (!head) return [el("span", { class: "unseen" }, bdi(item.from), ": ")];
  const name = el("button", { type: "button", class: `nick ${hue(item.from)}`, tabindex: "-1", click: (event) => act.person(item.from, event.currentTarget) }, bdi(item.from));
  const others = item.kind === "whisper" && item.to?.length > 1 && el("span", { class: "tag", text: say("to-several", { names: item.to.join(", ") }) });
  const tag = item.kind === "scheduled" && el("span", { class: "tag", text: say("scheduled-tag") });
  return [el("span", { class: "who" }, name, tag, others)];
}

function words(item) {
  const text = el("span", { class: "text", dir: "auto" });
  if (item.deleted) text.append(say("deleted"));
  else if (item.kind === "action") text.append("* ", bdi(item.from, hue(item.from)), " ", ...linked(item.text));
  else text.append(...linked(item.text));
  const line = el("div", { class: "line" }, text);
  if (item.edited && !item.deleted) line.append(" ", el("span", { class: "edited", title: when(item.edited, "full"), text: say("edited") }));
  return line;
}

/** What has become of a line that is not firm yet. */
function fate(item, act) {
  if (item.state === "pending") return item.wait ? [el("span", { class: "fate", text: item.wait })] : [el("span", { class: "fate", text: say("sending") })];
  if (item.state !== "failed") return [];
  const button = (key, does) => el("button", { type: "button", class: "plain", text: say(key), click: () => does(item) });
  return [el("div", { class: "fate failed-line" }, el("span", { text: item.error }), button("retry", act.retry), button("rework", act.rework), button("discard", act.discard))];
}

/** Notes that follow each other, in one line. */
export function notes(items) {
  const loud = items.some((item) => item.loud);
  const node = el("div", { class: loud ? "note loud" : "note", "aria-live": items[0].quiet && "off" }, stamp(items[0].at, "at"));
  const body = el("div", { class: "body" });
  items.forEach((item, index) => body.append(...(index ? [" "] : []), el("span", {}, ...told(item.note, item.vars))));
  node.append(body);
  return node;
}
