// Lines on their way: said, and not yet answered.
// It must not know an element; who shows a place shows its queue below its messages.
// Why one at a time for each place: lines that are refused or come too fast must not overtake each other.

import { Lost } from "./link.js";
import * as model from "./model.js";
import { changed, me, put } from "./model.js";
import { link, ready, save, session } from "./session.js";
import { say } from "./words.js";

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
