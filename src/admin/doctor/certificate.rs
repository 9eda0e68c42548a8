//! The certificate of the TLS listeners: its dates, and its key.
//!
//! It must not judge whom a certificate is for, nor who has signed it. Why two weeks ahead: renewal
//! runs by itself for months, and stops without a word.

use std::io;
use std::path::Path;

use x509_cert::Certificate;
use x509_cert::der::Error;

use super::files::unseen;
use super::finding::{Finding, quoted};
use super::look::{self, see};
use super::subject::Subject;
use crate::limits::DOCTOR_CERTIFICATE_S;

const CHECK: &str = "certificate";

pub fn examine(subject: &Subject, now_s: i64) -> Vec<Finding> {
    let mut found = Vec::new();
    if let Some(path) = &subject.settings.certificate {
        match look::read(path) {
            Ok(pem) => found.extend(certificate(path, dates(&pem), now_s)),
            Err(error) => found.push(lacking(path, &error)),
        }
    }
    if let Some(path) = &subject.settings.key {
        match see(path) {
            Ok(Some(seen)) if seen.mode & 0o004 != 0 => {
                let shown = quoted(path);
                let open = Finding::fault(CHECK, "chatctl-doctor-key-open").with("path", &shown);
                found.push(open.mend(format!("chmod o-r {shown}")));
            }
            Ok(Some(_)) => found.push(Finding::ok(CHECK, "chatctl-doctor-key").with("path", path.display())),
            Ok(None) => found.push(lacking(path, &io::ErrorKind::NotFound.into())),
            Err(error) => found.push(lacking(path, &error)),
        }
    }
    found
}

fn lacking(path: &Path, error: &io::Error) -> Finding {
    match error.kind() {
        io::ErrorKind::NotFound => {
            Finding::fault(CHECK, "chatctl-doctor-no-certificate").with("path", path.display())
        }
        _ => unseen(CHECK, path, error),
    }
}

/// From when until when the first certificate of a PEM file holds, in seconds of Unix time (RFC 5280 §4.1.2.5).
fn dates(pem: &[u8]) -> Result<(i64, i64), Error> {
    let chain = Certificate::load_pem_chain(pem)?;
    let first = chain.first().ok_or_else(|| Error::incomplete(x509_cert::der::Length::ZERO))?;
    let validity = first.tbs_certificate().validity();
    let seconds =
        |time: x509_cert::time::Time| i64::try_from(time.to_unix_duration().as_secs()).unwrap_or(i64::MAX);
    Ok((seconds(validity.not_before), seconds(validity.not_after)))
}

fn certificate(path: &Path, dates: Result<(i64, i64), Error>, now_s: i64) -> Vec<Finding> {
    let shown = quoted(path);
    let (from, until) = match dates {
        Ok(dates) => dates,
        Err(error) => {
            let fault = Finding::fault(CHECK, "chatctl-doctor-bad-certificate");
            let fault = fault.with("path", &shown).with("why", error);
            return vec![fault.mend(format!("openssl x509 -in {shown} -noout -text"))];
        }
    };
    let day = |seconds: i64| {
        jiff::Timestamp::from_second(seconds)
            .map_or_else(|_| seconds.to_string(), |at| at.strftime("%Y-%m-%d").to_string())
    };
    let look = format!("openssl x509 -in {shown} -noout -dates");
    let finding = if now_s > until {
        Finding::fault(CHECK, "chatctl-doctor-expired").mend(look)
    } else if now_s < from {
        Finding::fault(CHECK, "chatctl-doctor-not-yet").mend("timedatectl")
    } else if until - now_s < DOCTOR_CERTIFICATE_S {
        Finding::note(CHECK, "chatctl-doctor-expires").with("days", (until - now_s) / 86_400).mend(look)
    } else {
        Finding::ok(CHECK, "chatctl-doctor-certificate")
    };
    vec![finding.with("path", &shown).with("from", day(from)).with("until", day(until))]
}

#[cfg(test)]
mod tests {
    use super::super::finding::only;
    use super::*;

    /// Of 2026-01-01 to 2026-03-01, made by `openssl ca -selfsign`, with an Ed25519 key.
    const PEM: &[u8] = include_bytes!("../../../tests/fixtures/certificate.pem");

    #[test]
    fn dates_are_judged() {
        let (from, until) = dates(PEM).unwrap();
        assert_eq!((from, until), (1_767_225_600, 1_772_323_200));
        let day = 86_400;
        for (now_s, id) in [
            (from - 1, "chatctl-doctor-not-yet"),
            (from, "chatctl-doctor-certificate"),
            (until - 15 * day, "chatctl-doctor-certificate"),
            (until - 13 * day, "chatctl-doctor-expires"),
            (until + 1, "chatctl-doctor-expired"),
        ] {
            let found = certificate(Path::new("/c.pem"), dates(PEM), now_s);
            assert!(only(&found, id).args.contains(&("until", "2026-03-01".to_owned())));
        }
    }

    #[test]
    fn what_is_no_certificate_is_said() {
        for nothing in [&b""[..], b"no PEM", &PEM[..PEM.len() / 2]] {
            only(&certificate(Path::new("/c.pem"), dates(nothing), 0), "chatctl-doctor-bad-certificate");
        }
    }
}
