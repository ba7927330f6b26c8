//! One suite over every level, and the scalar level against the `bio` crate.

mod cases;
mod properties;

use rihla_core::OpKind;

use super::*;
use crate::simd::SimdLevel;

fn aligner(level: SimdLevel, scoring: Scoring) -> BandedAligner {
    BandedAligner::new(Simd::new(level).expect("listed as available"), scoring)
}

/// Aligns at every level that runs here and asserts that all agree.
fn align(
    query: &[u8],
    target: &[u8],
    first_diagonal: i32,
    width: usize,
    scoring: Scoring,
) -> Option<Alignment> {
    let run = |level| aligner(level, scoring).align(query, target, first_diagonal, width);
    let expected = run(SimdLevel::Scalar);
    for level in SimdLevel::available() {
        assert_eq!(
            run(level),
            expected,
            "{level} of {query:?} with {target:?} from {first_diagonal}, {width}"
        );
    }
    expected
}

/// The score of aligned pairs, one by one.
fn pair(scoring: Scoring, query: u8, target: u8) -> i32 {
    match (query, target) {
        (4.., _) | (_, 4..) => -1,
        _ if query == target => scoring.match_score,
        _ => -scoring.mismatch,
    }
}

/// A gap with its surroundings: operation, length, indices of the first base after it.
type Gap = (OpKind, usize, usize, usize);

/// Walks an alignment: its score, its gaps, its diagonals.
fn walk(scoring: Scoring, query: &[u8], target: &[u8], alignment: &Alignment) -> (i32, Vec<Gap>, Vec<i64>) {
    let (mut i, mut j) = (alignment.query.start as usize, alignment.target.start as usize);
    let (mut score, mut gaps, mut diagonals) = (0, Vec::new(), Vec::new());
    for op in alignment.cigar.ops() {
        let n = op.len() as usize;
        diagonals.push(j as i64 - i as i64);
        match op.kind() {
            OpKind::Match => {
                score += (0..n).map(|k| pair(scoring, query[i + k], target[j + k])).sum::<i32>();
                (i, j) = (i + n, j + n);
                continue;
            }
            OpKind::Insertion => i += n,
            OpKind::Deletion => j += n,
            other => panic!("{other:?} in an alignment"),
        }
        score -= scoring.gap_open + n as i32 * scoring.gap_extend;
        gaps.push((op.kind(), n, i, j));
    }
    assert_eq!((i, j), (alignment.query.end as usize, alignment.target.end as usize));
    (score, gaps, diagonals)
}

/// Asserts everything that an alignment promises, but not that it is the best.
fn check(
    query: &[u8],
    target: &[u8],
    first_diagonal: i32,
    width: usize,
    scoring: Scoring,
    alignment: &Alignment,
) {
    let (score, gaps, diagonals) = walk(scoring, query, target, alignment);
    assert_eq!(score, alignment.score);
    assert!(score > 0);
    let band = i64::from(first_diagonal)..i64::from(first_diagonal) + width.next_multiple_of(32) as i64;
    assert!(diagonals.iter().all(|diagonal| band.contains(diagonal)), "{diagonals:?} in {band:?}");

    let ops = alignment.cigar.ops();
    assert!([ops[0], ops[ops.len() - 1]].iter().all(|op| op.kind() == OpKind::Match));
    let (first, last) = (alignment.query.start as usize, alignment.query.end as usize - 1);
    let pairs = [(first, alignment.target.start), (last, alignment.target.end - 1)];
    for (i, j) in pairs {
        let at_end = i == 0 || i == query.len() - 1;
        assert!(
            at_end || pair(scoring, query[i], target[j as usize]) > 0,
            "ends in a mismatch: {alignment:?}"
        );
    }
    for (k, &(kind, n, i, j)) in gaps.iter().enumerate() {
        assert!(!shifts_left(scoring, query, target, alignment, (kind, n, i, j)), "gap {k} of {alignment:?}");
    }
}

/// Whether a gap could begin one base earlier at no cost.
fn shifts_left(scoring: Scoring, query: &[u8], target: &[u8], alignment: &Alignment, gap: Gap) -> bool {
    let (kind, n, i, j) = gap;
    let (inserted, deleted) = if kind == OpKind::Insertion { (n, 0) } else { (0, n) };
    // The pair before the gap, and the one that would take its place after it.
    let (i_before, j_before) = (i - inserted - 1, j - deleted - 1);
    // The alignment would begin with the gap, or the gap does not follow aligned bases.
    if i_before <= alignment.query.start as usize || follows_gap(alignment, kind, i - inserted, j - deleted) {
        return false;
    }
    pair(scoring, query[i - 1], target[j - 1]) >= pair(scoring, query[i_before], target[j_before])
}

/// Whether the gap that begins at these indices stands next to one of the other kind.
fn follows_gap(alignment: &Alignment, kind: OpKind, i: usize, j: usize) -> bool {
    let (mut at_i, mut at_j) = (alignment.query.start as usize, alignment.target.start as usize);
    let mut previous = OpKind::Match;
    for op in alignment.cigar.ops() {
        if (at_i, at_j) == (i, j) && op.kind() == kind {
            return previous != OpKind::Match;
        }
        at_i += if op.kind().consumes_read() { op.len() as usize } else { 0 };
        at_j += if op.kind().consumes_reference() { op.len() as usize } else { 0 };
        previous = op.kind();
    }
    unreachable!("the gap is in the alignment")
}
