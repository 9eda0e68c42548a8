//! A browser with one tab: the commands of WebDriver that the tests use, as functions.
//!
//! Knows no page. Why each tab is a browser of its own with an empty profile:
//! people do not share a browser, and nothing of one test is left for the next.

use std::rc::Rc;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process, test_kill_process};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::driver::{Driver, command};
use crate::live_support::is_root;

/// How long anything may take that a page does by itself, with other browsers on the same two cores.
const PAGE_PATIENCE: Duration = Duration::from_secs(20);

/// Keys that are no characters, as WebDriver numbers them.
pub const ENTER: &str = "\u{e007}";
pub const ESCAPE: &str = "\u{e00c}";
pub const TAB: &str = "\u{e004}";
pub const SHIFT: &str = "\u{e008}";
pub const CONTROL: &str = "\u{e009}";
pub const UP: &str = "\u{e013}";
pub const DOWN: &str = "\u{e015}";

/// What a browser is started with.
pub struct Options {
    /// As `Accept-Language` and `navigator.language` have it.
    pub language: &'static str,
    pub width: u32,
    pub height: u32,
    /// A phone: touch, and a page as wide as the screen.
    pub phone: bool,
    /// Keeps what the network does, for `performance`.
    pub watched: bool,
}

impl Default for Options {
    fn default() -> Options {
        Options { language: "en-US", width: 1200, height: 800, phone: false, watched: false }
    }
}

pub struct Tab {
    /// Kept as long as there is a browser to end.
    driver: Rc<Driver>,
    session: String,
    /// Named when something fails.
    name: String,
    process: Pid,
    profile: TempDir,
}

impl Tab {
    pub fn start(driver: &Rc<Driver>, name: &str, options: &Options) -> Tab {
        let profile = tempfile::Builder::new().prefix("chatd-browser-").tempdir().unwrap();
        let mut arguments = vec![
            "--headless=new".to_owned(),
            "--disable-dev-shm-usage".to_owned(),
            // Nothing is looked for on a network, whatever a page or the browser wants.
            "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1".to_owned(),
            "--disable-background-networking".to_owned(),
            "--disable-component-update".to_owned(),
            "--disable-gpu".to_owned(),
            format!("--lang={}", options.language),
            format!("--user-data-dir={}", profile.path().display()),
        ];
        if is_root() {
            arguments.push("--no-sandbox".to_owned());
        }
        let watched = if options.watched { "ALL" } else { "OFF" };
        let capabilities = json!({"capabilities": {"alwaysMatch": {
            "browserName": "chrome",
            "unhandledPromptBehavior": "ignore",
            "goog:loggingPrefs": {"browser": "ALL", "performance": watched},
            "goog:chromeOptions": {
                "args": arguments,
                "prefs": {"intl.accept_languages": options.language},
            },
        }}});
        let started = command(driver.port(), "POST", "/session", Some(&capabilities));
        let started = started.unwrap_or_else(|error| panic!("{name}: the browser does not start: {error}"));
        let session = started["sessionId"].as_str().expect("a session has an id").to_owned();
        let process = started["capabilities"]["goog:processID"].as_i64();
        let process = process.and_then(|id| Pid::from_raw(i32::try_from(id).ok()?));
        let process = process.expect("chromedriver says which process the browser is");
        let tab = Tab { driver: Rc::clone(driver), session, name: name.to_owned(), process, profile };
        // The page has these measures; a window that has them has less room within.
        let (width, height, scale) = (options.width, options.height, if options.phone { 3 } else { 1 });
        let metrics =
            json!({"width": width, "height": height, "deviceScaleFactor": scale, "mobile": options.phone});
        tab.devtools("Emulation.setDeviceMetricsOverride", metrics);
        if options.phone {
            tab.devtools("Emulation.setTouchEmulationEnabled", json!({"enabled": true}));
        }
        tab
    }

    fn try_command(&self, method: &str, path: &str, body: Option<&Value>) -> Result<Value, String> {
        command(self.driver.port(), method, &format!("/session/{}{path}", self.session), body)
    }

    fn command(&self, path: &str, body: Value) -> Value {
        let done = self.try_command("POST", path, Some(&body));
        done.unwrap_or_else(|error| panic!("{}: {path} {body}: {error}", self.name))
    }

    pub fn goes_to(&self, address: &str) {
        self.command("/url", json!({"url": address}));
    }

    pub fn reloads(&self) {
        self.command("/refresh", json!({}));
    }

    /// Goes on with the tab that was opened so many after the first.
    pub fn turns_to(&self, index: usize) {
        let handle = soon(|| {
            let handles = self.try_command("GET", "/window/handles", None).ok()?;
            handles.get(index).cloned()
        });
        let handle = handle.unwrap_or_else(|| panic!("{}: there is no tab {index}", self.name));
        self.command("/window", json!({"handle": handle}));
    }

    /// Runs this as the body of a function of the page.
    pub fn run(&self, script: &str, arguments: Value) -> Value {
        self.command("/execute/sync", json!({"script": script, "args": arguments}))
    }

    /// What an expression is now.
    pub fn value(&self, expression: &str) -> Value {
        self.run(&format!("return ({expression})"), json!([]))
    }

    /// What a promise comes to.
    pub fn promised(&self, expression: &str, arguments: Value) -> Value {
        let script = "const done = arguments[arguments.length - 1];\
                      const given = Array.from(arguments).slice(0, -1);";
        let ends = ".then(done, error => done({failed: String(error)}))";
        let script = format!("{script} (async (given) => ({expression}))(given){ends}");
        let value = self.command("/execute/async", json!({"script": script, "args": arguments}));
        assert!(value.get("failed").is_none(), "{}: {expression}: {value}", self.name);
        value
    }

    /// Waits until an expression is true, or as good as true, and gives what it is.
    pub fn until(&self, what: &str, expression: &str) -> Value {
        let script = format!("return ({expression})");
        let body = json!({"script": script, "args": []});
        let mut last = Ok(Value::Null);
        let found = soon(|| {
            last = self.try_command("POST", "/execute/sync", Some(&body));
            last.clone().ok().filter(|value| !is_false(value))
        });
        found.unwrap_or_else(|| {
            let shown = self.value("document.title + '\\n' + document.body.innerText");
            let (shown, console) = (shown.as_str().unwrap_or_default(), self.console());
            panic!(
                "{}: {what} did not come: {expression} is {last:?}\nconsole: {console:?}\nthe page shows:\n{shown}",
                self.name
            )
        })
    }

    /// A command of the DevTools protocol.
    pub fn devtools(&self, name: &str, parameters: Value) -> Value {
        self.command("/goog/cdp/execute", json!({"cmd": name, "params": parameters}))
    }

    /// Presses these keys one after the other, wherever the focus is.
    pub fn types(&self, text: &str) {
        let strokes = text.chars().flat_map(|key| {
            ["keyDown", "keyUp"].map(|stroke| json!({"type": stroke, "value": key.to_string()}))
        });
        self.strikes(strokes.collect());
    }

    /// Presses a key while others are held.
    pub fn chord(&self, held: &[&str], key: &str) {
        let stroke = |kind: &str, key: &str| json!({"type": kind, "value": key});
        let mut strokes: Vec<Value> = held.iter().map(|held| stroke("keyDown", held)).collect();
        strokes.extend([stroke("keyDown", key), stroke("keyUp", key)]);
        strokes.extend(held.iter().rev().map(|held| stroke("keyUp", held)));
        self.strikes(strokes);
    }

    fn strikes(&self, strokes: Vec<Value>) {
        self.command("/actions", json!({"actions": [{"type": "key", "id": "keys", "actions": strokes}]}));
    }

    /// Clicks the middle of the first element that a CSS selector finds, once it can be clicked.
    pub fn clicks(&self, selector: &str) {
        let find = json!({"using": "css selector", "value": selector});
        let mut last = String::new();
        let clicked = soon(|| {
            let clicked = self.try_command("POST", "/element", Some(&find)).and_then(|element| {
                let id = element.as_object().and_then(|fields| fields.values().next()?.as_str());
                let path = format!("/element/{}/click", id.expect("an element has an id"));
                self.try_command("POST", &path, Some(&json!({})))
            });
            clicked.map_err(|error| last = error).ok()
        });
        assert!(clicked.is_some(), "{}: {selector} cannot be clicked: {last}", self.name);
    }

    /// What was written into the console, and reports of what the policy of the page forbade, since last asked.
    pub fn console(&self) -> Vec<Value> {
        let entries = self.command("/se/log", json!({"type": "browser"}));
        entries.as_array().expect("a log is a list").clone()
    }

    /// The events of the DevTools protocol since last asked.
    pub fn performance(&self) -> Vec<Value> {
        let entries = self.command("/se/log", json!({"type": "performance"}));
        let entries = entries.as_array().expect("a log is a list").clone();
        let message = |entry: &Value| {
            let text = entry["message"].as_str().expect("a performance entry has a message");
            serde_json::from_str::<Value>(text).expect("and it is JSON")["message"].take()
        };
        entries.iter().map(message).collect()
    }

    /// The text of the dialog that is open.
    pub fn dialog(&self) -> Option<String> {
        let text = self.try_command("GET", "/alert/text", None).ok()?;
        Some(text.as_str().unwrap_or_default().to_owned())
    }

    /// What is on the screen, as a PNG.
    pub fn screenshot(&self) -> Vec<u8> {
        use base64::Engine;
        let picture = self.try_command("GET", "/screenshot", None).expect("the tab can be seen");
        let text = picture.as_str().expect("a screenshot is base64");
        base64::engine::general_purpose::STANDARD.decode(text).expect("a screenshot is base64")
    }
}

impl Drop for Tab {
    fn drop(&mut self) {
        // Asked to end, a browser still writes into its profile; only when it is gone, that can go too.
        let _ = self.try_command("DELETE", "", None);
        let gone = || test_kill_process(self.process).is_err().then_some(());
        if soon(gone).is_none() {
            let _ = kill_process(self.process, Signal::KILL);
        }
        let _ = soon(|| std::fs::remove_dir_all(self.profile.path()).ok());
    }
}

/// Looks again and again; None: it did not come.
fn soon<T>(mut look: impl FnMut() -> Option<T>) -> Option<T> {
    let deadline = Instant::now() + PAGE_PATIENCE;
    loop {
        if let Some(found) = look() {
            return Some(found);
        }
        if Instant::now() >= deadline {
            return None;
        }
        // Between two looks, not in place of one.
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn is_false(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Bool(value) => !value,
        Value::Number(number) => number.as_f64() == Some(0.0),
        Value::String(text) => text.is_empty(),
        Value::Array(_) | Value::Object(_) => false,
    }
}
