// One line of the log as elements: a message, a line under way, a note.
// It must not know where it will stand, nor change anything by itself.
// Why texts are cut into pieces and never into markup: a link is made of what is surely an address, the rest stays text.

import { bdi, el, hue, icon } from "./dom.js";
import { isMe } from "./model.js";
import { say, told, when } from "./words.js";

const ADDRESS = /\bhttps?:\/\/[^\s<>"'`]+/gi;

/** A text with its addresses as links; a stop or a bracket behind one is the sentence's. */
export function linked(text) {
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

export const stamp = (at, className) =>
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
