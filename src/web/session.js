// Coming in, coming back, and going: who one is on the server, and where.
// It must not know an element.
// Why a lost session is begun anew by itself: who reads on the next morning wants the rooms, not a form.

import { hear } from "./events.js";
import { browser, tab } from "./kept.js";
import { Link, Lost, Refused } from "./link.js";
import { fill, load, pumpAll, unsure } from "./messages.js";
import * as model from "./model.js";
import { changed, here, me, place, rooms } from "./model.js";
import { language, say, span } from "./words.js";

const address = new URL("ws", document.baseURI);
address.protocol = address.protocol.replace("http", "ws");

export const link = new Link(address, { opened: enter, event: hear, changed: (state) => { if (state !== "open") session.entered = false; changed("status"); } });

export const session = {
  /** What brings this tab back as the same person. */
  token: null,
  /** The name that is asked for at the next hello. */
  wanted: "",
  /** hello or resume has been answered on this connection. */
  entered: false,
  /** Why it is over, where coming back by itself would be wrong: kicked, banned, replaced, left; or idle. */
  over: null,
  /** What is said at the door. */
  message: "",
  whisper: 0,
};

export const ready = () => session.entered && link.state === "open";

/** Comes in under a name. */
export function begin(nick) {
  Object.assign(session, { wanted: nick, over: null, message: "" });
  link.start();
}

/** Goes on where the tab was before it was loaded again; false if it was nowhere. */
export function goOn() {
  const token = tab.get("token");
  if (!token) return false;
  Object.assign(session, { token, wanted: tab.get("nick", ""), whisper: tab.get("whisper", 0), over: null });
  me.nick = session.wanted;
  for (const [name, last] of Object.entries(tab.get("seen", {}))) Object.assign(place("room", name), { last });
  for (const { nick, items } of tab.get("whispers", [])) Object.assign(place("person", nick), { items, last: model.number(items.at(-1) ?? {}) ?? 0 });
  for (const [key, queue] of Object.entries(tab.get("queues", {}))) {
    const one = model.places.get(key) ?? place(key[0] === "#" ? "room" : "person", key.slice(1));
    one.queue = queue;
  }
  link.start();
  return true;
}

/** What a reload of the tab must find. */
export function save() {
  if (!session.token) return;
  const people = [...model.places.values()].filter((one) => one.kind === "person");
  const queues = [...model.places.values()].filter((one) => one.queue.length > 0);
  tab.set("token", session.token);
  tab.set("nick", me.nick);
  tab.set("whisper", session.whisper);
  tab.set("seen", seen());
  tab.set("place", here.place?.key);
  tab.set("whispers", people.map((one) => ({ nick: one.name, items: one.items.filter((item) => !item.note).slice(-100) })));
  tab.set("queues", Object.fromEntries(queues.map((one) => [one.key, one.queue])));
}

/** The tab is closed or loaded again: who comes back in another one gets the nickname at once, which is still held. */
export function depart() {
  save();
  if (session.token) browser.set("held", { nick: me.nick, token: session.token });
}

const seen = () => Object.fromEntries(rooms().map((one) => [one.name, one.last]));

/** A connection stands: the old session on it, or else a new one. */
async function enter() {
  try {
    if (session.token) {
      link.ask("lang", { lang: language() }).catch(() => {});
      try {
        const asked = { token: session.token, seen: seen(), whisper: session.whisper || undefined };
        return await welcomed(await link.ask("resume", asked), false);
      } catch (error) {
        if (error.code !== "not_found") throw error;
        session.token = null;
        unsure();
      }
    }
    const held = browser.get("held", {});
    const token = held.nick === session.wanted ? held.token : undefined;
    await welcomed(await link.ask("hello", { nick: session.wanted, lang: language(), token }), true);
  } catch (error) {
    if (error instanceof Lost) return;
    if (!(error instanceof Refused)) throw error;
    refused(error);
  }
}

function refused(error) {
  if (["storage_unavailable", "shutting_down", "rate_limited"].includes(error.code)) {
    link.again(error.retry_ms ?? 3000);
    return;
  }
  close("refused", error.message);
}

/** The server knows us. */
async function welcomed(welcome, anew) {
  const before = anew ? new Set([...rooms().map((one) => one.name), ...tab.get("rooms", [])]) : new Set();
  Object.assign(me, { nick: welcome.nick, server: welcome.server, partner: welcome.partner ?? null });
  Object.assign(session, { token: welcome.resume ?? null, wanted: welcome.nick, entered: true, over: null, message: "" });
  browser.set("nick", welcome.nick);
  if (browser.get("held", {}).nick === welcome.nick) browser.drop("held");
  link.settled();
  for (const { room, ...rest } of welcome.directory) model.directory.set(room, rest);
  const there = new Set(welcome.rooms);
  for (const one of rooms()) {
    if (anew) Object.assign(one, { loaded: false, items: [], line: null, read: null });
    // Nothing is fetched from a room before one is back in it.
    Object.assign(one, { away: !there.has(one.name), restsUntil: 0 });
    if (!there.has(one.name) && !before.has(one.name)) model.drop(one);
  }
  for (const name of welcome.rooms) place("room", name).read ??= welcome.read[name] ?? null;
  const wanted = here.place?.key ?? tab.get("place");
  const fallback = place("room", welcome.rooms.at(-1) ?? "lobby");
  go(model.places.get(wanted) ?? fallback);
  save();
  changed("places", "members", "status", "self");
  for (const name of before) there.add(name);
  const reads = welcome.read;
  await Promise.all([...there].map((name) => refresh(name, reads[name], anew && !welcome.rooms.includes(name))));
  tab.set("rooms", rooms().map((one) => one.name));
  pumpAll();
  if (here.place?.kind === "room") await (here.place.loaded ? fill(here.place) : load(here.place));
  if (anew) greet(welcome);
  learn();
}

/** What the server says to who comes in: its line of the day, and how long it keeps what is said. */
function greet({ motd, kept }) {
  const one = here.place;
  if (motd) model.note(one, "plain", { text: motd }, { loud: true });
  const long = (ms) => (ms === 0 ? say("for-ever") : span(ms));
  if (kept) model.note(one, "kept", { messages: long(kept.messages_ms), whispers: long(kept.whispers_ms) });
}

/** The commands that there are, as sentences of the chosen language. */
export async function learn() {
  try {
    me.commands = (await link.ask("help")).commands;
    changed("commands");
  } catch { /* asked again with the next connection */ }
}

/** Topic, members and last seq of a room that one is in; `again`: of one to go back into. */
async function refresh(name, read, again) {
  const one = place("room", name);
  try {
    entered(one, await link.ask("join", { room: name }));
    // The answer came when it was recorded; who has come or gone meanwhile was told before it.
    if (one === here.place) roles(one);
    one.away = false;
    if (one.read === null) one.read = read ?? one.last;
    one.unread = Math.max(0, one.last - one.read);
    if (one.unread > 0 && one.line === null) one.line = one.read;
    if (model.isSeen(one)) changed("log");
    changed("places", "members");
  } catch (error) {
    if (!(error instanceof Refused)) return;
    if (again) { forget(one); return; }
  }
}

/** What the answer to a join says of the room. */
export function entered(one, info) {
  const roles = one.members;
  one.members = new Map(info.members.map((nick) => [nick, roles.get(nick) ?? "member"]));
  one.members.set(me.nick, roles.get(me.nick) ?? "member");
  Object.assign(one, { name: info.room, topic: info.topic, people: info.people, last: Math.max(one.last, info.seq) });
  model.directory.set(info.room, { ...model.directory.get(info.room), members: info.people + 1 });
}

/** Shows another place. */
export function go(one) {
  const left = here.place;
  if (left && left !== one && left.unread === 0) left.line = null;
  here.place = one;
  here.atEnd = true;
  changed("place", "log", "places", "members");
  if (!ready() || one.kind !== "room" || one.away) return;
  if (!one.loaded) load(one);
  else fill(one);
  roles(one);
}

/** Who may do what there. */
export async function roles(one) {
  if (one.kind !== "room" || one.people > 500) return;
  try {
    const { users } = await link.ask("users", { room: one.name });
    one.members = new Map(users.map(({ nick, role }) => [nick, role]));
    one.people = users.length - (one.members.has(me.nick) ? 1 : 0);
    changed("members");
  } catch { /* the names alone stay */ }
}

/** Goes into a room, and shows it. */
export async function join(name, password) {
  const known = model.room(name);
  if (known) { go(known); return known; }
  const info = await link.ask("join", { room: name, password });
  const one = place("room", info.room);
  entered(one, info);
  one.read ??= info.seq;
  one.members.set(me.nick, "member");
  tab.set("rooms", rooms().map((each) => each.name));
  go(one);
  return one;
}

/** Forgets a room that one is no longer in, and shows another. */
export function forget(one) {
  model.drop(one);
  tab.set("rooms", rooms().map((each) => each.name));
  if (here.place === one) go(rooms()[0] ?? [...model.places.values()][0] ?? place("room", "lobby"));
  save();
}

/** The end, after which nothing comes back by itself. */
export function close(reason, message = "") {
  Object.assign(session, { over: reason, message });
  if (reason !== "idle") {
    session.token = null;
    for (const name of ["token", "seen", "queues", "whisper", "whispers", "rooms", "place"]) tab.drop(name);
  }
  link.stop();
  changed("status", "self");
}
