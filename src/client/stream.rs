//! The answer to one GET, as `chatc tail` reads it: a head, then a body in one piece or in chunks.
//!
//! Knows no events. Why each read waits beside the interrupts: a room may be silent for hours, and
//! whoever follows it must be able to stop.

use std::io::{self, BufRead, BufReader, ErrorKind, Read, Write};
use std::net::TcpStream;
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;

use serde_json::Value;

use super::lines::wait_for_input;
use crate::limits::{HEARD_BYTES_MAX, HTTP_HEAD_BYTES_MAX};

/// An answer whose body is still to be read.
pub struct Answer<'a> {
    socket: BufReader<TcpStream>,
    interrupts: &'a UnixStream,
    body: Body,
    /// Of a body in chunks: what was read and is not taken.
    line: Vec<u8>,
}

enum Body {
    Length(usize),
    Chunks,
}

/// Why there is nothing more.
pub enum Halt {
    Interrupted,
    Lost,
    /// In the server's words.
    Refused(String),
    /// Something of our own: the output is closed, for instance.
    Own(io::Error),
}

impl<'a> Answer<'a> {
    /// Asks for `path`; events begin after `seen`, where that is not empty.
    pub fn get(
        mut socket: TcpStream,
        path: &str,
        seen: &str,
        interrupts: &'a UnixStream,
    ) -> Result<Answer<'a>, Halt> {
        let host = socket.peer_addr().map_err(|_| Halt::Lost)?;
        socket.set_nonblocking(false).map_err(Halt::Own)?;
        let last = if seen.is_empty() { String::new() } else { format!("Last-Event-ID: {seen}\r\n") };
        let request = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\n{last}\r\n");
        socket.write_all(request.as_bytes()).map_err(|_| Halt::Lost)?;
        let (socket, line) = (BufReader::new(socket), Vec::new());
        let mut answer = Answer { socket, interrupts, body: Body::Length(0), line };
        let status = answer.head()?;
        if status == 200 { Ok(answer) } else { Err(answer.refusal()) }
    }

    /// Reads the head (RFC 9112 §2.1); gives the status.
    fn head(&mut self) -> Result<u16, Halt> {
        let first = self.raw_line()?;
        let status = first.split(' ').nth(1).and_then(|status| status.parse().ok()).ok_or(Halt::Lost)?;
        let mut bytes = 0;
        loop {
            let line = self.raw_line()?.to_ascii_lowercase();
            bytes += line.len();
            if line.is_empty() || bytes > HTTP_HEAD_BYTES_MAX {
                return if line.is_empty() { Ok(status) } else { Err(Halt::Lost) };
            }
            if let Some(length) = line.strip_prefix("content-length:") {
                self.body = Body::Length(length.trim().parse().map_err(|_| Halt::Lost)?);
            } else if line.starts_with("transfer-encoding:") {
                self.body = Body::Chunks;
            }
        }
    }

    /// All of a body that has a length.
    pub fn whole(&mut self) -> Result<Vec<u8>, Halt> {
        let Body::Length(length) = self.body else { return Err(Halt::Lost) };
        if length > HEARD_BYTES_MAX {
            return Err(Halt::Lost);
        }
        let mut bytes = vec![0; length];
        self.socket.read_exact(&mut bytes).map_err(|_| Halt::Lost)?;
        Ok(bytes)
    }

    /// What the server says against it.
    fn refusal(&mut self) -> Halt {
        let body = self.whole().unwrap_or_default();
        let body: Value = serde_json::from_slice(&body).unwrap_or_default();
        body["error"]["message"].as_str().map_or(Halt::Lost, |why| Halt::Refused(why.to_owned()))
    }

    /// The next line of a body in chunks; None at its end.
    pub fn line(&mut self) -> Result<Option<String>, Halt> {
        loop {
            if let Some(end) = memchr::memchr(b'\n', &self.line) {
                let line: Vec<u8> = self.line.drain(..=end).collect();
                return Ok(Some(String::from_utf8_lossy(&line[..end]).into_owned()));
            }
            if !self.chunk()? {
                return Ok(None);
            }
        }
    }

    /// RFC 9112 §7.1: a length in hexadecimal digits, the bytes, and the end of a line.
    fn chunk(&mut self) -> Result<bool, Halt> {
        let size = self.raw_line()?;
        let size = size.split(';').next().unwrap_or_default().trim();
        let size = usize::from_str_radix(size, 16).map_err(|_| Halt::Lost)?;
        let had = self.line.len();
        if had + size > HEARD_BYTES_MAX {
            return Err(Halt::Lost);
        }
        self.line.resize(had + size, 0);
        self.socket.read_exact(&mut self.line[had..]).map_err(|_| Halt::Lost)?;
        self.raw_line()?;
        Ok(size > 0)
    }

    /// A line of the protocol itself, without its end.
    fn raw_line(&mut self) -> Result<String, Halt> {
        let mut line = Vec::new();
        while !line.ends_with(b"\n") {
            if self.socket.buffer().is_empty() {
                let more = wait_for_input(self.socket.get_ref().as_fd(), self.interrupts);
                if !more.map_err(Halt::Own)? {
                    return Err(Halt::Interrupted);
                }
            }
            let left = HTTP_HEAD_BYTES_MAX.saturating_sub(line.len());
            let there = match self.socket.fill_buf() {
                Ok(there) => there,
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(_gone) => return Err(Halt::Lost),
            };
            let taken = memchr::memchr(b'\n', there).map_or(there.len(), |end| end + 1).min(left);
            if taken == 0 {
                return Err(Halt::Lost);
            }
            line.extend_from_slice(&there[..taken]);
            self.socket.consume(taken);
        }
        let line = String::from_utf8(line).map_err(|_| Halt::Lost)?;
        Ok(line.trim_end().to_owned())
    }
}
