//! One suite over every level, and the scalar level against the `bio` crate.

use super::*;
use crate::simd::SimdLevel;

fn codes(letters: &str) -> Vec<u8> {
    letters.bytes().map(rihla_core::base::encode).collect()
}

fn scalar() -> BandedAligner {
    BandedAligner::new(Simd::new(SimdLevel::Scalar).expect("always runs"), Scoring::default())
}

#[test]
fn deletion_in_a_homopolymer_is_leftmost() {
    let target = codes("GATTACAGTCAAAAAACTGATCGTTG");
    let query = codes("GATTACAGTCAAAACTGATCGTTG");
    let alignment = scalar().align(&query, &target, -16, 32).expect("aligns");
    assert_eq!(alignment.cigar.to_string(), "10M2D14M");
    assert_eq!((alignment.score, alignment.query, alignment.target), (24 - 8, 0..24, 0..26));
}
