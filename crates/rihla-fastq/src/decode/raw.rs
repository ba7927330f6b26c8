//! A window on the compressed bytes, with a look ahead as far as a caller needs.

use std::io::{ErrorKind, Read};

use crate::error::StreamFault;

const WINDOW: usize = 1 << 18;

/// Buffered bytes of a reader.
pub(super) struct RawInput {
    reader: Box<dyn Read + Send>,
    bytes: Vec<u8>,
    start: usize,
    end: usize,
    ended: bool,
}

impl RawInput {
    pub fn new(reader: Box<dyn Read + Send>) -> Self {
        Self { reader, bytes: vec![0; WINDOW], start: 0, end: 0, ended: false }
    }

    /// The bytes ahead: at least `count` of them unless the input ends before.
    pub fn peek(&mut self, count: usize) -> Result<&[u8], StreamFault> {
        if self.end - self.start < count && !self.ended {
            self.bytes.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
            if self.bytes.len() < count {
                self.bytes.resize(count, 0);
            }
            while self.end < count && !self.ended {
                self.fill()?;
            }
        }
        Ok(&self.bytes[self.start..self.end])
    }

    fn fill(&mut self) -> Result<(), StreamFault> {
        match self.reader.read(&mut self.bytes[self.end..]) {
            Ok(0) => self.ended = true,
            Ok(count) => self.end += count,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(StreamFault::Read(error)),
        }
        Ok(())
    }

    /// Moves `count` bytes on; they must have been seen by [`RawInput::peek`].
    pub fn consume(&mut self, count: usize) {
        debug_assert!(count <= self.end - self.start);
        self.start += count;
    }

    /// Copies bytes into `out` and moves on; 0 at the end.
    pub fn copy_to(&mut self, out: &mut [u8]) -> Result<usize, StreamFault> {
        let ahead = self.peek(1)?;
        let count = ahead.len().min(out.len());
        out[..count].copy_from_slice(&ahead[..count]);
        self.consume(count);
        Ok(count)
    }
}
