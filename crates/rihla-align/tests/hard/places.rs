//! Floors of right places and ceilings of false certainty, kind by kind.
//!
//! A floor is what was measured less some slack; `benches/side-by-side --job hard` shows the same kinds beside BWA-MEM.

use rihla_align::AlignedBatch;
use rihla_core::record::flags;
use rihla_core::{OpKind, RecordRef};

use crate::dice::{Dice, reverse};
use crate::genome::{Part, genome};
use crate::kinds::{End, Hardship, Kind, Place};
use crate::{align, build};

const TEMPLATES: usize = 1_000;
/// Bases that an end may be off.
const SLACK: i64 = 10;

/// Shares of the reads, in thousandths.
#[derive(Debug, Default)]
struct Judged {
    right: usize,
    wrong_at_20: usize,
    unmapped: usize,
}

/// Either end within the slack, of the alignment or of the whole read.
fn is_right(record: &RecordRef<'_>, place: &Place) -> bool {
    let Some(start) = record.position().map(i64::from) else { return false };
    let end = start + i64::from(record.reference_span());
    let clip = |kind: Option<rihla_core::CigarOp>| {
        kind.filter(|op| op.kind() == OpKind::SoftClip).map_or(0, |op| i64::from(op.len()))
    };
    let (before, behind) = (clip(record.cigar().next()), clip(record.cigar().next_back()));
    let near = |a: i64, b: usize| (a - b as i64).abs() <= SLACK;
    let starts = [start, start - before].iter().any(|&at| near(at, place.span.start));
    let ends = [end, end + behind].iter().any(|&at| near(at, place.span.end));
    (record.flags() & flags::REVERSE != 0) == place.reverse && (starts || ends)
}

fn judge(batch: &AlignedBatch, reads: &[End]) -> Judged {
    let other = flags::SUPPLEMENTARY | flags::SECONDARY;
    let primary: Vec<_> = batch.records.iter().filter(|record| !record.has_any(other)).collect();
    assert_eq!(primary.len(), reads.len(), "a primary line a read");
    let mut found = Judged::default();
    for (record, (_, places)) in primary.iter().zip(reads) {
        let unmapped = record.has_any(flags::UNMAPPED);
        let right = !unmapped && places.iter().any(|place| is_right(record, place));
        found.unmapped += usize::from(unmapped);
        found.right += usize::from(right);
        found.wrong_at_20 += usize::from(!unmapped && !right && record.mapq() >= 20);
    }
    let share = |count: usize| 1000 * count / reads.len();
    Judged { right: share(found.right), unmapped: share(found.unmapped), ..found }
}

/// Judges a kind: at least so many of a thousand are right, at most so many reads in all are wrong at MAPQ 20 or more.
fn hold(hardship: Hardship, length: usize, paired: bool, (least_right, most_wrong): (usize, usize)) {
    let kind = Kind { hardship, length, paired };
    let reads = kind.reads(genome(), TEMPLATES);
    let letters: Vec<Vec<u8>> = reads.iter().map(|(letters, _)| letters.clone()).collect();
    let found = judge(&align(&genome().index, &letters, paired, kind.mean()), &reads);
    assert!(
        found.right >= least_right,
        "{kind:?}: {found:?}, at least {least_right} of 1000 should be right"
    );
    assert!(found.wrong_at_20 <= most_wrong, "{kind:?}: {found:?}, at most {most_wrong} may be wrong");
}

#[test]
fn clean_reads_of_any_length() {
    // Length, floors of single and of paired reads.
    let floors = [
        (35, 940, 980),
        (50, 975, 985),
        (75, 985, 985),
        (100, 990, 990),
        (150, 990, 990),
        (250, 990, 990),
        (300, 990, 990),
    ];
    for (length, single, paired) in floors {
        hold(Hardship::Clean, length, false, (single, 3));
        hold(Hardship::Clean, length, true, (paired, 5));
    }
}

#[test]
fn diverged_reads() {
    for (length, single, paired) in [(100, 960, 985), (150, 980, 985), (250, 985, 990)] {
        hold(Hardship::Diverged, length, false, (single, 6));
        hold(Hardship::Diverged, length, true, (paired, 3));
    }
}

#[test]
fn long_gaps() {
    for middle in [true, false] {
        for paired in [true, false] {
            hold(Hardship::Deletion { middle }, 150, paired, (985, 3));
            hold(Hardship::Insertion { middle }, 150, paired, (985, 3));
        }
    }
}

#[test]
fn joined_reads_and_adapters() {
    for paired in [true, false] {
        hold(Hardship::Chimera, 150, paired, (985, 3));
        hold(Hardship::Adapter, 150, paired, (980, 3));
    }
}

#[test]
fn unknown_bases() {
    for (share, single, paired) in [(5, 990, 990), (10, 985, 990), (20, 600, 820), (30, 95, 190)] {
        hold(Hardship::Unknown(share), 150, false, (single, 3));
        hold(Hardship::Unknown(share), 150, true, (paired, 3));
    }
}

#[test]
fn repeats() {
    // A copy is as good as the other: half the reads are in each.
    let floors = [
        (Part::Family, 990, 990),
        (Part::Microsatellite, 990, 990),
        (Part::Copies, 450, 450),
        (Part::Satellite, 900, 990),
    ];
    for (part, single, paired) in floors {
        hold(Hardship::Over(part), 150, false, (single, 3));
        hold(Hardship::Over(part), 150, true, (paired, 3));
    }
    // A gap is looked for in a crowd where the mate says.
    hold(Hardship::Slip(Part::Satellite), 150, true, (990, 1));
}

#[test]
fn a_run_of_two_letters_is_not_certain_of_its_place() {
    // The read's only seeds are those over a change that it shares with the worse of two arrays.
    let mut dice = Dice::new(5);
    let mut changed = b"AC".repeat(40);
    changed[40] = b'T';
    let better = b"AC".repeat(70);
    let mut read = b"AC".repeat(70);
    read[70] = b'T';
    let spaces: Vec<Vec<u8>> = (0..3).map(|_| dice.letters(2_000)).collect();
    let index = build(&[[&spaces[0][..], &changed, &spaces[1], &better, &spaces[2]].concat()]);
    let found = align(&index, &[read], false, 400);
    for record in found.records.iter().filter(|record| !record.has_any(flags::UNMAPPED)) {
        let right = record.position().is_some_and(|at| (4_080..4_220).contains(&at));
        assert!(right || record.mapq() < 20, "{:?}: {}", record.position(), record.mapq());
    }
    assert_eq!(found.records.get(0).flags() & flags::UNMAPPED, 0, "the case is one of a mapped read");
}

#[test]
fn a_poor_placement_without_rivals_is_not_certain() {
    // The genome lacks the place that the reads are from, and has a relative of it that shares a few seeds.
    let mut dice = Dice::new(11);
    let mut poor = 0;
    for _ in 0..20 {
        let read = dice.letters(100);
        let [left, right] = [&read[..38], &read[66..]].map(|part| dice.substituted(part, 170));
        let relative = [&left, &read[38..66], &right].concat();
        let index = build(&[[dice.letters(2_000), relative, dice.letters(2_000)].concat()]);
        let found = align(&index, &[read], false, 400);
        let record = found.records.get(0);
        let edits = record.tag_int(*b"NM").unwrap_or(0);
        if 11 * edits >= i64::from(record.reference_span()) && !record.has_any(flags::UNMAPPED) {
            poor += 1;
            assert!(record.mapq() < 25, "{edits} edits: {}", record.mapq());
        }
    }
    assert!(poor >= 5, "{poor} of 20 are placed, and poorly");
}

#[test]
fn a_short_read_within_a_microsatellite_is_not_certain_of_its_place() {
    let mut dice = Dice::new(7);
    for unit in ["AGT", "AAAT", "ACTTT"] {
        let array = unit.repeat(120 / unit.len());
        let genome = [dice.letters(2_000), array.into_bytes(), dice.letters(2_000)].concat();
        let mates = [genome[1_700..1_735].to_vec(), reverse(&genome[2_040..2_075])];
        let found = align(&build(&[genome]), &mates, true, 375);
        let placed: Vec<_> = found.records.iter().map(|record| (record.position(), record.mapq())).collect();
        assert!(placed[0].0 == Some(1_700) && placed[1].1 < 20, "{unit}: {placed:?}");
    }
}

#[test]
fn reads_that_belong_nowhere() {
    for paired in [true, false] {
        hold(Hardship::Foreign, 150, paired, (0, 0));
        hold(Hardship::Simple, 150, paired, (0, 9));
    }
}
