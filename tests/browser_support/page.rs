//! The page as a person uses it: what is typed where, and what is then to be seen.
//!
//! Knows the page's ids and nothing of how it does its work. Why the words of the
//! tests are here: a page that is laid out anew changes this file, and no test.

use serde_json::{Value, json};

use super::tab::{CONTROL, ENTER, Tab};

/// The page in a browser of its own.
pub struct Page {
    pub tab: Tab,
}

/// A message as it is shown.
#[derive(Debug, PartialEq, Eq)]
pub struct Line {
    pub from: String,
    pub text: String,
}

impl Page {
    pub fn new(tab: Tab) -> Page {
        Page { tab }
    }

    /// Waits until a nickname is asked for.
    pub fn asks_nick(&self) {
        self.tab.until("the nick form", "document.querySelector('#nick').checkVisibility()");
    }

    /// Types a nickname and goes in. The field has the focus already, as the page came.
    pub fn enters(&self, nick: &str) {
        self.asks_nick();
        self.tab.until("the focus on the nickname", "document.activeElement.id === 'nick'");
        self.tab.types(nick);
        self.tab.types(ENTER);
        self.is_in();
    }

    /// Waits until there is a conversation, with the focus where one writes.
    pub fn is_in(&self) {
        self.tab.until(
            "the conversation",
            "document.documentElement.dataset.state === 'ready' && document.activeElement.id === 'composer'",
        );
    }

    /// Waits until the connection is in this state.
    pub fn becomes(&self, state: &str) {
        let found = format!("document.documentElement.dataset.state === {}", json!(state));
        self.tab.until(&format!("the state {state}"), &found);
    }

    /// Types a line and Enter, wherever the focus is: after entering it is in the composer.
    pub fn says(&self, text: &str) {
        self.tab.types(text);
        self.tab.types(ENTER);
    }

    /// Types, and sees it among what was said.
    pub fn said(&self, text: &str) {
        self.says(text);
        self.sees(text);
    }

    /// The messages that are shown and firm, in their order.
    pub fn lines(&self) -> Vec<Line> {
        let rows = self.value(
            "[...document.querySelectorAll('#log .row[data-seq]')]\
             .map(row => [row.dataset.from, row.querySelector('.text').textContent])",
        );
        let text = |value: &Value| value.as_str().expect("a row has both").to_owned();
        let line = |row: &Value| Line { from: text(&row[0]), text: text(&row[1]) };
        rows.as_array().expect("a list").iter().map(line).collect()
    }

    /// How often this is shown as a firm message.
    pub fn count(&self, text: &str) -> usize {
        self.lines().iter().filter(|line| line.text == text).count()
    }

    /// Waits for a firm message with this text.
    pub fn sees(&self, text: &str) {
        let found = format!(
            "[...document.querySelectorAll('#log .row[data-seq] .text')].some(e => e.textContent === {})",
            json!(text)
        );
        self.tab.until(&format!("{text:?} in the log"), &found);
    }

    /// Waits until this is written anywhere on the page.
    pub fn shows(&self, words: &str) {
        let found = format!("document.body.innerText.includes({})", json!(words));
        self.tab.until(&format!("{words:?} on the page"), &found);
    }

    /// Waits until an element is there to be seen.
    pub fn opens(&self, selector: &str) {
        self.tab.until(selector, &visible(selector));
    }

    /// Waits until no such element is to be seen.
    pub fn closes(&self, selector: &str) {
        self.tab.until(&format!("the end of {selector}"), &format!("!{}", visible(selector)));
    }

    /// What stands in the composer.
    pub fn composes(&self) -> String {
        self.value("document.querySelector('#composer').value").as_str().expect("a text").to_owned()
    }

    /// Goes into a room by the switcher, with the keyboard alone.
    pub fn switches_to(&self, name: &str) {
        self.tab.chord(&[CONTROL], "k");
        self.opens("#switcher");
        self.says(name);
        self.is_at(name);
    }

    /// Waits until this is the place that is shown, and where one writes to.
    pub fn is_at(&self, name: &str) {
        let found = format!(
            "(({{room, person}}) => (room ?? person) === {} && document.activeElement.id === 'composer')\
             (document.querySelector('#rooms [aria-current]')?.dataset ?? {{}})",
            json!(name)
        );
        self.tab.until(&format!("to be at {name}"), &found);
    }

    /// Waits until an attribute of a room in the list is this.
    pub fn marks(&self, room: &str, attribute: &str, value: &str) {
        let found = format!(
            "[...document.querySelectorAll('#rooms [data-room]')]\
             .some(e => e.dataset.room === {} && e.dataset[{}] === {})",
            json!(room),
            json!(attribute),
            json!(value)
        );
        self.tab.until(&format!("{attribute} of {room} to be {value}"), &found);
    }

    pub fn value(&self, expression: &str) -> Value {
        self.tab.value(expression)
    }

    /// Nothing went wrong that a developer would see: no error, no warning, nothing that the policy forbade.
    pub fn is_quiet(&self) {
        let entries = self.tab.console().into_iter();
        let faults: Vec<Value> =
            entries.filter(|entry| entry["level"] == "SEVERE" || entry["level"] == "WARNING").collect();
        assert!(faults.is_empty(), "the console: {faults:#?}");
    }
}

fn visible(selector: &str) -> String {
    format!("!!document.querySelector({})?.checkVisibility({{visibilityProperty: true}})", json!(selector))
}
