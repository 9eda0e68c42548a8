//! Configurations with a slip in them: each is taken over whole or refused whole.
//!
//! Knows no single key; the daemon itself says what runs (`config_diff`). Why slips by chance: an
//! admin's are not those that somebody thought of. `MUTANTS` says how many are tried.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;

use serde_json::{Value, json};

use crate::live_support::PATIENCE;
use crate::live_support::client::Client;
use crate::live_support::daemon::{Daemon, Home};

/// Numbers by chance, the same for a seed (xorshift64).
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap() % bound.max(1)
    }

    fn of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())]
    }
}

/// One to three slips in a sound configuration.
fn mutant(sound: &str, seed: u64) -> String {
    let mut chance = Chance(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    let mut lines: Vec<String> = sound.lines().map(str::to_owned).collect();
    for _ in 0..=chance.below(3) {
        let at = chance.below(lines.len());
        let other = lines[chance.below(lines.len())].clone();
        match chance.below(8) {
            0 => drop(lines.remove(at)),
            1 => lines.insert(at, other),
            2 => {
                let middle = lines.len() / 2;
                lines.swap(at, middle);
            }
            3 => lines[at] = lines[at].replace(['0', '1', '2'], chance.of(&["9", "", "00", "-1"])),
            4 => lines[at] = lines[at].replace('"', chance.of(&["", "'", "\"\""])),
            5 => {
                let mut letters: Vec<char> = lines[at].chars().collect();
                if !letters.is_empty() {
                    let place = chance.below(letters.len());
                    letters[place] = chance.of(&['x', ' ', '=', '[', ']', '"', '#', '\0', '가', '.', '5']);
                }
                lines[at] = letters.into_iter().collect();
            }
            6 => {
                // A value where another one belongs.
                let value = other.split_once('=').map_or("", |(_, value)| value);
                if let Some((key, _)) = lines[at].clone().split_once('=') {
                    lines[at] = format!("{key}={value}");
                }
            }
            _ => lines[at] = format!("{}{}", lines[at], chance.of(&["0", " = 1", "]", " \"", "m", ", 3"])),
        }
    }
    lines.join("\n") + "\n"
}

/// The admin, over one connection for thousands of requests.
struct Root {
    lines: BufReader<UnixStream>,
}

impl Root {
    fn new(path: &Path) -> Root {
        let stream = UnixStream::connect(path).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        Root { lines: BufReader::new(stream) }
    }

    fn ask(&mut self, cmd: &str) -> Value {
        writeln!(self.lines.get_mut(), "{}", json!({"id": 1, "cmd": cmd})).unwrap();
        let mut line = String::new();
        self.lines.read_line(&mut line).expect("the daemon answers");
        serde_json::from_str(&line).unwrap()
    }
}

/// In what the file differs from what runs, but for what waits for a restart.
fn differences(root: &mut Root) -> Vec<Value> {
    let answer = root.ask("config_diff");
    let all = answer["ok"]["differences"].as_array().unwrap_or_else(|| panic!("{answer}"));
    all.iter().filter(|one| one["restart"] == json!(false)).cloned().collect()
}

/// The whole configuration, as a daemon prints its own.
fn sound(home: &Home) -> String {
    let mut command = home.command();
    let output = command.arg("--print-config").output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let lines = text.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    lines.collect::<Vec<_>>().join("\n") + "\n"
}

fn talks(daemon: &Daemon, alice: &mut Client, seed: u64) {
    let line = format!("after mutant {seed}");
    daemon.rule(&["say", &line]);
    alice.reads(&format!("admin >> {line}"));
}

#[test]
fn a_configuration_is_taken_over_whole_or_not_at_all() {
    let count: u64 = std::env::var("MUTANTS").map_or(100, |count| count.parse().unwrap());
    let home = Home::new("limits.rate = 0");
    let daemon = home.start();
    let file = home.path("chatd.toml");
    let sound = sound(&home);
    let (mut root, mut last) = (Root::new(&home.control()), sound.clone());
    let mut alice = Client::text(daemon.port, "Alice");
    let (mut taken, mut refused) = (0, 0);
    for seed in 0..count {
        let text = mutant(&sound, seed);
        std::fs::write(&file, &text).unwrap();
        let answer = root.ask("reload");
        let told = || format!("mutant {seed}: {answer}\n{text}");
        if answer["ok"].is_object() {
            taken += 1;
            last = text.clone();
        } else {
            refused += 1;
            let message = answer["error"]["message"].as_str().unwrap();
            assert_eq!(answer["error"]["code"], "bad_config", "{}", told());
            // The daemon says the file, and with few exceptions the line.
            assert!(message.contains("chatd.toml:"), "{}", told());
            // Back to the last one that was taken: all of that must still run.
            std::fs::write(&file, &last).unwrap();
        }
        assert_eq!(differences(&mut root), Vec::<Value>::new(), "{}", told());
        if seed % 50 == 0 {
            std::fs::write(&file, &sound).unwrap();
            root.ask("reload");
            last = sound.clone();
            talks(&daemon, &mut alice, seed);
        }
    }
    println!("mutants: {count}, {taken} taken, {refused} refused");
    assert!(count < 100 || (taken > count / 20 && refused > count / 4), "{taken} taken, {refused} refused");
    std::fs::write(&file, &sound).unwrap();
    root.ask("reload");
    talks(&daemon, &mut alice, count);
    daemon.stop();
}
