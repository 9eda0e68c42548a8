// The page's words in the chosen language, with Korean particles, and how it writes times.
// It must not hold a sentence: those are in sentences.js.
// Why names in a sentence become elements of their own: one of them may be written from right to left.

import { bdi } from "./dom.js";
import { browser } from "./kept.js";
import SENTENCES from "./sentences.js";

/** In the order in which a sentence has them. */
const LANGS = ["en", "ko"];
const first = navigator.languages?.find((lang) => /^(ko|en)\b/i.test(lang)) ?? "en";
let lang = browser.get("lang") ?? first.slice(0, 2).toLowerCase();
if (!LANGS.includes(lang)) lang = "en";

export const language = () => lang;

/** More sentences, which came later. */
export const teach = (more) => Object.assign(SENTENCES, more);

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
  const sentence = SENTENCES[key]?.[LANGS.indexOf(lang)] ?? key;
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

const PARTICLES = [
  ["은", "는", "은(는)"], ["이", "가", "이(가)"], ["을", "를", "을(를)"], ["과", "와", "와(과)"],
  ["으로", "로", "(으)로"], ["이라", "라", "(이)라"], ["이나", "나", "(이)나"],
];
const VOWEL = 0, RIEUL = 1, CONSONANT = 2;

/** The form of `particle`, given in any of its forms, after `word`. */
function josa(word, particle) {
  const row = PARTICLES.find(([closed, open]) => closed === particle || open === particle);
  if (!row) return particle;
  const end = ending(String(word));
  if (end === null) return row[2];
  const open = end === VOWEL || (end === RIEUL && row[0] === "으로");
  return row[open ? 1 : 0];
}

function ending(word) {
  const heard = word.replace(/[^\p{L}\p{N}]+$/u, "");
  const last = heard.slice(-1);
  if (last >= "가" && last <= "힣") {
    const final = (last.codePointAt(0) - 0xac00) % 28;
    return final === 0 ? VOWEL : final === 8 ? RIEUL : CONSONANT;
  }
  if (last === "ㄹ") return RIEUL;
  if (last >= "ㄱ" && last <= "ㅎ") return CONSONANT;
  if (last >= "ㅏ" && last <= "ㅣ") return VOWEL;
  if (/\d/.test(last)) return "178".includes(last) ? RIEUL : "036".includes(last) ? CONSONANT : VOWEL;
  const letters = /[a-z]+$/i.exec(heard);
  return letters ? latin(letters[0]) : null;
}

/** Letters and acronyms are spelt out (엘 엠 엔 알); words are read as 외래어 표기법 writes them. */
function latin(letters) {
  if (letters.length === 1 || letters === letters.toUpperCase()) {
    return /[lr]$/i.test(letters) ? RIEUL : /[mn]$/i.test(letters) ? CONSONANT : VOWEL;
  }
  let heard = letters.toLowerCase();
  // The e of "apple" and "phone" is not heard; that of "me" is.
  if (/[aeiouy].*le$/.test(heard) || /[aeiouy][mn]e$/.test(heard)) heard = heard.slice(0, -1);
  if (/l$/.test(heard)) return RIEUL;
  if (/([mn]|ng)$/.test(heard)) return CONSONANT;
  if (/([aeiouy]ck|oo[kt])$/.test(heard)) return CONSONANT;
  if (/[aeiouy]{2}[bckpt]$/.test(heard)) return VOWEL;
  return /[aeiouy][bckpt]$/.test(heard) ? CONSONANT : VOWEL;
}
