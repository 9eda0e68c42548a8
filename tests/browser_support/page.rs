//! The page as a person uses it: what is typed where, and what is then to be seen.
//!
//! Knows the page's ids and nothing of how it does its work. Why the words of the
//! tests are here: a page that is laid out anew changes this file, and no test.

use serde_json::{Value, json};

use super::tab::{CONTROL, ENTER, Tab};

/// True while a nickname is asked for.
pub const NICK_FORM: &str = "document.querySelector('#nick')?.checkVisibility()";
/// True once there is a conversation to take part in.
const CONVERSATION: &str = "document.querySelector('#composer')?.checkVisibility() \
                            && !document.querySelector('#composer').disabled";

/// The page in a browser of its own.
pub struct Page {
    pub tab: Tab,
}

impl Page {
    pub fn new(tab: Tab) -> Page {
        Page { tab }
    }

    /// Types a nickname and goes in.
    pub fn enters(&self, nick: &str) {
        self.tab.clicks("#nick");
        self.tab.types(nick);
        self.tab.types(ENTER);
        self.is_in();
    }

    /// Waits until there is a conversation.
    pub fn is_in(&self) {
        self.tab.until("the conversation", CONVERSATION);
    }

    /// Types into the composer and presses Enter.
    pub fn says(&self, text: &str) {
        self.tab.clicks("#composer");
        self.tab.types(text);
        self.tab.types(ENTER);
    }

    /// The texts of the messages that are shown, in their order.
    pub fn texts(&self) -> Vec<String> {
        let texts = self.tab.value("[...document.querySelectorAll('#log [data-seq] .text')].map(e => e.textContent)");
        let texts = texts.as_array().expect("a list").iter();
        texts.map(|text| text.as_str().expect("of texts").to_owned()).collect()
    }

    /// Waits for a message with this text.
    pub fn sees(&self, text: &str) {
        let found = format!("[...document.querySelectorAll('#log [data-seq] .text')].some(e => e.textContent === {})", json!(text));
        self.tab.until(&format!("{text:?} in the log"), &found);
    }

    /// Waits until this is written anywhere on the page.
    pub fn shows(&self, words: &str) {
        self.tab.until(&format!("{words:?} on the page"), &format!("document.body.innerText.includes({})", json!(words)));
    }

    /// What stands in the composer.
    pub fn composes(&self) -> String {
        self.tab.value("document.querySelector('#composer').value").as_str().unwrap_or_default().to_owned()
    }

    /// Goes into a room by the switcher.
    pub fn switches_to(&self, name: &str) {
        self.tab.chord(&[CONTROL], "k");
        self.tab.until("the switcher", "document.querySelector('#switcher')?.checkVisibility()");
        self.tab.types(name);
        self.tab.types(ENTER);
    }

    pub fn value(&self, expression: &str) -> Value {
        self.tab.value(expression)
    }
}
