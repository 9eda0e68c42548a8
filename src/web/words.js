// The page's words in the chosen language, and how it writes times.
// It must not hold a sentence: those are in words-en.js and words-ko.js, with the same keys.
// Why names in a sentence become elements of their own: one of them may be written from right to left.

import { bdi } from "./dom.js";
import { josa } from "./josa.js";
import { browser } from "./kept.js";
import en from "./words-en.js";
import ko from "./words-ko.js";

const TABLES = { en, ko };
const first = navigator.languages?.find((lang) => /^(ko|en)\b/i.test(lang)) ?? "en";
let lang = browser.get("lang") ?? first.slice(0, 2).toLowerCase();
if (!TABLES[lang]) lang = "en";

export const language = () => lang;

export function speak(chosen) {
  lang = chosen;
  browser.set("lang", chosen);
  formats.clear();
  apply(document);
}

// {nick}, a name and its particle {nick:이}, or a word by its number {n#person|people}.
const HOLE = /\{(\w+)(?::([^}]+)|#([^}|]*)\|([^}]*))?\}/g;

/** A sentence in pieces: texts, and [name] where a person's or room's own words stand. */
function pieces(key, vars) {
  const sentence = TABLES[lang][key] ?? key;
  const found = [];
  let from = 0;
  for (const hole of sentence.matchAll(HOLE)) {
    const [all, name, particle, one, many] = hole;
    found.push(sentence.slice(from, hole.index));
    from = hole.index + all.length;
    const value = vars[name] ?? "";
    if (one !== undefined) found.push(value === 1 ? one : many);
    else if (typeof value === "number") found.push(value.toLocaleString(lang));
    else found.push([String(value)]);
    if (particle) found.push(josa(value, particle));
  }
  found.push(sentence.slice(from));
  return found;
}

// What may turn the text around it (UAX #9): letters from right to left and the marks for it.
const TURNS = /[\u0590-\u08ff\u200e\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufdff\ufe70-\ufeff]/;

/** A sentence as a text, for titles and names of buttons. */
export const say = (key, vars = {}) =>
  pieces(key, vars).map((piece) => (typeof piece === "string" ? piece : TURNS.test(piece[0]) ? `\u2068${piece[0]}\u2069` : piece[0])).join("");

/** A sentence as nodes. */
export const told = (key, vars = {}) =>
  pieces(key, vars).filter((piece) => piece !== "").map((piece) => (typeof piece === "string" ? piece : bdi(piece[0])));

/** Puts the words into all elements that ask for them by data-say…. */
export function apply(root) {
  document.documentElement.lang = lang;
  for (const node of root.querySelectorAll("[data-say]")) node.textContent = say(node.dataset.say);
  for (const node of root.querySelectorAll("[data-say-placeholder]")) node.placeholder = say(node.dataset.sayPlaceholder);
  for (const node of root.querySelectorAll("[data-say-label]")) {
    const words = say(node.dataset.sayLabel);
    node.setAttribute("aria-label", words);
    if (node.matches("button")) node.title = node.dataset.keys ? `${words} (${node.dataset.keys})` : words;
  }
}

const formats = new Map();
const SHAPES = {
  time: { hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
  day: { dateStyle: "full" },
  full: { dateStyle: "full", timeStyle: "medium" },
  short: { dateStyle: "medium", timeStyle: "short", hourCycle: "h23" },
};

/** `at` in local time: time, day, full or short. */
export function when(at, shape) {
  if (!formats.has(shape)) formats.set(shape, new Intl.DateTimeFormat(lang, SHAPES[shape]));
  return formats.get(shape).format(new Date(at));
}

/** A length of time as people say it: the largest unit that it has at least one of. */
export function span(ms) {
  const [unit, size] = [["day", 86_400_000], ["hour", 3_600_000], ["minute", 60_000], ["second", 1000]]
    .find(([, size]) => ms >= size) ?? ["second", 1000];
  return new Intl.NumberFormat(lang, { style: "unit", unit, unitDisplay: "long", maximumFractionDigits: 0 }).format(Math.round(ms / size));
}
