//! Runs `torture.txt`: what is typed and said there, and the rows that this gives.
//!
//! Knows only the whole screen. Why a file: what is hard to show is easier to compare when nothing else
//! stands around it. `TORTURE=rewrite` fills in the rows; the outcome is reviewed like code.

use std::path::Path;

use super::frames::{AT, Desk, plain};
use crate::client::shown::{Kind, Shown};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// `\u{200d}` and the like as the characters they mean.
fn unescaped(text: &str) -> String {
    let mut pieces = text.split("\\u{");
    let mut plain = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (code, rest) = piece.split_once('}').expect("an escape ends with a bracket");
        plain.extend(u32::from_str_radix(code, 16).ok().and_then(char::from_u32));
        plain.push_str(rest);
    }
    plain
}

/// The other way round for what nobody could see in a file.
fn escaped(row: &str) -> String {
    let hidden = |c: char| matches!(c, '\u{200b}'..='\u{200f}' | '\u{fe0f}' | '\u{20e3}' | '\u{300}'..='\u{36f}' | '\u{1100}'..='\u{11ff}');
    row.chars().map(|c| if hidden(c) { c.escape_unicode().to_string() } else { c.to_string() }).collect()
}

/// A part of the screen, in rows.
fn part(buffer: &Buffer, area: Rect) -> Vec<String> {
    let mut cut = Buffer::empty(area);
    for position in area.positions() {
        cut[position] = buffer[position].clone();
    }
    plain(&cut).lines().map(escaped).collect()
}

/// The rows and the cursor that a block gives.
fn outcome(width: u16, verb: &str, text: &str) -> Vec<String> {
    let mut desk = Desk::new(width, 24);
    match verb {
        "type" => desk.keys(text),
        "paste" => desk.paste(text),
        "say" => desk.show(&Shown::new(Kind::Announcement, AT, text)),
        other => panic!("there is no verb {other}"),
    }
    desk.frame();
    let layout = desk.screen.layout;
    let rows = |area: Rect| part(desk.buffer(), area).into_iter().map(|row| format!("> {row}"));
    if verb == "say" {
        // Above it stands its day, where there is room for one.
        let rows = rows(layout.log).map(|row| row.trim_end().to_owned());
        return rows.skip_while(|row| row == ">" || row.contains('─')).collect();
    }
    let (x, y) = desk.cursor();
    let cursor = format!("cursor {},{}", x - layout.composer.x, y - layout.composer.y);
    rows(layout.composer).map(|row| row.trim_end().to_owned()).chain([cursor]).collect()
}

#[test]
fn what_is_hard_to_show_is_shown() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/client/screen/torture.txt");
    let file = std::fs::read_to_string(&path).unwrap();
    let (mut written, mut blocks) = (String::new(), 0);
    let mut width = 20;
    for line in file.lines() {
        let (verb, text) = line.split_once(' ').unwrap_or((line, ""));
        match verb {
            ">" | "cursor" => continue,
            "width" => width = text.parse().unwrap(),
            "type" | "paste" | "say" => {
                blocks += 1;
                let rows = outcome(width, verb, &unescaped(text));
                written += &format!("{line}\n{}\n", rows.join("\n"));
                continue;
            }
            _comment => {}
        }
        written += &format!("{line}\n");
    }
    assert!(blocks > 40);
    if std::env::var("TORTURE").is_ok_and(|wish| wish == "rewrite") {
        return std::fs::write(&path, written).unwrap();
    }
    for (number, (meant, found)) in file.lines().zip(written.lines()).enumerate() {
        assert_eq!(meant, found, "line {} of torture.txt", number + 1);
    }
    assert_eq!(file.lines().count(), written.lines().count());
}
