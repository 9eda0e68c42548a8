// Fetching what was said: the newest page, older and newer ones, the place of a message.
// It must not know an element, nor where one has scrolled to.
// Why pages and not everything: a room may hold years.

import { link, ready } from "./session.js";
import { changed, here, lastHeld, firstHeld, put, ROWS_MAX } from "./model.js";

const PAGE = 60;
/** So many messages are fetched to close a hole; behind a longer one the newest page is begun anew. */
const HOLE_MAX = 300;

/** After a refusal a place is not asked for at once again. */
const REST_MS = 3000;

/** Runs one fetch of a place at a time; who comes while one is under way waits for that one. */
function alone(one, fetch) {
  if (one.loading) return one.loading;
  if (!ready() || Date.now() < (one.restsUntil ?? 0)) return Promise.resolve();
  const run = async () => {
    try {
      await fetch();
    } catch {
      // The connection ended, or the room is not ours any more: both are told elsewhere.
      one.restsUntil = Date.now() + REST_MS;
      setTimeout(changed, REST_MS + 50, "log");
    } finally {
      one.loading = null;
      changed("log");
    }
  };
  one.loading = run();
  changed("log");
  return one.loading;
}

async function page(one, asked) {
  const { messages, more } = await link.ask("history", { room: one.name, limit: PAGE, ...asked });
  return { messages, more };
}

/** The newest page. */
export const load = (one) => alone(one, async () => {
  const { messages, more } = await page(one, {});
  const loose = one.loaded ? [] : one.items.filter((item) => !item.seq);
  one.items = messages.concat(loose);
  Object.assign(one, { loaded: true, atEnd: true, atStart: !more, last: Math.max(one.last, messages.at(-1)?.seq ?? 0) });
});

/** What stands before the first that is held. */
export const older = (one) => alone(one, async () => {
  if (one.atStart || one.kind !== "room") return;
  const before = firstHeld(one);
  if (before === null) return;
  const { messages, more } = await page(one, { before });
  one.items = messages.concat(one.items);
  one.atStart = !more;
  if (one.items.length > ROWS_MAX && !here.atEnd) {
    one.items.length = ROWS_MAX;
    one.atEnd = false;
  }
});

/** What stands after the last that is held, where one has jumped away from the end. */
export const newer = (one) => alone(one, async () => {
  if (one.atEnd || one.kind !== "room") return;
  const { messages, more } = await page(one, { after: lastHeld(one) });
  for (const message of messages) put(one, message);
  one.atEnd = !more;
  if (one.items.length > ROWS_MAX) {
    one.items.splice(0, one.items.length - ROWS_MAX);
    one.atStart = false;
  }
});

/** What is missing at the end: one's own scheduled messages, and what came while a room was not shown. */
export const fill = (one) => alone(one, async () => {
  if (one.kind !== "room" || !one.loaded || !one.atEnd) return;
  let after = lastHeld(one);
  for (let got = 0; got < HOLE_MAX; got += PAGE) {
    const { messages, more } = await page(one, { after });
    for (const message of messages) put(one, message);
    after = messages.at(-1)?.seq ?? after;
    one.last = Math.max(one.last, after);
    if (!more) return;
  }
  const { messages } = await page(one, {});
  Object.assign(one, { items: messages, atStart: false, last: Math.max(one.last, messages.at(-1)?.seq ?? 0) });
});

/** A hole in the middle, after `seq`. */
export const mend = (one, seq) => alone(one, async () => {
  const { messages } = await page(one, { after: seq });
  for (const message of messages) put(one, message);
});

/** The surroundings of one message. */
export const around = (one, seq) => alone(one, async () => {
  const { messages, more } = await page(one, { before: seq + PAGE / 2 });
  Object.assign(one, { items: messages, loaded: true, atStart: !more, atEnd: (messages.at(-1)?.seq ?? 0) >= one.last });
});
