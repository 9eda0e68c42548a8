//! The command line of chatc.
//!
//! Knows nothing of how a chat goes. Why its texts are ids of sentences: `locale::shell` puts those
//! of a language in their places.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use super::target::Target;
use crate::locale::{Lang, shell};

#[derive(Parser, Debug)]
#[command(
    name = "chatc",
    version,
    about = "chatc-help",
    after_help = "chatc-help-exit",
    args_conflicts_with_subcommands = true,
    disable_help_subcommand = true
)]
pub struct Arguments {
    #[arg(value_name = "[NICK@]HOST[:PORT][/ROOM]", value_parser = Target::read, help = "chatc-help-target")]
    pub target: Option<Target>,
    #[arg(long, help = "chatc-help-plain")]
    pub plain: bool,
    #[arg(long, global = true, value_name = "en|ko", value_parser = shell::lang_argument, help = "chatc-help-lang")]
    pub lang: Option<Lang>,
    #[arg(long, value_name = "DIR", help = "chatc-help-log-dir")]
    pub log_dir: Option<PathBuf>,
    #[arg(long, conflicts_with = "log_dir", help = "chatc-help-no-log")]
    pub no_log: bool,
    #[arg(long, global = true, value_name = "FILE", help = "chatc-help-config")]
    pub config: Option<PathBuf>,
    #[command(subcommand)]
    pub command: Option<Command>,
}

#[derive(Subcommand, Debug)]
pub enum Command {
    #[command(about = "chatc-help-send")]
    Send(Send),
    #[command(about = "chatc-help-tail")]
    Tail(Tail),
}

#[derive(Args, Debug)]
pub struct Send {
    #[arg(short, long, value_name = "ROOM", help = "chatc-help-send-room")]
    pub room: Option<String>,
    #[arg(short, long, value_name = "[NICK@]HOST[:PORT]", value_parser = Target::read, help = "chatc-help-send-server")]
    pub server: Option<Target>,
    #[arg(value_name = "TEXT", help = "chatc-help-send-text")]
    pub text: Vec<String>,
}

#[derive(Args, Debug)]
pub struct Tail {
    #[arg(short, long, value_name = "ROOM", help = "chatc-help-tail-room")]
    pub room: Option<String>,
    #[arg(short, long, value_name = "HOST[:PORT]", value_parser = Target::read, help = "chatc-help-tail-server")]
    pub server: Option<Target>,
    #[arg(short = 'n', value_name = "N", default_value_t = 10, help = "chatc-help-tail-lines")]
    pub lines: u16,
    #[arg(long, help = "chatc-help-tail-json")]
    pub json: bool,
    #[arg(long, value_name = "PROGRAM", help = "chatc-help-tail-exec")]
    pub exec: Option<PathBuf>,
    #[arg(last = true, value_name = "ARGUMENT", requires = "exec", help = "chatc-help-tail-arguments")]
    pub arguments: Vec<String>,
}
