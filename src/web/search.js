// Searching what was said in the room, and going there.
// It must not understand a query: the server does, and says what is wrong with one.
// Why a column beside the talk and no window: results are gone through one after the other.

import { bdi, byId, el, hue } from "./dom.js";
import { jump, marked } from "./log.js";
import * as model from "./model.js";
import { here } from "./model.js";
import { go, join, link } from "./session.js";
import { say, when } from "./words.js";

const PAGE = 30;
const field = byId("search");
let asked = 0;

export function start() {
  byId("search-form").addEventListener("submit", (event) => { event.preventDefault(); run(); });
  byId("close-search").addEventListener("click", close);
  byId("open-search").addEventListener("click", () => (byId("search-panel").hidden ? search() : close()));
  byId("search-panel").addEventListener("keydown", (event) => { if (event.key === "Escape") { event.stopPropagation(); close(); byId("composer").focus(); } });
  model.on("place lang", () => { byId("results").replaceChildren(); byId("search-said").textContent = ""; });
}

/** Opens the column; with a query, answers it. */
export function search(query) {
  byId("search-panel").hidden = false;
  byId("chat").dataset.pane = "search";
  if (query !== undefined) { field.value = query; run(); }
  field.focus();
}

export function close() {
  byId("search-panel").hidden = true;
  byId("chat").dataset.pane = "main";
}

async function run(before) {
  const query = field.value.trim();
  const one = here.place.kind === "room" ? here.place : model.rooms()[0];
  if (!query || !one) return;
  const mine = (asked += 1);
  const said = byId("search-said");
  said.textContent = say("searching");
  try {
    const found = await link.ask("search", { query, room: one.name, limit: PAGE, before });
    if (mine !== asked) return;
    show(found, before);
  } catch (error) {
    if (mine === asked) said.textContent = error.message || say("offline");
  }
}

function show(found, before) {
  const box = byId("results");
  if (!before) box.replaceChildren();
  box.querySelector(".more-results")?.remove();
  for (const item of found.messages) box.append(result(item));
  const count = box.querySelectorAll(".result").length;
  byId("search-said").textContent = count ? say(found.more || found.next ? "found-more" : "found", { n: count }) : say("found-none");
  if (found.next) box.append(el("button", { type: "button", class: "more-results", text: say("search-more"), click: () => run(found.next) }));
}

function result(item) {
  const there = async () => {
    if (matchMedia("(max-width: 760px)").matches) byId("chat").dataset.pane = "main";
    const one = model.room(item.room) ?? (await join(item.room).catch(() => null));
    if (!one) return;
    if (here.place !== one) { go(one); model.flush(); }
    jump(item.seq);
  };
  return el("button", { type: "button", class: "result", "data-result": item.seq, click: there },
    el("span", { class: "who" }, bdi(item.from, `nick ${hue(item.from)}`), el("span", { class: "hint", text: when(item.at, "short") }), item.room !== here.place.name && el("span", { class: "tag" }, bdi(item.room))),
    el("span", { class: "text", dir: "auto" }, ...marked(item.text, item.marks)));
}

