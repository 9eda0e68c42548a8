//! `$XDG_CONFIG_HOME/chatc/config.toml`: what a person would otherwise type each time.
//!
//! Knows no command line. Why every key may be missing, and the file, too: chatc works without.

use std::ffi::OsString;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::target::Target;
use crate::limits::CONFIG_BYTES_MAX;
use crate::locale::{Lang, Words};

#[derive(Deserialize, Default, Debug, PartialEq)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Where to go when the command line does not say.
    #[serde(deserialize_with = "target")]
    pub server: Option<Target>,
    /// Rooms to enter besides the one that everybody lands in; on the full screen only.
    pub rooms: Vec<String>,
    #[serde(deserialize_with = "lang")]
    pub lang: Option<Lang>,
    /// Whether there is a chat log; on when it is missing.
    pub log: Option<bool>,
    pub log_dir: Option<PathBuf>,
    /// Whether the full screen takes the mouse; the terminal keeps it when this is missing.
    pub mouse: bool,
    pub notify: Notify,
}

/// How a person who looks elsewhere is told that somebody means them.
#[derive(Deserialize, Clone, Copy, Default, Debug, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum Notify {
    /// What the terminal is known to understand, else the bell.
    #[default]
    Auto,
    Bell,
    Osc9,
    Osc777,
    Off,
}

impl Config {
    /// Reads the file at `path`, or the person's own where there is one. The error names the file.
    pub fn read(
        path: Option<&Path>,
        var: &dyn Fn(&str) -> Option<OsString>,
        words: &Words,
    ) -> Result<Config, String> {
        let named = path.is_some();
        let Some(path) = path.map(Path::to_owned).or_else(|| own(var)) else { return Ok(Config::default()) };
        let wrong = |why: String| {
            let args = [("path", path.display().to_string().into()), ("why", why.trim_end().into())];
            words.say("chatc-config-wrong", &args)
        };
        let text = match std::fs::read(&path) {
            Ok(bytes) if bytes.len() as u64 > CONFIG_BYTES_MAX => {
                return Err(wrong(words.say("chatc-config-long", &[("max", CONFIG_BYTES_MAX.into())])));
            }
            Ok(bytes) => String::from_utf8(bytes).map_err(|error| wrong(error.to_string()))?,
            Err(error) if error.kind() == ErrorKind::NotFound && !named => return Ok(Config::default()),
            Err(error) => return Err(wrong(error.to_string())),
        };
        let mut config: Config = toml::from_str(&text).map_err(|error| wrong(error.to_string()))?;
        let home = var("HOME").map(PathBuf::from);
        config.log_dir = config.log_dir.map(|directory| match (directory.strip_prefix("~"), home) {
            (Ok(rest), Some(home)) => home.join(rest),
            _elsewhere => directory,
        });
        Ok(config)
    }
}

/// The XDG Base Directory Specification, §3: a path that is not absolute counts as not set.
fn own(var: &dyn Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    let absolute = |name| var(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let base = absolute("XDG_CONFIG_HOME").or_else(|| absolute("HOME").map(|home| home.join(".config")))?;
    Some(base.join("chatc/config.toml"))
}

fn target<'a, D: serde::Deserializer<'a>>(from: D) -> Result<Option<Target>, D::Error> {
    let typed = String::deserialize(from)?;
    let fault = |fault: crate::locale::shell::Fault| fault.sentence(&Words::new(Lang::En));
    Target::read(&typed).map(Some).map_err(|why| serde::de::Error::custom(fault(why)))
}

fn lang<'a, D: serde::Deserializer<'a>>(from: D) -> Result<Option<Lang>, D::Error> {
    let typed = String::deserialize(from)?;
    let unknown = || serde::de::Error::custom(format!("\"{typed}\" is not a language; there are en and ko"));
    Lang::named(&typed).map(Some).ok_or_else(unknown)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Config, String> {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("chatc/config.toml");
        std::fs::create_dir(directory.path().join("chatc")).unwrap();
        std::fs::write(path, text).unwrap();
        let home = directory.path().to_owned();
        let var = move |name: &str| match name {
            "XDG_CONFIG_HOME" => Some(home.clone().into_os_string()),
            "HOME" => Some("/home/alice".into()),
            _another => None,
        };
        Config::read(None, &var, &Words::new(Lang::En))
    }

    #[test]
    fn every_key_is_taken() {
        let config = read(
            "server = \"Alice@chat.example:7000/den\"\nrooms = [\"ci\", \"design/ui\"]\nlang = \"ko\"\n\
             log = false\nlog_dir = \"~/chat\"\nmouse = true\nnotify = \"osc777\"\n",
        );
        let config = config.unwrap();
        assert_eq!(config.server.unwrap().address(), "chat.example:7000");
        assert_eq!(config.rooms, ["ci", "design/ui"]);
        assert_eq!((config.lang, config.log, config.mouse), (Some(Lang::Ko), Some(false), true));
        assert_eq!(config.log_dir.as_deref(), Some(Path::new("/home/alice/chat")));
        assert_eq!(config.notify, Notify::Osc777);
        assert_eq!(read("").unwrap(), Config::default());
    }

    #[test]
    fn what_is_wrong_names_the_file_and_the_line() {
        for (text, words) in [
            ("colour = 1\n", "unknown field `colour`"),
            ("\nlog = 3\n", "line 2"),
            ("notify = \"loud\"\n", "osc777"),
            ("server = \"host:http\"\n", "port"),
            ("lang = \"fr\"\n", "en and ko"),
        ] {
            let why = read(text).unwrap_err();
            assert!(why.contains("chatc/config.toml") && why.contains(words), "{text}: {why}");
        }
    }

    #[test]
    fn no_file_is_no_fault_but_a_named_one_must_be_there() {
        let words = Words::new(Lang::En);
        assert_eq!(Config::read(None, &|_| None, &words), Ok(Config::default()));
        assert_eq!(Config::read(None, &|_| Some("/nowhere".into()), &words), Ok(Config::default()));
        let named = Config::read(Some(Path::new("/nowhere/c.toml")), &|_| None, &words).unwrap_err();
        assert!(named.contains("/nowhere/c.toml"), "{named}");
    }
}
