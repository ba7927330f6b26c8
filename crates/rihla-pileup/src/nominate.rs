//! Which differences have enough support to be looked at.

use rihla_core::Interval;

use crate::columns::Columns;
use crate::events::{Events, Gap, rightmost_end};
use crate::hidden;
use crate::options::PileupOptions;
use crate::reads::ReadSet;
use crate::tandem;

/// What a candidate changes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Change {
    /// Another base (its code).
    Snp(u8),
    /// A gap in leftmost form: reference bases deleted, codes inserted.
    Gap {
        /// Number of reference bases deleted.
        deleted: u32,
        /// Codes of the bases inserted.
        inserted: Vec<u8>,
    },
    /// Reads end here together: something larger may lie behind.
    Clip,
}

/// A supported difference from the reference.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Candidate {
    /// First changed position; for an insertion the position before which it stands.
    pub position: u32,
    /// One past the last position concerned, with the repeat that a gap lies in.
    pub end: u32,
    /// The change.
    pub change: Change,
    /// Reads that show it.
    pub support: u32,
    /// Reads that speak at the place.
    pub depth: u32,
}

impl Candidate {
    /// Position of the record that would be written: for a gap, that of the base before.
    #[must_use]
    pub fn start(&self) -> u32 {
        self.position - u32::from(matches!(self.change, Change::Gap { .. }))
    }
}

/// A change that is looked at whatever the reads say.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ForcedChange {
    /// As [`Candidate::position`].
    pub position: u32,
    /// The change; a gap in leftmost form.
    pub change: Change,
}

/// Gaps of so many bases and more are told by clips, too.
const MIN_LONG_GAP: u32 = 3;

/// Of the reads with a gap one in so many shows it at least: where fewer do, the others are not looked for, which takes time in
/// places of extreme depth.
const MOST_HIDDEN: u32 = 4;

/// Repeats longer than this do not stretch a candidate further, bases.
const MAX_REPEAT: u32 = 100;

/// Candidates of an area by position. `codes` is the reference of `area`.
#[must_use]
pub fn nominate(
    reads: &ReadSet,
    events: &Events,
    columns: &Columns,
    (codes, area): (&[u8], Interval),
    options: &PileupOptions,
) -> Vec<Candidate> {
    let mut out = Vec::new();
    snps(events, columns, options, &mut out);
    hidden_units(reads, columns, (codes, area), options, &mut out);
    gaps(reads, events, columns, (codes, area), options, &mut out);
    clips(events, columns, options, &mut out);
    out.sort_unstable();
    out.dedup_by(|b, a| a.position == b.position && a.change == b.change);
    out
}

/// Whether `support` of `depth` reads is enough.
fn enough(support: u32, depth: u32, reads: u32, fraction: f64) -> bool {
    support >= reads && f64::from(support) >= fraction * f64::from(depth)
}

fn snps(events: &Events, columns: &Columns, options: &PileupOptions, out: &mut Vec<Candidate>) {
    for group in events.mismatches.chunk_by(|a, b| (a.position, a.base) == (b.position, b.base)) {
        let (position, support) = (group[0].position, group.len() as u32);
        let depth = columns.depth(position);
        if enough(support, depth, options.min_snp_reads, options.min_snp_fraction) {
            let change = Change::Snp(group[0].base);
            out.push(Candidate { position, end: position + 1, change, support, depth });
        }
    }
}

/// Adds the gaps of a repeat's unit that SNPs of `out` may come of, where the reads differ less with the gap, and some are long enough
/// to reach over its repeat and tell.
fn hidden_units(
    reads: &ReadSet,
    columns: &Columns,
    (codes, area): (&[u8], Interval),
    options: &PileupOptions,
    out: &mut Vec<Candidate>,
) {
    let told = |snp: &Candidate| {
        let Change::Snp(code) = snp.change else { return None };
        let gap = tandem::gap_behind(codes, area.start, (snp.position - area.start) as usize, code)?;
        let end = end_of(&gap, codes, area);
        let span = |number: usize| reads.reads()[number].end - reads.reads()[number].start;
        let longest = reads.overlapping(snp.position, snp.position + 1).map(span).max()?;
        let needed = end - gap.position + gap.inserted.len() as u32 + 2 * BEYOND;
        if needed > longest {
            return None;
        }
        let support = hidden::support(reads, (&gap, end), (codes, area.start), options);
        let depth = columns.depth(snp.position);
        let is_enough = enough(support, depth, options.min_snp_reads, options.min_indel_fraction);
        let Gap { position, deleted, inserted } = gap;
        let change = Change::Gap { deleted, inserted };
        is_enough.then_some(Candidate { position, end, change, support, depth })
    };
    let told: Vec<Candidate> = out.iter().filter_map(told).collect();
    out.extend(told);
}

/// Bases by which a read must reach beyond a repeat on both sides to tell its length.
const BEYOND: u32 = 5;

fn gaps(
    reads: &ReadSet,
    events: &Events,
    columns: &Columns,
    (codes, area): (&[u8], Interval),
    options: &PileupOptions,
    out: &mut Vec<Candidate>,
) {
    for group in events.gaps.chunk_by(|a, b| a == b) {
        let Gap { position, deleted, inserted } = group[0].clone();
        let (support, depth) = (group.len() as u32, columns.depth(position));
        let end = end_of(&group[0], codes, area);
        // Reads that end in a long gap, or in its repeat, are clipped there.
        let is_long = deleted.max(inserted.len() as u32) >= MIN_LONG_GAP;
        let clipped = if is_long { clips_within(events, position, end) } else { 0 };
        let in_run = is_run(&group[0], codes, area);
        let reads_needed = if in_run { options.min_run_reads } else { options.min_indel_reads };
        let is_enough =
            |more: u32| enough(support + more, depth + more, reads_needed, options.min_indel_fraction);
        let may_hide = || enough(MOST_HIDDEN * support, depth, reads_needed, options.min_indel_fraction);
        let more = match is_enough(clipped) || !may_hide() {
            true => clipped,
            false => hidden::support(reads, (&group[0], end), (codes, area.start), options),
        };
        if is_enough(more) {
            let (support, depth) = (support + more, depth + more);
            let change = Change::Gap { deleted, inserted };
            out.push(Candidate { position, end, change, support, depth });
        }
    }
}

/// Whether a gap is of one base, or of several that are alike.
fn is_run(gap: &Gap, codes: &[u8], area: Interval) -> bool {
    let at = (gap.position - area.start) as usize;
    let moved = if gap.deleted > 0 { &codes[at..at + gap.deleted as usize] } else { &gap.inserted[..] };
    moved.windows(2).all(|two| two[0] == two[1])
}

/// One past the last position that a gap concerns.
fn end_of(gap: &Gap, codes: &[u8], area: Interval) -> u32 {
    let end = rightmost_end(gap, codes, area.start).min(gap.position + gap.deleted + MAX_REPEAT);
    end.max(gap.position + 1)
}

/// Adds the changes that lie well inside the area and are no candidates yet.
pub fn add_forced(
    candidates: &mut Vec<Candidate>,
    forced: &[ForcedChange],
    columns: &Columns,
    codes: &[u8],
    area: Interval,
) {
    let of = |known: &Candidate| ForcedChange { position: known.position, change: known.change.clone() };
    let mut known: Vec<ForcedChange> = candidates.iter().map(of).collect();
    known.sort_unstable();
    for ForcedChange { position, change } in forced.iter().filter(|one| known.binary_search(one).is_err()) {
        let position = *position;
        let end = match change {
            Change::Gap { deleted, inserted } => {
                let gap = Gap { position, deleted: *deleted, inserted: inserted.clone() };
                let inside = position > area.start && position + deleted < area.end;
                inside.then(|| end_of(&gap, codes, area))
            }
            Change::Snp(_) | Change::Clip => area.contains(area.contig, position).then_some(position + 1),
        };
        let depth = columns.depth(position);
        candidates.extend(end.map(|end| Candidate {
            position,
            end,
            change: change.clone(),
            support: 0,
            depth,
        }));
    }
    candidates.sort_unstable();
}

/// Clips within this many bases of each other belong together.
const CLIP_REACH: u32 = 3;

/// Clips near the positions from `first` to `last`.
fn clips_within(events: &Events, first: u32, last: u32) -> u32 {
    let near = |at: u32| events.clips.partition_point(|&clip| clip < at);
    (near(last + CLIP_REACH + 1) - near(first.saturating_sub(CLIP_REACH))) as u32
}

fn clips(events: &Events, columns: &Columns, options: &PileupOptions, out: &mut Vec<Candidate>) {
    for group in events.clips.chunk_by(|a, b| a == b) {
        let position = group[0];
        let support = clips_within(events, position, position);
        let depth = columns.depth(position).max(columns.depth(position.saturating_sub(1)));
        // Clipped reads do not span the place and so are not in the depth.
        if enough(support, depth + support, options.min_clip_reads, options.min_clip_fraction) {
            out.push(Candidate { position, end: position + 1, change: Change::Clip, support, depth });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_reads_and_a_tenth() {
        assert!(enough(2, 5, 2, 0.1) && enough(2, 20, 2, 0.1));
        assert!(!enough(1, 2, 2, 0.1) && !enough(2, 21, 2, 0.1));
    }
}
