//! A proxy that delays every request, for `benches/gate`: `delay_proxy LISTEN UPSTREAM MILLISECONDS`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a wrong call ends a measuring tool, which is right"
)]
#![allow(dead_code, missing_docs, reason = "tests use the rest of what they share")]

#[path = "../tests/support/delay.rs"]
mod delay;

use std::time::Duration;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [listen, upstream, milliseconds] = arguments.as_slice() else {
        panic!("expected LISTEN UPSTREAM MILLISECONDS");
    };
    let delay = Duration::from_millis(milliseconds.parse().expect("a number of milliseconds"));
    let _running = delay::Delay::listen(listen, upstream, delay);
    loop {
        std::thread::park();
    }
}
