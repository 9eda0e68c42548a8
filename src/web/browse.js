// The rooms of the server: to go into, and to make one.
// It must not keep them: the list is asked for each time it is opened.
// Why the password is asked for in the row: it belongs to that room, and no other window is in the way.

import { open } from "./dialog.js";
import { bdi, byId, el, icon } from "./dom.js";
import * as model from "./model.js";
import { go, join, link } from "./session.js";
import { say } from "./words.js";

export async function browse(channel) {
  const list = el("ul", { class: "list", "aria-busy": "true" });
  const said = el("p", { class: "error", role: "alert" });
  const filter = el("input", { type: "search", id: "browse-filter", autocomplete: "off", placeholder: say("browse-filter"), "aria-label": say("browse-filter") });
  open("browse", say("browse-title"), filter, said, list, maker(said));
  filter.focus();
  let rooms = [];
  const show = () => {
    const wanted = filter.value.trim().toLowerCase();
    const found = rooms.filter((each) => each.room.toLowerCase().includes(wanted) || each.topic?.toLowerCase().includes(wanted));
    list.replaceChildren(...found.map((each) => row(each, said)));
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

function row(each, said) {
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
function maker(said) {
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
