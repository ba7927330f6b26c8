use super::*;

fn uniform(len: usize, quality: u8) -> Vec<u8> {
    vec![quality; len]
}

fn one(read: &HmmRead<'_>, haplotype: &[u8]) -> f64 {
    let mut out = vec![7.0];
    PairHmm::new(Simd::best()).likelihoods(read, &[haplotype], &mut out);
    assert_eq!(out.len(), 1);
    out[0]
}

#[test]
fn empty_read_is_certain_and_empty_haplotype_impossible() {
    let none =
        HmmRead { bases: &[], base_quals: &[], insertion_open: &[], deletion_open: &[], gap_extend: &[] };
    assert_eq!(one(&none, &[0, 1]), 0.0);
    assert_eq!(one(&none, &[]), 0.0);
    let read = HmmRead {
        bases: &[1],
        base_quals: &[30],
        insertion_open: &[45],
        deletion_open: &[45],
        gap_extend: &[10],
    };
    assert_eq!(one(&read, &[]), f64::NEG_INFINITY);
}

#[test]
fn one_base_on_one_base_by_hand() {
    // starts in a deletion of probability 1 (one column), leaves it with 1 - 0.1, emits 1 - 0.001
    let quals = uniform(1, 45);
    let read = HmmRead {
        bases: &[1],
        base_quals: &[30],
        insertion_open: &quals,
        deletion_open: &quals,
        gap_extend: &[10],
    };
    assert!((one(&read, &[1]) - (0.9_f64 * 0.999).log10()).abs() < 1e-6);
    assert!((one(&read, &[2]) - (0.9_f64 * 0.001 / 3.0).log10()).abs() < 1e-6);
    assert!((one(&read, &[4]) - (0.9_f64 * 0.999).log10()).abs() < 1e-6);
}
