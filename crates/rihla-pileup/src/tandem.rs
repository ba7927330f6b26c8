//! Gaps of a tandem repeat's unit that no read shows, told by a base that copies of the unit differ in.
//!
//! Where a repeat is longer than what reads reach beyond it, they are aligned without the gap, as its unit fits as well a unit
//! further on. What betrays them is the next place where the repeat is not perfect: there they show the base that stands a unit
//! away. It looks like a SNP. Whether the reads differ less with the gap is [`crate::hidden`]'s to say.

use rihla_core::base;

use crate::events::Gap;

/// Longest unit, bases.
const MAX_UNIT: usize = 64;
/// The copies are alike from the base on for as long as a unit, and for so many bases.
const MIN_ALIKE: usize = 10;
/// It is not followed further.
const MAX_ALIKE: usize = 200;

/// The gap of a unit that would make reads show `shown` at offset `at` of `codes`, whose first position is `origin`; that of the
/// longest stretch of copies.
#[must_use]
pub fn gap_behind(codes: &[u8], origin: u32, at: usize, shown: u8) -> Option<Gap> {
    let mut best: Option<(usize, Gap)> = None;
    for unit in 1..=MAX_UNIT {
        for (alike, gap) in told(codes, at, unit, shown).into_iter().flatten() {
            let is_longer = best.as_ref().is_none_or(|(most, _)| alike > *most);
            if is_longer && alike >= unit.max(MIN_ALIKE) {
                best = Some((alike, gap));
            }
        }
    }
    best.map(|(_, gap)| Gap { position: origin + gap.position, ..gap })
}

/// Deletion and insertion of a unit, leftmost, each with how many bases beside `at` are as a unit away.
fn told(codes: &[u8], at: usize, unit: usize, shown: u8) -> [Option<(usize, Gap)>; 4] {
    let is = |i: Option<usize>| i.and_then(|i| codes.get(i)).is_some_and(|&code| code == shown);
    let alike = |i: usize, other: usize| codes[i] == codes[other] && codes[i] < base::N;
    let deletion =
        |position: usize| Gap { position: position as u32, deleted: unit as u32, inserted: Vec::new() };
    let insertion = |position: usize| Gap {
        position: position as u32,
        deleted: 0,
        inserted: codes[position..position + unit].to_vec(),
    };
    let (mut found, last) = ([const { None }; 4], codes.len().saturating_sub(unit));
    if is(at.checked_add(unit)) {
        let before = (1..=at.min(MAX_ALIKE)).take_while(|&i| alike(at - i, at - i + unit)).count();
        found[0] = Some((before, deletion(at - before)));
        let behind = (at + 1..last.min(at + 1 + MAX_ALIKE)).take_while(|&i| alike(i, i + unit)).count();
        found[1] = Some((behind, insertion(at + 1)));
    }
    if is(at.checked_sub(unit)) {
        let behind =
            (at + 1..codes.len().min(at + 1 + MAX_ALIKE)).take_while(|&i| alike(i, i - unit)).count();
        found[2] = Some((behind, deletion(at + 1 - unit)));
        let before = (1..=(at - unit).min(MAX_ALIKE)).take_while(|&i| alike(at - i, at - i - unit)).count();
        found[3] = Some((before, insertion(at - before - unit)));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::codes;

    const BEFORE: &str = "GATTCGAACCTGAGC";
    const UNIT: &str = "TTGGCACTCCAG";
    const BEHIND: &str = "CCGAGTCCAGAATCG";

    /// Three units; the last base of the first is a T.
    fn reference() -> Vec<u8> {
        codes(format!("{BEFORE}{}T{}{BEHIND}", &UNIT[..11], UNIT.repeat(2)))
    }

    fn deletion(position: u32) -> Gap {
        Gap { position, deleted: 12, inserted: Vec::new() }
    }

    /// The base in which `changed` first (or last) differs from the reference, where both begin (or end) together.
    fn first_shown(changed: &[u8], from_end: bool) -> (usize, u8) {
        let reference = reference();
        let n = reference.len();
        let other = |i: usize| if from_end { (i + changed.len()).checked_sub(n) } else { Some(i) };
        let mut order: Vec<usize> = (0..n).collect();
        if from_end {
            order.reverse();
        }
        let shown = |i: usize| other(i).and_then(|at| changed.get(at).copied());
        let at = order.into_iter().find(|&i| shown(i) != Some(reference[i])).expect("they differ");
        (at, shown(at).expect("a base"))
    }

    #[test]
    fn a_unit_that_is_gone_or_there_twice_is_told_by_the_next_difference() {
        let reference = reference();
        // One of the last two units is gone: from the right, reads show the first one's T where the second has G.
        let gone = [&reference[..27], &reference[39..]].concat();
        let (at, shown) = first_shown(&gone, true);
        assert_eq!((at, shown), (38, 3));
        assert_eq!(gap_behind(&reference, 100, at, shown), Some(deletion(127)));
        // It is there twice: they show G where the first has T.
        let twice = [&reference[..39], &reference[27..]].concat();
        let (at, shown) = first_shown(&twice, true);
        assert_eq!((at, shown), (26, 2));
        let inserted = codes(UNIT);
        assert_eq!(gap_behind(&reference, 100, at, shown), Some(Gap { position: 127, deleted: 0, inserted }));
    }

    #[test]
    fn the_other_side_tells_as_well() {
        let mirrored: Vec<u8> = reference().into_iter().rev().collect();
        // As above, seen from the other end.
        let found = gap_behind(&mirrored, 0, mirrored.len() - 1 - 38, 3).expect("a deletion");
        assert_eq!(found, deletion(15));
        let found = gap_behind(&mirrored, 0, mirrored.len() - 1 - 26, 2).expect("an insertion");
        assert_eq!((found.position, found.deleted, found.inserted.len()), (15, 0, 12));
    }

    #[test]
    fn other_bases_and_other_places_tell_nothing() {
        let reference = reference();
        assert_eq!(gap_behind(&reference, 0, 38, 0), None, "no unit has an A there");
        assert_eq!(gap_behind(&reference, 0, 5, 3), None, "no repeat");
        for at in 0..reference.len() {
            let _ = gap_behind(&reference, 0, at, reference[at]);
        }
    }
}
