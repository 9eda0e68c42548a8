// Scheduled messages: what waits, a form for a new one, and cancelling.
// It must not reckon when a rule is due next: the server says it.
// Why the zone of this browser goes with a time: who writes 15:30 looks at the clock beside them.

import { ask, open } from "./dialog.js";
import { bdi, el } from "./dom.js";
import * as model from "./model.js";
import { here } from "./model.js";
import { link } from "./session.js";
import { say, when } from "./words.js";

const zone = () => Intl.DateTimeFormat().resolvedOptions().timeZone;
const EVERY = { daily: "every-daily", weekdays: "every-weekdays" };

export async function schedules() {
  const list = el("ul", { class: "list", id: "schedule-list" });
  const said = el("p", { class: "error", role: "alert" });
  open("schedules", say("schedules-title"), list, said, maker(list, said));
  await show(list, said);
}

async function show(list, said) {
  try {
    const { schedules: rows } = await link.ask("schedules");
    list.replaceChildren(...rows.map((row) => shown(row, list, said)));
    if (!rows.length) list.append(el("li", { class: "hint", text: say("schedules-none") }));
  } catch (error) {
    said.textContent = error.message || say("offline");
  }
}

function shown(row, list, said) {
  const again = row.every && (EVERY[row.every] ? say(EVERY[row.every], { time: row.time ?? "" }) : row.every);
  const cancel = async () => {
    if (!(await ask(say("unschedule-ask", { text: row.text }), say("unschedule")))) return;
    try { await link.ask("unschedule", { schedule: row.schedule }); } catch (error) { said.textContent = error.message || say("offline"); }
    show(list, said);
  };
  return el("li", { "data-schedule": row.schedule },
    el("div", {}, el("time", { datetime: row.due, text: when(row.due, "short") }), again && el("span", { class: "tag", text: again }),
      row.state === "missed" && el("span", { class: "tag", text: say("schedule-missed") }), el("span", { class: "hint" }, bdi(row.room)),
      el("p", { dir: "auto", text: row.text })),
    el("button", { type: "button", text: say("unschedule"), "aria-label": say("unschedule-of", { text: row.text }), click: cancel }));
}

function maker(list, said) {
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
    show(list, said);
  };
  return el("form", { class: "maker", id: "schedule-form", submit: make },
    el("h3", { text: say("schedule-new") }),
    el("div", { class: "pair" }, el("div", {}, el("label", { for: "schedule-every", text: say("schedule-every") }), every),
      el("div", {}, el("label", { for: "schedule-at", text: say("schedule-at") }), at)),
    el("label", { for: "schedule-room", text: say("schedule-room") }), rooms,
    el("label", { for: "schedule-text", text: say("schedule-text") }), text,
    el("div", { class: "buttons" }, el("button", { class: "main", text: say("schedule-add") })));
}

