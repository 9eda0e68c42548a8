// The list of rooms and conversations, and the head of the one that is shown.
// It must not fetch anything.
// Why channels are folders: a room is called channel/room, and an operations room has many of them.

import { bdi, byId, el, hue } from "./dom.js";
import * as model from "./model.js";
import { here, me } from "./model.js";
import { endSession } from "./command.js";
import { go } from "./session.js";
import { say, told } from "./words.js";

const box = byId("rooms");
const shut = new Set();
let drawn = "";

export function start() {
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
  if (sign === drawn) return;
  drawn = sign;
  const focused = document.activeElement?.closest?.("#rooms [data-key]")?.dataset.key;
  const rooms = all.filter((one) => one.kind === "room");
  const people = all.filter((one) => one.kind === "person");
  const channels = Map.groupBy ? Map.groupBy(rooms, channelOf) : grouped(rooms);
  const items = [...channels].flatMap(([channel, within]) => (channel ? [folder(channel, within)] : within.map((one) => entry(one, one.name))));
  box.replaceChildren(el("h2", { text: say("rooms-head") }), el("ul", {}, ...items));
  if (people.length) box.append(el("h2", { text: say("people-head") }), el("ul", {}, ...people.map((one) => entry(one, one.name))));
  if (focused) box.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus();
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
  byId("open-search").hidden = one.kind !== "room";
}

/** The place before or after the one that is shown. */
export function step(by) {
  const all = ordered();
  const at = all.indexOf(here.place);
  go(all[(at + by + all.length) % all.length]);
}

