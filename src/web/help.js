// Help: the commands that the server has, and the keys of this page.
// It must not hold a list of commands: the server gives it, in the chosen language.
// Why both in one window: who asks wants to know what can be done, and not by which means.

import { open } from "./dialog.js";
import { el } from "./dom.js";
import { me } from "./model.js";
import { group, named } from "./typed.js";
import { say } from "./words.js";

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
