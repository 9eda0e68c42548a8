// The connection: requests and their replies over one WebSocket, made again when it is lost.
// It must not know what any request means, nor the page.
// Why requests are not kept here over a lost connection: only who asked knows whether asking twice is harmless.

/** The server has answered with an error: code, message and what else it says. */
export class Refused extends Error {
  constructor(error) { super(error.message); Object.assign(this, error); }
}
/** The connection ended before the answer came. */
export class Lost extends Error {}

const FIRST_MS = 500;
const LONGEST_MS = 30_000;
/** After so much silence the server is asked for a sign of life; a dead link is not always told of. */
const SILENT_MS = 40_000;
const ANSWER_MS = 8_000;
/** A longer wait than this is for people to know, and not for the page to sit out. */
const WAITED_MS_MAX = 10_000;

const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

export class Link {
  #url; #told; #socket = null; #asked = new Map(); #next = 1;
  #tries = 0; #least = 0; #timer = 0; #heard = 0; #heldUntil = 0; #wanted = false;
  /** off, connecting, open, waiting */
  state = "off";
  /** When the next attempt begins, while waiting. */
  retryAt = 0;

  /** `told` has opened(), event(object) and changed(state). */
  constructor(url, told) {
    this.#url = url;
    this.#told = told;
    setInterval(() => { if (Date.now() - this.#heard > SILENT_MS) this.probe(); }, SILENT_MS / 4);
  }

  start() {
    this.#wanted = true;
    if (!this.#socket) this.#connect();
  }

  stop() {
    this.#wanted = false;
    clearTimeout(this.#timer);
    this.#end();
    this.#become("off");
  }

  /** The session stands: the next loss begins with short waits again. */
  settled() {
    this.#tries = 0;
    this.#least = 0;
  }

  /** The next attempt waits at least so long. */
  rest(ms) { this.#least = ms; }

  /** Gives this connection up for a new one. */
  again(ms) {
    this.rest(ms);
    this.#lost(this.#socket);
  }

  /** Something says that the network is there, or that somebody looks: no more waiting. */
  hurry() {
    if (this.state === "waiting" && this.#least === 0) this.#connect();
    else this.probe();
  }

  /** Asks for a sign of life, and takes silence for the end. */
  probe() {
    if (this.state !== "open") return;
    const socket = this.#socket;
    const before = this.#heard;
    this.ask("ping").catch(() => {});
    setTimeout(() => { if (socket === this.#socket && this.#heard === before) this.#lost(socket); }, ANSWER_MS);
  }

  /** One request; what its `ok` holds. What came too fast for the server is sent again by itself. */
  async ask(cmd, fields = {}) {
    for (let tries = 0; ; tries += 1) {
      const wait = this.#heldUntil - Date.now();
      if (wait > 0 && cmd !== "ping") await sleep(wait);
      try {
        return await this.#once(cmd, fields);
      } catch (error) {
        const again = error.code === "rate_limited" && error.retry_ms <= WAITED_MS_MAX && tries < 8;
        if (!again) throw error;
        this.#heldUntil = Math.max(this.#heldUntil, Date.now() + error.retry_ms);
      }
    }
  }

  #once(cmd, fields) {
    return new Promise((ok, failed) => {
      if (this.state !== "open") { failed(new Lost(cmd)); return; }
      const id = this.#next++;
      this.#asked.set(id, { ok, failed });
      this.#socket.send(JSON.stringify({ id, cmd, ...fields }));
    });
  }

  #connect() {
    clearTimeout(this.#timer);
    this.#become("connecting");
    let socket;
    try { socket = new WebSocket(this.#url); } catch { this.#wait(); return; }
    this.#socket = socket;
    socket.onopen = () => {
      if (socket !== this.#socket) return;
      this.#heard = Date.now();
      this.#become("open");
      this.#told.opened();
    };
    socket.onmessage = ({ data }) => { if (socket === this.#socket) this.#hear(data); };
    socket.onclose = () => this.#lost(socket);
  }

  #hear(data) {
    this.#heard = Date.now();
    let object;
    try { object = JSON.parse(data); } catch { return; }
    if (object.event) { this.#told.event(object); return; }
    const asked = this.#asked.get(object.re);
    if (!asked) return;
    this.#asked.delete(object.re);
    if (object.error) asked.failed(new Refused(object.error));
    else asked.ok(object.ok ?? {});
  }

  #lost(socket) {
    if (socket !== this.#socket) return;
    this.#end();
    if (this.#wanted) this.#wait();
    else this.#become("off");
  }

  #end() {
    const socket = this.#socket;
    this.#socket = null;
    this.#heldUntil = 0;
    const asked = [...this.#asked.values()];
    this.#asked.clear();
    this.state = "waiting";
    for (const { failed } of asked) failed(new Lost());
    socket?.close();
  }

  #wait() {
    // Half of it is chance, so that everybody does not come back to a server in one instant.
    const whole = Math.max(this.#least, Math.min(LONGEST_MS, FIRST_MS * 2 ** this.#tries));
    const wait = whole * (0.5 + Math.random() / 2);
    this.#tries += 1;
    this.retryAt = Date.now() + wait;
    this.#become("waiting");
    this.#timer = setTimeout(() => this.#connect(), wait);
  }

  #become(state) {
    this.state = state;
    this.#told.changed(state);
  }
}
