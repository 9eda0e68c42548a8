// A menu of actions at a button: of a message, of a person.
// It must not know what its items do.
// Why one for all: it is moved to where it is asked for, and gives the focus back.

import { byId, el } from "./dom.js";

const box = byId("menu");
let from = null;

/** Opens at a button; items are [label, does] or null. */
export function menu(button, label, items) {
  if (!box.hidden && from === button) { close(); return; }
  from = button;
  box.setAttribute("aria-label", label);
  box.replaceChildren(...items.filter(Boolean).map(([text, does, kind]) =>
    el("button", { type: "button", role: "menuitem", tabindex: "-1", class: kind, text, click: () => { close(); does(); } })));
  box.hidden = false;
  const at = button.getBoundingClientRect();
  const left = Math.max(8, Math.min(at.left, innerWidth - box.offsetWidth - 8));
  const below = at.bottom + box.offsetHeight + 8 < innerHeight;
  box.style.left = `${left}px`;
  const top = below ? at.bottom + 2 : at.top - box.offsetHeight - 2;
  box.style.top = `${Math.max(8, Math.min(top, innerHeight - box.offsetHeight - 8))}px`;
  box.firstElementChild?.focus();
}

export function close() {
  if (box.hidden) return false;
  const had = box.contains(document.activeElement);
  box.hidden = true;
  if (had && from?.isConnected) from.focus();
  return true;
}

box.addEventListener("keydown", (event) => {
  const all = [...box.children];
  const at = all.indexOf(document.activeElement);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1 + all.length, Home: 0, End: all.length - 1 }[event.key];
  if (to !== undefined) { event.preventDefault(); all[to % all.length]?.focus(); }
  if (event.key === "Escape" || event.key === "Tab") { event.preventDefault(); event.stopPropagation(); close(); }
});
addEventListener("pointerdown", (event) => { if (!box.hidden && !box.contains(event.target) && !from?.contains(event.target)) box.hidden = true; }, true);
addEventListener("resize", () => { box.hidden = true; });
