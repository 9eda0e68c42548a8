//! `chatctl import`: the lines of an export, a few hundred to a request.
//!
//! Knows no rule of the history but the frame of the file. Why private rooms are told again with each
//! request: each is judged by itself, and must not be taken for one of a room that is for everybody.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::{Value, json};

use super::commands::read;
use super::export::FORM;
use super::failure::Failure;
use super::file::failed;
use super::link::Link;
use super::pages::request;
use super::paper::Paper;
use super::progress::Progress;
use crate::core::table;
use crate::limits::{IMPORT_BYTES, IMPORT_LINE_BYTES_MAX, IMPORT_LINES_MAX};

#[derive(clap::Args, Debug)]
pub struct Import {
    #[arg(value_name = "FILE", help = "chatctl-help-import-file")]
    pub file: PathBuf,
    #[arg(long, help = "chatctl-help-import-dry-run")]
    pub dry_run: bool,
}

/// A line as the file has it, with its number there.
type Numbered = (u64, Value);

/// What one request will hold.
#[derive(Default)]
struct Batch {
    lines: Vec<Numbered>,
    bytes: usize,
    /// The rooms that are told of in it.
    told: BTreeSet<String>,
}

/// What has come of it so far.
#[derive(Default)]
struct Sum {
    rooms: u64,
    messages: u64,
    added: u64,
    there: u64,
    /// Rooms that came back without their passwords.
    locked: Vec<String>,
}

/// The file's own lines, checked as they are read.
struct Reader<'a> {
    from: Box<dyn BufRead + 'a>,
    path: &'a Path,
    number: u64,
    bytes: u64,
}

impl<'a> Reader<'a> {
    /// `-` is `input`. Gives the size too, where there is one.
    fn open(path: &'a Path, input: &'a mut dyn BufRead) -> Result<(Reader<'a>, u64), Failure> {
        if path == Path::new("-") {
            return Ok((Reader { from: Box::new(input), path, number: 0, bytes: 0 }, 0));
        }
        let file = File::open(path).map_err(|error| failed(path, &error))?;
        let size = file.metadata().map_or(0, |file| file.len());
        Ok((Reader { from: Box::new(BufReader::new(file)), path, number: 0, bytes: 0 }, size))
    }

    /// The next object; none at the end.
    fn next(&mut self) -> Result<Option<(Value, usize)>, Failure> {
        let mut line = Vec::new();
        let bound = IMPORT_LINE_BYTES_MAX as u64 + 1;
        let read = self.from.by_ref().take(bound).read_until(b'\n', &mut line);
        let count = read.map_err(|error| failed(self.path, &error))?;
        if count == 0 {
            return Ok(None);
        }
        self.number += 1;
        self.bytes += count as u64;
        if count as u64 == bound {
            return Err(self.fault("chatctl-import-long"));
        }
        match serde_json::from_slice::<Value>(&line) {
            Ok(object) if object.is_object() => Ok(Some((object, count))),
            Ok(_) | Err(_) => Err(self.fault("chatctl-import-no-object")),
        }
    }

    fn fault(&self, id: &'static str) -> Failure {
        Failure::BadFile { line: self.number, id }
    }

    /// The first line says what it is.
    fn head(&mut self) -> Result<(), Failure> {
        let first = self.next();
        match first.ok().flatten().and_then(|(object, _)| object["chatd_export"].as_u64()) {
            Some(FORM) => Ok(()),
            Some(_) => Err(self.fault("chatctl-import-newer")),
            None => Err(self.fault("chatctl-import-foreign")),
        }
    }

    /// Hands over each line between the first and the last, which counts them.
    fn each(
        &mut self,
        mut take: impl FnMut(Numbered, usize, u64) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        self.head()?;
        let mut lines = 0;
        loop {
            let Some((object, bytes)) = self.next()? else { return Err(self.fault("chatctl-import-cut")) };
            if object.get("chatd_export_end").is_some() {
                if object["lines"].as_u64() != Some(lines) {
                    return Err(self.fault("chatctl-import-count"));
                }
                return match self.next()? {
                    None => Ok(()),
                    Some(_) => Err(self.fault("chatctl-import-more")),
                };
            }
            lines += 1;
            take((self.number, object), bytes, self.bytes)?;
        }
    }
}

impl Sum {
    fn count(&mut self, object: &Value) {
        match is_room(object) {
            false => self.messages += 1,
            true => {
                self.rooms += 1;
                let comes_back = object["open"] == true && object["kept"] == true;
                if comes_back && object["locked"] == true {
                    self.locked.extend(object["room"].as_str().map(str::to_owned));
                }
            }
        }
    }
}

fn is_room(object: &Value) -> bool {
    object["event"] == "room"
}

/// Whether not all that was said there is for everybody.
fn is_private(room: &Value) -> bool {
    room["locked"] == true || room["invite_only"] == true || room["listed"] == false || room["floor"] != 0
}

/// Reads the file alone: whether it is whole, and what is in it.
pub fn check(paper: &mut Paper<'_>, input: &mut dyn BufRead, path: &Path) -> Result<(), Failure> {
    let mut sum = Sum::default();
    let (mut reader, _) = Reader::open(path, input)?;
    reader.each(|(_, object), _, _| {
        sum.count(&object);
        Ok(())
    })?;
    let counts = [("messages", sum.messages.into()), ("rooms", sum.rooms.into())];
    let receipt = paper.speech.words.say("chatctl-import-whole", &counts);
    paper.receipt(&json!({"messages": sum.messages, "rooms": sum.rooms}).to_string(), &receipt)
}

pub fn import(
    link: &mut Link,
    paper: &mut Paper<'_>,
    input: &mut dyn BufRead,
    progress: &mut Progress<'_>,
    path: &Path,
) -> Result<(), Failure> {
    let what = paper.speech.words.say("chatctl-importing", &[]);
    let (mut sum, mut batch) = (Sum::default(), Batch::default());
    let mut private: BTreeMap<String, Numbered> = BTreeMap::new();
    let (mut reader, size) = Reader::open(path, input)?;
    reader.each(|(number, object), bytes, so_far| {
        sum.count(&object);
        let room = object["room"].as_str().unwrap_or_default().to_owned();
        if batch.is_full(bytes) {
            batch.send(link, &mut sum)?;
            progress.show(&what, if size > 0 { so_far } else { sum.messages }, size);
        }
        if is_room(&object) {
            if is_private(&object) {
                private.insert(room.clone(), (number, object.clone()));
            }
            batch.told.insert(room);
        } else if let Some(told) = private.get(&room)
            && batch.told.insert(room)
        {
            batch.lines.push(told.clone());
        }
        batch.lines.push((number, object));
        batch.bytes += bytes;
        Ok(())
    })?;
    batch.send(link, &mut sum)?;
    progress.clear();
    summary(paper, &sum)
}

impl Batch {
    fn is_full(&self, more: usize) -> bool {
        let full = self.lines.len() >= IMPORT_LINES_MAX || self.bytes + more > IMPORT_BYTES;
        full && !self.lines.is_empty()
    }

    fn send(&mut self, link: &mut Link, sum: &mut Sum) -> Result<(), Failure> {
        #[derive(Deserialize)]
        struct Kept {
            added: u64,
            there: u64,
        }
        let Batch { lines, .. } = std::mem::take(self);
        if lines.is_empty() {
            return Ok(());
        }
        let (numbers, objects): (Vec<u64>, Vec<Value>) = lines.into_iter().unzip();
        let answer = link.ask(&request(&table::IMPORT, [("lines", Some(Value::Array(objects)))]));
        let kept: Kept = read(&answer.map_err(|failure| of_line(failure, &numbers))?)?;
        sum.added += kept.added;
        sum.there += kept.there;
        Ok(())
    }
}

/// The daemon knows the place in the request; a person looks for the line of the file.
fn of_line(failure: Failure, numbers: &[u64]) -> Failure {
    match failure {
        Failure::Refused { message, at: Some(at) } => {
            let line = usize::try_from(at).ok().and_then(|at| numbers.get(at.wrapping_sub(1)).copied());
            match line {
                Some(line) => Failure::RefusedLine { line, message },
                None => Failure::Refused { message, at: None },
            }
        }
        other => other,
    }
}

fn summary(paper: &mut Paper<'_>, sum: &Sum) -> Result<(), Failure> {
    let words = &paper.speech.words;
    let counts = [("added", sum.added.into()), ("there", sum.there.into()), ("rooms", sum.rooms.into())];
    let mut receipt = words.say("chatctl-imported", &counts);
    let mut object = json!({"added": sum.added, "there": sum.there, "rooms": sum.rooms});
    if !sum.locked.is_empty() {
        object["locked"] = json!(sum.locked);
        receipt.push(' ');
        receipt.push_str(&words.say("chatctl-imported-locked", &[("names", sum.locked.join(", ").into())]));
    }
    paper.receipt(&object.to_string(), &receipt)
}

#[cfg(test)]
#[path = "import_tests.rs"]
mod tests;
