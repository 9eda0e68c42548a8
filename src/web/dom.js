// Making elements. Knows nothing of chat.
// It must not turn a text into markup: there is no way here to do that, so what a person
// writes can only ever be shown.
// Why no framework: a page that comes out of the server's own binary is read and kept as long as it.

export const byId = (id) => document.getElementById(id);

/** An element: `text` is its text, a function listens, `true` is an empty attribute, `false` and null are none. */
export function el(name, props = {}, ...kids) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (typeof value === "function") node.addEventListener(key, value);
    else if (key === "text") node.textContent = value;
    else node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...kids.filter((kid) => kid !== null && kid !== undefined && kid !== false));
  return node;
}

const SVG = "http://www.w3.org/2000/svg";

/** One of the drawings in index.html. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `#i-${name}`);
  svg.append(use);
  return svg;
}

/** Somebody else's text or name, kept from turning its surroundings round (Unicode UAX #9). */
export const bdi = (text, className) => el("bdi", { text, class: className });

/** A colour of the palette that stays with a name. */
export function hue(name) {
  let sum = 0;
  for (const letter of name.toLowerCase()) sum = (sum * 31 + letter.codePointAt(0)) >>> 0;
  return `c${sum % 8}`;
}

/** Whether an Enter belongs to a composition: Safari ends it first and then says 229. */
export const composing = (event) => event.isComposing || event.keyCode === 229;
