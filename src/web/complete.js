// Completion while one writes: commands after a slash, names after an @, both as arguments of commands.
// It must not send anything.
// Why the field stays a text area with an active option, and is no combobox: it has several lines, and that role has one.

import { bdi, byId, el } from "./dom.js";
import * as model from "./model.js";
import { here, isMe, me } from "./model.js";
import { group, named } from "./typed.js";
import { language } from "./words.js";

/** No more than fit above the field, also with the keyboard of a phone below it. */
const shownMax = () => (innerHeight < 700 ? 4 : 8);
const list = byId("completions");
let box = null;
let found = [];
let active = 0;
let range = [0, 0];

export function start(field) {
  box = field;
  box.addEventListener("blur", close);
  box.addEventListener("click", look);
  list.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    const option = event.target.closest("[role=option]");
    if (option) take([...list.children].indexOf(option));
  });
}

export function close() {
  found = [];
  list.hidden = true;
  list.replaceChildren();
  box.removeAttribute("aria-activedescendant");
}

/** Looks at what stands before the caret. */
export function look() {
  const at = box.selectionStart;
  const before = box.value.slice(0, at);
  found = at === box.selectionEnd ? candidates(before).slice(0, shownMax()) : [];
  if (found.length === 1 && before.slice(range[0]) === found[0].value) found = [];
  if (!found.length) { close(); return; }
  active = 0;
  show();
}

function candidates(before) {
  const at = before.search(/\S*$/);
  const begun = before.slice(at);
  if (/^\/[^/]/.test(before) || before === "/") {
    if (!before.includes("\n")) return ofCommand(before, at, begun);
  }
  if (begun.startsWith("@")) { range = [at, before.length]; return people(begun.slice(1), "@"); }
  return [];
}

function ofCommand(before, at, begun) {
  const small = before.toLowerCase();
  // The names of commands, some of two words.
  const names = me.commands.filter((row) => row.typed.length && row.cmd).flatMap((row) => {
    const name = row.typed.filter((one) => one.startsWith(small)).sort((a, b) => preferred(b) - preferred(a))[0];
    return name ? [{ value: name, shown: row.usage.startsWith(name) ? row.usage : name, what: row.what }] : [];
  });
  if (names.length) {
    range = [0, before.length];
    return names.filter((one, index) => names.findIndex((other) => other.value === one.value) === index);
  }
  // Their arguments.
  const words = before.split(/\s+/);
  const second = `${words[0]} ${words[1] ?? ""}`.toLowerCase();
  const isTwo = named(me.commands, second).length > 0 && group(me.commands, words[0]).length > 0;
  const rows = named(me.commands, isTwo ? second : words[0].toLowerCase());
  const index = words.length - (isTwo ? 3 : 2);
  const args = rows[0]?.args.filter((arg) => arg.need === "must" || arg.need === "may") ?? [];
  const arg = args[index];
  if (!arg || index < 0) return [];
  range = [at, before.length];
  if (["nick", "who", "to"].includes(arg.name)) {
    const comma = begun.lastIndexOf(",") + 1;
    range = [at + comma, before.length];
    return people(begun.slice(comma), "", arg.name === "to");
  }
  if (["room", "channel"].includes(arg.name)) return rooms(begun);
  return [];
}

const preferred = (name) => Number(/[가-힣]/.test(name) === (language() === "ko"));

function people(begun, before, anywhere = false) {
  const nicks = new Set(here.place.kind === "person" ? [here.place.name] : here.place.members.keys());
  if (anywhere) for (const one of model.rooms()) for (const nick of one.members.keys()) nicks.add(nick);
  return matching([...nicks].filter((nick) => !isMe(nick)), begun).map((nick) => ({ value: before + nick, shown: nick }));
}

function rooms(begun) {
  const names = new Set([...model.rooms().map((one) => one.name), ...model.directory.keys()]);
  return matching([...names], begun).map((name) => ({ value: name, shown: name }));
}

const matching = (names, begun) => names.filter((name) => name.toLowerCase().startsWith(begun.toLowerCase())).sort((a, b) => a.localeCompare(b));

function show() {
  list.replaceChildren(...found.map((one, index) => el("div", { role: "option", id: `completion-${index}`, "aria-selected": String(index === active) },
    bdi(one.shown), one.what && el("span", { class: "hint", text: one.what }))));
  list.hidden = false;
  box.setAttribute("aria-activedescendant", `completion-${active}`);
}

/** Whether the key was meant for the list. */
export function keyed(event) {
  if (!found.length || event.altKey || event.ctrlKey || event.metaKey) return false;
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    active = (active + (event.key === "ArrowDown" ? 1 : found.length - 1)) % found.length;
    show();
  } else if (event.key === "Tab" && !event.shiftKey) {
    take(active);
  } else if (event.key === "Enter" && !event.shiftKey) {
    // What is typed in full already is sent, not completed.
    const whole = box.value.slice(...range).toLowerCase();
    if (found.some((one) => one.value.toLowerCase() === whole) || group(me.commands, whole).length) { close(); return false; }
    take(active);
  } else if (event.key === "Escape") {
    close();
  } else {
    return false;
  }
  event.preventDefault();
  event.stopPropagation();
  return true;
}

function take(index) {
  const { value } = found[index];
  const after = box.value.slice(range[1]);
  const text = `${value}${after.startsWith(" ") ? "" : " "}`;
  box.value = box.value.slice(0, range[0]) + text + after;
  const caret = range[0] + text.length;
  box.setSelectionRange(caret, caret);
  close();
  box.dispatchEvent(new Event("input", { bubbles: true }));
}
