//! Bytes as they stand between quotes in a script, and back.
//!
//! Knows no protocol. Why invisible characters are escaped too: whoever reviews
//! a transcript must see all of it.

/// The bytes of a quoted text: `\n \r \t \0 \\ \" \xNN \u{N}`. None: it is not one.
pub fn unquote(quoted: &str) -> Option<Vec<u8>> {
    let inner = quoted.trim().strip_prefix('"')?.strip_suffix('"')?;
    let mut bytes = Vec::new();
    let mut chars = inner.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            let mut buffer = [0; 4];
            bytes.extend_from_slice(c.encode_utf8(&mut buffer).as_bytes());
            continue;
        }
        match chars.next()? {
            'n' => bytes.push(b'\n'),
            'r' => bytes.push(b'\r'),
            't' => bytes.push(b'\t'),
            '0' => bytes.push(0),
            'x' => {
                let digits: String = chars.by_ref().take(2).collect();
                bytes.push(u8::from_str_radix(&digits, 16).ok()?);
            }
            'u' => {
                let digits: String = chars.by_ref().skip(1).take_while(|c| *c != '}').collect();
                let c = char::from_u32(u32::from_str_radix(&digits, 16).ok()?)?;
                bytes.extend_from_slice(c.to_string().as_bytes());
            }
            same @ ('\\' | '"') => bytes.push(same as u8),
            _other => return None,
        }
    }
    Some(bytes)
}

/// Writes out `{*N TEXT*}` as N times TEXT.
pub fn repeat(text: &str) -> String {
    let Some((before, rest)) = text.split_once("{*") else { return text.to_owned() };
    let Some((inside, after)) = rest.split_once("*}") else { return text.to_owned() };
    let Some((count, repeated)) = inside.split_once(' ') else { return text.to_owned() };
    let Ok(count) = count.parse() else { return text.to_owned() };
    format!("{before}{}{}", repeated.repeat(count), repeat(after))
}

/// Whether a line shows all of itself when it is written as it is.
pub fn is_plain(line: &str) -> bool {
    let seen = |c: char| !(c.is_control() || chatd::core::name::is_invisible(c) || is_separator(c));
    line.chars().all(seen) && line == line.trim()
}

/// Separators and no-break spaces look like nothing, or like something else.
fn is_separator(c: char) -> bool {
    matches!(c, '\u{a0}' | '\u{2028}' | '\u{2029}' | '\u{3000}')
}

/// The bytes as a quoted text that [`unquote`] reads.
pub fn quote(bytes: &[u8]) -> String {
    let mut quoted = String::from("\"");
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            match c {
                '\n' => quoted.push_str("\\n"),
                '\r' => quoted.push_str("\\r"),
                '\t' => quoted.push_str("\\t"),
                '\\' | '"' => quoted.extend(['\\', c]),
                _ if c == ' ' || is_plain(&c.to_string()) => quoted.push(c),
                _ if c.is_ascii() => quoted.push_str(&format!("\\x{:02x}", c as u32)),
                _ => quoted.push_str(&format!("\\u{{{:x}}}", c as u32)),
            }
        }
        for byte in chunk.invalid() {
            quoted.push_str(&format!("\\x{byte:02x}"));
        }
    }
    quoted.push('"');
    quoted
}
