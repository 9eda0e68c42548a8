// Windows over the page: opened, closed, and a question with two answers.
// It must not know what stands in them.
// Why the browser's own dialog element: it keeps the focus inside, closes by Escape and is named to screen readers.

import { byId, el, icon } from "./dom.js";
import { say } from "./words.js";

/** Opens a dialog with a head line and what is given. */
export function open(id, title, ...content) {
  const box = byId(id);
  const head = el("header", {}, el("h2", { id: `${id}-title`, text: title }),
    el("button", { type: "button", class: "plain", "aria-label": say("close"), click: () => box.close() }, icon("close")));
  box.replaceChildren(head, ...content);
  if (!box.open) box.showModal();
  return box;
}

for (const box of document.querySelectorAll("dialog")) {
  // A click beside it: the backdrop is the dialog itself, what stands in it is not.
  box.addEventListener("pointerdown", (event) => {
    if (event.target !== box) return;
    const { left, right, top, bottom } = box.getBoundingClientRect();
    if (event.clientX < left || event.clientX > right || event.clientY < top || event.clientY > bottom) box.close();
  });
}

/** Asks; true if it was answered with `yes`. */
export function ask(text, yes, kind = "danger") {
  const box = byId("ask");
  return new Promise((answer) => {
    box.replaceChildren(el("p", { id: "ask-text", text }), el("form", { method: "dialog", class: "buttons" },
      el("button", { value: "no", text: say("back") }), el("button", { value: "yes", class: kind, text: yes })));
    box.returnValue = "no";
    box.addEventListener("close", () => answer(box.returnValue === "yes"), { once: true });
    box.showModal();
  });
}
