// Where one writes: lines, commands, edits, drafts.
// It must not know what a command does, nor how a message looks.
// Why Enter is looked at twice: while a Korean syllable is being composed it belongs to the input method,
// and one browser says so by isComposing, another only by the key code 229.

import * as command from "./command.js";
import * as complete from "./complete.js";
import { byId, composing, el, icon } from "./dom.js";
import { tab } from "./kept.js";
import * as log from "./log.js";
import * as model from "./model.js";
import { here, isMe } from "./model.js";
import { submit } from "./outbox.js";
import { ready } from "./session.js";
import { quiet, wrong } from "./tell.js";
import { say, told } from "./words.js";

const box = byId("composer");
let drafts = tab.get("drafts", {});
let shown = null;
/** The message that is being changed: {one, item}. */
let editing = null;

export function start() {
  model.on("place lang self", moved);
  box.addEventListener("keydown", keyed);
  box.addEventListener("beforeinput", breaks);
  box.addEventListener("input", typed);
  box.addEventListener("compositionend", typed);
  byId("say").addEventListener("submit", (event) => { event.preventDefault(); send(); box.focus(); });
  box.addEventListener("paste", (event) => {
    const { files } = event.clipboardData;
    if (files.length && !event.clipboardData.getData("text/plain")) { event.preventDefault(); offerFiles(files); }
  });
  const talk = byId("chat");
  talk.addEventListener("dragover", (event) => { if (event.dataTransfer.types.includes("Files")) event.preventDefault(); });
  talk.addEventListener("drop", (event) => { if (event.dataTransfer.files.length) { event.preventDefault(); offerFiles(event.dataTransfer.files); } });
  complete.start(box);
}

/** Another place: its draft, and whose it is. */
function moved() {
  const one = here.place;
  if (!one) return;
  if (one !== shown) {
    if (editing) stopEditing();
    shown = one;
    box.value = drafts[one.key] ?? "";
    if (byId("error").dataset.kind === "wrong") quiet();
    complete.close();
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
  complete.look();
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
  if (complete.keyed(event)) return;
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
    if (!(await command.run(lines[0].trim(), one)) && box.value === "" && here.place === one) write(text);
    return;
  }
  const escaped = lines.length === 1 && lines[0].startsWith("//");
  for (const line of lines) submit(one, escaped ? line.slice(1) : line);
  log.end();
}

function clear() {
  box.value = "";
  complete.close();
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
  } else if (!byId("offer").dataset.files) {
    byId("offer").hidden = true;
  }
}

function offer(nodes, buttons) {
  const line = byId("offer");
  delete line.dataset.files;
  line.hidden = false;
  line.replaceChildren(el("span", {}, ...nodes), ...buttons.map(([key, does]) => el("button", { type: "button", class: "plain", text: say(key), click: does })));
}

/** Dropped or pasted files: nothing is sent, and it is said so. */
function offerFiles(files) {
  const names = [...files].map((file) => file.name).join(", ");
  offer(told("files-later", { names }), []);
  const line = byId("offer");
  line.dataset.files = files.length;
  line.append(el("button", { type: "button", class: "plain", "aria-label": say("close"), click: () => { delete line.dataset.files; line.hidden = true; bar(); box.focus(); } }, icon("close")));
}
