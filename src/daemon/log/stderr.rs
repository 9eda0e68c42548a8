//! Lines to stderr that never wait for its reader.
//!
//! It must not know levels or counts, and it must leave the descriptor it was given as it is.
//!
//! Why not simply O_NONBLOCK on descriptor 2: that flag belongs to the open file, which a shell and
//! every program on the same terminal share; they would get errors where they expect to wait. So a
//! pipe or terminal is opened a second time for this program alone, a socket has a flag for each
//! send, and where neither is possible the descriptor is asked before each line.

use std::fs::File;
use std::io::{self, Write};
use std::os::fd::{AsRawFd, BorrowedFd};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{FileType, Mode, OFlags};
use rustix::net::SendFlags;

pub struct Stderr {
    file: File,
    way: Way,
    /// What was not taken of the last line; never more than one line.
    rest: Vec<u8>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// The file is open without blocking, or is on a disk, where writing does not wait for a
    /// reader.
    Write,
    /// Each send says that it will not wait.
    Send,
    /// Ask, then write: a pipe with room has room for a line. Another writer can take that room in
    /// between; it is the last resort for a pipe or terminal of another user.
    Ask,
}

impl Stderr {
    /// # Errors
    ///
    /// When there is no descriptor left.
    pub fn open(stderr: BorrowedFd<'_>) -> io::Result<Stderr> {
        let kind = FileType::from_raw_mode(rustix::fs::fstat(stderr)?.st_mode);
        let (file, way) = match kind {
            FileType::Fifo | FileType::CharacterDevice => match open_again(stderr) {
                Ok(own) => (own, Way::Write),
                Err(_) => (shared(stderr)?, Way::Ask),
            },
            FileType::Socket => (shared(stderr)?, Way::Send),
            _ => (shared(stderr)?, Way::Write),
        };
        let rest = Vec::new();
        Ok(Stderr { file, way, rest })
    }

    /// Writes one line with its newline, or fails at once. Of a line that was taken in part the
    /// rest goes before the next one.
    pub fn send(&mut self, line: &str) -> io::Result<()> {
        self.finish()?;
        let taken = self.write_now(line.as_bytes())?;
        self.rest.extend(&line.as_bytes()[taken..]);
        Ok(())
    }

    /// Writes what is left of the last line, or fails at once.
    pub fn finish(&mut self) -> io::Result<()> {
        if !self.rest.is_empty() {
            let taken = self.write_now(&self.rest)?;
            self.rest.drain(..taken);
        }
        if self.rest.is_empty() { Ok(()) } else { Err(io::ErrorKind::WouldBlock.into()) }
    }

    /// Writes what is taken without waiting; gives how many bytes.
    fn write_now(&self, bytes: &[u8]) -> io::Result<usize> {
        match self.way {
            Way::Write => (&self.file).write(bytes),
            Way::Send => {
                let flags = SendFlags::DONTWAIT | SendFlags::NOSIGNAL;
                Ok(rustix::net::send(&self.file, bytes, flags)?)
            }
            Way::Ask => {
                let now = Timespec::default();
                let mut asked = [PollFd::new(&self.file, PollFlags::OUT)];
                match poll(&mut asked, Some(&now))? {
                    0 => Err(io::ErrorKind::WouldBlock.into()),
                    _ => (&self.file).write(bytes),
                }
            }
        }
    }
}

fn shared(stderr: BorrowedFd<'_>) -> io::Result<File> {
    stderr.try_clone_to_owned().map(File::from)
}

/// Opens the same pipe or terminal once more, with flags of its own.
fn open_again(stderr: BorrowedFd<'_>) -> io::Result<File> {
    let path = format!("/proc/self/fd/{}", stderr.as_raw_fd());
    let flags = OFlags::WRONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    let own = rustix::fs::open(path, flags, Mode::empty())?;
    Ok(File::from(own))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;
    use std::net::{TcpListener, TcpStream};
    use std::os::fd::{AsFd, OwnedFd};
    use std::os::unix::net::UnixStream;
    use std::time::{Duration, Instant};

    fn non_blocking(fd: impl AsFd) -> bool {
        let flags = rustix::fs::fcntl_getfl(fd).unwrap();
        flags.contains(OFlags::NONBLOCK)
    }

    fn pipe() -> (OwnedFd, OwnedFd) {
        let (reader, writer) = std::io::pipe().unwrap();
        (reader.into(), writer.into())
    }

    fn unix() -> (OwnedFd, OwnedFd) {
        let (reader, writer) = UnixStream::pair().unwrap();
        (reader.into(), writer.into())
    }

    /// A TCP socket takes lines in part, as a terminal does.
    fn tcp() -> (OwnedFd, OwnedFd) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let writer = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let (reader, _) = listener.accept().unwrap();
        (reader.into(), writer.into())
    }

    /// Reads all that is there, without waiting.
    fn drain(reader: &mut File) -> String {
        let mut text = Vec::new();
        let mut buffer = [0; 65536];
        while let Ok(bytes @ 1..) = reader.read(&mut buffer) {
            text.extend(&buffer[..bytes]);
        }
        String::from_utf8(text).unwrap()
    }

    /// Fills and empties the stream a few times; only whole lines may arrive, in order.
    fn lines_stay_whole(mut stderr: Stderr, reader: OwnedFd) {
        rustix::fs::fcntl_setfl(&reader, OFlags::NONBLOCK).unwrap();
        let mut reader = File::from(reader);
        let (mut sent, mut text, mut full) = (Vec::new(), String::new(), 0);
        for number in 0..100_000 {
            let line = format!("{number} {}\n", "x".repeat(number % 900));
            match stderr.send(&line) {
                Ok(()) => sent.push(line),
                Err(error) => {
                    assert_eq!(error.kind(), io::ErrorKind::WouldBlock);
                    text.push_str(&drain(&mut reader));
                    full += 1;
                    if full == 5 {
                        break;
                    }
                }
            }
        }
        assert_eq!(full, 5);
        // TCP brings the last of it after a moment.
        let deadline = Instant::now() + Duration::from_secs(20);
        while stderr.send("end\n").is_err() {
            text.push_str(&drain(&mut reader));
            assert!(Instant::now() < deadline);
        }
        while !text.ends_with("\nend\n") {
            let _ = stderr.finish();
            text.push_str(&drain(&mut reader));
            assert!(Instant::now() < deadline);
        }
        assert!(text == sent.concat() + "end\n");
    }

    #[test]
    fn full_streams_keep_lines_whole() {
        for (reader, writer) in [pipe(), unix(), tcp()] {
            let stderr = Stderr::open(writer.as_fd()).unwrap();
            assert!(stderr.way != Way::Ask);
            assert!(!non_blocking(&writer));
            lines_stay_whole(stderr, reader);
        }
    }

    #[test]
    fn a_pipe_that_cannot_be_opened_again_is_asked_first() {
        let (reader, writer) = pipe();
        let stderr = Stderr { file: shared(writer.as_fd()).unwrap(), way: Way::Ask, rest: Vec::new() };
        assert!(!non_blocking(&writer));
        lines_stay_whole(stderr, reader);
    }

    #[test]
    fn a_file_is_written_where_it_stands() {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(b"before\n").unwrap();
        let mut stderr = Stderr::open(file.as_fd()).unwrap();
        stderr.send("line\n").unwrap();
        file.write_all(b"after\n").unwrap();
        assert_eq!(std::io::Seek::seek(&mut file, std::io::SeekFrom::Start(0)).unwrap(), 0);
        let mut text = String::new();
        file.read_to_string(&mut text).unwrap();
        assert_eq!(text, "before\nline\nafter\n");
    }
}
