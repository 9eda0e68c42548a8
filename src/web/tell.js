// One sentence for the person at the page, near where they write, until they have seen it.
// It must not know why it is said.
// Why one line and not a pile of them: who is told five things reads none.

import { byId, el, icon } from "./dom.js";
import * as words from "./words.js";

let timer = 0;

function show(nodes, ms, actions = []) {
  const line = byId("error");
  clearTimeout(timer);
  const close = el("button", { type: "button", class: "plain", "aria-label": words.say("close"), click: () => quiet() }, icon("close"));
  line.replaceChildren(el("span", {}, ...nodes), ...actions, close);
  if (ms) timer = setTimeout(quiet, ms);
}

export function quiet() {
  clearTimeout(timer);
  byId("error").replaceChildren();
}

/** What went wrong, in the server's or the page's words: stays until the next line is sent. */
export function wrong(text) {
  byId("error").dataset.kind = "wrong";
  show([text], 0);
}

/** What was done or has happened; given back as a text. `room`: one that can be gone to. */
export function told(key, vars = {}, { room } = {}) {
  byId("error").dataset.kind = "told";
  const go = room && el("button", { type: "button", text: words.say("go-there"), click: () => { quiet(); onGo(room); } });
  show(words.told(key, vars), room ? 0 : 12_000, go ? [go] : []);
  return words.say(key, vars);
}

let onGo = () => {};
/** Who takes people to a room; main.js says so, because this module knows nobody. */
export function goesBy(go) { onGo = go; }
