//! `chatctl export`: the history page by page into a file or a pipe.
//!
//! Knows no database. Why the last line counts those before it: a file that was cut off looks
//! whole in every other way.

use std::path::PathBuf;

use clap::ValueEnum;
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

use super::commands::read;
use super::failure::{Failure, shown};
use super::file::NewFile;
use super::history::{Said, sentence};
use super::link::Link;
use super::pages::request;
use super::paper::Paper;
use super::progress::Progress;
use super::times;
use crate::core::table;
use crate::terminal::{safe_json, visible};

/// The version of the form, which the first and the last line bear.
pub const FORM: u64 = 1;

#[derive(clap::Args, Debug)]
pub struct Export {
    #[arg(long, help = "chatctl-help-export-room")]
    pub room: Option<String>,
    #[arg(
        long,
        value_enum,
        default_value = "jsonl",
        hide_possible_values = true,
        hide_default_value = true,
        help = "chatctl-help-export-format"
    )]
    pub format: Format,
    #[arg(short, value_name = "FILE", help = "chatctl-help-export-file")]
    pub output: Option<PathBuf>,
}

#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Format {
    /// One JSON object a line, as `import` reads them.
    Jsonl,
    /// Lines as people read them.
    Text,
}

#[derive(Deserialize)]
struct Page<'a> {
    server: String,
    at: String,
    #[serde(borrow)]
    lines: Vec<&'a RawValue>,
    last: u64,
    next: Option<Map<String, Value>>,
}

/// Where the lines go.
enum Sink<'p, 'a> {
    Paper(&'p mut Paper<'a>),
    File(NewFile, &'p mut Paper<'a>),
}

impl<'a> Sink<'_, 'a> {
    fn paper(&self) -> &Paper<'a> {
        match self {
            Sink::Paper(paper) | Sink::File(_, paper) => paper,
        }
    }

    fn line(&mut self, line: &str) -> Result<(), Failure> {
        match self {
            Sink::Paper(paper) => Ok(writeln!(paper.out, "{line}")?),
            Sink::File(file, _) => file.write(line.as_bytes()).and_then(|()| file.write(b"\n")),
        }
    }

    /// An object of the daemon, or one of ours.
    fn object(&mut self, json: &str) -> Result<(), Failure> {
        let fields = json.trim().strip_prefix('{').ok_or(Failure::Nonsense("chatctl-odd-answer"))?;
        self.line(&format!("{{\"v\":1,{}", safe_json(fields)))
    }
}

pub fn export(
    link: &mut Link,
    paper: &mut Paper<'_>,
    progress: &mut Progress<'_>,
    asked: &Export,
) -> Result<(), Failure> {
    let mut sink = match &asked.output {
        Some(path) => Sink::File(NewFile::begin(path, true)?, paper),
        None => Sink::Paper(paper),
    };
    let lines = stream(link, &mut sink, progress, asked)?;
    progress.clear();
    let (Sink::File(file, paper), Some(path)) = (sink, &asked.output) else { return Ok(()) };
    file.finish()?;
    let (file, words) = (shown(path), &paper.speech.words);
    let receipt = words.say("chatctl-exported", &[("lines", lines.into()), ("file", file.as_str().into())]);
    paper.receipt(&json!({"file": file, "lines": lines}).to_string(), &receipt)
}

/// Writes page after page; gives the number of lines between the first and the last.
fn stream(
    link: &mut Link,
    sink: &mut Sink<'_, '_>,
    progress: &mut Progress<'_>,
    asked: &Export,
) -> Result<u64, Failure> {
    let text = asked.format == Format::Text && !sink.paper().json;
    let wanted = request(&table::EXPORT, [("room", asked.room.clone().map(Value::from))]);
    let what = sink.paper().speech.words.say("chatctl-exporting", &[]);
    let (mut from, mut lines, mut begun) = (Map::new(), 0, false);
    loop {
        let mut wanted = wanted.clone();
        wanted.extend(from.clone());
        let answer = link.ask(&wanted)?;
        let page: Page<'_> =
            serde_json::from_str(&answer).map_err(|_| Failure::Nonsense("chatctl-odd-answer"))?;
        if !text && !std::mem::replace(&mut begun, true) {
            let room = asked.room.as_ref().map(|room| json!({"room": room})).unwrap_or(json!({}));
            let mut head = json!({"chatd_export": FORM, "server": page.server, "at": page.at});
            if let (Value::Object(head), Value::Object(room)) = (&mut head, room) {
                head.extend(room);
            }
            sink.object(&head.to_string())?;
        }
        for line in &page.lines {
            match text {
                true => print(sink, line.get(), asked.room.is_none())?,
                false => sink.object(line.get())?,
            }
            lines += 1;
        }
        let after =
            |from: &Map<String, Value>, name: &str| from.get(name).and_then(Value::as_u64).unwrap_or(0);
        let Some(next) = page.next else { break };
        let place = |from: &Map<String, Value>| (after(from, "rooms"), after(from, "after"));
        if place(&next) <= place(&from) {
            return Err(Failure::Nonsense("chatctl-odd-page"));
        }
        progress.show(&what, after(&next, "after"), page.last);
        from = next;
    }
    if !text {
        sink.object(&json!({"chatd_export_end": FORM, "lines": lines}).to_string())?;
    }
    Ok(lines)
}

/// A message as a person reads it; a room says nothing by itself.
fn print(sink: &mut Sink<'_, '_>, line: &str, rooms: bool) -> Result<(), Failure> {
    #[derive(Deserialize)]
    struct Kind<'a> {
        event: &'a str,
    }
    let kind: Kind<'_> = serde_json::from_str(line).map_err(|_| Failure::Nonsense("chatctl-odd-answer"))?;
    if kind.event != "message" {
        return Ok(());
    }
    let said: Said = read(line)?;
    let paper = sink.paper();
    let at = times::local(&said.at, &paper.speech.zone);
    let room = if rooms { format!("{}: ", said.room) } else { String::new() };
    let line = format!("[{at}] {room}{}", sentence(paper, &said));
    sink.line(&visible(&line))
}
