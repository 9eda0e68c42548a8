// Files to and from the partner of a whisper session: offered, on their way, saved; and the lines that show them.
// It must not keep a file over a reload, nor write anywhere: what has come is handed to the browser to be saved.
// Why loaded only when it is wanted: most who chat send no file.

import { Blake3 } from "./blake3.js";
import { bdi, byId, el, icon } from "./dom.js";
import * as model from "./model.js";
import { here, me, note, place } from "./model.js";
import { told, wrong } from "./parts.js";
import SENTENCES from "./sentences-files.js";
import { link } from "./session.js";
import { language, say, span, teach } from "./words.js";

teach(SENTENCES);

/** What is hashed before the page may do something else. */
const SLICE = 1 << 20;
const SHOWN_MS = 100;
/** Rates are those of the last seconds. */
const RATE_MS = 4000;
/** After so long without a byte a file is given up. */
const PATIENCE_MS = 120_000;
/** What has come is handed to the browser in pieces of this size, which it may put on its disk. */
const PIECE = 32 << 20;

/** All since the page was loaded, the oldest first. */
const files = new Set();
const LIVE = ["reading", "offered", "asked", "waiting", "moving", "checking"];
const isLive = (file) => LIVE.includes(file.state);
const find = (offer) => [...files].find((file) => file.offer === offer && isLive(file));
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

function add(file) {
  const made = { bytes: 0, samples: [], stop: new AbortController(), ...file };
  files.add(made);
  show();
  return made;
}

function become(file, state) {
  file.state = state;
  file.samples = [];
  if (!isLive(file)) file.stop.abort();
  show();
}

/** Offers these files to the partner. */
export async function send(list) {
  for (const source of list) await offer(source, me.partner);
}

async function offer(source, nick) {
  const file = add({ source, nick, mine: true, name: source.name, size: source.size, state: "reading" });
  try {
    const hash = await hashed(file);
    if (file.state !== "reading") return;
    const ok = await link.ask("offer", { name: file.name, size: file.size, hash });
    Object.assign(file, ok, { bytes: 0 });
    // It was given up while the server was asked.
    if (!isLive(file)) link.ask("cancel", { offer: ok.offer }).catch(() => {});
    else become(file, "offered");
  } catch (error) {
    if (!isLive(file)) return;
    files.delete(file);
    show();
    wrong(error.code ? error.message : error.name === "NotReadableError" ? `${file.name}: ${say("file-unreadable")}` : say("offline"));
  }
}

async function hashed(file) {
  const hash = new Blake3();
  while (file.bytes < file.size && file.state === "reading") {
    hash.update(new Uint8Array(await file.source.slice(file.bytes, file.bytes + SLICE).arrayBuffer()));
    moved(file, Math.min(file.size, file.bytes + SLICE));
  }
  return hash.hex();
}

/** Somebody offers a file; told again after a lost connection. */
export function offered({ offer, from, name, size, hash }) {
  if (find(offer)) return;
  const file = add({ offer, nick: from, name, size, hash, state: "asked" });
  note(place("person", from), "file-heard", { nick: from, name, size: amount(size) }, { loud: true });
  if (here.place?.name !== file.nick) told("file-heard", { nick: from, name, size: amount(size) });
}

/** What has become of one. */
export function changed({ offer, state, bytes }) {
  const file = find(offer);
  if (!file) return;
  if (state === "relay") push(file, bytes);
  else if (state !== "accepted") become(file, state);
  else if (file.state === "offered") become(file, "waiting");
}

/** Sends the rest from where the receiver is. Whatever ends it, the receiver asks again or says what was wrong. */
function push(file, from) {
  file.sending?.abort();
  const request = new XMLHttpRequest();
  file.sending = request;
  file.bytes = from;
  become(file, "moving");
  file.stop.signal.addEventListener("abort", () => request.abort());
  request.open("PUT", `api/transfers/${file.token}`);
  if (from > 0) request.setRequestHeader("Content-Range", `bytes ${from}-${file.size - 1}/${file.size}`);
  request.upload.onprogress = ({ loaded }) => moved(file, from + loaded);
  request.onloadend = () => {
    if (file.sending !== request || file.state !== "moving") return;
    become(file, request.status === 204 ? "checking" : "waiting");
  };
  request.send(file.source.slice(from));
}

/** Takes the one that is offered, or this one. */
export async function accept(name, file = only("asked")) {
  if (!file) return;
  try {
    Object.assign(file, await link.ask("accept", { offer: file.offer }), { saveAs: name || file.name });
  } catch (error) {
    wrong(error.message || say("offline"));
    return;
  }
  become(file, "waiting");
  await take(file);
}

async function take(file) {
  file.parts = [];
  file.check = new Blake3();
  let since = Date.now();
  for (let tries = 0; isLive(file) && Date.now() - since < PATIENCE_MS; tries += 1) {
    const before = file.bytes;
    try {
      if (await pull(file)) break;
    } catch { /* the way broke off: what is missing is asked for again */ }
    if (file.bytes > before) { since = Date.now(); tries = 0; }
    if (isLive(file)) { become(file, "waiting"); await pause(Math.min(8000, 250 * 2 ** tries)); }
  }
  if (isLive(file)) await finish(file);
}

/** One request for what is missing. True: nothing is, or nothing more can be had. */
async function pull(file) {
  const headers = file.bytes > 0 ? { Range: `bytes=${file.bytes}-` } : {};
  const answer = await fetch(`api/transfers/${file.token}`, { headers, signal: file.stop.signal, cache: "no-store" });
  if (answer.status === 404 || answer.status === 410) return true;
  if (answer.status !== (file.bytes > 0 ? 206 : 200)) return false;
  become(file, "moving");
  const reader = answer.body.getReader();
  let rested = performance.now();
  for (let one = await reader.read(); !one.done; one = await reader.read()) {
    file.check.update(one.value);
    file.parts.push(one.value);
    if (file.parts.length > 1 && file.bytes % PIECE + one.value.length >= PIECE) file.parts = [new Blob(file.parts)];
    moved(file, file.bytes + one.value.length);
    if (performance.now() - rested > 30) { await pause(0); rested = performance.now(); }
  }
  return file.bytes >= file.size;
}

async function finish(file) {
  const { offer } = file;
  const isWhole = file.bytes === file.size;
  const isSound = isWhole && file.check.hex() === file.hash;
  if (isSound) {
    file.address = URL.createObjectURL(new Blob(file.parts, { type: "application/octet-stream" }));
    become(file, "saved");
    save(file);
  } else {
    become(file, isWhole ? "altered" : "lost");
  }
  file.parts = null;
  await link.ask(isSound ? "received" : "cancel", { offer }).catch(() => {});
}

const save = (file) => el("a", { href: file.address, download: file.saveAs }).click();

/** The one that a typed command means. */
function only(...states) {
  const found = [...files].filter((file) => states.includes(file.state) && file.nick.toLowerCase() === here.place?.name.toLowerCase());
  const one = found.at(-1) ?? [...files].findLast((file) => states.includes(file.state));
  if (!one) wrong(say("file-none"));
  return one;
}

export async function decline(file = only("asked")) {
  if (!file) return;
  become(file, "declined");
  files.delete(file);
  show();
  await link.ask("decline", { offer: file.offer }).catch((error) => wrong(error.message || say("offline")));
}

export async function cancel(file = only(...LIVE)) {
  if (!file) return;
  become(file, "cancelled");
  if (file.offer) await link.ask("cancel", { offer: file.offer }).catch((error) => wrong(error.message || say("offline")));
}

function moved(file, bytes) {
  file.bytes = bytes;
  const now = performance.now();
  file.samples.push([now, bytes]);
  while (file.samples.length > 2 && now - file.samples[0][0] > RATE_MS) file.samples.shift();
  if (now - (file.shown ?? 0) > SHOWN_MS) { file.shown = now; fill(file); }
}

/** Bytes a second lately; 0: not known yet. */
function rate({ samples }) {
  const [[from, first], [to, last]] = samples.length > 1 ? [samples[0], samples.at(-1)] : [[0, 0], [0, 0]];
  return to > from ? ((last - first) * 1000) / (to - from) : 0;
}

function amount(bytes) {
  const unit = bytes < 1024 ? 0 : Math.min(5, Math.floor(Math.log2(bytes) / 10));
  const number = (bytes / 1024 ** unit).toLocaleString(language(), { maximumFractionDigits: unit === 0 ? 0 : 1 });
  return `${number} ${["B", "KiB", "MiB", "GiB", "TiB", "PiB"][unit]}`;
}

function words(file) {
  if (file.state !== "moving") return say(`file-${file.state}`);
  const percent = (file.size ? file.bytes / file.size : 1).toLocaleString(language(), { style: "percent" });
  const fast = rate(file);
  if (fast === 0) return say("file-begun", { percent });
  return say("file-moving", { percent, rate: amount(Math.round(fast)), left: span(((file.size - file.bytes) / fast) * 1000) });
}

/** What changes in a line while a file moves. */
function fill(file) {
  if (!file.line?.isConnected) return;
  file.line.querySelector("output").textContent = words(file);
  const bar = file.line.querySelector("progress");
  if (bar) bar.value = file.size ? file.bytes / file.size : 1;
}

/** The lines of the conversation that is shown. */
function show() {
  const box = byId("files");
  const name = here.place?.kind === "person" ? here.place.name.toLowerCase() : null;
  const shown = [...files].filter((file) => file.nick.toLowerCase() === name);
  const had = box.contains(document.activeElement);
  box.hidden = shown.length === 0;
  box.replaceChildren(...shown.map(row));
  // The button that had it is gone, and no other may be pressed by what is typed next.
  if (had && !box.contains(document.activeElement)) byId("composer").focus();
}

const button = (file, key, does, kind = "plain") =>
  el("button", { type: "button", class: kind, text: say(`file-${key}`), "aria-label": say(`file-${key}-of`, { name: file.name }), click: does });

function row(file) {
  const isMoving = ["reading", "moving"].includes(file.state);
  const away = el("button", { type: "button", class: "plain", "aria-label": say("file-hide-of", { name: file.name }), click: () => { if (file.address) URL.revokeObjectURL(file.address); files.delete(file); show(); } }, icon("close"));
  file.line = el("div", { class: "file", "data-offer": file.offer, "data-state": file.state },
    bdi(file.name, "name"), el("span", { class: "hint", text: amount(file.size) }),
    isMoving && el("progress", { max: "1", "aria-label": file.name }), el("output"),
    file.state === "asked" && button(file, "accept", () => accept(undefined, file), "main"),
    file.state === "asked" && button(file, "decline", () => decline(file)),
    isLive(file) && file.state !== "asked" && button(file, "cancel", () => cancel(file)),
    file.state === "saved" && button(file, "save", () => save(file)),
    !isLive(file) && away);
  queueMicrotask(() => fill(file));
  return file.line;
}

model.on("place lang", show);
model.on("places", () => { if (here.place?.kind === "person") renamed(); });

/** Who goes by another name is the same one. */
function renamed() {
  for (const file of files) {
    if (isLive(file) && me.partner && !model.places.has(model.key("person", file.nick))) { file.nick = me.partner; show(); }
  }
}
