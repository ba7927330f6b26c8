//! Bytes of an input, decompressed as their content asks: plain, gzip, BGZF blocks, or zstd.
//!
//! Gzip is a chain of members (RFC 1952). A member that carries BGZF's `BC` field has a known size
//! and is inflated whole by libdeflate; any other is streamed through zlib. One file may hold both,
//! as `cat` makes them. Zstd is a chain of frames (RFC 8878), some of which hold no text.

mod block;
mod frame;
mod member;
mod part;
mod raw;
mod stream;

use std::io::Read;

use crate::error::{Compression, StreamFault};
use block::BlockDecoder;
use frame::FrameDecoder;
use member::MemberHeader;
pub use part::{Inflater, TextPart};
use raw::RawInput;
use stream::StreamDecoder;

/// The decompressed text of one input.
pub trait TextStream: Send {
    /// Puts text into `out` (not empty) and says how many bytes; 0 at the end.
    ///
    /// # Errors
    /// What is wrong with the stream; bytes given before are good as far as they go.
    fn read(&mut self, out: &mut [u8]) -> Result<usize, StreamFault>;

    /// Puts the next part of the text into `part`, perhaps still to be inflated ([`TextPart::inflate`]); `false`
    /// when it is the last.
    ///
    /// # Errors
    /// What is wrong with the stream behind the text that `part` holds.
    fn read_part(&mut self, part: &mut TextPart) -> Result<bool, StreamFault> {
        part.clear();
        part.fill(|room| self.read(room))
    }

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
            if let Some(count) = self.step(out)? {
                return Ok(count);
            }
        }
    }

    fn read_part(&mut self, part: &mut TextPart) -> Result<bool, StreamFault> {
        part.clear();
        while !part.is_full() {
            match self.state {
                // A part holds text or blocks.
                State::Member if part.has_text() => break,
                State::Streaming if part.has_blocks() => break,
                State::Member => match self.next_member()? {
                    Some(MemberHeader::Block { header, total }) => {
                        self.block.pass(&mut self.input, (header, total), part)?;
                    }
                    Some(MemberHeader::Stream { header }) => self.open_stream(header),
                    None => self.state = State::Ended,
                },
                _ => match self.step(part.room())? {
                    Some(0) => return Ok(false),
                    Some(count) => part.grow(count),
                    None => {}
                },
            }
        }
        Ok(true)
    }
}

impl Decoder {
    /// Puts text into `out` and says how many bytes, 0 at the end; `None` when something else begins.
    fn step(&mut self, out: &mut [u8]) -> Result<Option<usize>, StreamFault> {
        let (count, next) = match self.state {
            State::Plain => (self.input.copy_to(out)?, State::Ended),
            State::Streaming => (self.stream.read(&mut self.input, out)?, State::Member),
            State::Block => (self.block.read(out), State::Member),
            State::InFrame => (self.frame.read(&mut self.input, out)?, State::Frame),
            State::Ended => return Ok(Some(0)),
            State::Fresh => (0, self.recognize()?),
            State::Member => (0, self.open_member()?),
            State::Frame => (0, self.open_frame()?),
        };
        if count > 0 {
            return Ok(Some(count));
        }
        self.state = next;
        Ok(None)
    }

    /// What the first bytes tell.
    fn recognize(&mut self) -> Result<State, StreamFault> {
        let ahead = self.input.peek(frame::MAGIC_LENGTH)?;
        Ok(if ahead.starts_with(&member::MAGIC) {
            State::Member
        } else if frame::begins(ahead) {
            State::Frame
        } else {
            State::Plain
        })
    }

    fn open_member(&mut self) -> Result<State, StreamFault> {
        match self.next_member()? {
            Some(MemberHeader::Block { header, total }) => {
                self.block.load(&mut self.input, header, total)?;
                Ok(State::Block)
            }
            Some(MemberHeader::Stream { header }) => {
                self.open_stream(header);
                Ok(State::Streaming)
            }
            None => Ok(State::Ended),
        }
    }

    /// The header of the member ahead; `None` at the end of the file, where it may end.
    fn next_member(&mut self) -> Result<Option<MemberHeader>, StreamFault> {
        let magic = self.input.peek(2)?;
        if magic.is_empty() {
            self.end()?;
            return Ok(None);
        }
        if !member::MAGIC.starts_with(&magic[..magic.len().min(2)]) {
            return Err(StreamFault::Trailing(Compression::Gzip));
        }
        MemberHeader::read(&mut self.input).map(Some)
    }

    fn open_stream(&mut self, header: usize) {
        self.input.consume(header);
        self.block.forget();
        self.stream.start();
        self.state = State::Streaming;
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
