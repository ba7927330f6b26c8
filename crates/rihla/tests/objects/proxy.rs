//! A port of this machine behind which a server fails as it is told to.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// Passes connections on until their answers are so long.
pub struct Proxy {
    /// `HOST:PORT`.
    pub host: String,
    connections: Arc<AtomicUsize>,
}

impl Proxy {
    /// A way to `server` on which the connection of each number, counted from 0, is cut behind so many bytes of answer;
    /// `None` lets it be.
    pub fn new(server: &str, limit: impl Fn(usize) -> Option<usize> + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let host = listener.local_addr().expect("an address").to_string();
        let (server, connections) = (server.to_owned(), Arc::new(AtomicUsize::new(0)));
        let counted = Arc::clone(&connections);
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let limit = limit(counted.fetch_add(1, Ordering::SeqCst));
                // Dropped at once, as by a server that is gone.
                if limit == Some(0) {
                    continue;
                }
                let server = TcpStream::connect(&server).expect("the server answers");
                let (from, to) =
                    (client.try_clone().expect("a handle"), server.try_clone().expect("a handle"));
                thread::spawn(move || pass(from, to, usize::MAX));
                thread::spawn(move || pass(server, client, limit.unwrap_or(usize::MAX)));
            }
        });
        Self { host, connections }
    }

    /// How many came so far.
    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

/// Passes bytes on, and ends both sides behind so many.
fn pass(mut from: TcpStream, mut to: TcpStream, limit: usize) {
    let mut buffer = vec![0; 1 << 16];
    let mut left = limit;
    while let Ok(count) = from.read(&mut buffer) {
        let passed = count.min(left);
        left -= passed;
        if count == 0 || to.write_all(&buffer[..passed]).is_err() || left == 0 {
            break;
        }
    }
    if left == 0 {
        let _ = from.shutdown(Shutdown::Both);
        let _ = to.shutdown(Shutdown::Both);
    } else {
        let _ = to.shutdown(Shutdown::Write);
    }
}
