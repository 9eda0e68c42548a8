//! What has come of the errands of a stay's files, and how files end.
//!
//! Touches no file and no socket, as `offers` itself. Why apart from it: there stands what the two
//! people and the server do; here, what this machine can.

use std::time::Duration;

use super::ask::Ask;
use super::parcel::{Stage, asks};
use super::session::{Now, Phase, Session};
use super::shown::Kind;
use super::transfer::progress::Progress;
use super::transfer::{Id, Tiding, Way};
use crate::core::args::{Args, Value};
use crate::core::table;
use crate::limits::{FILE_LINE_CELLS, FILE_LINE_MS};
use crate::wire::files::size as in_units;

impl Session {
    /// What has come of an errand.
    pub fn tiding(&mut self, tiding: Tiding, now: Now) {
        match tiding {
            Tiding::Opened { id, name, size, hash, direct } => {
                let Some(parcel) = self.files.get(id) else { return };
                parcel.name.clone_from(&name);
                (parcel.size, parcel.stage, parcel.progress) = (size, Stage::Offering, Progress::new(size));
                let mut args = Args::default();
                args.set("name", Value::Text(name.into()));
                args.set("size", Value::Number(size));
                args.set("hash", Value::Text(hash.to_hex().to_string().into()));
                if let Some(direct) = direct {
                    args.set("direct", Value::Text(direct.to_string().into()));
                }
                self.goes_on_with(id, Ask::new(&table::OFFER, &args), now);
            }
            Tiding::Reserved { id } => {
                let Some(parcel) = self.files.get(id) else { return };
                (parcel.stage, parcel.progress) = (Stage::Accepting, Progress::new(parcel.size));
                let ask = asks(&table::ACCEPT, parcel);
                self.goes_on_with(id, ask, now);
            }
            Tiding::Progress { id, bytes, way } => self.progresses(id, bytes, way, now),
            Tiding::Saved { id } => {
                let Some(parcel) = self.files.get(id) else { return };
                (parcel.stage, parcel.typed) = (Stage::Saved, None);
                let ask = asks(&table::RECEIVED, parcel);
                let args = [
                    ("name", parcel.name.clone().into()),
                    ("as", parcel.saved.clone().into()),
                    ("size", in_units(parcel.size).into()),
                ];
                self.of_file(id, "file-saved", &args, now);
                self.asks_itself(ask, now);
            }
            Tiding::Failed { id, why } => {
                let why = why.sentence(&self.setup.speech.words);
                let Some(parcel) = self.files.get(id) else { return };
                if parcel.stage == Stage::Reserving {
                    // Nothing has been lost: another name may do.
                    parcel.stage = Stage::Heard;
                    let line = parcel.typed.take().unwrap_or_default();
                    let sentence = self.not_transferred(id, &why);
                    self.refuse(&sentence, &line, now);
                } else {
                    self.ends_because(id, &why, now);
                }
            }
        }
        self.finish_when_answered(now);
    }

    /// The next step needs the server; without a connection it is as if nothing had been typed.
    fn goes_on_with(&mut self, id: Id, ask: Ask, now: Now) {
        let line = self.files.get(id).and_then(|parcel| parcel.typed.clone()).unwrap_or_default();
        let ask = Ask { file: Some(id), ..ask };
        if self.can_ask() {
            self.ask(ask, Some(line), now);
        } else {
            self.file_refused(&ask);
            self.not_sent(&line, now);
        }
    }

    fn progresses(&mut self, id: Id, bytes: u64, way: Way, now: Now) {
        let lines = self.setup.interactive && !self.setup.windows;
        let Some(parcel) = self.files.get(id) else { return };
        parcel.progress.at(bytes, way, now.mono);
        let since = now.mono.saturating_duration_since(parcel.told);
        if lines && since >= Duration::from_millis(FILE_LINE_MS) {
            parcel.told = now.mono;
            if let Some(row) = parcel.row(&self.setup.speech.words, FILE_LINE_CELLS) {
                self.server(Kind::Server, now.wall, &row);
            }
        }
    }

    /// How far the files on their way are, each in one line of so many cells.
    pub fn file_rows(&self, cells: usize) -> Vec<String> {
        let words = &self.setup.speech.words;
        self.files.all.iter().filter_map(|parcel| parcel.row(words, cells)).collect()
    }

    /// This side ends it; `why` is the id of its words.
    pub(super) fn gives_up(&mut self, id: Id, why: &str, now: Now) {
        let why = self.sentence(why, &[]);
        self.ends_because(id, &why, now);
    }

    /// This side cannot go on with it: the person, the server and the other one are told.
    fn ends_because(&mut self, id: Id, why: &str, now: Now) {
        let Some(parcel) = self.files.get(id) else { return };
        let mut cancel = asks(&table::CANCEL, parcel);
        let offered = parcel.offer.is_some();
        cancel.object.insert("reason".to_owned(), why.into());
        let sentence = self.not_transferred(id, why);
        self.error(&sentence, now);
        if offered {
            self.asks_itself(cancel, now);
        }
        self.file_failed(id, &sentence);
    }

    fn not_transferred(&mut self, id: Id, why: &str) -> String {
        let name = self.files.get(id).map(|parcel| parcel.name.clone()).unwrap_or_default();
        let sentence = self.sentence("file-failed", &[("name", name.into()), ("why", why.into())]);
        self.setup.speech.words.continued(&sentence)
    }

    /// It is over, and was not what somebody wanted who had typed it.
    pub(super) fn file_failed(&mut self, id: Id, sentence: &str) {
        let typed = self.files.remove(id).and_then(|parcel| parcel.typed);
        if let Some(line) = typed.filter(|_| !self.setup.interactive) {
            let args = [("line", line.into()), ("why", sentence.into())];
            self.fail(self.sentence("file-undone", &args));
        }
    }

    fn can_ask(&self) -> bool {
        matches!(self.phase, Phase::Entering | Phase::Talking | Phase::Finishing(_))
    }

    /// What nobody has typed. What is lost with the connection is asked again when the server speaks of the file.
    pub(super) fn asks_itself(&mut self, ask: Ask, now: Now) {
        if self.can_ask() {
            self.ask(Ask { quiet: true, ..ask }, None, now);
        }
    }

    /// The connection is back: of what is still open the server tells before it answers this.
    pub(super) fn asks_for_files(&mut self, now: Now) {
        let mut open = false;
        for parcel in self.files.all.iter_mut().filter(|parcel| parcel.offer.is_some()) {
            (parcel.known, open) = (false, true);
        }
        if open {
            self.asks_itself(Ask::new(&table::PING, &Args::default()), now);
        }
    }

    /// What the server has not spoken of since then is over.
    pub(super) fn files_are_told(&mut self, now: Now) {
        let over: Vec<Id> =
            self.files.all.iter().filter(|parcel| !parcel.known).map(|parcel| parcel.id).collect();
        for id in over {
            let Some(parcel) = self.files.get(id) else { continue };
            let stage = parcel.stage;
            let args = [("name", parcel.name.clone().into()), ("nick", parcel.with.to_string().into())];
            if stage == Stage::Saved {
                self.files.remove(id);
            } else {
                self.of_file(id, "file-over", &args, now);
                let sentence = self.sentence("file-over", &args);
                self.file_failed(id, &sentence);
            }
        }
    }

    /// The server knows nothing of this stay any more.
    pub(super) fn files_are_lost(&mut self, now: Now) {
        for id in self.files.all.iter().map(|parcel| parcel.id).collect::<Vec<Id>>() {
            let Some(parcel) = self.files.get(id) else { continue };
            // Nobody need be told.
            parcel.offer = None;
            if parcel.stage == Stage::Saved {
                self.files.remove(id);
            } else {
                self.gives_up(id, "file-why-lost", now);
            }
        }
    }
}
