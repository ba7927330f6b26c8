//! Packed against unpacked.

use super::*;

#[test]
fn packs_in_order() {
    let mut words = Vec::new();
    pack(&[1, 2, 3, 4, 0], &mut words);
    assert_eq!(words, [0b00_00_11_10_01]);
}
