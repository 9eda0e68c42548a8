//! What can be offered, and where nobody is sent.
//!
//! Knows no hub. Why names stand here one by one: each harmed somebody once, somewhere.

use super::*;

#[test]
fn a_name_is_that_of_a_file_and_harms_nobody() {
    let named = |name: &str| {
        let asked =
            OfferAsked { name: name.to_owned().into(), size: 0, hash: "0".repeat(64).into(), direct: None };
        file(asked).map(|file| file.name)
    };
    for name in ["a", "photo.jpg", "사진 1.png", "-rf", ".profile", "CON", "a\\b", "👩‍👩‍👧.gif", &"x".repeat(255)]
    {
        assert_eq!(named(name).as_deref(), Ok(name), "{name}");
    }
    assert_eq!(named("\u{1112}\u{1161}\u{11ab}.txt").as_deref(), Ok("한.txt"));
    let bad = Err(Reject::BadFile { fault: FileFault::Name });
    for name in [
        "",
        ".",
        "..",
        "a/b",
        "../x",
        "/etc/passwd",
        "a\0b",
        "a\nb",
        "a\u{1b}[2J",
        "gpj.\u{202e}exe",
        "a\u{2028}b",
        &"x".repeat(256),
    ] {
        assert_eq!(named(name), bad, "{name:?}");
    }
}

#[test]
fn what_else_cannot_be_offered() {
    let fault = |size, hash: &str, direct: Option<&'static str>| {
        let asked = OfferAsked {
            name: "a".into(),
            size,
            hash: hash.to_owned().into(),
            direct: direct.map(Into::into),
        };
        file(asked).map(|_| ())
    };
    let (zeros, bad) = ("0".repeat(64), |fault| Err(Reject::BadFile { fault }));
    assert_eq!(fault((1 << 53) - 1, &zeros, Some("[::1]:80")), Ok(()));
    assert_eq!(fault(1 << 53, &zeros, None), bad(FileFault::Size));
    for hash in ["", &zeros[1..], &format!("{zeros}0"), &zeros.replace('0', "A"), &zeros.replace('0', "g")] {
        assert_eq!(fault(0, hash, None), bad(FileFault::Hash), "{hash}");
    }
    for direct in ["", "localhost:1", "127.0.0.1", "127.0.0.1:99999", "::1:80x"] {
        assert_eq!(fault(0, &zeros, Some(direct)), bad(FileFault::Direct), "{direct}");
    }
}

#[test]
fn nobody_is_sent_to_a_third_party() {
    let ip = |text: &str| Some(text.parse::<IpAddr>().unwrap());
    let may = |direct: &str, sender, receiver| may_connect(&direct.parse().unwrap(), sender, receiver);
    assert!(may("192.0.2.7:4000", ip("192.0.2.7"), ip("192.0.2.8")));
    assert!(may("192.0.2.7:4000", ip("::ffff:192.0.2.7"), None));
    assert!(may("127.0.0.1:4000", ip("127.0.0.1"), ip("::1")));
    assert!(!may("127.0.0.1:4000", ip("127.0.0.1"), ip("192.0.2.8")), "it would be the receiver's own");
    assert!(!may("192.0.2.9:4000", ip("192.0.2.7"), ip("192.0.2.8")));
    assert!(!may("192.0.2.7:0", ip("192.0.2.7"), ip("192.0.2.8")));
    assert!(!may("192.0.2.7:4000", None, ip("192.0.2.8")));
}
