//! Gzip members of unknown size, streamed through zlib.

use flate2::{Decompress, FlushDecompress, Status};
use libdeflater::Crc;

use super::member::{self, TRAILER, damaged};
use super::raw::RawInput;
use crate::error::{Compression, StreamFault};

/// Inflates one member after the other.
pub(super) struct StreamDecoder {
    inflate: Decompress,
    crc: Crc,
    ended: bool,
}

impl Default for StreamDecoder {
    fn default() -> Self {
        Self { inflate: Decompress::new(false), crc: Crc::new(), ended: false }
    }
}

impl StreamDecoder {
    /// Prepares for the deflate data of a new member.
    pub fn start(&mut self) {
        self.inflate.reset(false);
        self.crc = Crc::new();
        self.ended = false;
    }

    /// Inflates into `out`; 0 when the member is complete and its trailer has been checked.
    pub fn read(&mut self, input: &mut RawInput, out: &mut [u8]) -> Result<usize, StreamFault> {
        while !self.ended {
            let ahead = input.peek(1)?;
            let at_end = ahead.is_empty();
            let (in_before, out_before) = (self.inflate.total_in(), self.inflate.total_out());
            let status = self
                .inflate
                .decompress(ahead, out, FlushDecompress::None)
                .map_err(|_| damaged("the deflate data cannot be inflated"))?;
            let used = (self.inflate.total_in() - in_before) as usize;
            let made = (self.inflate.total_out() - out_before) as usize;
            input.consume(used);
            self.crc.update(&out[..made]);
            self.ended = status == Status::StreamEnd;
            if made > 0 {
                return Ok(made);
            }
            if at_end && !self.ended {
                return Err(StreamFault::Cut(Compression::Gzip));
            }
            if used == 0 && !self.ended {
                return Err(damaged("the deflate data do not go on"));
            }
        }
        self.check_trailer(input)?;
        Ok(0)
    }

    fn check_trailer(&mut self, input: &mut RawInput) -> Result<(), StreamFault> {
        let Some(bytes) = input.peek(TRAILER)?.get(..TRAILER) else {
            return Err(StreamFault::Cut(Compression::Gzip));
        };
        let (crc, size) = member::trailer(bytes);
        if crc != self.crc.sum() {
            return Err(damaged("the checksum (CRC32) is wrong"));
        }
        if size != self.inflate.total_out() as u32 {
            return Err(damaged("the length behind the data is wrong"));
        }
        input.consume(TRAILER);
        Ok(())
    }
}
