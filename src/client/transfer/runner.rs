//! Does the errands of a stay in threads, and says what has come of them.
//!
//! Knows neither offers nor words. Why threads: a file and two sockets that wait for each other have
//! no place in a loop where somebody types.

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::net::{TcpListener, TcpStream};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Instant;

use super::sink::Sink;
use super::source::Source;
use super::task::{Patience, Place, Places, Stop, Task, Tell, Word};
use super::{Errand, Id, Tiding, fetch, serve};

pub struct Runner {
    /// Where files are received.
    directory: PathBuf,
    patience: Patience,
    places: Places,
    tell: Tell,
    words: Receiver<Word>,
    wake: UnixStream,
    running: BTreeMap<Id, Running>,
    threads: Vec<JoinHandle<()>>,
}

/// A transfer of which not all has been done.
#[derive(Default)]
struct Running {
    stop: Stop,
    /// Of the present push alone; the next one follows it.
    pushing: Stop,
    source: Option<Arc<Source>>,
    /// Until the receiver is listened to.
    listener: Option<TcpListener>,
    sink: Option<Sink>,
}

impl Runner {
    pub fn new(directory: PathBuf, patience: Patience) -> io::Result<Runner> {
        let (wake, waker) = UnixStream::pair()?;
        wake.set_nonblocking(true)?;
        waker.set_nonblocking(true)?;
        let (tell, words) = channel();
        let tell = Tell { words: tell, wake: Arc::new(waker) };
        let (places, running, threads) = (Places::default(), BTreeMap::new(), Vec::new());
        Ok(Runner { directory, patience, places, tell, words, wake, running, threads })
    }

    /// Tells over which connection the chat goes.
    pub fn chats_over(&self, socket: &TcpStream) {
        let ends = socket.local_addr().ok().zip(socket.peer_addr().ok());
        let place = ends.map(|(own, server)| Place { own: own.ip(), server });
        *self.places.lock().unwrap_or_else(PoisonError::into_inner) = place;
    }

    /// What becomes readable when there are tidings.
    pub fn wake(&self) -> BorrowedFd<'_> {
        self.wake.as_fd()
    }

    /// What the threads have said since.
    pub fn tidings(&mut self) -> Vec<Tiding> {
        // The bytes themselves say nothing; what comes after the last is read wakes anew.
        while matches!((&self.wake).read(&mut [0; 64]), Ok(1..)) {}
        self.threads.retain(|thread| !thread.is_finished());
        let words: Vec<Word> = self.words.try_iter().collect();
        words.into_iter().filter_map(|word| self.heard(word)).collect()
    }

    fn heard(&mut self, word: Word) -> Option<Tiding> {
        match word {
            Word::Tiding(tiding) => {
                // What is over says no more.
                let (Tiding::Opened { id, .. }
                | Tiding::Reserved { id }
                | Tiding::Progress { id, .. }
                | Tiding::Saved { id }
                | Tiding::Failed { id, .. }) = tiding;
                self.running.contains_key(&id).then_some(tiding)
            }
            Word::Opened(id, mut source) => {
                let running = self.running.get_mut(&id)?;
                let (name, size, hash) = (source.name.clone(), source.size, source.hash);
                running.listener = source.listener.take();
                let direct = running.listener.as_ref().and_then(|listener| listener.local_addr().ok());
                running.source = Some(Arc::new(source));
                Some(Tiding::Opened { id, name, size, hash, direct })
            }
        }
    }

    pub fn run(&mut self, errand: Errand) {
        match errand {
            Errand::Open { id, typed } => {
                self.running.insert(id, Running::default());
                self.begin(id, None, move |task| match Source::open(&typed, &task) {
                    Ok(Some(source)) => task.tell.say(Word::Opened(id, source)),
                    Ok(None) => {}
                    Err(why) => task.tells(Tiding::Failed { id, why }),
                });
            }
            Errand::Serve { id, token } => {
                let listener = self.running.get_mut(&id).and_then(|running| running.listener.take());
                let Some((source, listener)) = self.source(id).zip(listener) else { return };
                self.begin(id, None, move |task| {
                    serve::serve(listener, &source.file, source.size, &token, task);
                });
            }
            Errand::Push { id, token, from } => {
                let Some(source) = self.source(id).filter(|source| from <= source.size) else { return };
                let stop = Stop::default();
                if let Some(running) = self.running.get_mut(&id) {
                    std::mem::replace(&mut running.pushing, stop.clone()).say();
                }
                self.begin(id, Some(stop), move |task| {
                    serve::push(&source.file, source.size, &token, from, task);
                });
            }
            Errand::Reserve { id, name, size } => {
                let begun = Sink::begin(&self.directory, &name, size);
                self.running.insert(id, Running::default());
                let tiding = match begun {
                    Ok(sink) => {
                        self.running.entry(id).or_default().sink = Some(sink);
                        Tiding::Reserved { id }
                    }
                    Err(why) => Tiding::Failed { id, why },
                };
                self.tell.say(Word::Tiding(tiding));
            }
            Errand::Fetch { id, token, direct, hash } => {
                let sink = self.running.get_mut(&id).and_then(|running| running.sink.take());
                let Some(sink) = sink else { return };
                self.begin(id, None, move |task| fetch::fetch(sink, &token, direct, &hash, task));
            }
            Errand::Stop { id } => {
                if let Some(running) = self.running.remove(&id) {
                    running.stop.say();
                    running.pushing.say();
                }
            }
        }
    }

    fn source(&self, id: Id) -> Option<Arc<Source>> {
        self.running.get(&id)?.source.clone()
    }

    /// Starts a thread for a transfer, which ends with it or by a stop of its own.
    fn begin(&mut self, id: Id, stop: Option<Stop>, work: impl FnOnce(Task) + Send + 'static) {
        let Some(running) = self.running.get(&id) else { return };
        let stop = stop.unwrap_or_else(|| running.stop.clone());
        let (tell, places, patience) = (self.tell.clone(), self.places.clone(), self.patience);
        let task = Task { id, stop, tell, places, patience, next: Instant::now() };
        self.threads.push(thread::spawn(move || work(task)));
    }
}

impl Drop for Runner {
    fn drop(&mut self) {
        for running in self.running.values() {
            running.stop.say();
            running.pushing.say();
        }
        // What is half received is removed by the thread that has it.
        for thread in self.threads.drain(..) {
            // One that panicked has said so.
            let _ = thread.join();
        }
    }
}
