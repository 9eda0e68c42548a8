// The windows: help, the rooms of the server, scheduled messages, settings.
// They must not keep what they show: it is asked for each time they are opened.
// Why there is no list of commands here: the server gives it, in the chosen language.

import { leaveChat, rename } from "./command.js";
import { bdi, byId, el, icon } from "./dom.js";
import { browser } from "./kept.js";
import { here, me } from "./model.js";
import * as model from "./model.js";
import { allow, ask, canNotify, open } from "./parts.js";
import { go, join, learn, link, ready } from "./session.js";
import { group, named } from "./typed.js";
import { language, say, speak, when } from "./words.js";

const KEYS = [
  ["Enter", "key-send"], ["Shift+Enter", "key-line"], ["↑", "key-edit"], ["Tab", "key-complete"],
  ["Ctrl+K", "key-switch"], ["Alt+↑ ↓", "key-step"], ["Ctrl+F6", "key-panes"], ["Esc", "key-escape"], ["?", "key-help"],
];

/** All of it, or what one command does. */
export function help(command) {
  const rows = (command ? asked(command) : me.commands).filter((row) => row.typed.length);
  const commands = el("dl", {}, ...rows.flatMap((row) => [el("dt", {}, el("code", { text: row.usage })), el("dd", { text: row.what })]));
  const keys = el("dl", { class: "keys" }, ...KEYS.flatMap(([keysOf, words]) => [el("dt", {}, el("kbd", { text: keysOf })), el("dd", { text: say(words) })]));
  open("help", say("help-title"),
    ...(command ? [] : [el("h3", { text: say("help-keys") }), keys, el("h3", { text: say("help-commands") }), el("p", { class: "hint", text: say("help-slash") })]),
    rows.length ? commands : el("p", { text: say("unknown", { name: command }) }));
}

function asked(command) {
  const slash = `/${command.replace(/^\//, "").toLowerCase()}`;
  const found = named(me.commands, slash);
  return found.length ? found : group(me.commands, slash);
}

export async function browse(channel) {
  const list = el("ul", { class: "list", "aria-busy": "true" });
  const said = el("p", { class: "error", role: "alert" });
  const filter = el("input", { type: "search", id: "browse-filter", autocomplete: "off", placeholder: say("browse-filter"), "aria-label": say("browse-filter") });
  open("browse", say("browse-title"), filter, said, list, roomMaker(said));
  filter.focus();
  let rooms = [];
  const show = () => {
    const wanted = filter.value.trim().toLowerCase();
    const found = rooms.filter((each) => each.room.toLowerCase().includes(wanted) || each.topic?.toLowerCase().includes(wanted));
    list.replaceChildren(...found.map((each) => roomRow(each, said)));
    if (!found.length) list.append(el("li", { class: "hint", text: say("browse-none") }));
  };
  filter.addEventListener("input", show);
  try {
    const answer = await link.ask("rooms", { channel });
    rooms = answer.rooms;
    for (const each of rooms) model.directory.set(each.room, each);
    show();
    if (answer.more) list.append(el("li", { class: "hint", text: say("browse-more") }));
  } catch (error) {
    said.textContent = error.message || say("offline");
  }
  list.removeAttribute("aria-busy");
}

function roomRow(each, said) {
  const known = model.room(each.room);
  const password = el("input", { type: "password", hidden: true, autocomplete: "off", placeholder: say("password"), "aria-label": say("password-of", { room: each.room }) });
  const enter = async () => {
    if (known) { byId("browse").close(); go(known); return; }
    if (each.locked && password.hidden) { password.hidden = false; password.focus(); return; }
    await went(said, each.room, password.value || undefined);
  };
  password.addEventListener("keydown", (event) => { if (event.key === "Enter") { event.preventDefault(); enter(); } });
  return el("li", { "data-browse": each.room },
    el("div", {}, bdi(each.room, "name"), (each.locked || each.invite_only) && el("span", { class: "tag" }, icon("lock"), say(each.locked ? "locked" : "invite-only")),
      el("span", { class: "hint", text: say("members-n", { n: each.members }) }), each.topic && el("p", { class: "hint", dir: "auto", text: each.topic })),
    password, el("button", { type: "button", text: say(known ? "go-there" : "join"), "aria-label": say(known ? "go-to" : "join-to", { room: each.room }), click: enter }));
}

async function went(said, room, password) {
  said.textContent = "";
  try {
    await join(room, password);
    byId("browse").close();
    byId("chat").dataset.pane = "main";
  } catch (error) {
    said.textContent = error.message || say("offline");
  }
}

/** The form by which a room is made. */
function roomMaker(said) {
  const name = el("input", { id: "make-name", required: true, maxlength: "65", autocomplete: "off", autocapitalize: "off", spellcheck: "false" });
  const topic = el("input", { id: "make-topic", maxlength: "200", autocomplete: "off" });
  const password = el("input", { id: "make-password", type: "password", autocomplete: "new-password" });
  const hidden = el("input", { id: "make-hidden", type: "checkbox" });
  const make = async (event) => {
    event.preventDefault();
    said.textContent = "";
    try {
      const { room } = await link.ask("room_create", {
        room: name.value.trim(), topic: topic.value || undefined, password: password.value || undefined, listed: hidden.checked ? false : undefined,
      });
      await went(said, room, password.value || undefined);
    } catch (error) {
      said.textContent = error.message || say("offline");
    }
  };
  return el("details", { class: "maker" }, el("summary", { text: say("make-title") }),
    el("form", { submit: make },
      el("label", { for: "make-name", text: say("make-name") }), name, el("p", { class: "hint", text: say("make-hint") }),
      el("label", { for: "make-topic", text: say("make-topic") }), topic,
      el("label", { for: "make-password", text: say("make-password") }), password,
      el("label", { class: "check" }, hidden, say("make-hidden")),
      el("div", { class: "buttons" }, el("button", { class: "main", text: say("make") }))));
}

const zone = () => Intl.DateTimeFormat().resolvedOptions().timeZone;
const EVERY = { daily: "every-daily", weekdays: "every-weekdays" };

export async function schedules() {
  const list = el("ul", { class: "list", id: "schedule-list" });
  const said = el("p", { class: "error", role: "alert" });
  open("schedules", say("schedules-title"), list, said, scheduleMaker(list, said));
  await showSchedules(list, said);
}

async function showSchedules(list, said) {
  try {
    const { schedules: rows } = await link.ask("schedules");
    list.replaceChildren(...rows.map((row) => scheduleRow(row, list, said)));
    if (!rows.length) list.append(el("li", { class: "hint", text: say("schedules-none") }));
  } catch (error) {
    said.textContent = error.message || say("offline");
  }
}

function scheduleRow(row, list, said) {
  const again = row.every && (EVERY[row.every] ? say(EVERY[row.every], { time: row.time ?? "" }) : row.every);
  const cancel = async () => {
    if (!(await ask(say("unschedule-ask", { text: row.text }), say("unschedule")))) return;
    try { await link.ask("unschedule", { schedule: row.schedule }); } catch (error) { said.textContent = error.message || say("offline"); }
    showSchedules(list, said);
  };
  return el("li", { "data-schedule": row.schedule },
    el("div", {}, el("time", { datetime: row.due, text: when(row.due, "short") }), again && el("span", { class: "tag", text: again }),
      row.state === "missed" && el("span", { class: "tag", text: say("schedule-missed") }), el("span", { class: "hint" }, bdi(row.room)),
      el("p", { dir: "auto", text: row.text })),
    el("button", { type: "button", text: say("unschedule"), "aria-label": say("unschedule-of", { text: row.text }), click: cancel }));
}

function scheduleMaker(list, said) {
  const every = el("select", { id: "schedule-every" }, ...[["", "every-once"], ["daily", "every-day"], ["weekdays", "every-workday"]].map(([value, key]) => el("option", { value, text: say(key) })));
  const at = el("input", { id: "schedule-at", type: "datetime-local", required: true });
  const text = el("input", { id: "schedule-text", required: true, autocomplete: "off", dir: "auto" });
  const rooms = el("select", { id: "schedule-room" }, ...model.rooms().map((one) => el("option", { value: one.name, text: one.name, selected: one === here.place })));
  every.addEventListener("change", () => { at.type = every.value ? "time" : "datetime-local"; });
  const soon = new Date(Date.now() + 3_600_000 - new Date().getTimezoneOffset() * 60_000);
  at.value = soon.toISOString().slice(0, 16);
  const make = async (event) => {
    event.preventDefault();
    said.textContent = "";
    const time = every.value ? { at: at.value, every: every.value, zone: zone() } : { at: new Date(at.value).toISOString() };
    try {
      await link.ask("schedule", { room: rooms.value, text: text.value, ...time });
      text.value = "";
    } catch (error) {
      said.textContent = error.message || say("offline");
    }
    showSchedules(list, said);
  };
  return el("form", { class: "maker", id: "schedule-form", submit: make },
    el("h3", { text: say("schedule-new") }),
    el("div", { class: "pair" }, el("div", {}, el("label", { for: "schedule-every", text: say("schedule-every") }), every),
      el("div", {}, el("label", { for: "schedule-at", text: say("schedule-at") }), at)),
    el("label", { for: "schedule-room", text: say("schedule-room") }), rooms,
    el("label", { for: "schedule-text", text: say("schedule-text") }), text,
    el("div", { class: "buttons" }, el("button", { class: "main", text: say("schedule-add") })));
}

/** Puts into effect what was chosen on another day. */
export function startSettings() {
  theme(browser.get("theme", ""));
  showTimes(browser.get("times", false));
}

function theme(chosen) {
  browser.set("theme", chosen);
  if (chosen) document.documentElement.dataset.theme = chosen;
  else delete document.documentElement.dataset.theme;
}

/** The time before each line, and not only before the first of several. */
export function showTimes(on) {
  browser.set("times", on);
  document.documentElement.toggleAttribute("data-times", on);
}

/** Page and server speak it from now on. */
export function chooseLang(lang) {
  speak(lang);
  model.changed("lang", "place", "places", "members", "log", "status", "self");
  if (ready()) learn();
}

export function settings() {
  const said = el("p", { class: "error", role: "alert" });
  const nick = el("input", { id: "settings-nick", maxlength: "64", required: true, autocomplete: "off", spellcheck: "false" });
  nick.value = me.nick;
  const take = async (event) => {
    event.preventDefault();
    said.textContent = "";
    try { await rename(nick.value.trim()); byId("settings").close(); } catch (error) { said.textContent = error.message || say("offline"); }
  };
  const lang = choice("settings-lang", [["en", "English"], ["ko", "한국어"]], language(), async (value) => {
    if (ready()) await link.ask("lang", { lang: value }).catch(() => {});
    chooseLang(value);
    settings();
  });
  const colours = choice("settings-theme", [["", say("theme-auto")], ["light", say("theme-light")], ["dark", say("theme-dark")]], browser.get("theme", ""), theme);
  const times = el("input", { type: "checkbox", id: "settings-times", checked: browser.get("times", false), change: () => showTimes(times.checked) });
  const notices = canNotify() && Notification.permission !== "denied"
    && el("button", { type: "button", id: "settings-notify", disabled: Notification.permission === "granted", text: say(Notification.permission === "granted" ? "notify-on" : "notify-allow"), click: async (event) => { const button = event.currentTarget; if (await allow()) { button.disabled = true; button.textContent = say("notify-on"); } } });
  const go = async () => { if (await ask(say("leave-chat-ask"), say("leave-chat"))) { byId("settings").close(); leaveChat(); } };
  open("settings", say("settings-title"),
    el("form", { submit: take }, el("label", { for: "settings-nick", text: say("door-nick") }), el("div", { class: "pair" }, nick, el("button", { text: say("rename") })), said),
    el("label", { for: "settings-lang", text: say("settings-lang") }), lang,
    el("label", { for: "settings-theme", text: say("settings-theme") }), colours,
    el("label", { class: "check" }, times, say("settings-times")),
    el("div", { class: "buttons" }, notices || null, el("button", { type: "button", class: "danger", text: say("leave-chat"), click: go })));
}

function choice(id, options, chosen, does) {
  const select = el("select", { id, change: () => does(select.value) }, ...options.map(([value, text]) => el("option", { value, text, selected: value === chosen })));
  return select;
}
