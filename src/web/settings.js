// Choices: name, language, colours, times, notifications; and leaving.
// It must not know how they look when they are applied.
// Why they are kept in the browser and not on the server: nobody has an account, and they are about this screen.

import { leaveChat, rename } from "./command.js";
import { ask, open } from "./dialog.js";
import { byId, el } from "./dom.js";
import { browser } from "./kept.js";
import * as model from "./model.js";
import { me } from "./model.js";
import { allow, canNotify } from "./notify.js";
import { learn, link, ready } from "./session.js";
import { language, say, speak } from "./words.js";

/** Puts into effect what was chosen on another day. */
export function start() {
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
