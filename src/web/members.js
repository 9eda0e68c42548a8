// Who is in the room, and what one can do about them.
// It must not decide rights: it only does not offer what surely would be refused.
// Why moderation fills in a command instead of acting: what is about to happen can be read, and a reason added.

import { write, insert } from "./composer.js";
import { bdi, byId, el, hue } from "./dom.js";
import { menu } from "./menu.js";
import * as model from "./model.js";
import { here, isMe, me } from "./model.js";
import { go } from "./session.js";
import { language, say } from "./words.js";

const SHOWN_MAX = 500;
const RANK = { admin: 0, owner: 1, moderator: 2, member: 3, muted: 4 };
const ROLE = { admin: "role-is-admin", owner: "role-is-owner", moderator: "role-is-moderator", muted: "role-is-muted" };
const box = byId("members");
let drawn = "";

export function start() {
  model.on("members place lang self", show);
}

function show() {
  const one = here.place;
  if (!one || one.kind !== "room") { box.replaceChildren(); drawn = ""; return; }
  const all = [...one.members].sort(([a, roleA], [b, roleB]) => (RANK[roleA] ?? 3) - (RANK[roleB] ?? 3) || a.localeCompare(b));
  const sign = JSON.stringify([one.key, all, one.people, language()]);
  if (sign === drawn) return;
  drawn = sign;
  const focused = document.activeElement?.closest?.("#members [data-nick]")?.dataset.nick;
  const rows = all.slice(0, SHOWN_MAX).map(([nick, role]) => el("li", {},
    el("button", { type: "button", "data-nick": nick, "data-role": role, "aria-haspopup": "menu", click: (event) => person(nick, event.currentTarget) },
      el("span", { class: `dot ${hue(nick)}`, "aria-hidden": "true" }), bdi(nick, "name"),
      isMe(nick) && el("span", { class: "tag", text: say("you") }), ROLE[role] && el("span", { class: "tag", text: say(ROLE[role]) }))));
  const rest = one.people + 1 - rows.length;
  if (rest > 0) rows.push(el("li", { class: "hint", text: say("members-more", { n: rest }) }));
  box.replaceChildren(...rows);
  if (focused) box.querySelector(`[data-nick="${CSS.escape(focused)}"]`)?.focus();
}

export const myRole = (one) => one.members.get(me.nick) ?? "member";
const rules = (one) => ["admin", "owner", "moderator"].includes(myRole(one));

/** The name of a command in the chosen language. */
function slash(row) {
  const typed = me.commands.find((each) => each.name === row)?.typed ?? [`/${row}`];
  return (language() === "ko" && typed.find((name) => /[가-힣]/.test(name))) || typed[0];
}

/** What can be done with a person. */
export function person(nick, button) {
  const one = here.place;
  const fill = (row, end = " ") => () => write(`${slash(row)} ${nick}${end}`);
  const others = !isMe(nick);
  const isHere = one.kind === "room" && one.members.has(nick);
  menu(button, nick, [
    others && [say("whisper-to", { name: nick }), () => { go(model.place("person", nick)); byId("composer").focus(); }],
    [say("mention"), () => insert(`@${nick} `)],
    others && isHere && rules(one) && [say("do-kick"), fill("kick"), "danger"],
    others && isHere && rules(one) && [say("do-mute"), fill("mute"), "danger"],
    others && isHere && rules(one) && [say("do-ban"), fill("ban"), "danger"],
    others && isHere && myRole(one) === "owner" && (one.members.get(nick) === "moderator" ? [say("do-deop"), fill("room_deop", "")] : [say("do-op"), fill("room_op", "")]),
  ]);
}

/** Opens the menu of the room itself. */
export function ofRoom(button, leave) {
  const one = here.place;
  const fill = (row) => () => write(`${slash(row)} `);
  menu(button, one.name, [
    one.kind === "room" && [say("do-invite"), fill("invite")],
    one.kind === "room" && rules(one) && [say("do-topic"), fill("room_topic")],
    one.kind === "room" && rules(one) && [say("do-room"), () => write("/room ")],
    [say(one.kind === "room" ? "do-leave" : "do-put-away"), leave],
  ]);
}
