//! A wire between a program and the daemon, which a test can cut, and on which it can change lines.
//!
//! Knows a chat by its first byte, and HTTP by any other. Why it connects from an address that can be
//! chosen: the daemon then sees its people where they are not, as behind a router.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{IpAddr, Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

use rustix::net::{AddressFamily, SocketType};

/// After how many bytes each of the next connections is cut; those after them are not.
pub type Cuts = Arc<Mutex<VecDeque<u64>>>;

type Change = Arc<dyn Fn(&str) -> String + Send + Sync>;

pub struct Wire {
    pub port: u16,
    /// Bytes of HTTP that have gone over it, both ways.
    pub carried: Arc<AtomicU64>,
    end: Arc<End>,
}

/// How it treats what goes over it.
struct End {
    to: SocketAddr,
    from: IpAddr,
    cuts: Cuts,
    /// What becomes of a line that the server says.
    change: Option<Change>,
    carried: Arc<AtomicU64>,
}

/// At most so many draws; none of them beyond `bytes`.
pub fn drawn(count: usize, bytes: u64) -> Cuts {
    use std::hash::{BuildHasher, Hasher, RandomState};
    let places: VecDeque<u64> =
        (0..count).map(|_| RandomState::new().build_hasher().finish() % bytes).collect();
    println!("cut after {places:?}");
    Arc::new(Mutex::new(places))
}

impl Wire {
    /// To a port of this machine; the other end sees whoever uses it at `from`.
    pub fn start(port: u16, from: [u8; 4], cuts: Cuts, change: Option<Change>) -> Wire {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let own = listener.local_addr().unwrap().port();
        let carried: Arc<AtomicU64> = Arc::default();
        let (to, from) = (SocketAddr::from(([127, 0, 0, 1], port)), IpAddr::V4(Ipv4Addr::from(from)));
        let end = Arc::new(End { to, from, cuts, change, carried: Arc::clone(&carried) });
        let behind = Arc::clone(&end);
        thread::spawn(move || {
            for near in listener.incoming().flatten() {
                let end = Arc::clone(&behind);
                thread::spawn(move || end.joins(near));
            }
        });
        Wire { port: own, carried, end }
    }

    /// How many more connections will be cut.
    pub fn cuts_left(&self) -> usize {
        self.end.cuts.lock().unwrap().len()
    }

    /// A wire to the daemon for a receiver, whose ways to senders lead over cut wires, too.
    pub fn to_receiver(port: u16, cuts: &Cuts) -> Wire {
        let ways: Mutex<Vec<(u16, Wire)>> = Mutex::default();
        let cuts = Arc::clone(cuts);
        let change: Change = Arc::new(move |line| {
            let direct = "\"direct\":\"127.0.0.1:";
            let Some((before, rest)) = line.split_once(direct) else { return line.to_owned() };
            let (sender, after) = rest.split_once('"').unwrap();
            let sender: u16 = sender.parse().unwrap();
            let mut ways = ways.lock().unwrap();
            if !ways.iter().any(|(to, _)| *to == sender) {
                ways.push((sender, Wire::start(sender, [127, 0, 0, 1], Arc::clone(&cuts), None)));
            }
            let (_, way) = ways.iter().find(|(to, _)| *to == sender).unwrap();
            format!("{before}{direct}{}\"{after}", way.port)
        });
        Wire::start(port, [127, 0, 0, 1], Cuts::default(), Some(change))
    }
}

impl End {
    /// One connection, until one of its ends is gone.
    fn joins(&self, near: TcpStream) {
        let Ok(far) = self.connects() else { return };
        let mut first = [0];
        let chats = matches!(near.peek(&mut first), Ok(1)) && first == *b"{";
        let budget = if chats { None } else { self.cuts.lock().unwrap().pop_front() };
        let left = Arc::new(AtomicU64::new(budget.unwrap_or(u64::MAX)));
        let (asks, asked) = (near.try_clone().unwrap(), far.try_clone().unwrap());
        let (carried, spent) = (Arc::clone(&self.carried), Arc::clone(&left));
        let there = thread::spawn(move || copy(&asks, &asked, &spent, &carried));
        match (&self.change, chats) {
            (Some(change), true) => {
                for line in BufReader::new(&far).lines().map_while(Result::ok) {
                    if (&near).write_all(format!("{}\n", change(&line)).as_bytes()).is_err() {
                        break;
                    }
                }
            }
            _unchanged => copy(&far, &near, &left, &self.carried),
        }
        let _ = (near.shutdown(Shutdown::Both), far.shutdown(Shutdown::Both));
        let _ = there.join();
    }

    fn connects(&self) -> rustix::io::Result<TcpStream> {
        let socket = rustix::net::socket(AddressFamily::INET, SocketType::STREAM, None)?;
        rustix::net::bind(&socket, &SocketAddr::new(self.from, 0))?;
        rustix::net::connect(&socket, &self.to)?;
        Ok(socket.into())
    }
}

/// Copies until one end is gone, or both directions together have had their bytes: then both ends are closed.
fn copy(mut from: &TcpStream, mut to: &TcpStream, left: &AtomicU64, carried: &AtomicU64) {
    let mut bytes = vec![0; 64 * 1024];
    loop {
        let Ok(count @ 1..) = from.read(&mut bytes) else {
            // The other direction may have more to say.
            let _ = to.shutdown(Shutdown::Write);
            return;
        };
        let count64 = u64::try_from(count).unwrap();
        let had = left
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| Some(left.saturating_sub(count64)))
            .unwrap();
        let may = count.min(usize::try_from(had).unwrap_or(usize::MAX));
        carried.fetch_add(u64::try_from(may).unwrap(), Ordering::SeqCst);
        if to.write_all(&bytes[..may]).is_err() || may < count {
            let _ = (from.shutdown(Shutdown::Both), to.shutdown(Shutdown::Both));
            return;
        }
    }
}
