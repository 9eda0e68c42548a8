// BLAKE3-256 of bytes that come in pieces (the BLAKE3 paper, §2).
// It must not know a file, nor wait: who has much to hash gives it in slices, and lets the page live between them.
// Why written here: browsers have SHA-2 alone, all at once and in memory, and chatc says BLAKE3.

const BLOCK = 64, CHUNK = 1024;
const CHUNK_START = 1, CHUNK_END = 2, PARENT = 4, ROOT = 8;
const IV = Int32Array.of(0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19);
const PERMUTATION = [2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8];

/** The words of a block in the order of each of the seven rounds. */
const ORDER = new Uint8Array(7 * 16);
for (let at = 0; at < ORDER.length; at += 1) ORDER[at] = at < 16 ? at : PERMUTATION[ORDER[at - 16]];
for (let round = 1; round < 7; round += 1) {
  for (let at = 0; at < 16; at += 1) ORDER[round * 16 + at] = ORDER[(round - 1) * 16 + PERMUTATION[at]];
}

const state = new Int32Array(16);

/** The quarter round: mixes two words into a column or a diagonal. */
function mix(a, b, c, d, x, y) {
  let va = state[a], vb = state[b], vc = state[c], vd = state[d];
  va = (va + vb + x) | 0;
  vd ^= va; vd = (vd >>> 16) | (vd << 16);
  vc = (vc + vd) | 0;
  vb ^= vc; vb = (vb >>> 12) | (vb << 20);
  va = (va + vb + y) | 0;
  vd ^= va; vd = (vd >>> 8) | (vd << 24);
  vc = (vc + vd) | 0;
  vb ^= vc; vb = (vb >>> 7) | (vb << 25);
  state[a] = va; state[b] = vb; state[c] = vc; state[d] = vd;
}

/** Puts a block into a chaining value; `out` may be `cv`. A counter has more bits than a number of 32. */
function compress(cv, words, counter, length, flags, out) {
  state.set(cv);
  state.set(IV.subarray(0, 4), 8);
  state[12] = counter | 0;
  state[13] = (counter / 0x1_0000_0000) | 0;
  state[14] = length;
  state[15] = flags;
  for (let at = 0; at < ORDER.length; at += 16) {
    const word = (n) => words[ORDER[at + n]];
    mix(0, 4, 8, 12, word(0), word(1));
    mix(1, 5, 9, 13, word(2), word(3));
    mix(2, 6, 10, 14, word(4), word(5));
    mix(3, 7, 11, 15, word(6), word(7));
    mix(0, 5, 10, 15, word(8), word(9));
    mix(1, 6, 11, 12, word(10), word(11));
    mix(2, 7, 8, 13, word(12), word(13));
    mix(3, 4, 9, 14, word(14), word(15));
  }
  for (let n = 0; n < 8; n += 1) out[n] = state[n] ^ state[n + 8];
}

export class Blake3 {
  #words = new Int32Array(16);
  /** The block that is being filled, and how far. */
  #block = new Uint8Array(BLOCK);
  #filled = 0;
  /** Of the chunk that is under way: its chaining value, its blocks so far, and which it is. */
  #cv = IV.slice();
  #blocks = 0;
  #chunk = 0;
  /** Of whole subtrees, the largest first. */
  #stack = [];

  /** Takes more bytes. */
  update(bytes) {
    for (let at = 0; at < bytes.length;) {
      // The last block of all is known only when there is nothing behind it.
      if (this.#filled === BLOCK) this.#endBlock();
      const taken = Math.min(BLOCK - this.#filled, bytes.length - at);
      this.#block.set(bytes.subarray(at, at + taken), this.#filled);
      this.#filled += taken;
      at += taken;
    }
    return this;
  }

  /** The hash of all that was given, in hexadecimal; nothing may be given after it. */
  hex() {
    let node = { cv: this.#cv, words: this.#read(), counter: this.#chunk, length: this.#filled, flags: this.#flags() | CHUNK_END };
    while (this.#stack.length > 0) {
      const right = new Int32Array(8);
      compress(node.cv, node.words, node.counter, node.length, node.flags, right);
      node = { cv: IV, words: joined(this.#stack.pop(), right), counter: 0, length: BLOCK, flags: PARENT };
    }
    const out = new Int32Array(8);
    compress(node.cv, node.words, 0, node.length, node.flags | ROOT, out);
    const view = new DataView(new ArrayBuffer(32));
    out.forEach((word, n) => view.setInt32(n * 4, word, true));
    return [...new Uint8Array(view.buffer)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  #flags() { return this.#blocks === 0 ? CHUNK_START : 0; }

  /** The block as words, what is missing as zeros. */
  #read() {
    this.#block.fill(0, this.#filled);
    const { buffer } = this.#block;
    const view = new DataView(buffer);
    for (let n = 0; n < 16; n += 1) this.#words[n] = view.getInt32(n * 4, true);
    return this.#words;
  }

  #endBlock() {
    const isLast = this.#blocks === CHUNK / BLOCK - 1;
    compress(this.#cv, this.#read(), this.#chunk, BLOCK, this.#flags() | (isLast ? CHUNK_END : 0), this.#cv);
    this.#filled = 0;
    this.#blocks += 1;
    if (isLast) this.#endChunk();
  }

  /** Two subtrees of one size become one, as long as there are two. */
  #endChunk() {
    let cv = this.#cv;
    this.#chunk += 1;
    for (let chunks = this.#chunk; chunks % 2 === 0; chunks /= 2) {
      const parent = new Int32Array(8);
      compress(IV, joined(this.#stack.pop(), cv), 0, BLOCK, PARENT, parent);
      cv = parent;
    }
    this.#stack.push(cv);
    this.#cv = IV.slice();
    this.#blocks = 0;
  }
}

function joined(left, right) {
  const words = new Int32Array(16);
  words.set(left);
  words.set(right, 8);
  return words;
}
