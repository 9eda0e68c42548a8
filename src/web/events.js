// What the server tells, put into the model.
// It must not ask people anything, nor know an element.
// Why one function for each event and a table: which events there are is docs/protocol.md, and this is its mirror.

import { answered, fill, mend } from "./messages.js";
import * as model from "./model.js";
import { changed, directory, isMe, me, note, place, room } from "./model.js";
import { news, told } from "./parts.js";
import { close, entered, forget, link, roles, save, session } from "./session.js";

const EVENTS = {
  message(event) {
    const one = room(event.room);
    if (!one) return;
    if (event.mid) answered(one, event);
    const mine = isMe(event.from);
    const last = model.lastHeld(one);
    const { news: isNew, gap } = model.arrive(one, event, !mine);
    if (gap) mend(one, last);
    const called = event.mentions?.some(isMe) && !mine;
    if (called && isNew && !model.isSeen(one)) one.mentions += 1;
    if (called && isNew) news(one, event);
  },
  edited({ room: name, seq, at, text }) {
    const one = room(name);
    if (one) model.amend(one, seq, { text, edited: at });
  },
  deleted({ room: name, seq, at }) {
    const one = room(name);
    if (one) model.amend(one, seq, { text: "", deleted: true, edited: at });
  },
  whisper(event) {
    const one = place("person", event.from);
    session.whisper = Math.max(session.whisper, event.id);
    const { news: isNew } = model.arrive(one, { ...event, kind: "whisper" }, true);
    if (isNew) news(one, event);
    save();
  },
  whisper_opened({ nick }) {
    me.partner = nick;
    note(place("person", nick), "whisper-opened", { nick });
    changed("status", "place");
  },
  whisper_closed({ nick, reason }) {
    if (me.partner && me.partner.toLowerCase() === nick.toLowerCase()) me.partner = null;
    note(place("person", nick), reason === "ended" ? "whisper-closed" : "whisper-gone", { nick });
    changed("status", "place");
  },
  // Few send files: what they need is fetched with the first one.
  offer: (event) => import("./files.js").then((files) => files.offered(event)),
  transfer: (event) => import("./files.js").then((files) => files.changed(event)),
  joined(event) {
    if (event.id) {
      const one = place("room", event.room);
      entered(one, event);
      one.read ??= event.seq;
      if (!model.here.place || !model.places.has(model.here.place.key)) model.here.place = one;
    } else {
      const one = room(event.room);
      if (!one) return;
      if (!one.members.has(event.nick)) one.people += 1;
      one.members.set(event.nick, "member");
      note(one, "joined", { nick: event.nick, room: one.name }, { quiet: true });
    }
    changed("members", "places");
  },
  left({ room: name, nick, reason, text }) {
    const one = room(name);
    if (!one) return;
    if (one.members.delete(nick)) one.people = Math.max(0, one.people - 1);
    const words = { lost: "lost", quit: text ? "quit-text" : "left", part: "left", kicked: "left" }[reason] ?? "left";
    if (reason !== "kicked") note(one, words, { nick, room: one.name, text: text ?? "" }, { quiet: true });
    changed("members");
  },
  renamed({ from, to }) {
    const mine = isMe(from);
    if (mine) me.nick = to;
    for (const one of model.rooms()) {
      const role = one.members.get(from);
      if (role === undefined) continue;
      one.members.delete(from);
      one.members.set(to, role);
      note(one, mine ? "renamed-me" : "renamed", { from, to }, { quiet: true });
    }
    const talk = model.places.get(model.key("person", from));
    if (talk && !model.places.has(model.key("person", to))) {
      model.drop(talk);
      Object.assign(talk, { key: model.key("person", to), name: to });
      model.places.set(talk.key, talk);
      note(talk, "renamed", { from, to });
    }
    if (me.partner === from) me.partner = to;
    changed("members", "places", "place", "self");
  },
  kicked({ nick, by, room: name, reason }) {
    const words = reason ? "kicked-why" : "kicked";
    if (isMe(nick)) { outOf(name, reason ? "kicked-me-why" : "kicked-me", { by, room: name ?? me.server, reason: reason ?? "" }); return; }
    for (const one of name ? [room(name)] : model.rooms()) {
      if (!one?.members.delete(nick)) continue;
      one.people = Math.max(0, one.people - 1);
      note(one, words, { nick, by, reason: reason ?? "" });
    }
    changed("members");
  },
  banned({ nick, by, room: name, reason }) {
    if (isMe(nick)) { outOf(name, reason ? "banned-me-why" : "banned-me", { by, room: name ?? me.server, reason: reason ?? "" }); return; }
    for (const one of name ? [room(name)] : model.rooms()) {
      if (!one) continue;
      if (one.members.delete(nick)) one.people = Math.max(0, one.people - 1);
      note(one, "banned", { nick, by });
    }
    changed("members");
  },
  muted({ nick, by, room: name, reason }) {
    const inRoom = reason ? "muted-me-why" : "muted-me";
    const everywhere = reason ? "muted-me-all-why" : "muted-me-all";
    if (isMe(nick)) told(name ? inRoom : everywhere, { by, room: name ?? "", reason: reason ?? "" });
    for (const one of name ? [room(name)] : model.rooms()) {
      if (!one?.members.has(nick)) continue;
      one.members.set(nick, "muted");
      note(one, reason ? "muted-why" : "muted", { nick, by, reason: reason ?? "" });
    }
    changed("members");
  },
  topic({ room: name, topic, by }) {
    const one = room(name);
    if (!one) return;
    one.topic = topic;
    note(one, topic ? "topic" : "topic-gone", { by, topic });
    changed("place", "places");
  },
  room_created({ room: name }) {
    directory.set(name, { members: 0 });
  },
  room_changed({ room: name, nick, role, by }) {
    const one = room(name);
    if (!one) return;
    if (nick) {
      note(one, isMe(nick) ? ROLE_NOTES_ME[role] ?? "role-member-me" : ROLE_NOTES[role] ?? "role-member", { nick, by: by ?? "" });
      roles(one);
    } else {
      note(one, "room-changed", { by: by ?? "" });
    }
  },
  room_closed({ room: name, by }) {
    directory.delete(name);
    const one = room(name);
    if (!one) return;
    forget(one);
    if (by) told("room-closed", { room: name, by });
  },
  announcement({ text, from }) {
    for (const one of model.rooms()) note(one, "announcement", { text, from }, { loud: true });
    told("announcement", { text, from });
  },
  notice({ text, code, room: name }) {
    const one = room(name ?? "") ?? model.here.place;
    if (code === "invited") { told("plain", { text }, { room: name }); return; }
    if (code === "schedule_sent" && model.here.place) fill(model.here.place);
    if (one) note(one, "plain", { text }, { loud: true });
    if (code === "schedule_missed" || code === "shutdown_in") told("plain", { text });
  },
  closing({ text, reason }) {
    if (["kicked", "banned", "replaced"].includes(reason)) close(reason, session.message || text);
    else if (reason === "idle") close(reason, text);
    else link.rest(RESTS_MS[reason] ?? 5000);
  },
};

const ROLE_NOTES = { owner: "role-owner", moderator: "role-moderator" };
const ROLE_NOTES_ME = { owner: "role-owner-me", moderator: "role-moderator-me" };

/** A server that restarts is back soon; one that is full or was flooded is left in peace for a while. */
const RESTS_MS = { shutdown: 1000, full: 15_000, too_many: 15_000 };

/** Put out of a room, or of the server. */
function outOf(name, words, vars) {
  const one = name && room(name);
  if (one) forget(one);
  const said = told(words, vars);
  if (!name) session.message = said;
}

export function hear(event) {
  // Events that a later server may have are no concern of this page.
  EVENTS[event.event]?.(event);
}
