//! Where the indels of a file go that fit in several places of their own stretch.
//!
//! Some callers write whole repeats: `CAAAA>CAAA`, and a SNP of the last A beside it. Which A is gone does not
//! matter until another record needs one of them.

use super::{Copies, Edit, Prepared};
use crate::class::Filter;

/// Neighbors on each side that are looked at.
const NEIGHBORS: usize = 64;

/// Moves the indels of one file to the right that clash less there with its other records; those that pass count
/// first. `side` is in the order of positions.
pub(crate) fn settle(side: &mut [Prepared]) {
    for i in 0..side.len() {
        let Some(moved) = &side[i].moved else { continue };
        let here = (i.saturating_sub(NEIGHBORS)..side.len().min(i + NEIGHBORS + 1)).filter(|&j| j != i);
        let others = here.map(|j| &side[j]).filter(|other| {
            other.contig == side[i].contig
                && other.choices != side[i].choices
                && other.reach.0 <= side[i].reach.1
        });
        let others: Vec<&Prepared> = others.collect();
        if clashes(moved, &others) < clashes(&side[i].choices, &others) {
            side[i].flip();
        }
    }
}

/// How many records a record with these choices clashes with: those that pass, and the others.
fn clashes(choices: &[Copies], others: &[&Prepared]) -> (usize, usize) {
    let edits: Vec<&Edit> = choices.iter().flatten().flatten().collect();
    let clashing =
        others.iter().filter(|other| other.edits().any(|one| edits.iter().any(|edit| edit.clashes(one))));
    let (passing, filtered): (Vec<&&Prepared>, Vec<_>) =
        clashing.partition(|other| other.is_compared(Filter::Pass));
    (passing.len(), filtered.len())
}
