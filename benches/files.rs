//! `files`: sends one file with chatc, directly and through chatd, and with `nc`, and compares them.
//!
//! It must not know the inside of any of them: all are child processes. Why `nc` piping the same
//! file is the measure: it is what people do who have nothing else, and it checks nothing.
//!
//! `benches/README.md` says which command makes which figure.

mod table;

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitCode, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::sleep;
use std::time::{Duration, Instant};

use clap::Parser;
use serde_json::{Value, json};
use tempfile::TempDir;

use table::{Column, Table, compared, told};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

const COLUMNS: &[Column] = &[compared("MiB/s", 0), told("seconds", 3)];
const READY_WITHIN: Duration = Duration::from_secs(15);
const RETRY: Duration = Duration::from_millis(1);

/// Measures how fast a file goes from one person to another on this machine.
#[derive(Parser)]
#[command(name = "files")]
struct Options {
    /// MiB of the file.
    #[arg(long, default_value_t = 1024)]
    size: u64,
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// Where the file and its copies lie: in memory, so that no disk is measured.
    #[arg(long, default_value = "/dev/shm")]
    dir: PathBuf,
    /// As `cargo bench` says it.
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() -> ExitCode {
    if std::env::args().len() == 1 {
        // `cargo test --all-targets` runs benches too, and wants no measurement.
        println!("nothing measured: run `cargo bench --bench files`");
        return ExitCode::SUCCESS;
    }
    match measure(&Options::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("files: {error}");
            ExitCode::FAILURE
        }
    }
}

fn measure(options: &Options) -> Result<()> {
    let home = tempfile::Builder::new().prefix("chatd-files-").tempdir_in(&options.dir)?;
    let file = home.path().join("file");
    fill(&file, options.size)?;
    let daemon = Daemon::start(&home)?;
    let title = format!("one file of {} MiB over loopback, in {}", options.size, options.dir.display());
    let mut table = Table::begin(&title, COLUMNS);
    for round in 1..=options.rounds {
        let mut row = |label: &str, took: Result<Duration>| -> Result<()> {
            let seconds = took.map_err(|error| format!("{label}, round {round}: {error}"))?.as_secs_f64();
            table.row(round, label, vec![options.size as f64 / seconds, seconds]);
            Ok(())
        };
        row("nc", by_nc(home.path(), &file))?;
        row("chatc", by_chatc(home.path(), &file, daemon.port))?;
        row("relay", by_relay(home.path(), &file, daemon.port))?;
    }
    table.medians();
    table.ratios("chatc", "nc");
    table.ratios("relay", "chatc");
    Ok(())
}

/// Bytes that do not repeat.
fn fill(path: &Path, mebibytes: u64) -> Result<()> {
    let mut bytes = vec![0; 1 << 20];
    let mut noise = blake3::Hasher::new().finalize_xof();
    let mut file = File::create(path)?;
    for _ in 0..mebibytes {
        noise.fill(&mut bytes);
        file.write_all(&bytes)?;
    }
    Ok(())
}

/// A child process that ends with the measurement.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

struct Daemon {
    port: u16,
    _running: Running,
    /// Kept, so that it can go on printing.
    _printed: BufReader<ChildStdout>,
}

impl Daemon {
    fn start(home: &TempDir) -> Result<Daemon> {
        let path = |name: &str| home.path().join(name).display().to_string();
        let keys = format!(
            "control.socket = \"{}\"\nstore.path = \"{}\"\n[[listen]]\naddress = \"127.0.0.1:0\"\n",
            path("control.sock"),
            path("chatd.db")
        );
        std::fs::write(path("chatd.toml"), keys)?;
        let mut command = Command::new(env!("CARGO_BIN_EXE_chatd"));
        command.args(["--config", &path("chatd.toml")]).stderr(File::create(path("log"))?);
        let mut child = command.stdout(Stdio::piped()).spawn()?;
        let mut banner = String::new();
        let mut printed = BufReader::new(child.stdout.take().ok_or("no output")?);
        printed.read_line(&mut banner)?;
        let running = Running(child);
        let port = banner.trim().rsplit(':').next().and_then(|port| port.parse().ok());
        let port = port.ok_or(format!("no port in {banner:?}"))?;
        Ok(Daemon { port, _running: running, _printed: printed })
    }
}

/// From when the sender starts to when the receiver has ended.
fn by_nc(home: &Path, file: &Path) -> Result<Duration> {
    let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    let copy = home.join("copy.nc");
    let mut listens = Command::new("nc");
    listens.args(["-l", "127.0.0.1", &port.to_string()]).stdin(Stdio::null()).stdout(File::create(&copy)?);
    let mut receiver = Running(listens.spawn()?);
    wait_for(port)?;
    let begun = Instant::now();
    let mut sends = Command::new("nc");
    sends.args(["-N", "127.0.0.1", &port.to_string()]).stdin(File::open(file)?).stdout(Stdio::null());
    let mut sender = Running(sends.spawn()?);
    sender.0.wait()?;
    receiver.0.wait()?;
    let took = begun.elapsed();
    remove(&copy, file)?;
    Ok(took)
}

/// Waits until somebody listens, without connecting: `nc` takes one connection only.
fn wait_for(port: u16) -> Result<()> {
    let deadline = Instant::now() + READY_WITHIN;
    // Address and port in hexadecimal, then the state: 0A is listening (proc_net_tcp(5)).
    let wanted = format!(":{port:04X} 00000000:0000 0A");
    while !std::fs::read_to_string("/proc/net/tcp")?.contains(&wanted) {
        if Instant::now() > deadline {
            return Err(format!("nobody listens on port {port}").into());
        }
        sleep(RETRY);
    }
    Ok(())
}

/// From when the receiver accepts to when the copy is checked and has its name.
fn by_chatc(home: &Path, file: &Path, port: u16) -> Result<Duration> {
    let mut sender = Person::comes(home, port)?;
    let mut receiver = Person::comes(home, port)?;
    sender.types(&format!("/whisper {}", receiver.nick))?;
    sender.types(&format!("/file {}", file.display()))?;
    receiver.accepts(home, file)
}

/// The same, from a sender who can only be reached through the server.
fn by_relay(home: &Path, file: &Path, port: u16) -> Result<Duration> {
    let mut receiver = Person::comes(home, port)?;
    let mut sender = Asking::comes(port)?;
    sender.asks(json!({"cmd": "whisper_open", "nick": receiver.nick}))?;
    let size = file.metadata()?.len();
    let hash = blake3::Hasher::new().update_reader(File::open(file)?)?.finalize().to_hex().to_string();
    let offer = sender.asks(json!({"cmd": "offer", "name": "file", "size": size, "hash": hash}))?;
    let token = offer["token"].as_str().ok_or("no token")?.to_owned();
    let mut from = File::open(file)?;
    let sending = std::thread::spawn(move || -> std::io::Result<String> {
        sender.waits_for("accepted")?;
        let mut socket = TcpStream::connect(("127.0.0.1", port))?;
        let head = format!(
            "PUT /api/transfers/{token} HTTP/1.1\r\nHost: x\r\nContent-Length: {size}\r\nConnection: close\r\n\r\n"
        );
        socket.write_all(head.as_bytes())?;
        std::io::copy(&mut from, &mut socket)?;
        let mut answer = String::new();
        socket.read_to_string(&mut answer)?;
        Ok(answer)
    });
    let took = receiver.accepts(home, file)?;
    let answer = sending.join().map_err(|_| "the sender broke down")??;
    if answer.starts_with("HTTP/1.1 204") { Ok(took) } else { Err(answer.into()) }
}

/// Another each time: that of somebody who is gone without a word is held for a while.
fn nick() -> String {
    static LAST: AtomicUsize = AtomicUsize::new(0);
    format!("person{}", LAST.fetch_add(1, Ordering::Relaxed))
}

/// Somebody with chatc, whose input and output are pipes.
struct Person {
    nick: String,
    _running: Running,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Person {
    fn comes(home: &Path, port: u16) -> Result<Person> {
        let nick = nick();
        let mut command = Command::new(env!("CARGO_BIN_EXE_chatc"));
        command.arg(format!("{nick}@127.0.0.1:{port}")).args(["--lang", "en"]).current_dir(home);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let input = child.stdin.take().ok_or("no input")?;
        let output = BufReader::new(child.stdout.take().ok_or("no output")?);
        let mut person = Person { nick, _running: Running(child), input, output };
        person.hears("Welcome")?;
        Ok(person)
    }

    fn types(&mut self, line: &str) -> Result<()> {
        writeln!(self.input, "{line}")?;
        Ok(())
    }

    fn hears(&mut self, text: &str) -> Result<()> {
        let mut line = String::new();
        while !line.contains(text) {
            line.clear();
            if self.output.read_line(&mut line)? == 0 || line.contains("was not transferred") {
                return Err(format!("{line:?} where {text:?} was to come").into());
            }
        }
        Ok(())
    }

    fn accepts(&mut self, home: &Path, file: &Path) -> Result<Duration> {
        self.hears("offers you the file")?;
        let begun = Instant::now();
        self.types("/accept copy")?;
        self.hears("is saved as copy")?;
        let took = begun.elapsed();
        remove(&home.join("copy"), file)?;
        Ok(took)
    }
}

/// A program that speaks JSON.
struct Asking(BufReader<TcpStream>);

impl Asking {
    fn comes(port: u16) -> Result<Asking> {
        let mut asking = Asking(BufReader::new(TcpStream::connect(("127.0.0.1", port))?));
        asking.asks(json!({"cmd": "hello", "nick": nick()}))?;
        Ok(asking)
    }

    fn asks(&mut self, mut request: Value) -> Result<Value> {
        request["id"] = json!(1);
        writeln!(self.0.get_mut(), "{request}")?;
        loop {
            let mut heard = self.line()?;
            if heard.get("re").is_some() {
                return match heard.get_mut("ok") {
                    Some(ok) => Ok(ok.take()),
                    None => Err(heard.to_string().into()),
                };
            }
        }
    }

    fn waits_for(&mut self, state: &str) -> std::io::Result<()> {
        while self.line()?["state"] != state {}
        Ok(())
    }

    fn line(&mut self) -> std::io::Result<Value> {
        let mut line = String::new();
        self.0.read_line(&mut line)?;
        Ok(serde_json::from_str(&line)?)
    }
}

/// The copy has the right size, at the least, and makes room for the next.
fn remove(copy: &Path, file: &Path) -> Result<()> {
    let (size, wanted) = (copy.metadata()?.len(), file.metadata()?.len());
    std::fs::remove_file(copy)?;
    if size == wanted { Ok(()) } else { Err(format!("{size} bytes of {wanted} have arrived").into()) }
}
