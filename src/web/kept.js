// What outlives a reload: choices in the browser, the session in its tab.
// It must not fail where storage is forbidden: everything then lives as long as the page.
// Why two stores: two tabs are two people, but they speak one language.

function store(name) {
  const memory = new Map();
  let real = null;
  try { real = window[name]; } catch { /* forbidden by the browser's settings */ }
  return {
    get(key, otherwise = null) {
      try { return JSON.parse(real?.getItem(`chatd.${key}`) ?? memory.get(key) ?? "null") ?? otherwise; }
      catch { return otherwise; }
    },
    set(key, value) {
      const text = JSON.stringify(value);
      memory.set(key, text);
      try { real?.setItem(`chatd.${key}`, text); } catch { /* full, or forbidden */ }
    },
    drop(key) {
      memory.delete(key);
      try { real?.removeItem(`chatd.${key}`); } catch { /* forbidden */ }
    },
  };
}

/** For every tab and every day: nickname, language, theme. */
export const browser = store("localStorage");
/** For this tab, through its reloads: token, places, drafts, lines under way. */
export const tab = store("sessionStorage");

const CLAIM_MS = 250;
const ours = crypto.getRandomValues(new Uint32Array(2)).join("-");
let channel = null;

/**
 * Whether this tab was made as a copy of one that still runs: a browser's "duplicate tab" copies
 * the session store with it, and the token in it is the other's. A tab that was left says so as it goes.
 */
export async function isCopy() {
  const token = tab.get("token");
  if (typeof BroadcastChannel !== "undefined") {
    channel = new BroadcastChannel("chatd");
    channel.onmessage = ({ data }) => {
      if (data.asks && data.from !== ours && data.asks === tab.get("token")) channel.postMessage({ has: data.asks, to: data.from });
    };
  }
  addEventListener("pagehide", () => tab.set("left", true));
  addEventListener("pageshow", () => tab.drop("left"));
  const left = tab.get("left");
  tab.drop("left");
  if (!token || left || !channel) return false;
  return new Promise((resolve) => {
    const answer = ({ data }) => { if (data.has === token && data.to === ours) resolve(true); };
    channel.addEventListener("message", answer);
    channel.postMessage({ asks: token, from: ours });
    setTimeout(() => resolve(false), CLAIM_MS);
  });
}
