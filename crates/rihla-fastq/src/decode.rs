//! Bytes of an input, decompressed as their content asks: plain, gzip, BGZF blocks, or zstd.
//!
//! Gzip is a chain of members (RFC 1952). A member that carries BGZF's `BC` field has a known size
//! and is inflated whole by libdeflate; any other is streamed through zlib. One file may hold both,
//! as `cat` makes them. Zstd is a chain of frames (RFC 8878), some of which hold no text.

mod block;
mod frame;
mod member;
mod raw;
mod stream;

use std::io::Read;

use crate::error::{Compression, StreamFault};
use block::BlockDecoder;
use frame::FrameDecoder;
use member::MemberHeader;
use raw::RawInput;
use stream::StreamDecoder;

/// The decompressed text of one input.
pub trait TextStream: Send {
    /// Puts text into `out` (not empty) and says how many bytes; 0 at the end.
    ///
    /// # Errors
    /// What is wrong with the stream; bytes given before are good as far as they go.
    fn read(&mut self, out: &mut [u8]) -> Result<usize, StreamFault>;

    /// At the end: whether the input was BGZF without its end marker, and was let pass.
    fn unmarked_end(&self) -> bool;
}

/// Decompressor of one input.
pub(crate) struct Decoder {
    input: RawInput,
    state: State,
    block: BlockDecoder,
    stream: StreamDecoder,
    frame: FrameDecoder,
    strict_end: bool,
    /// Whether the input ended without a BGZF end marker, and was let pass.
    unmarked_end: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Nothing read yet.
    Fresh,
    /// Plain text.
    Plain,
    /// At the beginning of a gzip member, or at the end.
    Member,
    /// Inside a streamed member.
    Streaming,
    /// A BGZF block is inflated and not yet handed out in full.
    Block,
    /// At the beginning of a zstd frame, or at the end.
    Frame,
    /// Inside a zstd frame.
    InFrame,
    /// All done.
    Ended,
}

impl Decoder {
    /// A decoder of what `reader` gives. `strict_end`: see `ReadOptions::require_end_marker`.
    pub fn new(reader: Box<dyn Read + Send>, strict_end: bool) -> Self {
        Self {
            input: RawInput::new(reader),
            state: State::Fresh,
            block: BlockDecoder::default(),
            stream: StreamDecoder::default(),
            frame: FrameDecoder::default(),
            strict_end,
            unmarked_end: false,
        }
    }
}

impl TextStream for Decoder {
    fn unmarked_end(&self) -> bool {
        self.unmarked_end
    }

    fn read(&mut self, out: &mut [u8]) -> Result<usize, StreamFault> {
        loop {
            let count = match self.state {
                State::Fresh => {
                    self.state = match self.input.peek(frame::MAGIC_LENGTH)? {
                        ahead if ahead.starts_with(&member::MAGIC) => State::Member,
                        ahead if frame::begins(ahead) => State::Frame,
                        _ => State::Plain,
                    };
                    continue;
                }
                State::Plain => return self.input.copy_to(out),
                State::Member => {
                    self.state = self.open_member()?;
                    continue;
                }
                State::Frame => {
                    self.state = self.open_frame()?;
                    continue;
                }
                State::InFrame => self.frame.read(&mut self.input, out)?,
                State::Streaming => self.stream.read(&mut self.input, out)?,
                State::Block => self.block.read(out),
                State::Ended => return Ok(0),
            };
            if count > 0 {
                return Ok(count);
            }
            self.state = if self.state == State::InFrame { State::Frame } else { State::Member };
        }
    }
}

impl Decoder {
    fn open_member(&mut self) -> Result<State, StreamFault> {
        let magic = self.input.peek(2)?;
        if magic.is_empty() {
            self.end()?;
            return Ok(State::Ended);
        }
        if !member::MAGIC.starts_with(&magic[..magic.len().min(2)]) {
            return Err(StreamFault::Trailing(Compression::Gzip));
        }
        match MemberHeader::read(&mut self.input)? {
            MemberHeader::Block { header, total } => {
                self.block.load(&mut self.input, header, total)?;
                Ok(State::Block)
            }
            MemberHeader::Stream { header } => {
                self.input.consume(header);
                self.block.forget();
                self.stream.start();
                Ok(State::Streaming)
            }
        }
    }

    fn open_frame(&mut self) -> Result<State, StreamFault> {
        let ahead = self.input.peek(frame::MAGIC_LENGTH)?;
        if ahead.is_empty() {
            return Ok(State::Ended);
        }
        if !frame::begins(ahead) {
            let is_cut = frame::may_begin(ahead);
            return Err(if is_cut { StreamFault::Cut } else { StreamFault::Trailing }(Compression::Zstd));
        }
        self.frame.start()?;
        Ok(State::InFrame)
    }

    /// At the end of the file: was it cut between two blocks?
    fn end(&mut self) -> Result<(), StreamFault> {
        if self.block.ends_marked() {
            return Ok(());
        }
        if self.strict_end || self.block.last_is_full() {
            return Err(StreamFault::NoEndMarker);
        }
        self.unmarked_end = true;
        Ok(())
    }
}
