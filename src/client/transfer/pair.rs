//! Two runners of a test, with a relay between them, and wires that are cut.
//!
//! Knows no offers: it passes on what a daemon would. Why a relay of its own and not the daemon's:
//! here it is the ends that are tested, at every byte where a wire can break.

use std::collections::VecDeque;
use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use tempfile::TempDir;

use super::task::Patience;
use super::{Errand, Runner, Tiding, Way, Why, heads};

pub const TOKEN: &str = "0123456789abcdef0123456789abcdef";
/// How long anything may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// Long where an answer comes, short where none does.
pub fn patience() -> Patience {
    let ms = Duration::from_millis;
    Patience { direct: ms(5_000), relay: ms(5_000), silent: ms(5_000), first: ms(1), max: ms(20) }
}

/// After how many bytes each of the next connections is cut; those after them are not.
pub type Cuts = Arc<Mutex<VecDeque<u64>>>;

fn next_cut(cuts: &Cuts) -> u64 {
    cuts.lock().unwrap().pop_front().unwrap_or(u64::MAX)
}

/// Copies until one end is gone, or the connection has had its bytes; gives how many are left of those.
fn copy(mut from: impl Read, mut to: impl Write, mut budget: u64) -> u64 {
    let mut bytes = [0; 8192];
    while budget > 0 {
        let room = usize::try_from(budget).map_or(bytes.len(), |budget| budget.min(bytes.len()));
        let Ok(count @ 1..) = from.read(&mut bytes[..room]) else { break };
        if to.write_all(&bytes[..count]).is_err() {
            break;
        }
        budget -= count as u64;
    }
    budget
}

/// Somebody between a receiver and a sender's own port, who cuts what comes back.
pub fn cutting(to: SocketAddr, cuts: &Cuts) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let cuts = Arc::clone(cuts);
    thread::spawn(move || {
        for near in listener.incoming().flatten() {
            let Ok(far) = TcpStream::connect(to) else { return };
            let (mut asks, mut asked) = (near.try_clone().unwrap(), far.try_clone().unwrap());
            thread::spawn(move || copy(&mut asks, &mut asked, u64::MAX));
            copy(&far, &near, next_cut(&cuts));
            let _ = (near.shutdown(Shutdown::Both), far.shutdown(Shutdown::Both));
        }
    });
    address
}

/// What a daemon's relay does, for one transfer.
struct Relay {
    address: SocketAddr,
    /// From where the receiver waits.
    waits: Receiver<u64>,
    wake: UnixStream,
}

impl Relay {
    fn start(cuts: Cuts) -> Relay {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (tell, waits) = channel();
        let (wake, mut waker) = UnixStream::pair().unwrap();
        wake.set_nonblocking(true).unwrap();
        let waiting: Arc<Mutex<Option<TcpStream>>> = Arc::default();
        thread::spawn(move || {
            for mut one in listener.incoming().flatten() {
                let Ok((head, body)) = heads::read(&mut one) else { continue };
                if let Some(asked) = heads::asked(&head) {
                    assert_eq!(asked.token, TOKEN);
                    *waiting.lock().unwrap() = Some(one);
                    if tell.send(asked.from).is_err() || waker.write_all(&[1]).is_err() {
                        return;
                    }
                    continue;
                }
                let Some(taker) = waiting.lock().unwrap().take() else { continue };
                let cut = next_cut(&cuts);
                thread::spawn(move || relayed(&head, &body, one, taker, cut));
            }
        });
        Relay { address, waits, wake }
    }
}

/// Hands the body of a push to who waits for it.
fn relayed(head: &[u8], body: &[u8], mut bringer: TcpStream, mut taker: TcpStream, cut: u64) {
    let head =
        String::from_utf8(head.to_vec()).unwrap().replace("Content-Range: bytes", "content-range: bytes");
    let field = |name: &str| head.lines().find_map(|line| Some(line.strip_prefix(name)?.to_owned()));
    let length: u64 = field("Content-Length: ").unwrap().parse().unwrap();
    let range = field("content-range: ").unwrap_or_default();
    let begins =
        format!("HTTP/1.1 206 Partial Content\r\nContent-Range: {range}\r\nContent-Length: {length}\r\n\r\n");
    let begins = begins.replace("Content-Range: \r\n", "");
    if taker.write_all(begins.as_bytes()).is_ok() {
        copy(body.chain(&bringer), &taker, length.min(cut));
        let _ = bringer.write_all(b"HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n");
    }
    let _ = (bringer.shutdown(Shutdown::Both), taker.shutdown(Shutdown::Both));
}

/// A sender and a receiver, each with a directory.
pub struct Pair {
    pub home: TempDir,
    pub sender: Runner,
    pub receiver: Runner,
    relay: Relay,
    /// What each has told, progress left out, and the way of the last progress.
    pub told: [Vec<Tiding>; 2],
    pub ways: Vec<Way>,
}

impl Pair {
    pub fn new(relay_cuts: &Cuts) -> Pair {
        Pair::with(patience(), relay_cuts)
    }

    pub fn with(patience: Patience, relay_cuts: &Cuts) -> Pair {
        let home = tempfile::tempdir().unwrap();
        std::fs::create_dir(home.path().join("in")).unwrap();
        let relay = Relay::start(Arc::clone(relay_cuts));
        let runner = || {
            let runner = Runner::new(home.path().join("in"), patience).unwrap();
            // Only its addresses are looked at.
            runner.chats_over(&TcpStream::connect(relay.address).unwrap());
            runner
        };
        let (sender, receiver) = (runner(), runner());
        Pair { home, sender, receiver, relay, told: [Vec::new(), Vec::new()], ways: Vec::new() }
    }

    pub fn directory(&self) -> std::path::PathBuf {
        self.home.path().join("in")
    }

    /// Everything in the receiver's directory.
    pub fn received(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.directory()).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }

    /// Waits for the next tidings of either side; a receiver who waits at the relay is pushed to.
    pub fn turn(&mut self) {
        let deadline = Timespec { tv_sec: PATIENCE.as_secs().try_into().unwrap(), tv_nsec: 0 };
        let (sender, receiver) = (self.sender.wake(), self.receiver.wake());
        let mut watched = [sender, receiver].map(|one| PollFd::from_borrowed_fd(one, PollFlags::IN)).to_vec();
        watched.push(PollFd::new(&self.relay.wake, PollFlags::IN));
        assert!(
            poll(&mut watched, Some(&deadline)).unwrap() > 0,
            "nothing happens any more: {:?}",
            self.told
        );
        let _ = (&self.relay.wake).read(&mut [0; 64]);
        for from in self.relay.waits.try_iter() {
            self.sender.run(Errand::Push { id: 1, token: TOKEN.into(), from });
        }
        for (told, runner) in self.told.iter_mut().zip([&mut self.sender, &mut self.receiver]) {
            for tiding in runner.tidings() {
                match tiding {
                    Tiding::Progress { way, .. } => self.ways.push(way),
                    Tiding::Opened { .. }
                    | Tiding::Reserved { .. }
                    | Tiding::Saved { .. }
                    | Tiding::Failed { .. } => {
                        told.push(tiding);
                    }
                }
            }
        }
    }

    /// Waits until this side (0: the sender) has something to say.
    pub fn hears(&mut self, side: usize) -> Tiding {
        let deadline = Instant::now() + PATIENCE;
        while self.told[side].is_empty() {
            assert!(Instant::now() < deadline, "nothing comes of it");
            self.turn();
        }
        self.told[side].remove(0)
    }

    /// The sender opens the file; gives what it would offer.
    pub fn opens(&mut self, path: &Path) -> (u64, blake3::Hash, Option<SocketAddr>) {
        self.sender.run(Errand::Open { id: 1, typed: path.to_str().unwrap().into() });
        match self.hears(0) {
            Tiding::Opened { id: 1, size, hash, direct, .. } => (size, hash, direct),
            other => panic!("it was to be opened: {other:?}"),
        }
    }

    /// The receiver takes the name, and fetches it.
    pub fn fetches(
        &mut self,
        name: &str,
        size: u64,
        hash: blake3::Hash,
        direct: Option<SocketAddr>,
    ) -> Tiding {
        self.receiver.run(Errand::Reserve { id: 2, name: name.into(), size });
        match self.hears(1) {
            Tiding::Reserved { id: 2 } => {}
            other => return other,
        }
        self.receiver.run(Errand::Fetch { id: 2, token: TOKEN.into(), direct, hash });
        self.hears(1)
    }

    /// All of it, from the file to the copy; `direct` makes an address of the sender's.
    pub fn transfers(&mut self, bytes: &[u8], direct: impl Fn(SocketAddr) -> Option<SocketAddr>) {
        let path = self.home.path().join("sent.bin");
        std::fs::write(&path, bytes).unwrap();
        let (size, hash, own) = self.opens(&path);
        assert_eq!((size, hash), (bytes.len() as u64, blake3::hash(bytes)));
        self.sender.run(Errand::Serve { id: 1, token: TOKEN.into() });
        let direct = own.and_then(direct);
        assert_eq!(self.fetches("got.bin", size, hash, direct), Tiding::Saved { id: 2 });
        self.receiver.run(Errand::Stop { id: 2 });
        self.sender.run(Errand::Stop { id: 1 });
        let got = self.directory().join("got.bin");
        assert!(std::fs::read(&got).unwrap() == bytes, "other bytes came");
        assert_eq!(self.received(), ["got.bin"]);
        std::fs::remove_file(got).unwrap();
    }

    /// What fails on the receiver's side, and leaves nothing behind.
    pub fn fails(&mut self, size: u64, hash: blake3::Hash, direct: Option<SocketAddr>, why: Why) {
        assert_eq!(self.fetches("got.bin", size, hash, direct), Tiding::Failed { id: 2, why });
        self.receiver.run(Errand::Stop { id: 2 });
        assert!(self.received().is_empty(), "{:?}", self.received());
    }
}

/// Bytes that look like none others.
pub fn noise(seed: u64, count: usize) -> Vec<u8> {
    let mut bytes = vec![0; count];
    blake3::Hasher::new().update(&seed.to_le_bytes()).finalize_xof().fill(&mut bytes);
    bytes
}
