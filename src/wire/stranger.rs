//! Answers to those who speak what is not spoken here.
//!
//! Knows only their first word. Why an answer at all: whoever points a browser
//! at the port must learn what to do instead of seeing a dead page.

use crate::locale::Words;

/// An HTTP answer (RFC 9110 §15.6.2) that ends the connection.
pub fn http(words: &Words) -> Vec<u8> {
    let message = words.say("not-yet-http", &[]);
    let body = serde_json::json!({"error": {"code": "not_implemented", "message": message}}).to_string();
    format!(
        "HTTP/1.1 501 Not Implemented\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\
         Connection: close\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// An IRC ERROR message (RFC 2812 §3.7.4).
pub fn irc(words: &Words) -> Vec<u8> {
    format!("ERROR :{}\r\n", words.say("not-yet-irc", &[])).into_bytes()
}
