// Going somewhere by typing a piece of its name: rooms, people, conversations.
// It must not list what is not there to go to.
// Why letters may be left out: "dui" is quicker than "design/ui", and the list shows what is meant.

import { bdi, byId, composing, el } from "./dom.js";
import * as model from "./model.js";
import { here, isMe } from "./model.js";
import { go, join } from "./session.js";
import { ordered } from "./side.js";
import { wrong } from "./tell.js";
import { say } from "./words.js";

const SHOWN_MAX = 12;
const dialog = byId("switcher");
const field = byId("switcher-input");
const list = byId("switcher-list");
let found = [];
let active = 0;
let onlyPeople = false;

export function start() {
  field.addEventListener("input", look);
  field.addEventListener("keydown", keyed);
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) choose([...list.children].indexOf(option));
  });
}

export function switcher() { open(false); }
export function people() { open(true); }

function open(peopleAlone) {
  onlyPeople = peopleAlone;
  field.value = "";
  if (!dialog.open) dialog.showModal();
  field.focus();
  look();
}

/** How well the letters stand in the name, in their order; null if they do not. */
export function score(name, letters) {
  let at = -1, sum = 0;
  for (const letter of letters) {
    const next = name.indexOf(letter, at + 1);
    if (next < 0) return null;
    const starts = next === 0 || /[\s/_.-]/.test(name[next - 1]);
    sum += (next === at + 1 ? 0 : 2) + (starts ? -1 : 0) + Math.min(next - at - 1, 5) * 0.1;
    at = next;
  }
  return sum + name.length * 0.01;
}

function candidates() {
  const all = new Map(ordered().map((one) => [one.key, { kind: one.kind, name: one.name, one }]));
  for (const one of model.rooms()) {
    for (const nick of one.members.keys()) {
      const key = model.key("person", nick);
      if (!isMe(nick) && !all.has(key)) all.set(key, { kind: "person", name: nick });
    }
  }
  for (const name of model.directory.keys()) {
    const key = model.key("room", name);
    if (!all.has(key)) all.set(key, { kind: "room", name });
  }
  return [...all.values()].filter((each) => each.one !== here.place && (!onlyPeople || each.kind === "person"));
}

function look() {
  const letters = [...field.value.trim().toLowerCase().replace(/^[#@]/, "").replace(/\s/g, "")];
  const scored = candidates().map((each) => ({ ...each, score: score(each.name.toLowerCase(), letters) })).filter((each) => each.score !== null);
  const fresh = (each) => (letters.length ? 0 : (each.one?.mentions ?? 0) * 1000 + (each.one?.unread ?? 0));
  scored.sort((a, b) => fresh(b) - fresh(a) || a.score - b.score);
  found = (letters.length ? scored : scored.sort((a, b) => fresh(b) - fresh(a))).slice(0, SHOWN_MAX);
  active = 0;
  show();
}

function show() {
  list.replaceChildren(...found.map((each, index) => el("div", { role: "option", id: `switch-${index}`, "aria-selected": String(index === active) },
    el("span", { class: "sigil", "aria-hidden": "true", text: each.kind === "room" ? "#" : "@" }), bdi(each.name),
    el("span", { class: "hint", text: each.one?.unread ? say("unread", { n: each.one.unread }) : each.one ? "" : say(each.kind === "room" ? "switch-join" : "switch-whisper") }))));
  if (found.length) field.setAttribute("aria-activedescendant", `switch-${active}`);
  else field.removeAttribute("aria-activedescendant");
  list.children[active]?.scrollIntoView({ block: "nearest" });
}

function keyed(event) {
  if (composing(event)) return;
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    if (!found.length) return;
    active = (active + (event.key === "ArrowDown" ? 1 : found.length - 1)) % found.length;
    show();
  } else if (event.key === "Enter") {
    event.preventDefault();
    choose(active);
  }
}

async function choose(index) {
  const each = found[index];
  if (!each) return;
  dialog.close();
  byId("chat").dataset.pane = "main";
  try {
    if (each.one) go(each.one);
    else if (each.kind === "person") go(model.place("person", each.name));
    else await join(each.name);
  } catch (error) {
    wrong(error.message || say("offline"));
  }
  byId("composer").focus();
}
