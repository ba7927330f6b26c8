//! Text of an input, inflated ahead by a thread of its own.

use std::sync::mpsc::{self, Receiver, SyncSender};
use std::thread;

use rihla_fastq::{StreamFault, TextStream};

/// Bytes of text handed over at once.
const CHUNK: usize = 1 << 18;

/// Chunks that wait to be read.
const CHUNKS: usize = 4;

/// What the thread hands over.
enum Message {
    /// The first so many bytes of a buffer.
    Text(Vec<u8>, usize),
    /// Nothing more; whether an end marker was missing, or what is wrong.
    End(Result<bool, StreamFault>),
}

/// A stream that is read ahead. What comes out, errors included, is what comes out of the stream itself.
pub struct Ahead {
    messages: Receiver<Message>,
    /// Buffers on their way back to the thread.
    spares: SyncSender<Vec<u8>>,
    chunk: Vec<u8>,
    /// The part of `chunk` that is not yet given.
    start: usize,
    end: usize,
    is_done: bool,
    unmarked_end: bool,
}

impl Ahead {
    /// Starts the thread. It ends with the stream, or once this is dropped.
    pub fn new(stream: Box<dyn TextStream>) -> Self {
        let (sender, messages) = mpsc::sync_channel(CHUNKS);
        let (spares, empty) = mpsc::sync_channel(CHUNKS);
        thread::spawn(move || pump(stream, &sender, &empty));
        Self { messages, spares, chunk: Vec::new(), start: 0, end: 0, is_done: false, unmarked_end: false }
    }

    /// Waits for the next chunk; `false` at the end.
    fn next_chunk(&mut self) -> Result<bool, StreamFault> {
        match self.messages.recv() {
            Ok(Message::Text(chunk, end)) => {
                // The thread may be done, or have enough of them.
                let _ = self.spares.try_send(std::mem::replace(&mut self.chunk, chunk));
                (self.start, self.end) = (0, end);
                Ok(true)
            }
            Ok(Message::End(end)) => {
                self.is_done = true;
                self.unmarked_end = end?;
                Ok(false)
            }
            Err(_) => panic!("the thread that inflates ended before its stream"),
        }
    }
}

impl TextStream for Ahead {
    fn read(&mut self, out: &mut [u8]) -> Result<usize, StreamFault> {
        while self.start == self.end {
            if self.is_done || !self.next_chunk()? {
                return Ok(0);
            }
        }
        let count = out.len().min(self.end - self.start);
        out[..count].copy_from_slice(&self.chunk[self.start..self.start + count]);
        self.start += count;
        Ok(count)
    }

    fn unmarked_end(&self) -> bool {
        self.unmarked_end
    }
}

/// Hands over chunks until the end, or until nobody takes them.
fn pump(mut stream: Box<dyn TextStream>, sender: &SyncSender<Message>, empty: &Receiver<Vec<u8>>) {
    loop {
        let mut chunk = empty.try_recv().unwrap_or_default();
        chunk.resize(CHUNK, 0);
        let (filled, end) = fill(&mut *stream, &mut chunk);
        if filled > 0 && sender.send(Message::Text(chunk, filled)).is_err() {
            return;
        }
        if let Some(end) = end {
            // Whoever dropped the other side does not want to know.
            let _ = sender.send(Message::End(end));
            return;
        }
    }
}

/// Fills a chunk; the bytes, and how the stream ended if it did.
fn fill(stream: &mut dyn TextStream, chunk: &mut [u8]) -> (usize, Option<Result<bool, StreamFault>>) {
    let mut filled = 0;
    while filled < chunk.len() {
        match stream.read(&mut chunk[filled..]) {
            Ok(0) => return (filled, Some(Ok(stream.unmarked_end()))),
            Ok(count) => filled += count,
            Err(fault) => return (filled, Some(Err(fault))),
        }
    }
    (filled, None)
}

#[cfg(test)]
mod tests {
    use rihla_fastq::Compression;

    use super::*;

    /// Pieces of text, then a fault if there is one.
    struct Pieces(Vec<Vec<u8>>, Option<StreamFault>);

    impl TextStream for Pieces {
        fn read(&mut self, out: &mut [u8]) -> Result<usize, StreamFault> {
            let Some(piece) = self.0.first_mut() else { return self.1.take().map_or(Ok(0), Err) };
            let count = piece.len().min(out.len());
            out[..count].copy_from_slice(&piece[..count]);
            piece.drain(..count);
            if piece.is_empty() {
                self.0.remove(0);
            }
            Ok(count)
        }

        fn unmarked_end(&self) -> bool {
            true
        }
    }

    /// All text in reads of `most` bytes, and the fault.
    fn drain(stream: &mut dyn TextStream, most: usize) -> (Vec<u8>, Option<StreamFault>) {
        let (mut text, mut out) = (Vec::new(), vec![0; most]);
        loop {
            match stream.read(&mut out) {
                Ok(0) => return (text, None),
                Ok(count) => text.extend_from_slice(&out[..count]),
                Err(fault) => return (text, Some(fault)),
            }
        }
    }

    #[test]
    fn what_comes_out_is_what_went_in() {
        for sizes in [vec![], vec![1], vec![CHUNK], vec![7, CHUNK, 3 * CHUNK + 1, 5], vec![1000; 3000]] {
            let pieces: Vec<Vec<u8>> =
                sizes.iter().enumerate().map(|(i, &size)| vec![i as u8; size]).collect();
            for fault in [None, Some(())] {
                let stream = Pieces(pieces.clone(), fault.map(|()| StreamFault::Cut(Compression::Gzip)));
                let mut ahead = Ahead::new(Box::new(stream));
                let (text, found) = drain(&mut ahead, 100_000);
                assert!(text == pieces.concat(), "{} bytes", text.len());
                assert_eq!(matches!(found, Some(StreamFault::Cut(_))), fault.is_some());
                assert_eq!(ahead.unmarked_end(), fault.is_none());
                assert!(matches!(ahead.read(&mut [0]), Ok(0)), "it stays at its end");
            }
        }
    }

    #[test]
    fn a_stream_that_is_left_lets_its_thread_go() {
        struct Endless(SyncSender<()>);
        impl TextStream for Endless {
            fn read(&mut self, out: &mut [u8]) -> Result<usize, StreamFault> {
                Ok(out.len())
            }
            fn unmarked_end(&self) -> bool {
                false
            }
        }
        impl Drop for Endless {
            fn drop(&mut self) {
                let _ = self.0.try_send(());
            }
        }
        let (sender, gone) = mpsc::sync_channel(1);
        let mut ahead = Ahead::new(Box::new(Endless(sender)));
        assert!(matches!(ahead.read(&mut [0; 10]), Ok(10)));
        drop(ahead);
        assert!(gone.recv_timeout(std::time::Duration::from_secs(20)).is_ok(), "the thread ended");
    }
}
