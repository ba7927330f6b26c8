//! BGZF blocks: whole members of at most 64 KiB, each inflated at once by libdeflate.

use libdeflater::Decompressor;

use super::member::{self, TRAILER, damaged};
use super::part::TextPart;
use super::raw::RawInput;
use crate::error::{Compression, StreamFault};

/// The most that a block may hold (SAM specification, section 4.1).
const LARGEST: usize = 1 << 16;

/// Inflates blocks and remembers what is needed to judge the end of a file.
pub(super) struct BlockDecoder {
    inflate: Decompressor,
    bytes: Vec<u8>,
    /// Handed out so far.
    given: usize,
    /// Sizes of the blocks since the last streamed member.
    seen: Seen,
}

#[derive(Clone, Copy, Debug, Default)]
struct Seen {
    blocks: u64,
    last: usize,
    /// Largest of the blocks before the last.
    largest_before: usize,
}

impl Seen {
    /// Counts a block with so many bytes of text.
    fn add(&mut self, size: usize) {
        self.largest_before = self.largest_before.max(self.last);
        self.last = size;
        self.blocks += 1;
    }
}

/// A block that is not yet inflated.
struct Block<'a> {
    data: &'a [u8],
    /// Of its text.
    crc: u32,
    /// Bytes of its text.
    size: usize,
}

impl<'a> Block<'a> {
    fn ahead(input: &'a mut RawInput, header: usize, total: usize) -> Result<Self, StreamFault> {
        let Some(block) = input.peek(total)?.get(..total) else {
            return Err(StreamFault::Cut(Compression::Gzip));
        };
        let (data, trailer) = block[header..].split_at(total - header - TRAILER);
        let (crc, size) = member::trailer(trailer);
        let size = size as usize;
        if size > LARGEST {
            return Err(damaged("a BGZF block says that it holds more than 64 KiB"));
        }
        Ok(Self { data, crc, size })
    }
}

/// Inflates a block's data into `text`, which is as large as the block says, and checks it.
pub(super) fn inflate(
    inflate: &mut Decompressor,
    data: &[u8],
    crc: u32,
    text: &mut [u8],
) -> Result<(), StreamFault> {
    let inflated = inflate.deflate_decompress(data, text);
    if !matches!(inflated, Ok(count) if count == text.len()) {
        return Err(damaged("a BGZF block cannot be inflated"));
    }
    if libdeflater::crc32(text) != crc {
        return Err(damaged("a BGZF block's checksum (CRC32) is wrong"));
    }
    Ok(())
}

impl Default for BlockDecoder {
    fn default() -> Self {
        Self { inflate: Decompressor::new(), bytes: Vec::new(), given: 0, seen: Seen::default() }
    }
}

impl BlockDecoder {
    /// Inflates the block of `total` bytes ahead, `header` of them its header, and checks it.
    pub fn load(&mut self, input: &mut RawInput, header: usize, total: usize) -> Result<(), StreamFault> {
        let Block { data, crc, size } = Block::ahead(input, header, total)?;
        self.bytes.resize(size, 0);
        inflate(&mut self.inflate, data, crc, &mut self.bytes)?;
        input.consume(total);
        self.given = 0;
        self.seen.add(size);
        Ok(())
    }

    /// Puts the block of `total` bytes ahead, `header` of them its header, into a part as it is.
    pub fn pass(
        &mut self,
        input: &mut RawInput,
        (header, total): (usize, usize),
        part: &mut TextPart,
    ) -> Result<(), StreamFault> {
        let Block { data, crc, size } = Block::ahead(input, header, total)?;
        part.push(data, crc, size);
        input.consume(total);
        self.seen.add(size);
        Ok(())
    }

    /// Bytes of the block not yet given; 0 when it is used up.
    pub fn read(&mut self, out: &mut [u8]) -> usize {
        let count = out.len().min(self.bytes.len() - self.given);
        out[..count].copy_from_slice(&self.bytes[self.given..self.given + count]);
        self.given += count;
        count
    }

    /// A member of another form follows: no end marker is due for the blocks before it.
    pub fn forget(&mut self) {
        self.seen = Seen::default();
    }

    /// Whether the input may end here: no block was last, or an empty one was.
    pub fn ends_marked(&self) -> bool {
        self.seen.blocks == 0 || self.seen.last == 0
    }

    /// Whether the last block is as full as any before it.
    ///
    /// Writers fill every block but the last, so in a complete file the last one is smaller; in a
    /// file cut between blocks it is not.
    pub fn last_is_full(&self) -> bool {
        self.seen.blocks > 1 && self.seen.last >= self.seen.largest_before
    }
}
