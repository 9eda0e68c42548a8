//! `fanout`: drives `chatd` and the floor server with the same clients and compares them.
//!
//! It must not know the inside of either: both are child processes reached over loopback. Why
//! the two take turns, round by round: a shared machine is slower at one minute than at
//! another, and what is compared has to have met the same machine.
//!
//! `benches/README.md` says what each load is and which command makes which figure.

mod bare;
mod clients;
mod commits;
mod floor;
mod frames;
mod history;
mod idle;
mod latency;
mod machine;
mod options;
mod order;
mod past;
mod room;
mod server;
mod table;

use std::os::unix::process::CommandExt;
use std::process::{Command, ExitCode};

use clap::Parser;
use rustix::process::{Signal, set_parent_process_death_signal};

use clients::Dialect;
use commits::Audience;
use machine::Cores;
use options::{Cli, Hidden, Load, Options};
use room::Pace;
use server::{Bench, Durability, Kind, Server};
use table::{Column, Table};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// The second server of a pair when the floor is compared with itself.
const FLOOR_AGAIN: &str = "floor again";

fn main() -> ExitCode {
    if std::env::args().len() == 1 {
        // `cargo test --all-targets` runs benches too, and wants no measurement.
        println!("nothing measured: run `cargo bench --bench fanout`");
        return ExitCode::SUCCESS;
    }
    let cli = Cli::parse();
    let done = match cli.hidden {
        Some(hidden) => serve(hidden),
        None => measure(&cli.options),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("fanout: {error}");
            ExitCode::FAILURE
        }
    }
}

/// What a child process of the tool does. It ends with the tool, even if that is killed.
fn serve(hidden: Hidden) -> Result<()> {
    set_parent_process_death_signal(Some(Signal::TERM))?;
    match hidden {
        Hidden::Fill { path, messages } => past::make(&path, messages),
        Hidden::ServeFloor { port } => match floor::serve(port)? {},
        Hidden::Become { program, arguments } => {
            let error = Command::new(&program).args(arguments).exec();
            Err(format!("cannot start {}: {error}", program.display()).into())
        }
    }
}

fn measure(options: &Options) -> Result<()> {
    let descriptors = machine::raise_descriptor_limit()?;
    options.check(descriptors)?;
    let cores = match options.cores {
        Some(cores) => cores,
        None => Cores::first_two()?,
    };
    let (chatd, database_dir) = (options.chatd.clone(), options.database_dir.clone());
    // Threads that write and read a database are not to wait for the loop, nor for the tool.
    let free = Bench { chatd, cores: None, database_dir };
    let bench = Bench { cores: Some(cores), ..free.clone() };
    println!(
        "server on core {}, tool on core {}; {} s measured after {} s of warm-up",
        cores.server, cores.tool, options.seconds, options.warm_up
    );
    for load in options.loads() {
        match load {
            Load::Window => {
                for &size in &options.windows {
                    let title = format!("window: at most {size} messages in flight");
                    room_load(&bench, options, &title, Pace::Window(size))?;
                }
            }
            Load::Open => {
                let title = format!("open: {} messages a second", options.rate);
                room_load(&bench, options, &title, Pace::Open(options.rate))?;
            }
            Load::Browsers => {
                for &size in &options.windows {
                    browsers_load(&bench, options, size)?;
                }
            }
            Load::Memory => memory_load(&bench, options)?,
            Load::Commits => commit_loads(&free, options)?,
            Load::History => history::run(&free, options)?,
        }
    }
    Ok(())
}

fn room_load(bench: &Bench, options: &Options, title: &str, pace: Pace) -> Result<()> {
    let (members, senders) = (options.members, options.senders);
    let load = room_of(options, pace, Dialect::Text);
    let bytes = order::LINE_BYTES;
    let title = format!("{title}; {members} members, {senders} send, {bytes}-byte lines");
    compare(bench, options, &title, room::COLUMNS, members, |server| room::run(server, load))
}

fn room_of(options: &Options, pace: Pace, dialect: Dialect) -> room::Load {
    let (members, senders) = (options.members, options.senders);
    let (warm_up, measured) = (options.warm_up(), options.measured());
    room::Load { pace, members, senders, dialect, warm_up, measured }
}

/// chatd against itself: whoever only listens gets lines of text, lines of JSON, or frames.
fn browsers_load(bench: &Bench, options: &Options, size: usize) -> Result<()> {
    let (members, senders) = (options.members, options.senders);
    let title = format!(
        "browsers: at most {size} messages in flight; {members} members, {senders} send {}-byte lines",
        order::LINE_BYTES
    );
    let mut table = Table::begin(&title, room::COLUMNS);
    for round in 1..=options.rounds {
        for (label, dialect) in
            [("text", Dialect::Text), ("json", Dialect::Json), ("websocket", Dialect::WebSocket)]
        {
            let load = room_of(options, Pace::Window(size), dialect);
            let kind = Kind::Chatd(Durability::Process);
            let figures = with_server(bench, kind, members, |server| room::run(server, load))
                .map_err(|error| format!("{label}, round {round}: {error}"))?;
            table.row(round, label, figures);
        }
    }
    table.medians();
    table.ratios("websocket", "text");
    // What is left when the same objects go out without frames.
    table.ratios("websocket", "json");
    Ok(())
}

fn memory_load(bench: &Bench, options: &Options) -> Result<()> {
    let idle = options.idle;
    let title = format!("memory: {} to {idle} idle connections", idle / 2);
    compare(bench, options, &title, idle::COLUMNS, idle, |server| idle::run(server, idle))
}

/// The rounds of one load, with the two servers taking turns.
fn compare(
    bench: &Bench,
    options: &Options,
    title: &str,
    columns: &'static [Column],
    connections: usize,
    run: impl Fn(&Server) -> Result<Vec<f64>>,
) -> Result<()> {
    let (subject, kind) = if options.floor_only {
        (FLOOR_AGAIN, Kind::Floor)
    } else {
        ("chatd", Kind::Chatd(Durability::Process))
    };
    let mut table = Table::begin(title, columns);
    for round in 1..=options.rounds {
        for (label, kind) in [("floor", Kind::Floor), (subject, kind)] {
            let figures = with_server(bench, kind, connections, &run)
                .map_err(|error| format!("{label}, round {round}: {error}"))?;
            table.row(round, label, figures);
        }
    }
    table.medians();
    table.ratios(subject, "floor");
    Ok(())
}

fn commit_loads(bench: &Bench, options: &Options) -> Result<()> {
    let title = "commits: chatd and the bare loop, each sender waits for its reply; on any core";
    let mut table = Table::begin(title, commits::COLUMNS);
    for round in 1..=options.rounds {
        for &senders in &options.commit_senders {
            for durability in [Durability::Process, Durability::Power] {
                for audience in [Audience::Nobody, Audience::Lobby] {
                    let load = commits::Load {
                        senders,
                        audience,
                        warm_up: options.warm_up(),
                        measured: options.measured(),
                    };
                    let label = format!("{senders} {} {}", durability.name(), audience.name());
                    let run = |server: &Server| commits::run(bench, server, durability, load);
                    let figures = with_server(bench, Kind::Chatd(durability), senders, run)
                        .map_err(|error| format!("{label}, round {round}: {error}"))?;
                    table.row(round, &label, figures);
                }
            }
        }
    }
    table.medians();
    Ok(())
}

/// A fresh server for each round, so that no round measures what an earlier one has left.
fn with_server(
    bench: &Bench,
    kind: Kind,
    connections: usize,
    run: impl Fn(&Server) -> Result<Vec<f64>>,
) -> Result<Vec<f64>> {
    let server = Server::start(bench, kind, connections)?;
    let figures = run(&server).map_err(|error| format!("{error}\nend of its log:\n{}", server.log_tail()))?;
    server.stop()?;
    Ok(figures)
}
