//! The command line of `fanout`.
//!
//! It must not know how anything is measured. Why the defaults are what they are: they are the
//! loads that the project's stated figures are for, so that a run without options checks those.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::Result;
use crate::machine::Cores;

/// Compares chatd with a bare epoll fan-out server over loopback
#[derive(Parser)]
#[command(name = "fanout", disable_help_subcommand = true)]
pub struct Cli {
    #[command(subcommand)]
    pub hidden: Option<Hidden>,
    #[command(flatten)]
    pub options: Options,
}

#[derive(Subcommand)]
pub enum Hidden {
    /// Be the floor server: how this tool starts it
    #[command(hide = true)]
    ServeFloor { port: u16 },
    /// Make the database of the load "history" at this place, to be named with --past
    Fill { path: PathBuf, messages: u64 },
    /// Become another program that ends when this tool does: how this tool starts chatd
    #[command(hide = true)]
    Become {
        program: PathBuf,
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<OsString>,
    },
}

/// In this order: once the tool has been put on a core it stays there, and the first two run on any.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Load {
    /// Says over JSON lines: committed messages a second
    Commits,
    /// A database with a past: start, pages of history, searches while there is talk
    History,
    /// A closed loop in one room: processor time for each delivery
    Window,
    /// Messages at fixed times in one room: latency
    Open,
    /// The same loop where those who listen are on WebSockets, beside text
    Browsers,
    /// Idle connections: resident memory
    Memory,
}

#[derive(Args)]
pub struct Options {
    /// Only these loads (all when left out)
    #[arg(long, value_enum, value_delimiter = ',')]
    only: Vec<Load>,
    /// Rounds of each load; a round is one run of each server
    #[arg(long, default_value_t = 5, value_parser = at_least_one)]
    pub rounds: usize,
    /// Length of the measured stretch of a run
    #[arg(long, default_value_t = 5.0)]
    pub seconds: f64,
    /// Length of the talk before it
    #[arg(long, default_value_t = 1.0)]
    pub warm_up: f64,
    /// Members of the room (window, open, browsers)
    #[arg(long, default_value_t = 500)]
    pub members: usize,
    /// How many of them talk; at least one has to listen
    #[arg(long, default_value_t = 10, value_parser = at_least_one)]
    pub senders: usize,
    /// Messages in flight that the slowest member has not seen (window, browsers)
    #[arg(long = "window", value_delimiter = ',', default_value = "256,10")]
    pub windows: Vec<usize>,
    /// Messages a second (open)
    #[arg(long, default_value_t = 50.0)]
    pub rate: f64,
    /// Connections at the end; the slope is taken from half of them (memory)
    #[arg(long, default_value_t = 10_000)]
    pub idle: usize,
    /// Numbers of concurrent senders (commits)
    #[arg(long, value_delimiter = ',', default_value = "1,100,1000")]
    pub commit_senders: Vec<usize>,
    /// Messages of the past (history)
    #[arg(long, default_value_t = 100_000, value_parser = clap::value_parser!(u64).range(1_000..))]
    pub messages: u64,
    /// The past that the project's figures are for: 10,000,000 messages, which takes minutes to make
    #[arg(long, conflicts_with = "messages")]
    long: bool,
    /// A database that `fill` has made (history); it is added to
    #[arg(long, value_name = "FILE")]
    pub past: Option<PathBuf>,
    /// Messages a second during searches (history)
    #[arg(long, default_value_t = 1_000.0)]
    pub search_rate: f64,
    /// Compare the floor with itself: the noise of this machine
    #[arg(long)]
    pub floor_only: bool,
    /// Another chatd to measure
    #[arg(long, value_name = "PATH", default_value = env!("CARGO_BIN_EXE_chatd"))]
    pub chatd: PathBuf,
    /// Where databases are made; a real disk, if "power" is to mean anything
    #[arg(long, value_name = "DIR", default_value = env!("CARGO_TARGET_TMPDIR"))]
    pub database_dir: PathBuf,
    /// Cores of the server and of the tool (the first two allowed when left out)
    #[arg(long, value_name = "SERVER,TOOL", value_parser = cores)]
    pub cores: Option<Cores>,
    /// What `cargo bench` adds by itself
    #[arg(long, hide = true)]
    bench: bool,
}

/// Descriptors that are not clients: epoll, logs, the database, the listeners.
const OTHER_DESCRIPTORS: u64 = 64;

impl Options {
    /// What can be seen to be impossible before anything is started.
    pub fn check(&self, descriptors: Option<u64>) -> Result<()> {
        if self.senders >= self.members {
            return Err("--senders has to be less than --members".into());
        }
        if self.idle < 2 || self.windows.contains(&0) || self.commit_senders.contains(&0) {
            return Err("nothing to measure with no connection or no message".into());
        }
        for (name, value) in
            [("seconds", self.seconds), ("rate", self.rate), ("search-rate", self.search_rate)]
        {
            if !(value > 0.0 && value.is_finite()) {
                return Err(format!("--{name} has to be more than 0").into());
            }
        }
        if !(self.warm_up >= 0.0 && self.warm_up.is_finite()) {
            return Err("--warm-up has to be 0 or more".into());
        }
        let commit_senders = self.commit_senders.iter().copied().max().unwrap_or(0);
        let most = self.loads().map(|load| match load {
            Load::Window | Load::Open | Load::Browsers => self.members,
            Load::Memory => self.idle,
            Load::Commits => commit_senders,
            Load::History => crate::history::TALKERS,
        });
        let wanted = most.max().unwrap_or(0) as u64 + OTHER_DESCRIPTORS;
        match descriptors {
            Some(limit) if limit < wanted => {
                Err(format!("{wanted} open files are needed and the hard limit is {limit} (ulimit -Hn)")
                    .into())
            }
            Some(_) | None => Ok(()),
        }
    }

    /// The loads to run. Those with a database have no counterpart in the floor.
    pub fn loads(&self) -> impl Iterator<Item = Load> {
        let all = Load::value_variants().iter().copied();
        all.filter(|load| self.only.is_empty() || self.only.contains(load)).filter(|load| {
            !(self.floor_only && matches!(load, Load::Commits | Load::History | Load::Browsers))
        })
    }

    /// Messages of the past.
    pub fn past_messages(&self) -> u64 {
        if self.long { 10_000_000 } else { self.messages }
    }

    pub fn warm_up(&self) -> Duration {
        Duration::from_secs_f64(self.warm_up)
    }

    pub fn measured(&self) -> Duration {
        Duration::from_secs_f64(self.seconds)
    }
}

fn at_least_one(text: &str) -> std::result::Result<usize, String> {
    match text.parse() {
        Ok(0) => Err("at least 1".to_owned()),
        Ok(number) => Ok(number),
        Err(error) => Err(format!("{error}")),
    }
}

fn cores(text: &str) -> std::result::Result<Cores, String> {
    let parsed = text.split_once(',').and_then(|(server, tool)| {
        Some(Cores { server: server.trim().parse().ok()?, tool: tool.trim().parse().ok()? })
    });
    parsed.ok_or_else(|| "two core numbers, as in 0,1".to_owned())
}
