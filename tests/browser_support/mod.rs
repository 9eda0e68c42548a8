//! What the browser tests share: a daemon with browsers around it, and the page as a person uses it.
//!
//! Knows the page by its ids and by what it shows. Why every wait is for something
//! on the page: a browser does all things a little later than it was told to.

pub mod axe;
pub mod driver;
pub mod page;
pub mod tab;

use std::rc::Rc;
use std::sync::{Condvar, Mutex};

use crate::live_support::daemon::{Daemon, Home};
use driver::Driver;
use page::Page;
use tab::{Options, Tab};

/// A daemon, and whoever comes with a browser.
pub struct World {
    pub home: Home,
    pub daemon: Daemon,
    driver: Rc<Driver>,
    _turn: Turn,
}

impl World {
    pub fn new() -> World {
        World::with("")
    }

    /// `keys` are lines of the daemon's configuration.
    pub fn with(keys: &str) -> World {
        let turn = Turn::take();
        let home = Home::new(keys);
        let daemon = home.start();
        World { home, daemon, driver: Rc::new(Driver::start()), _turn: turn }
    }

    pub fn address(&self) -> String {
        format!("http://127.0.0.1:{}/", self.daemon.port)
    }

    /// A browser that shows the page, on which nothing was typed yet.
    pub fn opens(&self, name: &str, options: &Options) -> Page {
        let page = Page::new(Tab::start(&self.driver, name, options));
        page.tab.goes_to(&self.address());
        page.asks_nick();
        page
    }

    /// Somebody who is in the chat.
    pub fn enters(&self, nick: &str) -> Page {
        self.enters_with(nick, &Options::default())
    }

    pub fn enters_with(&self, nick: &str, options: &Options) -> Page {
        let page = self.opens(nick, options);
        page.enters(nick);
        page
    }

    /// Ends the daemon as a crash would; what comes back listens on the same port.
    pub fn dies(self) -> Gap {
        let World { home, daemon, driver, _turn } = self;
        let address = format!("127.0.0.1:{}", daemon.port);
        std::fs::write(home.path("chatd.toml"), home.configuration(&address)).unwrap();
        daemon.kill();
        Gap { home, driver, turn: _turn }
    }
}

/// The time between two daemons.
pub struct Gap {
    home: Home,
    driver: Rc<Driver>,
    turn: Turn,
}

impl Gap {
    pub fn ends(self) -> World {
        let daemon = self.home.start();
        World { home: self.home, daemon, driver: self.driver, _turn: self.turn }
    }
}

/// The right to run browsers now. Why: each wants a processor for itself while it starts, and hundreds of megabytes.
struct Turn;

static FREE: (Mutex<Option<usize>>, Condvar) = (Mutex::new(None), Condvar::new());

impl Turn {
    fn take() -> Turn {
        let count = || std::thread::available_parallelism().map_or(2, usize::from);
        let mut free = FREE.0.lock().unwrap();
        while *free.get_or_insert_with(count) == 0 {
            free = FREE.1.wait(free).unwrap();
        }
        *free = free.map(|free| free - 1);
        Turn
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        if let Ok(mut free) = FREE.0.lock() {
            *free = free.map(|free| free + 1);
        }
        FREE.1.notify_one();
    }
}
