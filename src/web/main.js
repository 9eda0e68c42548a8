// The page begins here: which view is shown, and the keys that hold everywhere.
// It must not know the wire.
// Why the modules are started one by one and not by being loaded: in which order is to be read in one place.

import * as command from "./command.js";
import * as composer from "./composer.js";
import { byId, el } from "./dom.js";
import { browser, isCopy, tab } from "./kept.js";
import * as log from "./log.js";
import * as lists from "./lists.js";
import { discard, retry } from "./messages.js";
import * as model from "./model.js";
import { here, isMe, me } from "./model.js";
import { ask, closeMenu, goesBy, menu, startNotices, wrong } from "./parts.js";
import * as search from "./search.js";
import { begin, depart, goOn, join, link, ready, save, session } from "./session.js";
import { browse, chooseLang, help, schedules, settings, startSettings } from "./windows.js";
import { apply, say } from "./words.js";

const chat = byId("chat");

function view(name) {
  const was = document.documentElement.dataset.view;
  if (was === name) return;
  document.documentElement.dataset.view = name;
  byId("door").hidden = name !== "door";
  chat.hidden = name !== "chat";
  if (name === "door") byId("nick").focus();
  else byId("composer").focus();
}

/** The connection in one quiet line. */
function status() {
  const line = byId("status");
  clearTimeout(status.timer);
  document.documentElement.dataset.state = ready() ? "ready" : session.over ? "over" : link.state;
  if (session.over && session.over !== "idle") { door(); return; }
  const isIn = me.nick !== "" && model.places.size > 0;
  if (isIn) view("chat");
  byId("enter").disabled = !isIn && link.state !== "off" && !session.over;
  if (session.over === "idle") line.textContent = session.message;
  else if (ready()) line.textContent = "";
  else if (link.state === "waiting") {
    const seconds = Math.max(1, Math.ceil((link.retryAt - Date.now()) / 1000));
    line.replaceChildren(say("lost-retry", { n: seconds }), " ", el("button", { type: "button", class: "plain", text: say("retry-now"), click: () => { link.rest(0); link.hurry(); } }));
    status.timer = setTimeout(status, 1000);
  } else line.textContent = say("connecting");
  if (!isIn) byId("enter-error").textContent = link.state === "waiting" ? line.firstChild?.textContent ?? "" : "";
}

/** The first form, with what there is to say at it. */
function door() {
  byId("enter").disabled = false;
  byId("nick").value ||= me.nick || browser.get("nick", "");
  byId("enter-error").textContent = session.message || (session.over === "replaced" ? say("replaced") : "");
  for (const one of [...model.places.values()]) model.places.delete(one.key);
  here.place = null;
  me.nick = "";
  me.partner = null;
  view("door");
}

const act = {
  person: lists.person,
  menu(item, button) {
    const one = here.place;
    const mine = isMe(item.from) && item.seq && item.kind !== "scheduled";
    const rules = one.kind === "room" && ["owner", "moderator", "admin"].includes(lists.myRole(one));
    menu(button, say("actions"), [
      [say("copy"), () => navigator.clipboard?.writeText(item.text).catch(() => {})],
      !isMe(item.from) && [say("mention"), () => composer.insert(`@${item.from} `)],
      mine && [say("edit"), () => composer.change(one, item)],
      item.seq && (mine || rules) && [say("delete"), () => remove(one, item), "danger"],
    ]);
  },
  retry: (line) => retry(here.place, line),
  rework: (line) => { discard(here.place, line); composer.write(line.text); },
  discard: (line) => discard(here.place, line),
};

async function remove(one, item) {
  if (!(await ask(say("delete-ask", { text: item.text.slice(0, 80) }), say("delete")))) return;
  try { await command.remove(one, item.seq); } catch (error) { wrong(error.message || say("offline")); }
}

function leavePlace() {
  command.leave(here.place).catch((error) => wrong(error.message || say("offline")));
}

const PANES = ["rooms", "log", "composer", "members"];
/** The next part of the page, for the keyboard. */
function pane(back) {
  const at = PANES.findIndex((id) => byId(id).contains(document.activeElement));
  for (let step = 1; step <= PANES.length; step += 1) {
    const part = byId(PANES[(at + (back ? -step : step) + PANES.length * 2) % PANES.length]);
    const target = part.matches("[tabindex],textarea") ? part : part.querySelector("[aria-current],button");
    if (target?.offsetParent) { target.focus(); return; }
  }
}

function keys(event) {
  if (document.documentElement.dataset.view !== "chat" || event.isComposing) return;
  const isOpen = document.querySelector("dialog[open]");
  const command = event.ctrlKey || event.metaKey;
  const typing = event.target.closest?.("input,textarea,select");
  if (command && !event.shiftKey && !event.altKey && event.key.toLowerCase() === "k") {
    event.preventDefault();
    if (!isOpen) lists.switcher();
  } else if (isOpen) {
    return;
  } else if (event.altKey && !command && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
    event.preventDefault();
    lists.step(event.key === "ArrowUp" ? -1 : 1);
  } else if (command && event.key === "F6") {
    event.preventDefault();
    pane(event.shiftKey);
  } else if (event.key === "?" && !typing && !command) {
    event.preventDefault();
    help();
  } else if (event.key === "Escape") {
    if (closeMenu()) return;
    if (chat.dataset.pane !== "main") chat.dataset.pane = "main";
    else if (document.activeElement !== byId("composer")) byId("composer").focus();
    else log.end();
  }
}

/** Members are beside the talk where there is room, and in its place where there is none. */
function toggleMembers() {
  const narrow = matchMedia("(max-width: 760px)").matches;
  if (narrow) { chat.dataset.pane = chat.dataset.pane === "members" ? "main" : "members"; return; }
  const off = chat.toggleAttribute("data-alone");
  browser.set("alone", off);
  byId("open-members").setAttribute("aria-expanded", String(!off));
}

function buttons() {
  const does = {
    "open-switcher": lists.switcher, "open-browse": () => browse(), "open-settings": settings, "open-help": () => help(), "open-schedules": schedules,
    "open-side": () => { chat.dataset.pane = "side"; byId("close-side").focus(); }, "close-side": () => { chat.dataset.pane = "main"; },
    "open-members": toggleMembers, "close-members": toggleMembers,
    "open-place": (event) => lists.ofRoom(event.currentTarget, leavePlace),
  };
  for (const [id, click] of Object.entries(does)) byId(id).addEventListener("click", click);
  for (const button of document.querySelectorAll("[data-lang]")) button.addEventListener("click", () => chooseLang(button.dataset.lang));
  byId("enter-form").addEventListener("submit", (event) => {
    event.preventDefault();
    const nick = byId("nick").value.trim();
    if (nick) begin(nick);
  });
}

/** A keyboard on the screen of a phone covers the page where the browser does not shrink it. */
function fit() {
  const seen = window.visualViewport;
  if (!seen) return;
  const resize = () => document.documentElement.style.setProperty("--height", `${seen.height}px`);
  seen.addEventListener("resize", resize);
  resize();
}

async function start() {
  apply(document);
  startSettings();
  for (const part of [lists, composer, search]) part.start();
  startNotices();
  log.start(act);
  buttons();
  fit();
  goesBy((room) => join(room).catch((error) => wrong(error.message || say("offline"))));
  model.on("status lang", status);
  if (browser.get("alone", false)) toggleMembers();
  addEventListener("keydown", keys);
  addEventListener("online", () => link.hurry());
  addEventListener("pagehide", depart);
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) { save(); return; }
    if (session.over === "idle") { session.over = null; link.start(); } else link.hurry();
  });
  const copied = await isCopy();
  if (copied) for (const name of ["token", "seen", "queues", "whisper", "whispers", "rooms", "place"]) tab.drop(name);
  byId("nick").value = browser.get("nick", "");
  if (!goOn()) view("door");
}

start();
