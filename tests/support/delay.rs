//! A proxy in front of a registry that delays every request, to count round trips: by a clock, or by what
//! waits for what.
//!
//! It forwards bytes and knows one thing of HTTP/1.1: without pipelining, the first bytes after an answer
//! begin a new request. Connections do not wait for each other.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::{sleep, spawn};
use std::time::Duration;

/// A running proxy; its threads end with their connections.
#[derive(Debug)]
pub struct Delay {
    address: SocketAddr,
    rounds: Arc<Rounds>,
}

/// A request that begins after an answer of round n arrived belongs to round n + 1 at the earliest: the last
/// round is the longest chain of requests that waited for each other, however noisy the machine.
#[derive(Debug, Default)]
struct Rounds {
    requests: AtomicUsize,
    answered: AtomicUsize,
    last: AtomicUsize,
}

impl Rounds {
    fn begin(&self) -> usize {
        self.requests.fetch_add(1, Ordering::SeqCst);
        let round = self.answered.load(Ordering::SeqCst) + 1;
        self.last.fetch_max(round, Ordering::SeqCst);
        round
    }
}

impl Delay {
    /// Listens on a loopback port and forwards to `upstream` (`host:port`), each request `delay` later.
    pub fn start(upstream: &str, delay: Duration) -> Self {
        Self::listen("127.0.0.1:0", upstream, delay)
    }

    /// The same on a given address.
    pub fn listen(address: &str, upstream: &str, delay: Duration) -> Self {
        let listener = TcpListener::bind(address).unwrap();
        let address = listener.local_addr().unwrap();
        let rounds = Arc::new(Rounds::default());
        let (upstream, counter) = (upstream.to_owned(), Arc::clone(&rounds));
        spawn(move || {
            for client in listener.incoming().flatten() {
                let Ok(server) = TcpStream::connect(&upstream) else { continue };
                forward(client, server, delay, Arc::clone(&counter));
            }
        });
        Delay { address, rounds }
    }

    /// `127.0.0.1:port`.
    pub fn host(&self) -> String {
        self.address.to_string()
    }

    /// How many requests it delayed.
    pub fn requests(&self) -> usize {
        self.rounds.requests.load(Ordering::SeqCst)
    }

    /// How many rounds of requests there were.
    pub fn rounds(&self) -> usize {
        self.rounds.last.load(Ordering::SeqCst)
    }
}

fn forward(client: TcpStream, server: TcpStream, delay: Duration, rounds: Arc<Rounds>) {
    let is_new = Arc::new(AtomicBool::new(true));
    let round = Arc::new(AtomicUsize::new(0));
    let (answered, own_round, own_rounds) = (Arc::clone(&is_new), Arc::clone(&round), Arc::clone(&rounds));
    let _ = (client.set_nodelay(true), server.set_nodelay(true));
    let (from_client, to_server) = (client.try_clone().unwrap(), server.try_clone().unwrap());
    spawn(move || {
        copy(from_client, to_server, || {
            if is_new.swap(false, Ordering::SeqCst) {
                round.store(rounds.begin(), Ordering::SeqCst);
                sleep(delay);
            }
        });
    });
    spawn(move || {
        copy(server, client, || {
            own_rounds.answered.fetch_max(own_round.load(Ordering::SeqCst), Ordering::SeqCst);
            answered.store(true, Ordering::SeqCst);
        });
    });
}

fn copy(mut from: TcpStream, mut to: TcpStream, mut before: impl FnMut()) {
    let mut buffer = vec![0; 64 * 1024];
    while let Ok(count @ 1..) = from.read(&mut buffer) {
        before();
        if to.write_all(&buffer[..count]).is_err() {
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Write);
}
