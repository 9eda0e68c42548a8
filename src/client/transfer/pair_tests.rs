//! From a file to its copy: both ways, cut anywhere, stopped by either side.
//!
//! Knows no daemon. Why cuts at drawn places and at chosen ones: where a head ends and where a
//! piece does, something is most likely forgotten.

use std::time::Duration;

use super::pair::{Cuts, Pair, TOKEN, cutting, noise, patience};
use super::task::Patience;
use super::{Errand, Tiding, Way, Why};

const SIZES: [usize; 7] = [0, 1, 2, 4095, 256 * 1024, 300 * 1024, 1_000_003];

/// Places in a transfer of so many bytes, heads included.
fn drawn(seed: u64, size: usize) -> Vec<u64> {
    let numbers = noise(seed, 64);
    let mut places: Vec<u64> = numbers
        .chunks(8)
        .map(|eight| u64::from_le_bytes(eight.try_into().unwrap()) % (size as u64 + 200))
        .collect();
    places.extend([0, 1, 120, 121, 122, 123, 124, 125, size as u64 / 2]);
    places
}

fn cuts(places: &[u64]) -> Cuts {
    let cuts = Cuts::default();
    cuts.lock().unwrap().extend(places);
    cuts
}

#[test]
fn every_size_by_both_ways() {
    let mut pair = Pair::new(&Cuts::default());
    for size in SIZES {
        let bytes = noise(size as u64, size);
        pair.ways.clear();
        pair.transfers(&bytes, Some);
        assert!(!pair.ways.contains(&Way::Relay), "{size}");
        pair.ways.clear();
        pair.transfers(&bytes, |_| None);
        assert!(!pair.ways.contains(&Way::Direct), "{size}");
    }
}

#[test]
fn what_is_cut_goes_on_where_it_was() {
    for seed in 0..4 {
        let bytes = noise(seed, 300 * 1024);
        let (direct, relay) = (cuts(&drawn(seed, bytes.len())), cuts(&drawn(seed + 100, bytes.len())));
        let mut pair = Pair::new(&relay);
        // Directly and by the relay, from where the other way was cut.
        pair.transfers(&bytes, |own| Some(cutting(own, &direct)));
        pair.transfers(&bytes, |_| None);
    }
}

#[test]
fn a_cut_relay_takes_every_cut() {
    let bytes = noise(7, 100_000);
    let relay = cuts(&[0, 1, 50_000, 3, 0, 0, 40_000]);
    let mut pair = Pair::new(&relay);
    pair.transfers(&bytes, |_| None);
    assert!(relay.lock().unwrap().is_empty());
}

#[test]
fn where_nobody_listens_the_relay_does() {
    let mut pair = Pair::new(&Cuts::default());
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    pair.transfers(&noise(1, 1000), move |_| Some(closed));
    assert!(pair.ways.contains(&Way::Relay) && !pair.ways.contains(&Way::Direct));
    // It listens, and never answers.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = silent.local_addr().unwrap();
    let patience = Patience { direct: Duration::from_millis(50), ..patience() };
    let mut pair = Pair::with(patience, &Cuts::default());
    pair.transfers(&noise(1, 1000), move |_| Some(address));
    assert!(pair.ways.contains(&Way::Relay) && !pair.ways.contains(&Way::Direct));
}

#[test]
fn a_name_that_appears_meanwhile_is_left_alone() {
    let mut pair = Pair::new(&Cuts::default());
    let path = pair.home.path().join("sent.bin");
    std::fs::write(&path, "theirs").unwrap();
    let (size, hash, direct) = pair.opens(&path);
    pair.receiver.run(Errand::Reserve { id: 2, name: "got".into(), size });
    assert_eq!(pair.hears(1), Tiding::Reserved { id: 2 });
    std::fs::write(pair.directory().join("got"), "mine").unwrap();
    pair.receiver.run(Errand::Fetch { id: 2, token: TOKEN.into(), direct, hash });
    pair.sender.run(Errand::Serve { id: 1, token: TOKEN.into() });
    assert_eq!(pair.hears(1), Tiding::Failed { id: 2, why: Why::Exists("got".into()) });
    assert_eq!(pair.received(), ["got"]);
    assert_eq!(std::fs::read(pair.directory().join("got")).unwrap(), b"mine");
    // And at once when it is there before.
    pair.receiver.run(Errand::Stop { id: 2 });
    assert_eq!(
        pair.fetches("got", size, hash, direct),
        Tiding::Failed { id: 2, why: Why::Exists("got".into()) }
    );
}

#[test]
fn either_side_can_stop_and_nothing_is_left() {
    for side in [0, 1] {
        let mut pair = Pair::new(&Cuts::default());
        let bytes = noise(3, 8 << 20);
        let path = pair.home.path().join("sent.bin");
        std::fs::write(&path, &bytes).unwrap();
        let (size, hash, direct) = pair.opens(&path);
        pair.ways.clear();
        pair.sender.run(Errand::Serve { id: 1, token: TOKEN.into() });
        pair.receiver.run(Errand::Reserve { id: 2, name: "got".into(), size });
        assert_eq!(pair.hears(1), Tiding::Reserved { id: 2 });
        assert_eq!(pair.received().len(), 1);
        let direct = direct.map(|own| cutting(own, &cuts(&[4 << 20, 1, 1, 1])));
        pair.receiver.run(Errand::Fetch { id: 2, token: TOKEN.into(), direct, hash });
        while !pair.ways.contains(&Way::Direct) {
            pair.turn();
        }
        if side == 0 {
            pair.sender.run(Errand::Stop { id: 1 });
        }
        pair.receiver.run(Errand::Stop { id: 2 });
        // A runner that goes waits for its threads.
        let Pair { home, sender, receiver, .. } = pair;
        drop((sender, receiver));
        assert_eq!(std::fs::read_dir(home.path().join("in")).unwrap().count(), 0);
    }
}

#[test]
fn what_cannot_be_sent_is_told() {
    let mut pair = Pair::new(&Cuts::default());
    let home = pair.home.path().to_owned();
    let pipe = home.join("pipe");
    rustix::fs::mkfifoat(rustix::fs::CWD, &pipe, rustix::fs::Mode::RUSR).unwrap();
    let socket = home.join("socket");
    let _listens = std::os::unix::net::UnixListener::bind(&socket).unwrap();
    for (path, why) in [
        (home.join("gone"), Why::NotFound),
        (home.clone(), Why::Directory),
        (pipe, Why::NotFile),
        (socket, Why::NotFile),
        ("/dev/null".into(), Why::NotFile),
    ] {
        pair.sender.run(Errand::Open { id: 1, typed: path.to_str().unwrap().into() });
        assert_eq!(pair.hears(0), Tiding::Failed { id: 1, why }, "{path:?}");
    }
    // As a terminal writes a path that is dropped on it.
    std::fs::write(home.join("a b'c.txt"), "x").unwrap();
    let dropped = format!("'{}/a b'\\''c.txt' ", home.display());
    pair.sender.run(Errand::Open { id: 1, typed: dropped });
    assert!(matches!(pair.hears(0), Tiding::Opened { size: 1, name, .. } if name == "a b'c.txt"));
}

#[test]
fn a_file_that_became_shorter_is_not_sent_to_its_end() {
    for relay in [false, true] {
        let mut pair = Pair::new(&Cuts::default());
        let path = pair.home.path().join("sent.bin");
        std::fs::write(&path, noise(1, 300_000)).unwrap();
        let (size, hash, direct) = pair.opens(&path);
        std::fs::File::options().write(true).open(&path).unwrap().set_len(100).unwrap();
        pair.sender.run(Errand::Serve { id: 1, token: TOKEN.into() });
        pair.receiver.run(Errand::Reserve { id: 2, name: "got".into(), size });
        let direct = direct.filter(|_| !relay);
        pair.receiver.run(Errand::Fetch { id: 2, token: TOKEN.into(), direct, hash });
        assert_eq!(pair.hears(0), Tiding::Failed { id: 1, why: Why::Changed });
        // The sender's side tells the other by way of the server.
        pair.receiver.run(Errand::Stop { id: 2 });
    }
}

#[test]
fn a_lost_sender_is_given_up() {
    let patience =
        Patience { relay: Duration::from_millis(20), silent: Duration::from_millis(60), ..patience() };
    let mut pair = Pair::with(patience, &Cuts::default());
    // Nobody has opened anything, so nobody pushes.
    pair.fails(5, blake3::hash(b"hello"), None, Why::Silent);
}
