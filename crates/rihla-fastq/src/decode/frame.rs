//! Zstd frames (RFC 8878), streamed through libzstd, which checks the checksum of each that has one.

use std::io;

use zstd_safe::zstd_sys::ZSTD_ErrorCode;
use zstd_safe::{DCtx, DParameter, ErrorCode, InBuffer, OutBuffer, ResetDirective, get_error_name};

use super::raw::RawInput;
use crate::error::{Compression, StreamFault};
use crate::options::MAX_WINDOW_LOG;

/// Bytes that tell a frame.
pub(super) const MAGIC_LENGTH: usize = 4;

/// The number at the beginning of a frame.
const MAGIC: [u8; MAGIC_LENGTH] = [0x28, 0xb5, 0x2f, 0xfd];

/// The number at the beginning of a frame without text, whose first byte may be any of 16.
const SKIPPABLE: [u8; MAGIC_LENGTH] = [0x50, 0x2a, 0x4d, 0x18];

/// Whether a frame begins here.
pub(super) fn begins(ahead: &[u8]) -> bool {
    ahead.len() >= MAGIC_LENGTH && may_begin(ahead)
}

/// Whether these bytes, if there are too few of them to tell, may be the beginning of a frame.
pub(super) fn may_begin(ahead: &[u8]) -> bool {
    let magic = &ahead[..ahead.len().min(MAGIC_LENGTH)];
    let skippable = magic.first().map(|first| first & 0xf0).into_iter().chain(magic.iter().skip(1).copied());
    MAGIC.starts_with(magic) || skippable.eq(SKIPPABLE.into_iter().take(magic.len()))
}

/// Decompresses one frame after the other.
#[derive(Default)]
pub(super) struct FrameDecoder {
    /// Made with the first frame: most inputs have none.
    context: Option<DCtx<'static>>,
    ended: bool,
}

impl FrameDecoder {
    /// Prepares for a new frame.
    pub fn start(&mut self) -> Result<(), StreamFault> {
        self.ended = false;
        let context = match &mut self.context {
            Some(context) => context,
            none => {
                let memory = || StreamFault::Read(io::Error::from(io::ErrorKind::OutOfMemory));
                none.insert(DCtx::try_create().ok_or_else(memory)?)
            }
        };
        context.reset(ResetDirective::SessionOnly).map_err(fault)?;
        context.set_parameter(DParameter::WindowLogMax(MAX_WINDOW_LOG)).map_err(fault)?;
        Ok(())
    }

    /// Decompresses into `out`; 0 when the frame is complete and was checked.
    pub fn read(&mut self, input: &mut RawInput, out: &mut [u8]) -> Result<usize, StreamFault> {
        let Some(context) = &mut self.context else { return Ok(0) };
        while !self.ended {
            let ahead = input.peek(1)?;
            let at_end = ahead.is_empty();
            let (mut from, mut to) = (InBuffer::around(ahead), OutBuffer::around(&mut *out));
            let wanted = context.decompress_stream(&mut to, &mut from).map_err(fault)?;
            let (used, made) = (from.pos(), to.pos());
            input.consume(used);
            self.ended = wanted == 0;
            if made > 0 {
                return Ok(made);
            }
            if at_end && !self.ended {
                return Err(StreamFault::Cut(Compression::Zstd));
            }
        }
        Ok(0)
    }
}

/// What an error of libzstd means.
fn fault(code: ErrorCode) -> StreamFault {
    // Errors are the negated numbers of the enumeration.
    let is = |error: ZSTD_ErrorCode| code.wrapping_neg() == error as usize;
    if is(ZSTD_ErrorCode::ZSTD_error_frameParameter_windowTooLarge) {
        StreamFault::WideWindow
    } else if is(ZSTD_ErrorCode::ZSTD_error_dictionary_wrong) {
        StreamFault::NeedsDictionary
    } else if is(ZSTD_ErrorCode::ZSTD_error_memory_allocation) {
        StreamFault::Read(io::Error::from(io::ErrorKind::OutOfMemory))
    } else if is(ZSTD_ErrorCode::ZSTD_error_checksum_wrong) {
        StreamFault::Damaged(Compression::Zstd, "the checksum (XXH64) is wrong")
    } else {
        StreamFault::Damaged(Compression::Zstd, get_error_name(code))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_known_by_their_first_bytes() {
        assert!(
            begins(b"\x28\xb5\x2f\xfd") && begins(b"\x50\x2a\x4d\x18") && begins(b"\x5f\x2a\x4d\x18rest")
        );
        assert!(!begins(b"\x28\xb5\x2f") && may_begin(b"\x28\xb5\x2f") && may_begin(b"\x53\x2a"));
        for other in [b"@r1\n".as_slice(), b"\x28\xb5\x2f\xfe", b"\x4f\x2a\x4d\x18", b"\x29", b"\x60"] {
            assert!(!may_begin(other), "{other:?}");
        }
    }
}
