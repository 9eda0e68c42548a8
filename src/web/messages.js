// Messages of a place on their way: pages that are fetched, lines that are said and not yet answered.
// It must not know an element, nor where one has scrolled to.
// Why one line at a time for each place: lines that are refused or come too fast must not overtake each other.

import { Lost } from "./link.js";
import { changed, firstHeld, here, lastHeld, me, put, ROWS_MAX } from "./model.js";
import * as model from "./model.js";
import { link, ready, save, session } from "./session.js";
import { say } from "./words.js";

const PAGE = 60;
/** So many messages are fetched to close a hole; behind a longer one the newest page is begun anew. */
const HOLE_MAX = 300;

/** After a refusal a place is not asked for at once again. */
const REST_MS = 3000;

/** Runs one fetch of a place at a time; who comes while one is under way waits for that one. */
function alone(one, fetch) {
  if (one.loading) return one.loading;
  if (!ready() || Date.now() < (one.restsUntil ?? 0)) return Promise.resolve();
  const run = async () => {
    try {
      await fetch();
    } catch {
      // The connection ended, or the room is not ours any more: both are told elsewhere.
      one.restsUntil = Date.now() + REST_MS;
      setTimeout(changed, REST_MS + 50, "log");
    } finally {
      one.loading = null;
      changed("log");
    }
  };
  one.loading = run();
  changed("log");
  return one.loading;
}

async function page(one, asked) {
  const { messages, more } = await link.ask("history", { room: one.name, limit: PAGE, ...asked });
  return { messages, more };
}

/** The newest page. */
export const load = (one) => alone(one, async () => {
  const { messages, more } = await page(one, {});
  const loose = one.loaded ? [] : one.items.filter((item) => !item.seq);
  one.items = messages.concat(loose);
  Object.assign(one, { loaded: true, atEnd: true, atStart: !more, last: Math.max(one.last, messages.at(-1)?.seq ?? 0) });
});

/** What stands before the first that is held. */
export const older = (one) => alone(one, async () => {
  if (one.atStart || one.kind !== "room") return;
  const before = firstHeld(one);
  if (before === null) return;
  const { messages, more } = await page(one, { before });
  one.items = messages.concat(one.items);
  one.atStart = !more;
  if (one.items.length > ROWS_MAX && !here.atEnd) {
    one.items.length = ROWS_MAX;
    one.atEnd = false;
  }
});

/** What stands after the last that is held, where one has jumped away from the end. */
export const newer = (one) => alone(one, async () => {
  if (one.atEnd || one.kind !== "room") return;
  const { messages, more } = await page(one, { after: lastHeld(one) });
  for (const message of messages) put(one, message);
  one.atEnd = !more;
  if (one.items.length > ROWS_MAX) {
    one.items.splice(0, one.items.length - ROWS_MAX);
    one.atStart = false;
  }
});

/** What is missing at the end: one's own scheduled messages, and what came while a room was not shown. */
export const fill = (one) => alone(one, async () => {
  if (one.kind !== "room" || !one.loaded || !one.atEnd) return;
  let after = lastHeld(one);
  for (let got = 0; got < HOLE_MAX; got += PAGE) {
    const { messages, more } = await page(one, { after });
    for (const message of messages) put(one, message);
    after = messages.at(-1)?.seq ?? after;
    one.last = Math.max(one.last, after);
    if (!more) return;
  }
  const { messages } = await page(one, {});
  Object.assign(one, { items: messages, atStart: false, last: Math.max(one.last, messages.at(-1)?.seq ?? 0) });
});

/** A hole in the middle, after `seq`. */
export const mend = (one, seq) => alone(one, async () => {
  const { messages } = await page(one, { after: seq });
  for (const message of messages) put(one, message);
});

/** The surroundings of one message. */
export const around = (one, seq) => alone(one, async () => {
  const { messages, more } = await page(one, { before: seq + PAGE / 2 });
  Object.assign(one, { items: messages, loaded: true, atStart: !more, atEnd: (messages.at(-1)?.seq ?? 0) >= one.last });
});

/** Slow mode is sat out so long; a longer wait is the sender's to decide. */
const SLOW_MS_MAX = 60_000;

const made = crypto.getRandomValues(new Uint32Array(2)).join("-");
let count = 0;

/** Says a line in a place: kind say, action or whisper. */
export function submit(one, text, kind = one.kind === "room" ? "say" : "whisper", to = [one.name]) {
  count += 1;
  one.queue.push({ mid: `${made}-${count}`, text, kind, to, from: me.nick, at: new Date().toISOString(), state: "pending", sent: false, v: 0 });
  if (one.unread === 0) one.line = null;
  changed("log");
  save();
  pump(one);
}

export function pumpAll() {
  for (const one of model.places.values()) pump(one);
}

async function pump(one) {
  if (one.pumping) return;
  one.pumping = true;
  try {
    for (;;) {
      const line = one.queue.find((each) => each.state === "pending");
      if (!line || !ready()) break;
      line.sent = true;
      try {
        firm(one, line, await link.ask(line.kind, asked(one, line)));
      } catch (error) {
        if (error instanceof Lost) break;
        if (!(await waited(line, error))) fail(line, error.message);
      }
      save();
    }
  } finally {
    one.pumping = false;
  }
}

const asked = (one, line) => line.kind === "whisper"
  ? { to: line.to, text: line.text, mid: line.mid }
  : { room: one.name, text: line.text, mid: line.mid };

/** Sits out a wait that is short enough. */
async function waited(line, error) {
  if (error.code !== "rate_limited" || !(error.retry_ms <= SLOW_MS_MAX)) return false;
  Object.assign(line, { wait: error.message, v: line.v + 1 });
  changed("log");
  await new Promise((done) => setTimeout(done, error.retry_ms));
  Object.assign(line, { wait: null, v: line.v + 1 });
  return true;
}

function fail(line, message) {
  Object.assign(line, { state: "failed", error: message, v: line.v + 1 });
  changed("log");
}

/** The server has it: the line becomes a message. */
function firm(one, line, ok) {
  one.queue = one.queue.filter((each) => each !== line);
  const item = { ...ok, from: me.nick, text: line.text, kind: line.kind, to: line.kind === "whisper" ? line.to : undefined };
  for (const place of line.kind === "whisper" ? line.to.map((nick) => model.place("person", nick)) : [one]) {
    if (place.kind === "person" || (place.loaded && place.atEnd)) put(place, { ...item });
    const n = model.number(item);
    if (n !== null) place.last = Math.max(place.last, n);
    if (model.isSeen(place)) model.markRead(place, place.last);
    for (const nick of ok.waiting ?? []) model.note(place, "whisper-waits", { nick });
    model.trim(place);
  }
  if (ok.id) session.whisper = Math.max(session.whisper, ok.id);
  changed("log", "places");
}

/** A message of our own has come back to us: the answer to it was lost. */
export function answered(one, message) {
  one.queue = one.queue.filter((line) => line.mid !== message.mid);
  changed("log");
}

/** A new session does not know the lines of the old one: those that were sent may be there or not. */
export function unsure() {
  for (const one of model.places.values()) {
    for (const line of one.queue) if (line.state === "pending" && line.sent) fail(line, say("line-unsure"));
  }
}

export function retry(one, line) {
  Object.assign(line, { state: "pending", error: null, from: me.nick, v: line.v + 1 });
  changed("log");
  pump(one);
}

export function discard(one, line) {
  one.queue = one.queue.filter((each) => each !== line);
  changed("log");
  save();
}
