//! Reads that have a gap and do not show it: they end so near to it that mismatches or a clip cost their aligner less.
//!
//! Of a read that lies on one diagonal the bases are compared with the reference as they are, clips unrolled, and with the gap. Where
//! fewer of them differ with it, the read speaks for the gap. What reads with other gaps have is theirs: tried, and worse, as in
//! repeats with two lengths each read of one then speaks for lengths near it.

use rihla_core::{OpKind, base};

use crate::events::Gap;
use crate::options::PileupOptions;
use crate::reads::{Block, PreparedRead, ReadSet};

/// How many reads have a leftmost `gap` that they do not show; it may as well stand anywhere up to `end`. `codes` are the
/// reference's from `origin` on.
#[must_use]
pub fn support(
    reads: &ReadSet,
    (gap, end): (&Gap, u32),
    (codes, origin): (&[u8], u32),
    options: &PileupOptions,
) -> u32 {
    let reach = gap.deleted.max(gap.inserted.len() as u32);
    let hides = |&number: &usize| {
        let read = &reads.reads()[number];
        let differs = read.edits > 0 || reads.ops(read).len() > 1;
        differs
            && !read.silent.contains(&gap.position)
            && single_block(reads, read)
                .is_some_and(|block| is_likelier(reads, (read, block), (gap, end), (codes, origin), options))
    };
    reads.overlapping(gap.position.saturating_sub(reach), end + reach).filter(hides).count() as u32
}

/// The aligned bases of a read without gaps.
fn single_block(reads: &ReadSet, read: &PreparedRead) -> Option<Block> {
    let is_gap = |kind| matches!(kind, OpKind::Insertion | OpKind::Deletion);
    let has_gap = reads.ops(read).iter().any(|op| is_gap(op.kind()));
    reads.blocks(read).next().filter(|_| !has_gap)
}

/// Whether fewer bases of a read differ with the gap than without it.
fn is_likelier(
    reads: &ReadSet,
    (read, block): (&PreparedRead, Block),
    (gap, end): (&Gap, u32),
    (codes, origin): (&[u8], u32),
    options: &PileupOptions,
) -> bool {
    let (at, deleted, inserted) =
        ((gap.position - origin) as usize, gap.deleted as usize, gap.inserted.len());
    let without = |i: usize| codes.get(i).copied();
    let with = |i: usize| match i.checked_sub(at) {
        None => without(i),
        Some(offset) if offset < inserted => Some(gap.inserted[offset]),
        Some(_) => without(i - inserted + deleted),
    };
    // The longer side of the read stays where it is.
    let before = i64::from(gap.position) - i64::from(read.start);
    let behind = i64::from(read.end) - i64::from(end);
    let moved = if before > behind { 0 } else { inserted as i64 - deleted as i64 };
    let first = i64::from(block.reference) - i64::from(block.read) - i64::from(origin);
    let differs = |known: Option<u8>, code: u8| known.is_some_and(|known| known < base::N && known != code);
    let (mut as_it_is, mut with_gap) = (0, 0);
    for (here, (&code, &quality)) in (first..).zip(reads.bases(read).iter().zip(reads.qualities(read))) {
        let (Ok(here), Ok(there)) = (usize::try_from(here), usize::try_from(here + moved)) else { continue };
        if code < base::N && quality >= options.min_base_quality {
            as_it_is += u32::from(differs(without(here), code));
            with_gap += u32::from(differs(with(there), code));
        }
    }
    with_gap < as_it_is
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::events::{collect, rightmost_end};
    use crate::testing::codes;
    use rihla_core::record::Placement;
    use rihla_core::{Cigar, Interval, RecordArena, RecordBuilder};

    const BEFORE: &str = "GATTCGAACCTGAGCTTGCA";
    const BEHIND: &str = "GCGAGTCCAGAATCGTGACC";

    /// How many of the reads (start, CIGAR, letters, quality) have one more TAT than the reference's four.
    fn supporting(reads: &[(u32, &str, &str, u8)]) -> u32 {
        let mut arena = RecordArena::new();
        for (i, &(start, cigar, letters, quality)) in reads.iter().enumerate() {
            let placement =
                Placement { flags: 0, place: Some((0, start)), mapq: 60, mate: None, template_length: 0 };
            let (cigar, name, letters) =
                (Cigar::parse(cigar).expect("a CIGAR"), format!("r{i}"), codes(letters));
            let qualities = vec![quality; letters.len()];
            RecordBuilder::start(&mut arena, &placement, name.as_bytes(), cigar.ops(), &letters, &qualities)
                .finish();
        }
        let reference = codes(format!("{BEFORE}{}{BEHIND}", "TAT".repeat(4)));
        let area = Interval::new(0, 0, reference.len() as u32);
        let options = PileupOptions { tail_quality: 0, ..PileupOptions::default() };
        let mut set = ReadSet::prepare(&arena, area, &reference, &options);
        let events = collect(&set, &reference, area, &options);
        set.note_edits(&events.of_reads);
        let gap = Gap { position: 20, deleted: 0, inserted: codes("TAT") };
        let end = rightmost_end(&gap, &reference, 0);
        assert_eq!(end, 32);
        support(&set, (&gap, end), (&reference, 0), &options)
    }

    #[test]
    fn reads_that_end_beside_a_gap_have_it() {
        let longer = format!("{BEFORE}{}{BEHIND}", "TAT".repeat(5));
        let shown = |range: std::ops::Range<usize>| longer[range].to_owned();
        let (left, right) = (shown(5..37), shown(18..50));
        assert_eq!(supporting(&[(5, "32M", &left, 30)]), 1, "the right end has mismatches");
        assert_eq!(supporting(&[(15, "32M", &right, 30)]), 1, "the left one");
        assert_eq!(supporting(&[(20, "5S27M", &right, 30)]), 1, "it is clipped");
        assert_eq!(supporting(&[(5, "32M", &left, 5)]), 0, "poor bases");
        assert_eq!(supporting(&[(23, "24M", &shown(26..50), 30)]), 0, "it ends within the repeat");
        assert_eq!(supporting(&[(5, "15M3I14M", &left, 30)]), 0, "it shows a gap itself");
    }

    #[test]
    fn reads_without_it_do_not() {
        let same = format!("{BEFORE}{}{BEHIND}", "TAT".repeat(4));
        let erring = format!("{}T", &same[5..36]);
        assert_eq!(supporting(&[(5, "32M", &same[5..37], 30), (5, "32M", &erring, 30)]), 0);
    }
}
