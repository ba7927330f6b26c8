//! Parts of a text, which whoever reads them may inflate elsewhere than where they are read.

use std::ops::Range;

use libdeflater::Decompressor;

use super::block;
use crate::error::StreamFault;

/// Bytes of text, about, that make a part full.
const FULL: usize = 1 << 18;

/// Blocks that make a part full, however little text they hold.
const MOST_BLOCKS: usize = 256;

/// Inflates parts, one after the other.
pub struct Inflater(Decompressor);

impl Default for Inflater {
    fn default() -> Self {
        Self(Decompressor::new())
    }
}

/// A part of an input's text, or BGZF blocks of which it is made.
///
/// Blocks need nothing of each other, so that the parts of one input can be inflated at the same time.
#[derive(Default)]
pub struct TextPart {
    /// Room for text; what lies behind `end` is of no use.
    bytes: Vec<u8>,
    end: usize,
    packed: Vec<u8>,
    blocks: Vec<PackedBlock>,
    /// Bytes of text in the blocks, as they say.
    packed_text: usize,
}

/// A block as it came.
struct PackedBlock {
    /// Its deflate data in `TextPart::packed`.
    data: Range<usize>,
    /// Bytes of its text.
    size: usize,
    crc: u32,
}

impl TextPart {
    /// Inflates the blocks, if the part holds such.
    ///
    /// # Errors
    /// The first block that is damaged; the part then holds the text before it.
    pub fn inflate(&mut self, inflater: &mut Inflater) -> Result<(), StreamFault> {
        for block in self.blocks.drain(..) {
            let room = room(&mut self.bytes, self.end, block.size);
            block::inflate(&mut inflater.0, &self.packed[block.data], block.crc, &mut room[..block.size])?;
            self.end += block.size;
        }
        Ok(())
    }

    /// The text; none of blocks that are not inflated yet.
    #[must_use]
    pub fn text(&self) -> &[u8] {
        &self.bytes[..self.end]
    }

    /// Takes all text of a stream that has room; `false` when it is at its end.
    pub(super) fn fill(
        &mut self,
        mut read: impl FnMut(&mut [u8]) -> Result<usize, StreamFault>,
    ) -> Result<bool, StreamFault> {
        while !self.is_full() {
            match read(self.room())? {
                0 => return Ok(false),
                count => self.grow(count),
            }
        }
        Ok(true)
    }

    pub(super) fn clear(&mut self) {
        self.end = 0;
        self.packed.clear();
        self.blocks.clear();
        self.packed_text = 0;
    }

    pub(super) fn is_full(&self) -> bool {
        self.end + self.packed_text >= FULL || self.blocks.len() >= MOST_BLOCKS
    }

    pub(super) fn has_text(&self) -> bool {
        self.end > 0
    }

    pub(super) fn has_blocks(&self) -> bool {
        !self.blocks.is_empty()
    }

    /// Where more text may be put, if the part is not full.
    pub(super) fn room(&mut self) -> &mut [u8] {
        let missing = FULL.saturating_sub(self.end);
        &mut room(&mut self.bytes, self.end, missing)[..missing]
    }

    /// So many bytes were put into the room.
    pub(super) fn grow(&mut self, count: usize) {
        self.end += count;
    }

    /// Adds a block's deflate data, the checksum and the size of its text.
    pub(super) fn push(&mut self, data: &[u8], crc: u32, size: usize) {
        let start = self.packed.len();
        self.packed.extend_from_slice(data);
        self.blocks.push(PackedBlock { data: start..self.packed.len(), size, crc });
        self.packed_text += size;
    }
}

/// At least `count` bytes behind the first `end`, which grow when they must and never shrink.
fn room(bytes: &mut Vec<u8>, end: usize, count: usize) -> &mut [u8] {
    if bytes.len() < end + count {
        bytes.resize(end + count, 0);
    }
    &mut bytes[end..]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_without_text_fill_a_part() {
        let mut part = TextPart::default();
        for _ in 0..MOST_BLOCKS {
            assert!(!part.is_full());
            part.push(&[3, 0], 0, 0);
        }
        assert!(part.is_full());
        part.inflate(&mut Inflater::default()).expect("empty blocks are sound");
        assert_eq!(part.text(), b"");
        part.clear();
        assert!(!part.is_full());
    }
}
