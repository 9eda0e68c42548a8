//! ChromeDriver: a process of the test's own, and JSON over HTTP to it.
//!
//! Knows the shape of a WebDriver answer, but no command. Why a client of our own:
//! the libraries for it bring an async runtime, and what a test needs of the
//! protocol is one request, one answer.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::live_support::program::{need, read_lines};
use crate::live_support::{PATIENCE, eventually};

/// How long one command may take; starting a browser on a busy machine is the slowest.
const COMMAND_PATIENCE: Duration = Duration::from_secs(60);

/// A running ChromeDriver. Ends with the test.
pub struct Driver {
    child: Child,
    port: u16,
    /// Kept, so that it can go on printing.
    _printed: Receiver<String>,
}

impl Driver {
    pub fn start() -> Driver {
        let driver = need("chromedriver", "chromium-driver");
        need("chromium", "chromium");
        let mut command = Command::new(driver);
        command.arg("--port=0").env("LC_ALL", "C").stdin(Stdio::null());
        let spawned = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
        let mut child = spawned.unwrap_or_else(|error| panic!("{command:?}: {error}"));
        let printed = read_lines(child.stdout.take().unwrap());
        let port = eventually("the port of chromedriver", PATIENCE, || {
            let line = printed.try_recv().ok()?;
            line.strip_prefix("ChromeDriver was started successfully on port ")?
                .trim_end_matches('.')
                .parse()
                .ok()
        });
        Driver { child, port, _printed: printed }
    }

    pub fn port(&self) -> u16 {
        self.port
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // A test that failed must leave nothing running.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// One command; `Err` is what WebDriver calls the error, and its message.
pub fn command(port: u16, method: &str, path: &str, body: Option<&Value>) -> Result<Value, String> {
    let answered = exchange(port, method, path, body);
    let (status, body) = answered.map_err(|error| format!("chromedriver does not answer: {error}"))?;
    let mut answer: Value =
        serde_json::from_slice(&body).map_err(|error| format!("chromedriver: {error}"))?;
    let value = answer["value"].take();
    if status == 200 {
        return Ok(value);
    }
    let text = |field: &str| value[field].as_str().unwrap_or_default().to_owned();
    Err(format!("{}: {}", text("error"), text("message")))
}

/// One request on a connection of its own; gives the status and the body.
fn exchange(port: u16, method: &str, path: &str, body: Option<&Value>) -> std::io::Result<(u16, Vec<u8>)> {
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    stream.set_nodelay(true)?;
    let body = body.map(Value::to_string).unwrap_or_default();
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\
         Content-Type: application/json; charset=utf-8\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all((head + &body).as_bytes())?;
    let deadline = Instant::now() + COMMAND_PATIENCE;
    let mut heard = Vec::new();
    let mut buffer = [0; 64 * 1024];
    loop {
        if let Some(answer) = whole(&heard) {
            return Ok(answer);
        }
        let left = deadline.saturating_duration_since(Instant::now());
        stream.set_read_timeout(Some(left.max(Duration::from_millis(1))))?;
        let count = stream.read(&mut buffer)?;
        if count == 0 {
            return Err(std::io::Error::other("the answer breaks off"));
        }
        heard.extend_from_slice(&buffer[..count]);
    }
}

/// The status and body of an answer that has come in full.
fn whole(heard: &[u8]) -> Option<(u16, Vec<u8>)> {
    let mut headers = [httparse::EMPTY_HEADER; 32];
    let mut answer = httparse::Response::new(&mut headers);
    let httparse::Status::Complete(head) = answer.parse(heard).expect("chromedriver speaks HTTP") else {
        return None;
    };
    let length = answer.headers.iter().find(|header| header.name.eq_ignore_ascii_case("content-length"));
    let length = std::str::from_utf8(length.expect("the answer has a length").value).unwrap();
    let body = heard[head..].get(..length.parse().expect("a length is a number"))?;
    Some((answer.code.expect("a whole answer has a status"), body.to_vec()))
}
