//! `chatctl backup`: a copy of the running database, made and looked through by the daemon, into a file.
//!
//! Knows no database. Why it is asked again and again how far the copy is: the daemon then owes
//! nobody an answer that may take minutes.

use std::path::{Path, PathBuf};
use std::time::Duration;

use base64::prelude::{BASE64_STANDARD, Engine};
use serde::Deserialize;
use serde_json::json;
use sha2::{Digest, Sha256};

use super::commands::read;
use super::failure::{Failure, shown};
use super::file::NewFile;
use super::link::Link;
use super::pages::request;
use super::paper::Paper;
use super::progress::Progress;
use crate::core::table;
use crate::limits::BACKUP_LOOK_MS;

#[derive(clap::Args, Debug)]
pub struct Backup {
    #[arg(value_name = "FILE", help = "chatctl-help-backup-file")]
    pub file: PathBuf,
    #[arg(long, help = "chatctl-help-backup-force")]
    pub force: bool,
}

#[derive(Deserialize)]
struct Looked {
    backup: u64,
    state: String,
    #[serde(default)]
    done: u64,
    #[serde(default)]
    of: u64,
    #[serde(default)]
    size: u64,
    #[serde(default)]
    sha256: String,
    #[serde(default)]
    anchor: String,
}

#[derive(Deserialize)]
struct Piece {
    data: String,
    next: Option<u64>,
}

pub fn backup(
    link: &mut Link,
    paper: &mut Paper<'_>,
    progress: &mut Progress<'_>,
    asked: &Backup,
) -> Result<(), Failure> {
    let mut file = NewFile::begin(&asked.file, asked.force)?;
    let ready = await_copy(link, paper, progress)?;
    fetch(link, paper, progress, &mut file, &ready)?;
    file.finish()?;
    progress.clear();
    receipt(paper, &asked.file, &ready)
}

/// Has the copy made; it comes back when it is sound.
fn await_copy(link: &mut Link, paper: &Paper<'_>, progress: &mut Progress<'_>) -> Result<Looked, Failure> {
    let words = &paper.speech.words;
    let (copying, checking) = (words.say("chatctl-copying", &[]), words.say("chatctl-checking", &[]));
    let mut looked: Looked = read(&link.ask(&request(&table::BACKUP, []))?)?;
    loop {
        match &*looked.state {
            "ready" => return Ok(looked),
            "copying" => progress.show(&copying, looked.done, looked.of),
            "checking" => progress.show(&checking, looked.done, looked.of),
            _of_a_later_version => {}
        }
        std::thread::sleep(Duration::from_millis(BACKUP_LOOK_MS));
        let state = request(&table::BACKUP, [("backup", Some(looked.backup.into()))]);
        looked = read(&link.ask(&state)?)?;
    }
}

/// Writes all pieces, and compares what came with what was promised.
fn fetch(
    link: &mut Link,
    paper: &Paper<'_>,
    progress: &mut Progress<'_>,
    file: &mut NewFile,
    ready: &Looked,
) -> Result<(), Failure> {
    let what = paper.speech.words.say("chatctl-fetching", &[]);
    let (mut digest, mut so_far, mut after) = (Sha256::new(), 0, 0);
    loop {
        let fields = [("backup", Some(ready.backup.into())), ("after", Some(after.into()))];
        let piece: Piece = read(&link.ask(&request(&table::BACKUP, fields))?)?;
        let data =
            BASE64_STANDARD.decode(&piece.data).map_err(|_| Failure::Nonsense("chatctl-odd-answer"))?;
        file.write(&data)?;
        digest.update(&data);
        so_far += data.len() as u64;
        progress.show(&what, so_far, ready.size);
        let Some(next) = piece.next else { break };
        if next != so_far || next <= after {
            return Err(Failure::Nonsense("chatctl-odd-page"));
        }
        after = next;
    }
    let hex: String = digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    if so_far == ready.size && hex == ready.sha256 {
        Ok(())
    } else {
        Err(Failure::Nonsense("chatctl-backup-differs"))
    }
}

fn receipt(paper: &mut Paper<'_>, path: &Path, ready: &Looked) -> Result<(), Failure> {
    let (file, anchor) = (shown(path), &ready.anchor);
    if paper.json {
        let (size, sha256) = (ready.size, &ready.sha256);
        let object = json!({"file": file, "size": size, "sha256": sha256, "anchor": anchor});
        return paper.object(&object.to_string());
    }
    let args = [("file", file.as_str().into()), ("size", ready.size.to_string().into())];
    let sentence = paper.speech.words.say("chatctl-backed-up", &args);
    paper.receipt("{}", &sentence)?;
    // As the log has it.
    paper.line(&format!("anchor {anchor}"))
}

#[cfg(test)]
mod tests {
    use base64::prelude::{BASE64_STANDARD, Engine};
    use serde_json::{Value, json};
    use sha2::{Digest, Sha256};

    use crate::admin::flow_tests::{Outcome, daemon};

    fn ready(bytes: &[u8]) -> Value {
        let sha256: String = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        json!({"backup":3,"state":"ready","size":bytes.len(),"sha256":sha256,"anchor":"7:ab"})
    }

    /// Bytes, and where the next ones begin.
    type Sent = (&'static [u8], Option<u64>);

    /// A backup of `promised` of which these pieces come.
    fn backed_up(path: &str, promised: &'static [u8], pieces: &'static [Sent]) -> Outcome {
        let daemon = daemon(move |far| {
            far.answer(json!({"cmd":"backup"}), json!({"backup":3,"state":"copying","done":0,"of":0}));
            let state = || json!({"cmd":"backup","backup":3});
            far.answer(state(), json!({"backup":3,"state":"copying","done":1,"of":9}));
            far.answer(state(), json!({"backup":3,"state":"checking","done":1,"of":2}));
            far.answer(state(), ready(promised));
            let mut after = Some(0);
            for (bytes, next) in pieces {
                let from = after.expect("another piece was promised");
                let asked = json!({"cmd":"backup","backup":3,"after":from});
                far.answer(asked, json!({"backup":3,"data":BASE64_STANDARD.encode(bytes),"next":next}));
                after = *next;
            }
        });
        daemon.chatctl(&["backup", path])
    }

    #[test]
    fn the_pieces_become_a_file_once_they_are_what_was_promised() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("copy.db");
        let shown = path.to_str().unwrap();
        let done = backed_up(shown, b"whole copy", &[(b"whole ", Some(6)), (b"copy", None)]);
        let said = format!("The backup is in {shown} (10 bytes).\nanchor 7:ab\n");
        assert_eq!((done.code, &*done.out, &*done.notes), (0, &*said, ""));
        assert_eq!(std::fs::read(&path).unwrap(), b"whole copy");
        assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 1);
    }

    #[test]
    fn what_is_not_as_promised_leaves_no_file() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("copy.db");
        let all: [(&[Sent], &str); 3] = [
            (&[(b"whole ", Some(6)), (b"cope", None)], "differs"),
            (&[(b"whole ", None)], "differs"),
            (&[(b"whole ", Some(7))], "twice"),
        ];
        for (pieces, why) in all {
            let done = backed_up(path.to_str().unwrap(), b"whole copy", pieces);
            assert!(done.code == 1 && done.notes.contains(why), "{}", done.notes);
            assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 0);
        }
    }

    #[test]
    fn what_is_there_stays_unless_it_may_be_replaced() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("copy.db");
        std::fs::write(&path, "old").unwrap();
        let refused = daemon(|_| {}).chatctl(&["backup", path.to_str().unwrap()]);
        assert!(refused.code == 1 && refused.notes.contains("--force"), "{}", refused.notes);
        let failed = daemon(|far| {
            let (id, _) = far.asked();
            far.send(json!({"re":id,"error":{"code":"backup_failed","message":"The disk is full."}}));
        });
        let failed = failed.chatctl(&["backup", path.to_str().unwrap(), "--force"]);
        assert_eq!((failed.code, &*failed.notes), (1, "chatctl: The disk is full.\n"));
        assert_eq!(std::fs::read(&path).unwrap(), b"old");
    }
}
