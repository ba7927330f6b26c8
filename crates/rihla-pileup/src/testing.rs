//! What the tests of several files need.

use rihla_core::base;

/// Codes of letters.
pub(crate) fn codes(letters: impl AsRef<[u8]>) -> Vec<u8> {
    let mut codes = Vec::new();
    base::encode_into(letters.as_ref(), &mut codes);
    codes
}
