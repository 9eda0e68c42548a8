//! The configuration of a transcript, as both worlds read it.
//!
//! Knows no key but those it sets itself. Why it starts from a few of its own:
//! a transcript must not depend on the machine's time zone, nor on how fast its
//! lines follow each other.

use std::collections::BTreeMap;

use chatd::daemon::config::{self, Config};

pub struct Settings(BTreeMap<String, String>);

impl Settings {
    pub fn new() -> Settings {
        let own = [("server.timezone", "\"UTC\""), ("limits.rate", "0"), ("store.durability", "\"process\"")];
        Settings(own.map(|(key, value)| (key.to_owned(), value.to_owned())).into())
    }

    pub fn set(&mut self, key: &str, value: &str) {
        self.0.insert(key.to_owned(), value.to_owned());
    }

    /// As TOML that other sections may follow.
    pub fn toml(&self) -> String {
        self.0.iter().map(|(key, value)| format!("{key} = {value}\n")).collect()
    }

    pub fn config(&self) -> Result<Config, String> {
        let lines = |problems: Vec<config::Problem>| {
            problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
        };
        config::parse("chatd.toml", &self.toml()).map_err(lines)
    }
}
