// A typed line into a request, by the rows that the server's help gives; as src/wire/text/read.rs.
// It must not know a command by name: the table is the server's, so that the page never has to follow it.
// Why unknown commands never become talk: a slip of the keyboard would tell a room what was meant for one.

/** Longest name that is compared; the cost grows with it. */
const COMPARED_MAX = 64;

/**
 * What a line is: `{say}`, `{row, args}`, `{group, rows}` (a first word like /room alone),
 * or `{unknown, nearest?}`, `{usage: row}`. `inSession`: a whisper session is open, which /종료 then ends.
 */
export function read(line, rows, inSession = false) {
  if (!line.startsWith("/")) return { say: line };
  if (line.startsWith("//")) return { say: line.slice(1) };
  const [first, rest] = word(line.trimEnd());
  const [second, after] = word(rest);
  const both = `${first} ${second}`.toLowerCase();
  if (second && named(rows, both).length) return fit(both, after, rows, inSession);
  const found = named(rows, first.toLowerCase());
  const grouped = group(rows, first);
  if (!found.length && grouped.length) return { group: first, rows: grouped };
  return fit(first.toLowerCase(), rest, rows, inSession);
}

export const named = (rows, slash) => rows.filter((row) => row.typed.includes(slash));
export const group = (rows, first) => rows.filter((row) => row.typed.some((name) => name.startsWith(`${first.toLowerCase()} `)));

/** The first row of that name whose arguments `rest` can be. */
function fit(name, rest, rows, inSession) {
  const meant = named(rows, name).filter((row) => name !== "/종료" || (row.name === "whisper_close") === inSession);
  for (const row of meant) {
    const args = taken(row, rest);
    if (args) return { row, args };
  }
  return meant.length ? { usage: meant[0] } : { unknown: name, nearest: nearest(name, rows) };
}

/** The words of a line in the order of the row; null when they do not fit it. */
function taken(row, line) {
  const args = {};
  let rest = line;
  for (const arg of row.args) {
    if (arg.need === "field") continue;
    if (arg.need === "implied") { args[arg.name] = arg.value; continue; }
    if (rest === "" || isSkipped(arg, rest)) {
      if (arg.need === "must") return null;
      continue;
    }
    const [first, after] = cut(arg.kind, rest);
    rest = after.trimStart();
    const value = valued(arg.kind, first);
    if (value === undefined) return null;
    args[arg.name] = value;
  }
  return rest === "" ? args : null;
}

function cut(kind, rest) {
  if (kind === "text") return [rest, ""];
  if (kind === "nicks") return list(rest);
  if (kind === "when") return time(rest);
  return word(rest);
}

/** The first word, and what follows the blanks after it. */
function word(text) {
  const at = text.search(/\s/);
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at).trimStart()];
}

/** The words up to the first that no comma joins to the next: `Bob, Carol hi` must not tell Bob alone. */
function list(text) {
  const found = /^\S+(?:(?:(?<=,)\s*|\s+(?=,))\S+)*/.exec(text)?.[0] ?? text;
  return [found, text.slice(found.length)];
}

/** A time is one word, or two where the first is a rule's: `daily 15:30`. */
function time(text) {
  const [first, rest] = word(text);
  if (!/^(daily|weekdays|매일|평일)$/i.test(first) || rest === "") return [first, rest];
  const [second] = word(rest);
  const end = text.length - rest.length + second.length;
  return [text.slice(0, end), text.slice(end)];
}

const SPAN = /^(\d+(ms|s|m|h|d))+$/;

function isSkipped(arg, rest) {
  if (arg.kind === "delay") return !rest.startsWith("+");
  if (arg.kind === "span") return !SPAN.test(word(rest)[0]);
  return false;
}

const FLAGS = { on: true, "켜기": true, off: false, "끄기": false };

function valued(kind, text) {
  if (kind === "duration") return /^(off|0)$/.test(text) || SPAN.test(text) ? text : undefined;
  if (kind === "number") return /^\d+$/.test(text) ? Number(text) : undefined;
  if (kind === "flag") return FLAGS[text.toLowerCase()];
  if (kind === "nicks") {
    const nicks = text.split(",").map((nick) => nick.trim()).filter(Boolean);
    return nicks.length ? nicks : undefined;
  }
  return kind === "seqs" || kind === "lines" ? undefined : text;
}

/** The typed name nearest to `name`, where a slip of the keyboard explains it. */
export function nearest(name, rows) {
  const given = name.toLowerCase().slice(0, COMPARED_MAX);
  let best = null, least = Infinity;
  for (const candidate of rows.flatMap((row) => row.typed)) {
    const steps = distance(given, candidate);
    if (steps < least) [best, least] = [candidate, steps];
  }
  return least <= Math.max(1, Math.floor([...given].length / 3)) ? best : null;
}

/** Insertions, deletions, substitutions and swaps of neighbours that lead from one to the other. */
function distance(one, other) {
  const a = [...one], b = [...other];
  let beforeLast = [], last = b.map((_, j) => j).concat(b.length);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      let best = Math.min(last[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1), last[j] + 1, row[j - 1] + 1);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) best = Math.min(best, beforeLast[j - 2] + 1);
      row.push(best);
    }
    [beforeLast, last] = [last, row];
  }
  return last[b.length];
}
