//! `chatctl doctor`: what is wrong with this chatd, and the command that mends it.
//!
//! It changes nothing, on the machine or in the daemon. `subject` gathers what there is; each
//! examination looks at one side of it and judges. Why looking and judging are apart: every mistake
//! then has a test that needs no machine on which it was made.

mod address;
mod certificate;
mod config;
mod daemon;
mod database;
mod disk;
mod files;
mod finding;
mod group;
mod look;
mod subject;

use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::failure::Failure;
use super::paper::Paper;
use crate::limits::DESCRIPTORS_SPARE;
use crate::wire::place::Environment;
use finding::{Finding, State};
use subject::Subject;

#[derive(clap::Args, Debug)]
pub struct Doctor {
    #[arg(long, value_name = "FILE", help = "chatctl-help-doctor-config")]
    pub config: Option<PathBuf>,
}

/// Looks at everything and says what it found.
pub fn doctor(
    paper: &mut Paper<'_>,
    environment: &Environment<'_>,
    socket: Option<&Path>,
    asked: &Doctor,
) -> Result<(), Failure> {
    let words = &paper.speech.words;
    let subject = Subject::look(socket, asked.config.as_deref(), environment, words);
    let now = Timestamp::now();
    let found = [
        daemon::examine(&subject),
        config::examine(&subject),
        address::examine(&subject),
        group::examine(&subject),
        files::examine(&subject),
        certificate::examine(&subject, now.as_second()),
        disk::examine(&subject),
        descriptors(&subject).into_iter().collect(),
        database::examine(&subject, words, now.as_millisecond()),
    ];
    let mut once: Vec<Finding> = Vec::new();
    for finding in found.concat() {
        // Two may have been kept out of the same directory.
        if !once.iter().any(|known| (known.id, &known.args) == (finding.id, &finding.args)) {
            once.push(finding);
        }
    }
    let found = once;
    for finding in &found {
        finding.show(paper)?;
    }
    match found.iter().filter(|finding| finding.state == State::Fault).count() {
        0 if paper.json || paper.quiet => Ok(()),
        0 => paper.line(&paper.listing.say("chatctl-doctor-healthy", &[])),
        faults => {
            let sentence = paper.speech.words.say("chatctl-doctor-faults", &[("faults", faults.into())]);
            Err(Failure::Unsound { sentence })
        }
    }
}

/// Each connection takes a descriptor.
fn descriptors(subject: &Subject) -> Option<Finding> {
    const CHECK: &str = "limits";
    let allowed = subject.process()?.descriptors?;
    let connections = subject.settings.connections;
    if connections == 0 {
        return None;
    }
    let wanted = connections.saturating_add(DESCRIPTORS_SPARE);
    let mend = "systemctl edit chatd  # [Service] LimitNOFILE=";
    let finding = if allowed < connections {
        Finding::fault(CHECK, "chatctl-doctor-descriptors").mend(mend)
    } else if allowed < wanted {
        // Only the very last to come would have to wait.
        Finding::note(CHECK, "chatctl-doctor-descriptors").mend(mend)
    } else {
        Finding::ok(CHECK, "chatctl-doctor-descriptors-enough")
    };
    Some(finding.with("allowed", allowed).with("wanted", wanted))
}

#[cfg(test)]
mod tests {
    use super::*;
    use look::Process;
    use subject::{Answer, Settings};

    #[test]
    fn fewer_descriptors_than_connections_are_a_fault() {
        let with = |descriptors, connections| Subject {
            uid: 0,
            unit: None,
            waits_at: Vec::new(),
            daemons: vec![Process { pid: 7, descriptors, ..Process::default() }],
            answer: Answer::Up(serde_json::json!({"pid": 7})),
            socket: PathBuf::new(),
            file: None,
            settings: Settings { connections, ..Settings::default() },
            checked: None,
            database: None,
            holder: None,
        };
        let id = |descriptors, connections| descriptors_id(&with(descriptors, connections));
        let state = |descriptors, connections| {
            super::descriptors(&with(descriptors, connections)).map(|finding| finding.state)
        };
        assert_eq!(state(Some(19_999), 20_000), Some(State::Fault));
        assert_eq!(state(Some(20_000), 20_000), Some(State::Note));
        assert_eq!(id(Some(1024), 20_000), Some("chatctl-doctor-descriptors"));
        assert_eq!(
            id(Some(20_000), 20_000),
            Some("chatctl-doctor-descriptors"),
            "the database needs some too"
        );
        assert_eq!(id(Some(20_128), 20_000), Some("chatctl-doctor-descriptors-enough"));
        assert_eq!((id(None, 20_000), id(Some(1024), 0)), (None, None));
    }

    fn descriptors_id(subject: &Subject) -> Option<&'static str> {
        descriptors(subject).map(|finding| finding.id)
    }
}
