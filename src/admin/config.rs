//! `chatctl config`: what the file would change, and changing it with a way back.
//!
//! Knows no key. Why a trial: an address, a limit or a group that locks the admin out is undone by
//! itself when nobody says that it is well.

use clap::Subcommand;
use serde::Deserialize;
use serde_json::Value;

use super::commands::{act, elements, list, read};
use super::failure::Failure;
use super::link::Link;
use super::pages::request;
use super::paper::Paper;
use super::times;
use crate::core::table;

#[derive(Subcommand, Debug)]
pub enum ConfigCommand {
    #[command(about = "chatctl-help-config-diff")]
    Diff,
    #[command(about = "chatctl-help-config-apply")]
    Apply {
        #[arg(
            long,
            value_name = "DURATION",
            value_parser = times::term,
            help = "chatctl-help-config-within"
        )]
        confirm_within: Option<String>,
    },
    #[command(about = "chatctl-help-config-confirm")]
    Confirm,
    #[command(about = "chatctl-help-config-revert")]
    Revert,
}

pub fn config(link: &mut Link, paper: &mut Paper<'_>, command: ConfigCommand) -> Result<(), Failure> {
    match command {
        ConfigCommand::Diff => diff(link, paper),
        ConfigCommand::Apply { confirm_within } => {
            let within = confirm_within.map(Value::from);
            let trial = within.is_some();
            act(link, paper, &table::CONFIG_APPLY, [("confirm_within", within)])?;
            if trial && !paper.json && !paper.quiet {
                let sentence = paper.speech.words.say("chatctl-config-how", &[]);
                paper.line(&sentence)?;
            }
            Ok(())
        }
        ConfigCommand::Confirm => act(link, paper, &table::CONFIG_CONFIRM, []),
        ConfigCommand::Revert => act(link, paper, &table::CONFIG_REVERT, []),
    }
}

fn diff(link: &mut Link, paper: &mut Paper<'_>) -> Result<(), Failure> {
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Difference {
        key: String,
        running: String,
        file: String,
        restart: bool,
    }
    #[derive(Deserialize)]
    struct Trial {
        revert_at: Option<String>,
    }
    let answer = link.ask(&request(&table::CONFIG_DIFF, []))?;
    let head = ["chatctl-head-key", "chatctl-head-running", "chatctl-head-file", "chatctl-head-applies"];
    let applies = ["chatctl-applies-reload", "chatctl-applies-restart"].map(|id| paper.listing.say(id, &[]));
    list(paper, &elements(&answer, "differences")?, &head, "chatctl-config-same", |row: Difference| {
        vec![row.key, row.running, row.file, applies[usize::from(row.restart)].clone()]
    })?;
    let trial: Trial = read(&answer)?;
    match trial.revert_at {
        Some(at) if !paper.json => {
            let at = times::local(&at, &paper.speech.zone);
            let sentence = paper.speech.words.say("chatctl-config-trial", &[("at", at.into())]);
            paper.line(&sentence)
        }
        Some(_) | None => Ok(()),
    }
}
