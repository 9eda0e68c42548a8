//! The page for browsers, embedded: its files, each also compressed, and what each is.
//!
//! Knows no request and no chat. Why a table and not a folder that is read: nothing else of this
//! machine can ever be asked for.

use std::io::Write;
use std::sync::OnceLock;

use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};

/// One file of the page.
pub struct File {
    /// Where it is asked for.
    pub path: &'static str,
    pub bytes: &'static [u8],
    /// Made when it is first asked for: its tag, and itself compressed.
    made: OnceLock<(String, Vec<u8>)>,
}

impl File {
    const fn new(path: &'static str, bytes: &'static [u8]) -> File {
        File { path, bytes, made: OnceLock::new() }
    }

    /// Its type (RFC 9110 §8.3).
    pub fn kind(&self) -> &'static str {
        match self.path.rsplit('.').next() {
            Some("js") => "text/javascript; charset=utf-8",
            Some("css") => "text/css; charset=utf-8",
            Some("svg") => "image/svg+xml",
            _page => "text/html; charset=utf-8",
        }
    }

    /// Changes whenever the file does; the same for both forms of it, so a weak one (RFC 9110 §8.8.3).
    pub fn tag(&self) -> &str {
        &self.made().0
    }

    /// Whether a browser shows it by itself; what else there is, it loads into a page and under that page's rules.
    pub fn is_document(&self) -> bool {
        self.path == "/" || self.path.ends_with(".svg")
    }

    /// It in the coding `gzip` (RFC 1952), without its comments: they are a sixth of the page, and for those who read it.
    pub fn gzip(&self) -> &[u8] {
        &self.made().1
    }

    fn made(&self) -> &(String, Vec<u8>) {
        self.made.get_or_init(|| {
            let digest = Sha256::digest(self.bytes);
            let tag: String = digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
            let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
            encoder.write_all(without_comments(self.bytes).as_bytes()).expect("a vector takes everything");
            (format!("W/\"{tag}\""), encoder.finish().expect("a vector takes everything"))
        })
    }
}

static FILES: [File; 24] = [
    File::new("/", include_bytes!("index.html")),
    File::new("/blake3.js", include_bytes!("blake3.js")),
    File::new("/command.js", include_bytes!("command.js")),
    File::new("/composer.js", include_bytes!("composer.js")),
    File::new("/dom.js", include_bytes!("dom.js")),
    File::new("/events.js", include_bytes!("events.js")),
    File::new("/files.js", include_bytes!("files.js")),
    File::new("/icon.svg", include_bytes!("icon.svg")),
    File::new("/kept.js", include_bytes!("kept.js")),
    File::new("/link.js", include_bytes!("link.js")),
    File::new("/lists.js", include_bytes!("lists.js")),
    File::new("/log.js", include_bytes!("log.js")),
    File::new("/main.js", include_bytes!("main.js")),
    File::new("/messages.js", include_bytes!("messages.js")),
    File::new("/model.js", include_bytes!("model.js")),
    File::new("/parts.js", include_bytes!("parts.js")),
    File::new("/search.js", include_bytes!("search.js")),
    File::new("/sentences-files.js", include_bytes!("sentences-files.js")),
    File::new("/sentences.js", include_bytes!("sentences.js")),
    File::new("/session.js", include_bytes!("session.js")),
    File::new("/style.css", include_bytes!("style.css")),
    File::new("/typed.js", include_bytes!("typed.js")),
    File::new("/windows.js", include_bytes!("windows.js")),
    File::new("/words.js", include_bytes!("words.js")),
];

/// What the page may do: run its own scripts, talk to this server, and nothing else (CSP Level 3).
pub const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
     connect-src 'self'; manifest-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'; \
     require-trusted-types-for 'script'";

/// A file of the page without the lines that are comments from end to end.
fn without_comments(bytes: &[u8]) -> String {
    let text = std::str::from_utf8(bytes).expect("the files of the page are UTF-8: a test reads all of them");
    let mut left = String::with_capacity(text.len());
    let mut end: Option<&str> = None;
    for line in text.split_inclusive('\n') {
        let words = line.trim();
        let block = [("/*", "*/"), ("<!--", "-->")].into_iter().find(|(begin, _)| words.starts_with(*begin));
        match (end, block) {
            (Some(closed), _) if words.ends_with(closed) => end = None,
            (Some(_), _) => {}
            (None, Some((_, closed))) if words.ends_with(closed) => {}
            // One that ends within its line has something behind it.
            (None, Some((_, closed))) if !words.contains(closed) => end = Some(closed),
            (None, None) if words.starts_with("//") => {}
            (None, _) => left.push_str(line),
        }
    }
    left
}

/// The file at a path.
pub fn find(path: &str) -> Option<&'static File> {
    FILES.iter().find(|file| file.path == path)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is fetched only when somebody sends a file.
    const LATE: [&str; 3] = ["/blake3.js", "/files.js", "/sentences-files.js"];

    /// A file that nobody can ask for, or one that is asked for and not there, would be seen by a person first.
    #[test]
    fn every_file_of_the_folder_is_in_the_table() {
        let folder = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/src/web")).unwrap();
        let names = folder.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut files: Vec<String> = names.filter(|name| name != "mod.rs").collect();
        files.sort();
        let mut table: Vec<&str> =
            FILES.iter().map(|file| if file.path == "/" { "index.html" } else { &file.path[1..] }).collect();
        table.sort();
        assert_eq!(table, files);
    }

    #[test]
    fn comments_are_left_out_and_nothing_else() {
        let text =
            "// a\nlet b = 1; // c\n/** d\n * e\n */\n/* f */ g();\n  /* h */\n<!--\ni\n-->\n<p>j</p>\n";
        assert_eq!(without_comments(text.as_bytes()), "let b = 1; // c\n/* f */ g();\n<p>j</p>\n");
        for file in &FILES {
            let text = std::str::from_utf8(file.bytes).unwrap();
            let left = without_comments(file.bytes);
            assert!(left.len() * 2 > text.len(), "{}: {} bytes of {}", file.path, left.len(), text.len());
        }
    }

    #[test]
    fn the_page_is_small() {
        let (late, first): (Vec<&File>, Vec<&File>) =
            FILES.iter().partition(|file| LATE.contains(&file.path));
        let bytes = |files: &[&File]| files.iter().map(|file| file.gzip().len()).sum::<usize>();
        assert_eq!(late.len(), LATE.len());
        assert!(bytes(&first) <= 60 * 1024, "{} bytes", bytes(&first));
        assert!(bytes(&late) <= 10 * 1024, "{} bytes", bytes(&late));
    }
}
