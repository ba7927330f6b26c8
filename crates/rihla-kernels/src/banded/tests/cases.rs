//! Cases worked out by hand.

use super::*;

fn codes(letters: &str) -> Vec<u8> {
    letters.bytes().map(rihla_core::base::encode).collect()
}

/// Aligns letters with the default scores in a band of 32 around diagonal 0.
fn letters(query: &str, target: &str) -> Option<Alignment> {
    let (query, target) = (codes(query), codes(target));
    let alignment = align(&query, &target, -16, 32, Scoring::default());
    if let Some(alignment) = &alignment {
        check(&query, &target, -16, 32, Scoring::default(), alignment);
    }
    alignment
}

fn assert_aligns(query: &str, target: &str, start: (u32, u32), cigar: &str, score: i32) {
    let alignment = letters(query, target).expect("aligns");
    let begins = (alignment.query.start, alignment.target.start);
    assert_eq!((begins, alignment.cigar.to_string().as_str(), alignment.score), (start, cigar, score));
}

#[test]
fn deletion_in_a_homopolymer_is_leftmost() {
    assert_aligns("GATTACAGTCAAAAACTGATCGTTG", "GATTACAGTCAAAAAAACTGATCGTTG", (0, 0), "10M2D15M", 25 - 8);
}

#[test]
fn insertion_in_a_repeat_is_leftmost() {
    assert_aligns("GATTACAGTCATATATATCTGATCGTTG", "GATTACAGTCATATATCTGATCGTTG", (0, 0), "10M2I16M", 26 - 8);
}

#[test]
fn mismatch_at_an_end_is_worth_the_bonus() {
    // Clipping the last base loses the bonus of 5; aligning it costs 4.
    assert_aligns("GATTACAGTCC", "GATTACAGTCA", (0, 0), "11M", 10 - 4);
    assert_aligns("CATTACAGTC", "GATTACAGTCA", (0, 0), "10M", 9 - 4);
}

#[test]
fn two_mismatches_at_an_end_are_clipped() {
    assert_aligns("GATTACAGTCCC", "GATTACAGTCAA", (0, 0), "10M", 10);
    assert_aligns("CCTTACAGTCA", "GATTACAGTCA", (2, 2), "9M", 9);
}

#[test]
fn equal_ends_clip_the_fewest_bases() {
    // Two mismatches and three matches more: 3 - 8 + 5 = 0.
    assert_aligns("GATTACAGTCCCGAT", "GATTACAGTCAAGAT", (0, 0), "15M", 13 - 8);
    assert_aligns("GATCCTACAGTCGG", "GATAATACAGTCGG", (0, 0), "14M", 12 - 8);
}

#[test]
fn a_copy_more_or_fewer_is_likelier_than_two_mismatches() {
    let behind = "CTGATCGTTGCATTC";
    // Without the gap AGACAG lies on AGAGAT.
    let (query, target) = (format!("AGACAGAGATAGAT{behind}"), format!("AGACAGAGATAGATAGAT{behind}"));
    assert_aligns(&query, &target, (0, 0), "6M4D23M", 29 - 10);
    let reversed = |text: &str| text.chars().rev().collect::<String>();
    assert_aligns(&reversed(&query), &reversed(&target), (0, 0), "15M4D14M", 29 - 10);
    // AC lies on GT.
    let (query, target) = (format!("GTGTGTACACAC{behind}"), format!("GTGTGTGTACAC{behind}"));
    assert_aligns(&query, &target, (0, 2), "6M2I19M", 25 - 8);
    // ACAG lies on ACTC, which stands alone.
    assert_aligns(&format!("AGACAG{behind}"), &format!("AGACAGACTC{behind}"), (0, 4), "21M", 21 - 10);
}

#[test]
fn of_equally_good_gaps_that_of_a_copy_is_taken() {
    // A T is missing of four, and G has become A; at the same price the G is missing, and a T has become A.
    assert_aligns("GATTACAGTCAATTTGCCTAC", "GATTACAGTCGATTTTGCCTAC", (0, 0), "12M1D9M", 20 - 4 - 7);
}

#[test]
fn n_costs_one() {
    assert_aligns("GATTACANTCA", "GATTNCAGTCA", (0, 0), "11M", 9 - 2);
    assert_aligns("GATTNCAGTCA", "GATTNCAGTCA", (0, 0), "11M", 10 - 1);
}

#[test]
fn nothing_to_align() {
    assert_eq!(letters("", "ACGT"), None);
    assert_eq!(letters("ACGT", ""), None);
    assert_eq!(letters("AAAAAAAA", "CCCCCCCC"), None);
    assert_eq!(letters("NNNNNNNN", "ACGTACGT"), None);
}

#[test]
fn band_beside_the_target() {
    let query = codes("GATTACA");
    for first_diagonal in [i32::MIN, -1000, -39, 7, 1000, i32::MAX] {
        assert_eq!(align(&query, &query, first_diagonal, 32, Scoring::default()), None);
    }
}

#[test]
fn equal_places_take_the_middle_of_the_band() {
    let query = codes("GATTACAGTC");
    let target = [query.as_slice(), &query, &query].concat();
    for (first_diagonal, start) in [(-16, 0), (-5, 10), (-4, 10), (3, 20), (9, 20)] {
        let found = align(&query, &target, first_diagonal, 32, Scoring::default()).expect("aligns");
        assert_eq!(found.target, start..start + 10, "from {first_diagonal}");
    }
}

#[test]
fn long_queries_leave_sixteen_bits() {
    let query: Vec<u8> = (0u32..33_000).map(|i| (i.wrapping_mul(2_654_435_761) >> 29) as u8 & 3).collect();
    let mut target = query.clone();
    target.drain(20_000..20_003);
    let found = align(&query, &target, -16, 32, Scoring::default()).expect("aligns");
    check(&query, &target, -16, 32, Scoring::default(), &found);
    assert_eq!(found.score, 33_000 - 3 - 9);
}

#[test]
fn odd_scores_are_moved_into_range() {
    let odd = Scoring { match_score: -3, mismatch: -1, gap_open: -2, gap_extend: 0, end_bonus: i32::MAX };
    let used = aligner(SimdLevel::Scalar, odd).scoring();
    assert_eq!(used, Scoring { match_score: 1, mismatch: 1, gap_open: 0, gap_extend: 1, end_bonus: 4096 });
    assert!(align(&[0, 1, 2, 3], &[0, 1, 2, 3], -16, 32, odd).is_some());
}
