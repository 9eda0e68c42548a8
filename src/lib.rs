//! chatd: the map of this house.
//!
//! Three programs share one crate: `chatd`, the daemon; `chatctl`, the admin's
//! shell; `chatc`, the terminal client. Each folder is a room with a door list:
//!
//! ```text
//! bin      chatd.rs chatctl.rs chatc.rs: a few lines each
//! daemon   the one mio loop, and the world around it: configuration, clocks, log, doors
//! client   chatc: a conversation over JSON lines, in lines or on a full screen; files between two people
//! admin    chatctl: its command line and its tables
//! net      connections: outboxes, sockets, and the exchange between them and the hub
//! store    SQLite behind two threads: group commit, pages
//! wire     bytes ↔ requests, events ↔ bytes: sniffing, text, JSON, HTTP, WebSocket, REST
//! web      the page for browsers, embedded
//! locale   the words of the server and the programs, as Fluent files; Korean particles
//! terminal what a program on a terminal may print
//! core     what a chat is: the hub and the files below
//! limits   every bound in one place, with its reason
//! ```
//!
//! # Inside the core
//!
//! ```text
//! table command args request summary  what can be asked, and by which words
//! hub look rights pending effect entry how a request goes: right, effects, the way to the disk and back
//! reply event reject nearest       what is said of it
//! session people name prefix       who is here, under which name, from where
//! room rooms ownership             what a room is; going in and out; making and ruling it
//! talk edits mentions called whispers what is said, and to whom
//! files                            what one offers to another, and how it ends
//! schedules recurrence             what is said later, and again
//! memory query fold reads export   what was said before: pages, searches, marks, and taking it elsewhere
//! held resume missed               lost connections, coming back, and what was missed meanwhile
//! subscriptions                    who listens from outside
//! sanctions moderation             bans and mutes; putting people out
//! govern settings time lang        the server as a whole
//! completion                       what an admin's shell completes a word with
//! counts                           what has happened since the start, in numbers
//! durable chain backup check       what outlives the daemon, how it is proved and copied, and what must always hold
//! ```
//!
//! # Who may enter where
//!
//! ```text
//! bin → daemon | client | admin → net → wire → locale → core → limits
//! net → web
//! store → core
//! client | admin → terminal
//! ```
//!
//! An arrow also leads to everything behind it. `client` and `admin` know `wire`,
//! `locale`, `core`, `limits` and `terminal`, but neither `net`, `store` nor `daemon`. Only
//! `daemon` knows both `net` and `store`. `core` and `wire` name no clock, no
//! socket, no thread, no file and no random source. `tests/house.rs` holds this.
//!
//! # The main path: typed bytes to other people's screens
//!
//! 1. `daemon/turn.rs`: a turn waits, takes in, settles, stores, flushes and reaps.
//! 2. `net/intake.rs`: bytes become lines, `wire` makes a [`Request`] of each.
//! 3. `core/hub.rs`: [`Hub::apply`] checks rate and rights (`core/rights.rs`), and gives effects;
//!    `core/talk.rs` says what a line of talk is.
//! 4. `store/write.rs`: one transaction for all that a turn recorded. What comes
//!    back as [`Input::Stored`] is heard: nobody sees a message that the history
//!    does not have.
//! 5. `net/exchange.rs`: an event is encoded once for each dialect, every receiver
//!    gets the same stretch of the turn's buffer, and the flush writes it.
//!
//! # Adding things
//!
//! A command: a variant of [`Request`], a row in `core/table/`, a function, a
//! help sentence in `locale`, a transcript in `tests/transcripts`. The compiler
//! leads from the first to the rest.
//!
//! A protocol: a folder in `wire`, a variant of [`Protocol`], and the matches
//! that the compiler then asks for.
//!
//! A language: a variant of [`Lang`], and a file in `locale` with every message of
//! the others; a test names those that are missing or too many.
//!
//! # Words
//!
//! *Session*: a person in the core. *Connection*: a socket. *Dialect*: a protocol
//! with all that changes the bytes of an event. *Event*: goes to many. *Reply*: to
//! the one who asked. *Reject*: why not. *Command*: what can be asked. *Job*: what
//! the store is asked.
//!
//! [`Request`]: core::request::Request
//! [`Lang`]: core::lang::Lang
//! [`Hub::apply`]: core::hub::Hub::apply
//! [`Input::Stored`]: core::effect::Input::Stored
//! [`Protocol`]: wire::Protocol

pub mod admin;
pub mod client;
pub mod core;
pub mod daemon;
pub mod limits;
pub mod locale;
pub mod net;
pub mod store;
pub mod terminal;
pub mod web;
pub mod wire;
