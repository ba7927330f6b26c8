//! Text of an input, inflated ahead by threads of its own.

use std::collections::BTreeMap;
use std::sync::mpsc::{self, Receiver, SyncSender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use rihla_fastq::{Inflater, StreamFault, TextPart, TextStream};

/// Parts that wait to be read, beside one for each thread.
const WAITING: usize = 4;

/// Most threads that one input has. A thread inflates about half a gigabyte of text a second, so that four of
/// them give more than the one thread that parses can take.
const MOST_THREADS: usize = 4;

/// A part of the text, inflated.
struct Parcel {
    part: TextPart,
    /// Behind the last part: whether an end marker was missing, or what is wrong.
    end: Option<Result<bool, StreamFault>>,
}

/// What a thread hands over: a parcel and its number, or nothing when it panicked.
type Message = Option<(u64, Parcel)>;

/// A stream that is read ahead. What comes out, errors included, is what comes out of the stream itself.
///
/// One thread at a time reads the next part; what parts hold of BGZF blocks the threads inflate side by side.
pub struct Ahead {
    messages: Receiver<Message>,
    /// Parcels that came before their turn.
    early: BTreeMap<u64, Parcel>,
    /// Number of the parcel whose turn it is.
    wanted: u64,
    /// Parts on their way back to the threads.
    spares: SyncSender<TextPart>,
    part: TextPart,
    /// Bytes of `part` that are given.
    given: usize,
    /// How the stream ends, once that is known.
    end: Option<Result<bool, StreamFault>>,
    unmarked_end: bool,
}

impl Ahead {
    /// Starts the threads: as many as the run has, up to a few. They end with the stream, or once this is dropped.
    pub fn new(stream: Box<dyn TextStream>, threads: usize) -> Self {
        let threads = threads.clamp(1, MOST_THREADS);
        let parts = threads + WAITING;
        // There is room for all parts, and for the news of every thread's end.
        let (sender, messages) = mpsc::sync_channel(parts + 1 + threads);
        let (spares, empty) = mpsc::sync_channel(parts);
        for _ in 0..parts {
            let _ = spares.try_send(TextPart::default());
        }
        let source = Arc::new(Mutex::new(Source { stream, empty, next: 0, has_ended: false }));
        for _ in 0..threads {
            let (source, sender) = (Arc::clone(&source), sender.clone());
            thread::spawn(move || hand_over(&source, sender));
        }
        Self {
            messages,
            early: BTreeMap::new(),
            wanted: 0,
            spares,
            part: TextPart::default(),
            given: 0,
            end: None,
            unmarked_end: false,
        }
    }

    /// A stream that is read ahead where there are threads to spare, else the stream itself: inflating costs several
    /// times what parsing does.
    pub fn if_spare(stream: Box<dyn TextStream>, threads: usize) -> Box<dyn TextStream> {
        if threads > 1 { Box::new(Self::new(stream, threads)) } else { stream }
    }

    /// Waits for the next part.
    fn next_part(&mut self) {
        let parcel = loop {
            if let Some(parcel) = self.early.remove(&self.wanted) {
                break parcel;
            }
            match self.messages.recv() {
                Ok(Some((number, parcel))) => self.early.insert(number, parcel),
                _ => panic!("a thread that inflates ended before its stream"),
            };
        };
        self.wanted += 1;
        self.given = 0;
        // The threads may be done, or have enough of them.
        let _ = self.spares.try_send(std::mem::replace(&mut self.part, parcel.part));
        self.end = parcel.end;
    }
}

impl TextStream for Ahead {
    fn read(&mut self, out: &mut [u8]) -> Result<usize, StreamFault> {
        loop {
            let text = &self.part.text()[self.given..];
            if !text.is_empty() {
                let count = out.len().min(text.len());
                out[..count].copy_from_slice(&text[..count]);
                self.given += count;
                return Ok(count);
            }
            match &mut self.end {
                None => self.next_part(),
                Some(end) => {
                    self.unmarked_end |= std::mem::replace(end, Ok(false))?;
                    return Ok(0);
                }
            }
        }
    }

    fn unmarked_end(&self) -> bool {
        self.unmarked_end
    }
}

/// What the threads of an input share.
struct Source {
    stream: Box<dyn TextStream>,
    /// Parts to fill; they end when nobody wants text any more.
    empty: Receiver<TextPart>,
    /// Number of the next parcel.
    next: u64,
    has_ended: bool,
}

impl Source {
    /// The next parcel, not yet inflated. Whoever asks waits here for an empty part, so that the first in turn has one.
    fn take(&mut self) -> Message {
        if self.has_ended {
            return None;
        }
        let mut part = self.empty.recv().ok()?;
        let end = match self.stream.read_part(&mut part) {
            Ok(true) => None,
            Ok(false) => Some(Ok(self.stream.unmarked_end())),
            Err(fault) => Some(Err(fault)),
        };
        self.has_ended = end.is_some();
        self.next += 1;
        Some((self.next - 1, Parcel { part, end }))
    }
}

/// Hands over parcels until the end, or until nobody takes them.
fn hand_over(source: &Mutex<Source>, sender: SyncSender<Message>) {
    let guard = PanicGuard(sender);
    let mut inflater = Inflater::default();
    let take = || source.lock().unwrap_or_else(PoisonError::into_inner).take();
    while let Some((number, mut parcel)) = take() {
        if let Err(fault) = parcel.part.inflate(&mut inflater) {
            parcel.end = Some(Err(fault));
        }
        if guard.0.send(Some((number, parcel))).is_err() {
            return;
        }
    }
}

/// Tells of a panic, so that nobody waits for a parcel that never comes.
struct PanicGuard(SyncSender<Message>);

impl Drop for PanicGuard {
    fn drop(&mut self) {
        if thread::panicking() {
            let _ = self.0.send(None);
        }
    }
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
        const PART: usize = 1 << 18;
        for sizes in [vec![], vec![1], vec![PART], vec![7, PART, 3 * PART + 1, 5], vec![1000; 3000]] {
            let pieces: Vec<Vec<u8>> =
                sizes.iter().enumerate().map(|(i, &size)| vec![i as u8; size]).collect();
            for (fault, threads) in [(None, 1), (Some(()), 1), (None, 3), (Some(()), 9)] {
                let stream = Pieces(pieces.clone(), fault.map(|()| StreamFault::Cut(Compression::Gzip)));
                let mut ahead = Ahead::new(Box::new(stream), threads);
                let (text, found) = drain(&mut ahead, 100_000);
                assert!(text == pieces.concat(), "{} bytes", text.len());
                assert_eq!(matches!(found, Some(StreamFault::Cut(_))), fault.is_some());
                assert_eq!(ahead.unmarked_end(), fault.is_none());
                assert!(matches!(ahead.read(&mut [0]), Ok(0)), "it stays at its end");
            }
        }
    }

    #[test]
    fn a_stream_that_is_left_lets_its_threads_go() {
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
        let mut ahead = Ahead::new(Box::new(Endless(sender)), 3);
        assert!(matches!(ahead.read(&mut [0; 10]), Ok(10)));
        drop(ahead);
        assert!(gone.recv_timeout(std::time::Duration::from_secs(20)).is_ok(), "all threads ended");
    }

    #[test]
    #[should_panic(expected = "a thread that inflates")]
    fn a_panic_is_passed_on() {
        struct Broken;
        impl TextStream for Broken {
            fn read(&mut self, _: &mut [u8]) -> Result<usize, StreamFault> {
                panic!("broken");
            }
            fn unmarked_end(&self) -> bool {
                false
            }
        }
        let _ = Ahead::new(Box::new(Broken), 3).read(&mut [0; 10]);
    }
}
