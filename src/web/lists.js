// Where one can be and who is there: the list of rooms, the head of the one that is shown, its members, the switcher.
// It must not decide rights: it only does not offer what surely would be refused.
// Why moderation fills in a command instead of acting: what is about to happen can be read, and a reason added.

import { endSession } from "./command.js";
import { insert, write } from "./composer.js";
import { bdi, byId, composing, el, hue } from "./dom.js";
import { here, isMe, me } from "./model.js";
import * as model from "./model.js";
import { menu, wrong } from "./parts.js";
import { go, join } from "./session.js";
import { language, say, told } from "./words.js";

const roomList = byId("rooms");
const shut = new Set();
let roomsDrawn = "";

/** Shows all of it from now on. */
export function start() {
  startMembers();
  startSwitcher();
  model.on("places place lang self", side);
  model.on("place members lang places", head);
}

const order = (a, b) => a.name.localeCompare(b.name);

/** All places in the order in which they are shown. */
export function ordered() {
  const rooms = model.rooms().sort(order);
  const plain = rooms.filter((one) => !one.name.includes("/"));
  const people = [...model.places.values()].filter((one) => one.kind === "person").sort(order);
  return [...plain, ...rooms.filter((one) => one.name.includes("/")), ...people];
}

function side() {
  byId("self").replaceChildren(bdi(me.nick));
  byId("server").textContent = location.hostname || me.server;
  const all = ordered();
  const sign = JSON.stringify([all.map((one) => [one.key, one.name, one.unread, one.mentions, one === here.place]), document.documentElement.lang, me.partner]);
  if (sign === roomsDrawn) return;
  roomsDrawn = sign;
  const focused = document.activeElement?.closest?.("#rooms [data-key]")?.dataset.key;
  const rooms = all.filter((one) => one.kind === "room");
  const people = all.filter((one) => one.kind === "person");
  const channels = Map.groupBy ? Map.groupBy(rooms, channelOf) : grouped(rooms);
  const items = [...channels].flatMap(([channel, within]) => (channel ? [folder(channel, within)] : within.map((one) => entry(one, one.name))));
  roomList.replaceChildren(el("h2", { text: say("rooms-head") }), el("ul", {}, ...items));
  if (people.length) roomList.append(el("h2", { text: say("people-head") }), el("ul", {}, ...people.map((one) => entry(one, one.name))));
  if (focused) roomList.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus();
  const elsewhere = all.reduce((sum, one) => sum + (one === here.place ? 0 : one.unread), 0);
  byId("elsewhere").hidden = elsewhere === 0;
  byId("elsewhere").textContent = badge(elsewhere);
  byId("open-side").setAttribute("aria-label", elsewhere ? `${say("rooms-region")}: ${badge(elsewhere)}` : say("rooms-region"));
}

const channelOf = (one) => (one.name.includes("/") ? one.name.slice(0, one.name.indexOf("/")) : "");
function grouped(rooms) {
  const found = new Map();
  for (const one of rooms) found.set(channelOf(one), [...(found.get(channelOf(one)) ?? []), one]);
  return found;
}

const badge = (n) => (n > 99 ? "99+" : String(n));

function folder(channel, within) {
  const isOpen = !shut.has(channel) || within.includes(here.place);
  const unread = within.reduce((sum, one) => sum + one.unread, 0);
  const summary = el("summary", { "data-key": `/${channel}` }, bdi(channel, "name"), !isOpen && unread > 0 && el("span", { class: "badge", text: badge(unread) }));
  const details = el("details", { open: isOpen }, summary, el("ul", {}, ...within.map((one) => entry(one, one.name.slice(channel.length + 1)))));
  details.addEventListener("toggle", () => { if (details.open) shut.delete(channel); else shut.add(channel); });
  return el("li", {}, details);
}

function entry(one, shown) {
  const called = one.mentions > 0 || (one.kind === "person" && one.unread > 0);
  const button = el("button", {
    type: "button", class: [one.unread > 0 && "fresh", called && "called"].filter(Boolean).join(" "),
    "data-key": one.key, [one.kind === "room" ? "data-room" : "data-person"]: one.name,
    "data-unread": one.unread || null, "data-mentions": one.mentions || null, "aria-current": one === here.place && "page",
    click: () => { go(one); byId("chat").dataset.pane = "main"; },
  });
  button.append(one.kind === "room" ? el("span", { class: "sigil", "aria-hidden": "true", text: "#" }) : el("span", { class: `dot ${hue(one.name)}`, "aria-hidden": "true" }), bdi(shown, "name"));
  if (one.unread > 0) button.append(el("span", { class: "badge" }, el("span", { "aria-hidden": "true", text: (one.mentions > 0 ? "@" : "") + badge(one.unread) }),
    el("span", { class: "unseen", text: say(one.mentions > 0 ? "unread-called" : "unread", { n: one.unread }) })));
  return el("li", {}, button);
}

function head() {
  const one = here.place;
  if (!one) return;
  byId("place").replaceChildren(bdi(one.name));
  const topic = byId("topic");
  if (one.kind === "room") {
    topic.textContent = one.topic;
  } else {
    const inSession = me.partner?.toLowerCase() === one.name.toLowerCase();
    topic.replaceChildren(...told(inSession ? "session-open" : "whisper-topic", { nick: one.name }));
    if (inSession) topic.append(" ", el("button", { type: "button", class: "plain", text: say("session-end"), click: () => endSession().catch(() => {}) }));
  }
  topic.title = topic.textContent;
  const count = one.kind === "room" && one.people ? (one.people + 1).toLocaleString() : "";
  byId("head-count").textContent = count;
  byId("open-members").setAttribute("aria-label", `${say("members-open")} ${count}`.trim());
  byId("open-members").hidden = one.kind !== "room";
  byId("people").hidden = one.kind !== "room";
  byId("open-search").hidden = one.kind !== "room";
}

/** The place before or after the one that is shown. */
export function step(by) {
  const all = ordered();
  const at = all.indexOf(here.place);
  go(all[(at + by + all.length) % all.length]);
}

const MEMBERS_MAX = 500;
const RANK = { admin: 0, owner: 1, moderator: 2, member: 3, muted: 4 };
const ROLE = { admin: "role-is-admin", owner: "role-is-owner", moderator: "role-is-moderator", muted: "role-is-muted" };
const memberList = byId("members");
let membersDrawn = "";

function startMembers() {
  model.on("members place lang self", showMembers);
}

function showMembers() {
  const one = here.place;
  if (!one || one.kind !== "room") { memberList.replaceChildren(); membersDrawn = ""; return; }
  const all = [...one.members].sort(([a, roleA], [b, roleB]) => (RANK[roleA] ?? 3) - (RANK[roleB] ?? 3) || a.localeCompare(b));
  const sign = JSON.stringify([one.key, all, one.people, language()]);
  if (sign === membersDrawn) return;
  membersDrawn = sign;
  const focused = document.activeElement?.closest?.("#members [data-nick]")?.dataset.nick;
  const rows = all.slice(0, MEMBERS_MAX).map(([nick, role]) => el("li", {},
    el("button", { type: "button", "data-nick": nick, "data-role": role, "aria-haspopup": "menu", click: (event) => person(nick, event.currentTarget) },
      el("span", { class: `dot ${hue(nick)}`, "aria-hidden": "true" }), bdi(nick, "name"),
      isMe(nick) && el("span", { class: "tag", text: say("you") }), ROLE[role] && el("span", { class: "tag", text: say(ROLE[role]) }))));
  const rest = one.people + 1 - rows.length;
  if (rest > 0) rows.push(el("li", { class: "hint", text: say("members-more", { n: rest }) }));
  memberList.replaceChildren(...rows);
  if (focused) memberList.querySelector(`[data-nick="${CSS.escape(focused)}"]`)?.focus();
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

const SWITCH_MAX = 12;
const dialog = byId("switcher");
const field = byId("switcher-input");
const foundList = byId("switcher-list");
let found = [];
let active = 0;
let onlyPeople = false;

function startSwitcher() {
  field.addEventListener("input", lookFor);
  field.addEventListener("keydown", switchKeyed);
  foundList.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) chooseFound([...foundList.children].indexOf(option));
  });
}

export function switcher() { openSwitcher(false); }
export function choosePeople() { openSwitcher(true); }

function openSwitcher(peopleAlone) {
  onlyPeople = peopleAlone;
  field.value = "";
  if (!dialog.open) dialog.showModal();
  field.focus();
  lookFor();
}

/** How well the letters stand in the name, in their order; null if they do not. */
function score(name, letters) {
  let at = -1, sum = 0;
  for (const letter of letters) {
    const next = name.indexOf(letter, at + 1);
    if (next < 0) return null;
    const starts = next === 0 || /[\s/_.-]/.test(name[next - 1]);
    sum += (next === at + 1 ? 0 : 2) + (starts ? -1 : 0) + Math.min(next - at - 1, 5) * 0.1;
    at = next;
  }
  return sum + name.length * 0.01;
}

function candidates() {
  const all = new Map(ordered().map((one) => [one.key, { kind: one.kind, name: one.name, one }]));
  for (const one of model.rooms()) {
    for (const nick of one.members.keys()) {
      const key = model.key("person", nick);
      if (!isMe(nick) && !all.has(key)) all.set(key, { kind: "person", name: nick });
    }
  }
  for (const name of model.directory.keys()) {
    const key = model.key("room", name);
    if (!all.has(key)) all.set(key, { kind: "room", name });
  }
  return [...all.values()].filter((each) => (each.one !== here.place || field.value.trim() !== "") && (!onlyPeople || each.kind === "person"));
}

function lookFor() {
  const letters = [...field.value.trim().toLowerCase().replace(/^[#@]/, "").replace(/\s/g, "")];
  const scored = candidates().map((each) => ({ ...each, score: score(each.name.toLowerCase(), letters) })).filter((each) => each.score !== null);
  const fresh = (each) => (letters.length ? 0 : (each.one?.mentions ?? 0) * 1000 + (each.one?.unread ?? 0));
  scored.sort((a, b) => fresh(b) - fresh(a) || a.score - b.score);
  found = (letters.length ? scored : scored.sort((a, b) => fresh(b) - fresh(a))).slice(0, SWITCH_MAX);
  active = 0;
  showFound();
}

function showFound() {
  foundList.replaceChildren(...found.map((each, index) => el("div", { role: "option", id: `switch-${index}`, "aria-selected": String(index === active) },
    el("span", { class: "sigil", "aria-hidden": "true", text: each.kind === "room" ? "#" : "@" }), bdi(each.name),
    el("span", { class: "hint", text: each.one?.unread ? say("unread", { n: each.one.unread }) : each.one ? "" : say(each.kind === "room" ? "switch-join" : "switch-whisper") }))));
  if (found.length) field.setAttribute("aria-activedescendant", `switch-${active}`);
  else field.removeAttribute("aria-activedescendant");
  foundList.children[active]?.scrollIntoView({ block: "nearest" });
}

function switchKeyed(event) {
  if (composing(event)) return;
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    if (!found.length) return;
    active = (active + (event.key === "ArrowDown" ? 1 : found.length - 1)) % found.length;
    showFound();
  } else if (event.key === "Enter") {
    event.preventDefault();
    chooseFound(active);
  }
}

async function chooseFound(index) {
  const each = found[index];
  if (!each) return;
  dialog.close();
  byId("chat").dataset.pane = "main";
  try {
    if (each.one) go(each.one);
    else if (each.kind === "person") go(model.place("person", each.name));
    else await join(each.name);
  } catch (error) {
    wrong(error.message || say("offline"));
  }
  byId("composer").focus();
}
