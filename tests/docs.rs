//! Pages that are made, or held equal to what they tell of: tables of docs/, manual pages, catalogs.
//!
//! `DOCS=rewrite cargo test --test docs` writes them. Knows no page itself. Why pages are tested: what
//! people read is wrong soon where nothing holds it.

use std::path::Path;

#[path = "docs/commands.rs"]
mod commands;
#[path = "docs/facts.rs"]
mod facts;
#[path = "docs/limits.rs"]
mod limits;
#[path = "docs/manuals.rs"]
mod manuals;

/// A file is as it is made; or it becomes so, if that was asked for.
fn hold(name: &str, make: impl Fn(&str) -> String) {
    let page = read(name);
    let made = make(&page);
    if std::env::var_os("DOCS").is_some_and(|value| value == "rewrite") {
        std::fs::write(Path::new(env!("CARGO_MANIFEST_DIR")).join(name), &made).unwrap();
    } else {
        assert!(page == made, "{name} is not as made: DOCS=rewrite cargo test --test docs");
    }
}

fn read(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{name}: {error}"))
}
