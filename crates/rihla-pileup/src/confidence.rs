//! What the reads of each column say for and against the reference.
//!
//! The model is that of GATK's reference confidence (Poplin et al., bioRxiv 201178, 2018): each base is the
//! reference's or any other, with the error of its quality; a genotype has no, one or two copies of "any other".
//! The terms come from a table by quality, in whole thousandths, so that sums do not depend on their order.
//! Beside it the reads are counted that would show a gap: those that reach beyond the bases that a gap of up
//! to ten bases could leave as they were.

use rihla_core::{Interval, OpKind, base};

use crate::reads::{PreparedRead, ReadSet};

/// Columns that are tallied at a time.
pub const TILE: u32 = 1 << 13;
/// Longest gap whose signs are looked for, bases.
const MAX_GAP: usize = 10;
/// Repeats are followed this far; reads that do not span them say nothing of gaps.
const MAX_REACH: usize = 400;
/// Reference bases behind a tile that [`tally`] needs.
pub const LOOKAHEAD: u32 = (MAX_GAP + MAX_REACH + 1) as u32;
/// Bases of lower quality do not count (GATK: 6).
const MIN_QUALITY: u8 = 6;
/// Qualities above this are not believed; no read weighs more than the risk that it is misplaced.
const MAX_QUALITY: u8 = 45;
/// Quality of a deleted base, as GATK has it.
const DELETION_QUALITY: u8 = 30;
/// Reads of a column beyond this many do not count: the sums must fit.
const MAX_DEPTH: i32 = 200_000;
/// Units of log10 in a sum.
pub const UNITS: u32 = 1000;

/// The sums of one column.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Column {
    /// log10 likelihoods with no, one and two copies of another allele, in thousandths; then the reads.
    sums: [i32; 4],
    /// Reads that would show a gap at the column, but do not.
    pub spanning: u32,
}

impl Column {
    /// log10 likelihoods with no, one and two copies of another allele, in thousandths.
    #[must_use]
    pub fn likelihoods(&self) -> [i32; 3] {
        [self.sums[0], self.sums[1], self.sums[2]]
    }

    /// Reads that count.
    #[must_use]
    pub fn depth(&self) -> u32 {
        self.sums[3] as u32
    }
}

/// Terms by quality, of bases that are the reference's and of others.
struct Terms([[[i32; 4]; 64]; 2]);

impl Terms {
    fn new() -> Self {
        let mut terms = [[[0; 4]; 64]; 2];
        for quality in MIN_QUALITY..64 {
            let error = rihla_core::phred::to_probability(f64::from(quality));
            let (right, wrong) = (1.0 - error, error / 3.0);
            let thousandths = |p: f64| (f64::from(UNITS) * p.log10()).round() as i32;
            let (same, half, other) =
                (thousandths(right), thousandths(0.5 * (right + wrong)), thousandths(wrong));
            terms[0][usize::from(quality)] = [same, half, other, 1];
            terms[1][usize::from(quality)] = [other, half, same, 1];
        }
        Self(terms)
    }
}

/// Tallies the columns of `tile`. `codes` is the reference from its start to [`LOOKAHEAD`] bases behind its end, or to
/// the contig's end.
#[must_use]
pub fn tally(reads: &ReadSet, codes: &[u8], tile: Interval) -> Vec<Column> {
    let length = tile.len() as usize;
    let needs = needs(codes, length);
    let terms = Terms::new();
    let mut sums = vec![[0i32; 4]; length];
    let mut spanning = vec![0u32; length];
    for number in reads.overlapping(tile.start, tile.end) {
        let read = &reads.reads()[number];
        add_bases(reads, read, codes, tile, &terms, &mut sums);
        add_span(reads, read, tile, &needs, &mut spanning);
    }
    sums.into_iter().zip(spanning).map(|(sums, spanning)| Column { sums, spanning }).collect()
}

/// For each column, counted from the first, one past the last that a read must reach to show every gap behind it.
fn needs(codes: &[u8], length: usize) -> Vec<u32> {
    let mut reach = vec![0u32; length];
    for gap in 1..=MAX_GAP {
        // The bases behind a gap at column i are those from i + 1 on, which a deletion moves by its length.
        let moved = codes.get(1 + gap..).unwrap_or_default();
        let mut runs = codes.iter().skip(1).zip(moved).rev().scan(0u32, |run, (own, moved)| {
            *run = if own == moved { *run + 1 } else { 0 };
            Some(*run)
        });
        let behind = moved.len().saturating_sub(length);
        if behind > 0 {
            runs.nth(behind - 1);
        }
        let columns = length.min(moved.len());
        for (reach, run) in reach[..columns].iter_mut().rev().zip(runs) {
            *reach = (*reach).max(run.min(MAX_REACH as u32));
        }
    }
    (0..).zip(reach).map(|(i, reach): (u32, u32)| i + 2 + reach).collect()
}

fn add_bases(
    reads: &ReadSet,
    read: &PreparedRead,
    codes: &[u8],
    tile: Interval,
    terms: &Terms,
    sums: &mut [[i32; 4]],
) {
    let (bases, qualities) = (reads.bases(read), reads.qualities(read));
    let cap = MAX_QUALITY.min(read.mapping_quality);
    let add = |sum: &mut [i32; 4], differs: bool, quality: u8| {
        let term = &terms.0[usize::from(differs)][usize::from(quality.min(cap) & 63)];
        if sum[3] < MAX_DEPTH {
            sum.iter_mut().zip(term).for_each(|(sum, term)| *sum += term);
        }
    };
    for block in reads.blocks(read) {
        let end = block.reference + block.len;
        let (from, to) = (block.reference.max(tile.start), end.min(tile.end));
        if from >= to {
            continue;
        }
        let (at, column) = ((block.read + from - block.reference) as usize, (from - tile.start) as usize);
        // The base before a gap shows the gap's allele, not the reference's.
        let before_gap = end < read.end && to == end;
        let length = (to - from) as usize - usize::from(before_gap);
        let known = |own: u8, reference: u8| own < base::N && reference < base::N;
        let columns = sums[column..][..length].iter_mut().zip(&codes[column..]);
        for ((sum, &reference), (&own, &quality)) in columns.zip(bases[at..].iter().zip(&qualities[at..])) {
            if known(own, reference) {
                add(sum, own != reference, quality);
            }
        }
        if before_gap && known(bases[at + length], codes[column + length]) {
            add(&mut sums[column + length], true, qualities[at + length]);
        }
    }
    for (from, to) in deletions(reads, read) {
        for position in from.max(tile.start)..to.min(tile.end) {
            if !read.silent.contains(&position) {
                add(&mut sums[(position - tile.start) as usize], true, DELETION_QUALITY);
            }
        }
    }
}

/// Reference stretches that a read lacks.
fn deletions<'a>(reads: &'a ReadSet, read: &'a PreparedRead) -> impl Iterator<Item = (u32, u32)> + 'a {
    let mut position = read.start;
    reads.ops(read).iter().filter_map(move |op| {
        let from = position;
        position += if op.kind().consumes_reference() { op.len() } else { 0 };
        (op.kind() == OpKind::Deletion).then_some((from, position))
    })
}

/// Counts a read at the columns at which it shows that there is no gap.
fn add_span(reads: &ReadSet, read: &PreparedRead, tile: Interval, needs: &[u32], spanning: &mut [u32]) {
    let end = read.end.saturating_sub(tile.start);
    let mut count = |from: u32, to: u32| {
        let (from, to) = (from.clamp(tile.start, tile.end), to.clamp(tile.start, tile.end));
        let (from, to) = ((from - tile.start) as usize, (to.max(from) - tile.start) as usize);
        for (count, &need) in spanning[from..to].iter_mut().zip(&needs[from..to]) {
            *count += u32::from(need <= end);
        }
    };
    for block in reads.blocks(read) {
        let block_end = block.reference + block.len;
        let last = if block_end < read.end { block_end - 1 } else { block_end };
        if read.silent.is_empty() {
            count(block.reference, last);
        } else {
            count(block.reference, last.min(read.silent.start));
            count(block.reference.max(read.silent.end), last);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::PileupOptions;
    use crate::testing::codes;
    use rihla_core::record::Placement;
    use rihla_core::{Cigar, RecordArena, RecordBuilder};

    fn tallied(reference: &[u8], reads: &[(u32, &str, &[u8])]) -> Vec<Column> {
        let mut arena = RecordArena::new();
        for (i, (start, cigar, letters)) in reads.iter().enumerate() {
            let (cigar, codes) = (Cigar::parse(cigar).expect("a CIGAR"), codes(letters));
            let placement =
                Placement { flags: 0, place: Some((0, *start)), mapq: 60, mate: None, template_length: 0 };
            let name = format!("r{i}");
            RecordBuilder::start(
                &mut arena,
                &placement,
                name.as_bytes(),
                cigar.ops(),
                &codes,
                &vec![30; codes.len()],
            )
            .finish();
        }
        let area = Interval::new(0, 0, reference.len() as u32);
        let options = PileupOptions { min_read_length: 4, ..PileupOptions::default() };
        tally(&ReadSet::prepare(&arena, area, &codes(reference), &options), &codes(reference), area)
    }

    #[test]
    fn each_read_halves_the_odds_of_a_heterozygote() {
        let reference = b"GATTACAGCCTGACGT";
        let columns =
            tallied(reference, &[(2, "8M", b"TTACAGCC"), (4, "8M", b"ACAGCCTG"), (4, "8M", b"ACTGCCTG")]);
        let depths: Vec<u32> = columns.iter().map(Column::depth).collect();
        assert_eq!(depths, [0, 0, 1, 1, 3, 3, 3, 3, 3, 3, 2, 2, 0, 0, 0, 0]);
        let [none, one, two] = columns[4].likelihoods();
        assert!((none - one - 903).abs() < 5 && none - two > 10_000, "{none} {one} {two}");
        let [none, one, _] = columns[6].likelihoods();
        assert!(one - none > 2_000, "one read of three differs: {none} {one}");
    }

    #[test]
    fn reads_that_end_in_a_repeat_do_not_speak_of_gaps() {
        //                 0         1
        //                 0123456789012345
        let reference = b"GCATTTTTTGACCATG";
        let through = tallied(reference, &[(0, "14M", b"GCATTTTTTGACCA")]);
        let within = tallied(reference, &[(0, "8M", b"GCATTTTT")]);
        // Left of the run both show that no T is missing or added; from the A on only the first does.
        assert_eq!((through[2].spanning, within[2].spanning), (1, 0));
        assert_eq!((through[0].spanning, within[0].spanning), (1, 1));
        assert_eq!(through[13].spanning, 0, "nothing of the read lies behind its last base");
    }

    #[test]
    fn gaps_count_against_the_reference() {
        let reference = b"GCATCGTAGGACCATG";
        let columns = tallied(reference, &[(0, "4M2D8M", b"GCATTAGGACCA"), (0, "6M1I6M", b"GCATCGATAGGAC")]);
        let against = |column: &Column| column.likelihoods()[1] > column.likelihoods()[0];
        let single: Vec<usize> =
            (0..16).filter(|&i| !against(&columns[i]) && columns[i].depth() == 2).collect();
        // Both speak for the reference but before, in and around the gaps.
        assert_eq!(single, [0, 1, 2, 6, 7, 8, 9, 10, 11]);
        assert_eq!(columns[4].depth(), 2);
        assert_eq!(columns[3].spanning, 1);
    }
}
