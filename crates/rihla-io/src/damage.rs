//! Panics of a library on bytes from outside, told as damage of their file.
//!
//! noodles' codecs of CRAM panic where data that have the right checksums make no sense, as does its reader of BCF.

use std::cell::Cell;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};

thread_local! {
    static IS_GUARDED: Cell<bool> = const { Cell::new(false) };
}

/// Whether a panic of this thread, now, is no fault of the program, but will be told as damage of a file.
#[must_use]
pub fn panic_is_damage() -> bool {
    IS_GUARDED.get()
}

/// Runs what may panic on bytes from outside. What it had changed when it did must not be used any more.
pub(crate) fn guarded<T>(work: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
    let outer = IS_GUARDED.replace(true);
    let outcome = catch_unwind(AssertUnwindSafe(work));
    IS_GUARDED.set(outer);
    let nonsense = || io::Error::new(io::ErrorKind::InvalidData, "what is in it makes no sense");
    outcome.unwrap_or_else(|_| Err(nonsense()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_of_a_codec_is_damage() {
        let outcome: io::Result<()> = guarded(|| {
            assert!(panic_is_damage());
            panic!("on purpose")
        });
        assert_eq!(outcome.expect_err("told").kind(), io::ErrorKind::InvalidData);
        assert!(!panic_is_damage());
    }
}
