// What the page knows: rooms and conversations, what was said there, who is there.
// It must not know the connection, nor an element: the one fills it, the others show it.
// Why plain objects and one list of changes: everything that is shown follows from here and can be shown anew.

/** Rows of a place that are held at most: a tab that is open for days stays light. */
export const ROWS_MAX = 400;
const ROWS_KEPT = 200;

export const me = { nick: "", server: "", partner: null, commands: [] };
/** By key(): a room is "#lobby", a conversation "@bob". */
export const places = new Map();
/** Rooms of the server as far as they were named: the switcher offers them. */
export const directory = new Map();
export const here = { place: null, atEnd: true };

const listeners = new Map();
let dirty = new Set();
let planned = false;

/** What changed: "place" (another one), "log", "places", "members", "status", "lang", "commands". */
export function on(kinds, listener) {
  for (const kind of kinds.split(" ")) listeners.set(kind, [...(listeners.get(kind) ?? []), listener]);
}

/** Shows it with the next frame, however often it changes until then; a hidden page has no frames. */
export function changed(...kinds) {
  for (const kind of kinds) dirty.add(kind);
  if (planned) return;
  planned = true;
  if (document.hidden) setTimeout(flush, 100);
  else requestAnimationFrame(flush);
}

export function flush() {
  planned = false;
  const kinds = dirty;
  dirty = new Set();
  const due = new Set([...kinds].flatMap((kind) => listeners.get(kind) ?? []));
  for (const listener of due) listener(kinds);
}
document.addEventListener("visibilitychange", () => { if (planned) flush(); });

export const key = (kind, name) => (kind === "room" ? "#" : "@") + name.toLowerCase();
export const room = (name) => places.get(key("room", name));
export const isMe = (nick) => nick.toLowerCase() === me.nick.toLowerCase();
export const rooms = () => [...places.values()].filter((place) => place.kind === "room");

/** The place of that name, made where there is none. */
export function place(kind, name) {
  const known = places.get(key(kind, name));
  if (known) return known;
  const made = {
    key: key(kind, name), kind, name, topic: "", people: 0, members: new Map(),
    // Ascending by seq; notes of the page stand where they came.
    items: [], queue: [],
    // Whether the first and the last message that there are stand in items.
    atStart: kind === "person", atEnd: kind === "person", loaded: kind === "person", loading: null,
    last: 0, read: null, unread: 0, mentions: 0,
    // The last seq before what was new when it came: a line is drawn after it.
    line: null,
  };
  places.set(made.key, made);
  changed("places");
  return made;
}

export function drop(gone) {
  places.delete(gone.key);
  changed("places");
}

export const isSeen = (one) => one === here.place && here.atEnd && one.atEnd && !document.hidden;

/** The number by which the messages of a place are ordered: seq, or the id of a whisper. */
export const number = (item) => item.seq ?? item.id ?? null;

/** The last message that is held. */
export function lastHeld(one) {
  for (let at = one.items.length - 1; at >= 0; at -= 1) {
    const n = number(one.items[at]);
    if (n !== null) return n;
  }
  return 0;
}

export function firstHeld(one) {
  return number(one.items.find((item) => number(item) !== null) ?? {}) ?? null;
}

export const find = (one, n) => one.items.find((item) => number(item) === n);

/** Puts a message where it belongs; false if it is there already. */
export function put(one, item) {
  const n = number(item);
  let at = one.items.length;
  if (n !== null) {
    for (let i = at - 1; i >= 0; i -= 1) {
      const other = number(one.items[i]);
      if (other === null) continue;
      if (other === n) { Object.assign(one.items[i], item, { v: (one.items[i].v ?? 0) + 1 }); return false; }
      if (other < n) break;
      at = i;
    }
  }
  one.items.splice(at, 0, item);
  return true;
}

/** A sentence of the page among the messages: a key of the words and what fills it. */
export function note(one, words, vars = {}, more = {}) {
  if (!one.loaded || !one.atEnd) return;
  one.items.push({ note: words, vars, at: new Date().toISOString(), ...more });
  if (one === here.place) changed("log");
}

/** A message has come from the server. Whether it is news. */
export function arrive(one, item, counts) {
  const n = number(item);
  const news = n === null || n > one.last;
  const gap = one.kind === "room" && news && n !== null && one.loaded && one.atEnd && one.last > 0 && n > one.last + 1;
  if (one.loaded && one.atEnd) put(one, item);
  else if (find(one, n)) put(one, item);
  if (news) {
    const before = one.last;
    if (n !== null) one.last = n;
    if (counts && !isSeen(one)) {
      if (one.unread === 0 && n !== null) one.line = one.read ?? before;
      one.unread += 1;
    }
  }
  trim(one);
  changed("places");
  if (one === here.place) changed("log");
  return { news, gap };
}

/** Changes a message that is held. */
export function amend(one, seq, change) {
  const item = find(one, seq);
  if (!item) return;
  Object.assign(item, change, { v: (item.v ?? 0) + 1 });
  if (one === here.place) changed("log");
}

/** Drops what is far from where one reads, to be fetched again. */
export function trim(one) {
  if (one.kind === "person" ? one.items.length > ROWS_MAX : one.loaded && one.atEnd && one.items.length > ROWS_MAX) {
    if (one === here.place && !here.atEnd) return;
    one.items.splice(0, one.items.length - ROWS_KEPT);
    one.atStart = one.kind === "person";
  }
}

/** Everything up to there has been read. */
export function markRead(one, seq) {
  if (one.read !== null && one.read >= seq && one.unread === 0) return false;
  const moved = one.read === null || seq > one.read;
  one.read = Math.max(one.read ?? 0, seq);
  if (one.last <= one.read) { one.unread = 0; one.mentions = 0; }
  changed("places");
  return moved;
}

/** All that is new and meant for somebody: what the title counts. */
export const unreadTotal = () => [...places.values()].reduce((sum, one) => sum + one.unread, 0);
