//! Live tests: the real programs, with real sockets, signals, disks and clocks.
//!
//! They know the daemon only by what it prints, answers and leaves on the disk.
//! Why one binary: each test has a daemon of its own, so all of them run beside
//! each other and the waiting of one costs the others nothing.

mod live_support;

#[path = "live/backlog.rs"]
mod backlog;
#[path = "live/backup.rs"]
mod backup;
#[path = "live/chatc.rs"]
mod chatc;
#[path = "live/chatc_rooms.rs"]
mod chatc_rooms;
#[path = "live/chatc_screen.rs"]
mod chatc_screen;
#[path = "live/chatc_shell.rs"]
mod chatc_shell;
#[path = "live/chatctl.rs"]
mod chatctl;
#[path = "live/chatctl_rooms.rs"]
mod chatctl_rooms;
#[path = "live/completion.rs"]
mod completion;
#[path = "live/descriptors.rs"]
mod descriptors;
#[path = "live/disk.rs"]
mod disk;
#[path = "live/doctor.rs"]
mod doctor;
#[path = "live/export.rs"]
mod export;
#[path = "live/files.rs"]
mod files;
#[path = "live/http.rs"]
mod http;
#[path = "live/keep.rs"]
mod keep;
#[path = "live/kills.rs"]
mod kills;
#[path = "live/logs.rs"]
mod logs;
#[path = "live/manager.rs"]
mod manager;
#[path = "live/metrics.rs"]
mod metrics;
#[path = "live/mutants.rs"]
mod mutants;
#[path = "live/one_daemon.rs"]
mod one_daemon;
#[path = "live/past.rs"]
mod past;
#[path = "live/pause.rs"]
mod pause;
#[path = "live/relay.rs"]
mod relay;
#[path = "live/signals.rs"]
mod signals;
#[path = "live/start.rs"]
mod start;
#[path = "live/story.rs"]
mod story;
