// Korean particles, in the form that the word before them asks for; as src/locale/josa.rs.
// It must not know a sentence.
// Why not both forms side by side, as in "Bob은(는)": that is how a form letter reads.

const PARTICLES = [
  ["은", "는", "은(는)"], ["이", "가", "이(가)"], ["을", "를", "을(를)"], ["과", "와", "와(과)"],
  ["으로", "로", "(으)로"], ["이라", "라", "(이)라"], ["이나", "나", "(이)나"],
];
const VOWEL = 0, RIEUL = 1, CONSONANT = 2;

/** The form of `particle`, given in any of its forms, after `word`. */
export function josa(word, particle) {
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
