// Where one writes: lines, commands, edits, drafts, and their completion.
// It must not know what a command does, nor how a message looks.
// Why Enter is looked at twice: while a Korean syllable is being composed it belongs to the input method,
// and one browser says so by isComposing, another only by the key code 229.

import * as command from "./command.js";
import { bdi, byId, composing, el, icon } from "./dom.js";
import { tab } from "./kept.js";
import * as log from "./log.js";
import { submit } from "./messages.js";
import { here, isMe, me } from "./model.js";
import * as model from "./model.js";
import { quiet, wrong } from "./parts.js";
import { ready } from "./session.js";
import { group, named } from "./typed.js";
import { language, say, told } from "./words.js";

const box = byId("composer");
let drafts = tab.get("drafts", {});
let shown = null;
/** Where a command was typed that is under way: it may lead elsewhere, and what is typed meanwhile goes along. */
let commanded = null;
/** The message that is being changed: {one, item}. */
let editing = null;

export function start() {
  model.on("place lang self", moved);
  model.on("commands", lookUp);
  model.on("place self status", attachable);
  const chosen = byId("file");
  chosen.addEventListener("change", () => { offerFiles([...chosen.files]); chosen.value = ""; });
  byId("attach").addEventListener("click", () => chosen.click());
  box.addEventListener("keydown", keyed);
  box.addEventListener("beforeinput", breaks);
  box.addEventListener("input", typed);
  box.addEventListener("compositionend", typed);
  byId("say").addEventListener("submit", (event) => { event.preventDefault(); send(); box.focus(); });
  box.addEventListener("paste", (event) => {
    const { files } = event.clipboardData;
    if (files.length && !event.clipboardData.getData("text/plain")) { event.preventDefault(); offerFiles([...files]); }
  });
  const talk = byId("chat");
  talk.addEventListener("dragover", (event) => { if (event.dataTransfer.types.includes("Files")) event.preventDefault(); });
  talk.addEventListener("drop", (event) => { if (event.dataTransfer.files.length) { event.preventDefault(); offerFiles([...event.dataTransfer.files]); } });
  startList();
}

/** Another place: its draft, and whose it is. */
function moved() {
  const one = here.place;
  if (!one) return;
  if (one !== shown) {
    if (editing) stopEditing();
    const goesOn = shown && shown === commanded && box.value !== "" && !drafts[one.key];
    if (goesOn) delete drafts[shown.key];
    shown = one;
    if (goesOn) keep();
    else box.value = drafts[one.key] ?? "";
    if (byId("error").dataset.kind === "wrong") quiet();
    closeList();
    grow();
    bar();
  }
  const words = say(one.kind === "room" ? "write-to" : "whisper-to", { name: one.name });
  box.placeholder = words;
  byId("composer-label").textContent = words;
}

function keep() {
  if (!shown || editing) return;
  if (box.value) drafts[shown.key] = box.value;
  else delete drafts[shown.key];
  tab.set("drafts", drafts);
}

function typed() {
  keep();
  grow();
  bar();
  lookUp();
}

function grow() {
  box.style.height = "auto";
  box.style.height = `${Math.min(box.scrollHeight + 2, innerHeight * 0.4)}px`;
  log.keepEnd();
}

/** What is in the field, replaced as if it had been typed. */
export function write(text, at = text.length) {
  box.value = text;
  box.setSelectionRange(at, at);
  box.focus();
  typed();
}

/** Puts a text in at the caret: a name that was chosen. */
export function insert(text) {
  const [start, end] = [box.selectionStart, box.selectionEnd];
  const before = box.value.slice(0, start);
  const gap = before && !/\s$/.test(before) ? " " : "";
  write(before + gap + text + box.value.slice(end), start + gap.length + text.length);
}

function keyed(event) {
  if (composing(event)) return;
  if (listKeyed(event)) return;
  if (event.key === "Enter" && !event.shiftKey && !event.altKey) {
    event.preventDefault();
    send();
  } else if (event.key === "Escape" && editing) {
    event.preventDefault();
    event.stopPropagation();
    stopEditing();
  } else if (event.key === "ArrowUp" && box.value === "" && !event.altKey && !event.ctrlKey && !event.metaKey) {
    const last = here.place.items.findLast((item) => item.seq && isMe(item.from) && !item.deleted && item.kind !== "scheduled");
    if (last) { event.preventDefault(); change(here.place, last); }
  }
}

/** Keyboards on a screen may have no Enter key to press, only a line break to insert. */
function breaks(event) {
  const isBreak = event.inputType === "insertLineBreak" || event.inputType === "insertParagraph";
  if (!isBreak || event.isComposing || !matchMedia("(pointer: coarse)").matches) return;
  event.preventDefault();
  send();
}

const linesOf = (text) => text.split(/[\r\n\u2028\u2029]+/).map((line) => line.trimEnd()).filter((line) => line.trim());

async function send() {
  const one = here.place;
  const text = box.value;
  const lines = linesOf(text);
  if (!lines.length || !one) return;
  const isCommand = lines[0].startsWith("/") && !lines[0].startsWith("//") && !editing;
  if (isCommand && lines.length > 1) { wrong(say("command-one-line")); return; }
  if ((isCommand || editing) && !ready()) { wrong(say("offline")); return; }
  if (editing && lines.length > 1) { wrong(say("edit-one-line")); return; }
  quiet();
  if (editing) { await finish(lines[0]); return; }
  clear();
  if (isCommand) {
    commanded = one;
    const done = await command.run(lines[0].trim(), one);
    model.flush();
    commanded = null;
    if (!done && box.value === "" && here.place === one) write(text);
    return;
  }
  const escaped = lines.length === 1 && lines[0].startsWith("//");
  for (const line of lines) submit(one, escaped ? line.slice(1) : line);
  log.end();
}

function clear() {
  box.value = "";
  closeList();
  keep();
  grow();
  bar();
}

/** Takes a message into the field to be changed. */
export function change(one, item) {
  editing = { one, item, draft: box.value };
  box.value = item.text;
  box.setSelectionRange(item.text.length, item.text.length);
  box.focus();
  grow();
  bar();
}

async function finish(text) {
  const { one, item, draft } = editing;
  if (text === item.text) { stopEditing(); return; }
  try {
    await command.edit(one, item.seq, text);
    if (editing?.item === item) stopEditing(draft);
  } catch (error) {
    wrong(error.message || say("offline"));
  }
}

function stopEditing(draft = editing.draft) {
  editing = null;
  box.value = draft;
  keep();
  grow();
  bar();
}

/** What is offered above the field: an edit under way, several lines. */
function bar() {
  const lines = linesOf(box.value);
  if (editing) {
    offer([say("editing")], [["cancel", () => { stopEditing(); box.focus(); }]]);
  } else if (lines.length > 1) {
    offer([say("several-lines", { n: lines.length })], [["join-lines", () => write(lines.map((line) => line.trim()).join(" "))]]);
  } else {
    byId("offer").hidden = true;
  }
}

function offer(nodes, buttons) {
  const line = byId("offer");
  line.hidden = false;
  line.replaceChildren(el("span", {}, ...nodes), ...buttons.map(([key, does]) => el("button", { type: "button", class: "plain", text: say(key), click: does })));
}

/** Files that were chosen, dropped or pasted; the list of an event does not outlive it. */
async function offerFiles(files) {
  if (!inSession()) { wrong(say("files-outside")); return; }
  (await import("./files.js")).send(files);
}

const inSession = () => me.partner !== null && here.place?.kind === "person" && here.place.name.toLowerCase() === me.partner.toLowerCase();

/** Where a file can be sent, there is a button for it. */
function attachable() { byId("attach").hidden = !inSession(); }

/** No more than fit above the field, also with the keyboard of a phone below it. */
const shownMax = () => (innerHeight < 700 ? 4 : 8);
const list = byId("completions");
let found = [];
let active = 0;
let range = [0, 0];

function startList() {
  box.addEventListener("blur", closeList);
  box.addEventListener("click", lookUp);
  list.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    const option = event.target.closest("[role=option]");
    if (option) take([...list.children].indexOf(option));
  });
}

function closeList() {
  found = [];
  list.hidden = true;
  list.replaceChildren();
  box.removeAttribute("aria-activedescendant");
}

/** Looks at what stands before the caret. */
function lookUp() {
  const at = box.selectionStart;
  const before = box.value.slice(0, at);
  found = at === box.selectionEnd ? candidates(before).slice(0, shownMax()) : [];
  if (found.length === 1 && before.slice(range[0]) === found[0].value) found = [];
  if (!found.length) { closeList(); return; }
  active = 0;
  showList();
}

function candidates(before) {
  const at = before.search(/\S*$/);
  const begun = before.slice(at);
  if (/^\/[^/]/.test(before) || before === "/") {
    if (!before.includes("\n")) return ofCommand(before, at, begun);
  }
  if (begun.startsWith("@")) { range = [at, before.length]; return peopleFor(begun.slice(1), "@"); }
  return [];
}

function ofCommand(before, at, begun) {
  const small = before.toLowerCase();
  // The names of commands, some of two words.
  const names = me.commands.filter((row) => row.typed.length).flatMap((row) => {
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
    return peopleFor(begun.slice(comma), "", arg.name === "to");
  }
  if (["room", "channel"].includes(arg.name)) return roomsFor(begun);
  return [];
}

const preferred = (name) => Number(/[가-힣]/.test(name) === (language() === "ko"));

function peopleFor(begun, before, anywhere = false) {
  const nicks = new Set(here.place.kind === "person" ? [here.place.name] : here.place.members.keys());
  if (anywhere) for (const one of model.rooms()) for (const nick of one.members.keys()) nicks.add(nick);
  return matching([...nicks].filter((nick) => !isMe(nick)), begun).map((nick) => ({ value: before + nick, shown: nick }));
}

function roomsFor(begun) {
  const names = new Set([...model.rooms().map((one) => one.name), ...model.directory.keys()]);
  return matching([...names], begun).map((name) => ({ value: name, shown: name }));
}

const matching = (names, begun) => names.filter((name) => name.toLowerCase().startsWith(begun.toLowerCase())).sort((a, b) => a.localeCompare(b));

function showList() {
  list.replaceChildren(...found.map((one, index) => el("div", { role: "option", id: `completion-${index}`, "aria-selected": String(index === active) },
    bdi(one.shown), one.what && el("span", { class: "hint", text: one.what }))));
  list.hidden = false;
  box.setAttribute("aria-activedescendant", `completion-${active}`);
}

/** Whether the key was meant for the list. */
function listKeyed(event) {
  if (!found.length || event.altKey || event.ctrlKey || event.metaKey) return false;
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    active = (active + (event.key === "ArrowDown" ? 1 : found.length - 1)) % found.length;
    showList();
  } else if (event.key === "Tab" && !event.shiftKey) {
    take(active);
  } else if (event.key === "Enter" && !event.shiftKey) {
    // What is typed in full already is sent, not completed.
    const whole = box.value.slice(...range).toLowerCase();
    if (found.some((one) => one.value.toLowerCase() === whole) || group(me.commands, whole).length) { closeList(); return false; }
    take(active);
  } else if (event.key === "Escape") {
    closeList();
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
  closeList();
  box.dispatchEvent(new Event("input", { bubbles: true }));
}
