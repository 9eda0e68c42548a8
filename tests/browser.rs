//! The page in a real browser: headless Chromium, driven as a person would.
//!
//! They know the page by its ids and by what it shows, the daemon as the live tests do.
//! Why a browser: composition, focus, layout and a page's policy are the browser's own doing, and no
//! imitation of one has them.
//!
//! Needs the Debian packages chromium, chromium-driver and fonts-noto-cjk, and axe-core; `tests/run` brings them.

mod browser_support;
#[allow(dead_code, reason = "the live tests use all of it")]
mod live_support;

#[path = "browser/access.rs"]
mod access;
#[path = "browser/files.rs"]
mod files;
#[path = "browser/hostile.rs"]
mod hostile;
#[path = "browser/korean.rs"]
mod korean;
#[path = "browser/layout.rs"]
mod layout;
#[path = "browser/messages.rs"]
mod messages;
#[path = "browser/network.rs"]
mod network;
#[path = "browser/picture.rs"]
mod picture;
#[path = "browser/reconnect.rs"]
mod reconnect;
#[path = "browser/rooms.rs"]
mod rooms;
#[path = "browser/talk.rs"]
mod talk;
