// What a typed command comes to here: a request, or something that the page does itself.
// It must not read lines (typed.js does) nor know how a dialog looks.
// Why some are the page's own: a list belongs in a window, and /timestamps is about how this page writes.

import { submit } from "./messages.js";
import * as model from "./model.js";
import { here, me, note, place } from "./model.js";
import { told, wrong } from "./parts.js";
import { search } from "./search.js";
import { close, forget, go, join, learn, link, roles } from "./session.js";
import { choosePeople } from "./lists.js";
import { read } from "./typed.js";
import { browse, chooseLang, help, schedules, showTimes } from "./windows.js";
import { say, span, when } from "./words.js";

/** The room that a command typed in `one` is about. */
const roomOf = (one) => (one.kind === "room" ? one : model.places.get(lastRoom) ?? model.rooms()[0]);
let lastRoom = "";
model.on("place", () => { if (here.place?.kind === "room") lastRoom = here.place.key; });

/** Carries out what was typed in a place. True when the line is done with, false when it should be typed anew. */
export async function run(line, one) {
  if (/^\/(whisper|귓속말)\s*$/i.test(line)) { choosePeople(); return true; }
  // Typed before the server has told which commands there are.
  if (!me.commands.length) await learn();
  if (!me.commands.length) { wrong(say("offline")); return false; }
  const typed = read(line, me.commands, me.partner !== null);
  if (typed.say !== undefined) { submit(one, typed.say); return true; }
  if (typed.unknown) {
    wrong(typed.nearest ? say("unknown-near", { name: typed.unknown, nearest: typed.nearest }) : say("unknown", { name: typed.unknown }));
    return false;
  }
  if (typed.usage) { wrong(say("usage", { usage: typed.usage.usage })); return false; }
  if (typed.group) { help(typed.group); return true; }
  try {
    await carry(typed.row, typed.args, one);
    return true;
  } catch (error) {
    wrong(error.message || say("offline"));
    return false;
  }
}

/** The page's own way of a command; by the row's name. */
const OWN = {
  help: ({ command }) => help(command),
  rooms: ({ channel }) => browse(channel),
  schedules: () => schedules(),
  search: ({ query }) => search(query),
  timestamps: ({ on }) => showTimes(on),
  lang: async ({ lang }) => { await link.ask("lang", { lang }); chooseLang(lang); },
  say: ({ text }, one) => submit(roomOf(one), text),
  action: ({ text }, one) => submit(roomOf(one), text, "action"),
  whisper: ({ to, text }) => { submit(place("person", to[0]), text, "whisper", to); go(place("person", to[0])); },
  async whisper_open({ nick }) {
    const ok = await link.ask("whisper_open", { nick });
    me.partner = ok.nick;
    const talk = place("person", ok.nick);
    go(talk);
    note(talk, "whisper-opened-me", { nick: ok.nick });
    model.changed("place");
  },
  whisper_close: () => endSession(),
  history() { document.getElementById("log").focus(); },
  join: ({ room, password }) => join(room, password),
  async leave(_, one) { await leave(one); },
  async quit({ text, quiet }) { await leaveChat({ text, quiet }); },
  async quietquit() { await leaveChat({ quiet: true }); },
  file: () => attach(),
  accept_as: async ({ name }) => (await import("./files.js")).accept(name),
  decline: async () => (await import("./files.js")).decline(),
  cancel: async () => (await import("./files.js")).cancel(),
  async edit({ text }, one) { await edit(roomOf(one), undefined, text); },
  async delete({ seq }, one) { await remove(roomOf(one), seq); },
};

/** Has a file chosen for the partner of the whisper session. */
function attach() {
  if (me.partner) document.getElementById("file").click();
  else wrong(say("files-outside"));
}

async function carry(row, args, one) {
  if (OWN[row.name]) { await OWN[row.name](args, one); return; }
  const asked = { ...args };
  const takesRoom = me.commands.some((each) => each.cmd === row.cmd && each.args.some((arg) => arg.name === "room"));
  if (takesRoom && asked.room === undefined) asked.room = roomOf(one)?.name;
  // A time that is typed here is that of the clock here.
  if (row.cmd === "schedule") asked.zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  receipt(row.cmd, await link.ask(row.cmd, asked), asked);
}

/** What is said when a command was done. */
function receipt(cmd, ok, asked) {
  const one = model.room(ok.room ?? asked.room ?? "");
  const show = RECEIPTS[cmd];
  if (show) show(ok, asked, one);
  else told("done");
  if (one) roles(one);
}

const held = (ok) => (ok.until ? "until" : "forever");
const RECEIPTS = {
  users(ok, { room }) { told("users-are", { n: ok.users.length, room, names: ok.users.map((user) => user.nick).join(", ") }); },
  rename(ok) { renamedMe(ok.nick); },
  kick(ok, { room }, one) {
    if (one) { one.members.delete(ok.nick); one.people = Math.max(0, one.people - 1); note(one, "kicked-by-me", { nick: ok.nick }); }
    told("kicked-done", { nick: ok.nick, room });
  },
  ban(ok, { room }) { told(held(ok) === "until" ? "banned-until" : "banned-done", { who: ok.who, room, time: left(ok) }); },
  mute(ok, { room }) { told(held(ok) === "until" ? "muted-until" : "muted-done", { who: ok.who, room, time: left(ok) }); },
  unban(ok) { told("unbanned", { who: ok.who }); },
  unmute(ok) { told("unmuted", { who: ok.who }); },
  bans(ok, { room }) {
    const rows = ok.bans.map((ban) => say(ban.kind === "mute" ? "bans-mute" : "bans-ban", { who: ban.who, by: ban.by }));
    told(rows.length ? "bans-are" : "bans-none", { room, list: rows.join(" · ") });
  },
  invite(ok) { told("invited", { nick: ok.nick, room: ok.room }); },
  room_create: (ok) => join(ok.room),
  room_set(ok, asked, one) {
    if (one && asked.topic !== undefined) { one.topic = ok.topic ?? asked.topic; note(one, one.topic ? "topic-by-me" : "topic-gone-by-me", { topic: one.topic }); model.changed("place"); }
    told("room-set", { room: ok.room });
  },
  room_role(ok) { told(ok.role === "moderator" ? "role-given" : "role-taken", { nick: ok.nick }); },
  room_transfer(ok) { told("transferred", { nick: ok.nick, room: ok.room }); },
  room_close(ok, _, one) { if (one) forget(one); told("room-closed-done", { room: ok.room }); },
  schedule(ok) { told("scheduled", { id: ok.schedule, time: when(ok.due, "short") }); },
  unschedule(ok) { told("unscheduled", { id: ok.schedule }); },
};

const left = (ok) => (ok.until ? span(Date.parse(ok.until) - Date.now()) : "");

function renamedMe(to) {
  const from = me.nick;
  for (const one of model.rooms()) {
    const role = one.members.get(from) ?? "member";
    one.members.delete(from);
    one.members.set(to, role);
    note(one, "renamed-me", { from, to });
  }
  me.nick = to;
  model.changed("self", "members", "places");
}

/** Takes another name. */
export async function rename(nick) { renamedMe((await link.ask("rename", { nick })).nick); }

/** Goes out of a room, or puts a conversation away. */
export async function leave(one) {
  if (one.kind === "person") {
    if (me.partner?.toLowerCase() === one.name.toLowerCase()) await endSession();
    forget(one);
    return;
  }
  if (model.rooms().length === 1) { wrong(say("leave-last")); return; }
  await link.ask("leave", { room: one.name });
  forget(one);
}

export async function endSession() {
  const partner = me.partner;
  await link.ask("whisper_close");
  me.partner = null;
  if (partner) note(place("person", partner), "whisper-closed-me", { nick: partner });
  model.changed("place");
}

/** Leaves the chat for good. */
export async function leaveChat(how = {}) {
  await link.ask("quit", how).catch(() => {});
  close("left");
}

/** Changes what one said; without `seq` the last of it. */
export async function edit(one, seq, text) {
  const ok = await link.ask("edit", { room: one.name, seq, text });
  model.amend(one, ok.seq, { text, edited: ok.at });
}

export async function remove(one, seq) {
  const ok = await link.ask("delete", { room: one.name, seq });
  model.amend(one, ok.seq, { text: "", deleted: true, edited: ok.at });
}
