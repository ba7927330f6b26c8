//! Records of one window of the reference, counted.

use rihla_core::record::flags;
use rihla_core::{Interval, RecordArena, RecordRef, Reference, base};

use crate::profile::errors::MAX_RUN;
use crate::repeats::{TandemRun, tandem_runs};

use super::coverage::{Place, SPAN, STEP};
use super::errors::Seen;
use super::indels::RepeatCounts;
use super::pileup::{Gap, Pileup, Stretch, aligned, gaps, is_fit, is_misplaced, is_variable};
use super::{MAX_CYCLES, ProfileLearner, WINDOW_MARGIN};

/// Aligned bases that a read must have on either side of a repeat to count as one across it.
const FLANK: u32 = 5;

/// Copies, or bases outside of repeats, that an error may lose or gain; more are the sample's own, or a
/// mistake of the alignment.
const SMALL: i32 = 3;

/// Records that are no reads of their own.
const EXTRA: u16 = flags::SECONDARY | flags::SUPPLEMENTARY | flags::QC_FAIL;

/// Counts the records of a window; see [`ProfileLearner::add_window`].
pub(super) fn add(
    learner: &mut ProfileLearner,
    reference: &Reference,
    interval: Interval,
    records: &RecordArena,
) {
    let length = reference.contigs().get(interval.contig).length;
    let start = interval.start.saturating_sub(WINDOW_MARGIN);
    let codes =
        reference.fetch(interval.contig, start, interval.end.saturating_add(WINDOW_MARGIN).min(length));
    let stretch = Stretch { start, codes: &codes };
    let pileup = Pileup::new(stretch, records.iter());
    let runs = [run_lengths(codes.iter()), run_lengths(codes.iter().rev())];
    let mut names = Vec::new();
    for record in records.iter().filter(|record| !record.has_any(EXTRA)) {
        let owned = record.position().is_some_and(|at| interval.contains(interval.contig, at));
        let bucket = add_qualities(learner, &record, owned);
        if record.has_any(flags::PAIRED) {
            names.push((record.name(), mate(&record), bucket, owned));
        }
        if !owned {
            continue;
        }
        let duplicate = record.has_any(flags::DUPLICATE);
        learner.duplicates[0] += u64::from(duplicate);
        learner.duplicates[1] += u64::from(!record.has_any(flags::UNMAPPED));
        if !duplicate {
            add_fragment(learner, &record);
        }
        if is_fit(&record) && !is_misplaced(&record, stretch) {
            add_errors(learner, &record, (stretch, &pileup), &runs);
        }
    }
    add_pairs(learner, names);
    add_repeats(learner, interval, (stretch, &pileup), records);
    learner.coverage.add(&places(stretch, interval, records));
}

/// First (0) or second (1).
fn mate(record: &RecordRef<'_>) -> usize {
    usize::from(record.has_any(flags::LAST))
}

/// Counts the qualities of a record that the window owns; gives the bucket of any.
fn add_qualities(learner: &mut ProfileLearner, record: &RecordRef<'_>, owned: bool) -> Option<u8> {
    let qualities = record.qualities();
    if qualities.first().is_none_or(|&quality| quality == u8::MAX) {
        return None;
    }
    let reverse = record.has_any(flags::REVERSE);
    let mut levels: Vec<u8> = qualities.iter().map(|&quality| learner.level[usize::from(quality)]).collect();
    if reverse {
        levels.reverse();
    }
    let last = levels.len() - 1;
    let is_unknown = |i: usize| record.base(if reverse { last - i } else { i }) == base::N;
    if owned {
        learner.qualities.add_read(mate(record), &levels, is_unknown)
    } else {
        super::qualities::bucket(&levels)
    }
}

type Named<'a> = (&'a [u8], usize, Option<u8>, bool);

/// Counts the pairs whose first record the window owns.
fn add_pairs(learner: &mut ProfileLearner, mut names: Vec<Named<'_>>) {
    // Stable: of two records the one further left stays first.
    names.sort_by_key(|&(name, ..)| name);
    for group in names.chunk_by(|a, b| a.0 == b.0) {
        let &[(_, mate, Some(one), true), (_, other, Some(two), _)] = group else { continue };
        match (mate, other) {
            (0, 1) => learner.qualities.add_pair(one, two),
            (1, 0) => learner.qualities.add_pair(two, one),
            _ => {}
        }
    }
}

/// Counts the fragment of a pair's leftmost record, and the adapters of both.
fn add_fragment(learner: &mut ProfileLearner, record: &RecordRef<'_>) {
    if !record.has_any(flags::PROPER_PAIR) || record.has_any(flags::UNMAPPED) {
        return;
    }
    let length = record.template_length().unsigned_abs() as usize;
    if record.template_length() > 0 {
        learner.fragments.add(length);
    }
    if length > 0 && length < record.sequence_len() {
        let mut codes = Vec::new();
        record.sequence_into(&mut codes);
        if record.has_any(flags::REVERSE) {
            let forward = std::mem::take(&mut codes);
            base::reverse_complement_into(&forward, &mut codes);
        }
        learner.adapters.add(mate(record), &codes[length..]);
    }
}

/// Length of the run of equal bases that ends right before each base.
fn run_lengths<'a>(codes: impl Iterator<Item = &'a u8>) -> Vec<u8> {
    let (mut before, mut run) = (base::N, 0);
    let length = |&code: &u8| {
        let ended = run;
        run = if code == before { (run + 1).min(MAX_RUN as u8) } else { 1 };
        before = code;
        ended
    };
    codes.map(length).collect()
}

/// Counts the aligned bases of a record.
fn add_errors(
    learner: &mut ProfileLearner,
    record: &RecordRef<'_>,
    (stretch, pileup): (Stretch<'_>, &Pileup),
    runs: &[Vec<u8>; 2],
) {
    let (codes, reverse) = (stretch.codes, record.has_any(flags::REVERSE));
    let (mate, length, qualities) = (mate(record), record.sequence_len(), record.qualities());
    for (i, position) in aligned(record) {
        let Some(at) = stretch.index(position).filter(|&at| at >= 2 && at + 2 < codes.len()) else {
            continue;
        };
        let cycle = if reverse { length - 1 - i } else { i };
        let called = record.base(i);
        if pileup.is_doubtful(at) || codes[at] > 3 || called > 3 || cycle >= MAX_CYCLES {
            continue;
        }
        let quality = learner.level[usize::from(qualities[i])];
        let seen = if reverse {
            let before = [codes[at + 2], codes[at + 1]].map(base::complement);
            let run = usize::from(runs[1][codes.len() - 1 - at]);
            let (correct, called) = (base::complement(codes[at]), base::complement(called));
            Seen { mate, cycle, quality, before, run, correct, called }
        } else {
            let before = [codes[at - 2], codes[at - 1]];
            Seen { mate, cycle, quality, before, run: usize::from(runs[0][at]), correct: codes[at], called }
        };
        learner.errors.add(seen);
    }
}

/// Counts gaps: in the repeats that end in the window, and elsewhere.
fn add_repeats(
    learner: &mut ProfileLearner,
    interval: Interval,
    (stretch, pileup): (Stretch<'_>, &Pileup),
    records: &RecordArena,
) {
    let mut found = tandem_runs(stretch.codes);
    for run in &mut found {
        (run.start, run.end) = (run.start + stretch.start, run.end + stretch.start);
    }
    let mut counts = vec![RepeatCounts::default(); found.len()];
    let mut background = RepeatCounts::default();
    for record in records.iter().filter(is_fit) {
        let (Some(start), Some(end)) = (record.position(), record.reference_end()) else { continue };
        let first = found.partition_point(|run| run.start < start + FLANK);
        let across = found[first..].iter().take_while(|run| run.start + FLANK < end);
        for (i, _) in across.enumerate().filter(|(_, run)| run.end + FLANK <= end) {
            counts[first + i].reads += 1;
        }
        let owned = interval.contains(interval.contig, start);
        background.reads += if owned { aligned(&record).count() as u64 } else { 0 };
        for (gap, behind) in gaps(&record) {
            let run = run_of(&found[first..], gap, |period| is_copied(&record, gap, behind, period));
            let into = match run.filter(|&i| found[first + i].end + FLANK <= end) {
                Some(i) => &mut counts[first + i],
                None if owned && gap.length.abs() <= SMALL && !pileup.is_true_gap(stretch, gap) => {
                    &mut background
                }
                None => continue,
            };
            into.loss += u64::from(gap.length < 0);
            into.gain += u64::from(gap.length > 0);
        }
    }
    learner.indels.add_background(background);
    for (run, counts) in found.iter().zip(counts) {
        let owned = interval.contains(interval.contig, run.end);
        if owned && !is_variable(counts.reads, counts.loss.max(counts.gain)) {
            learner.indels.add_repeat(run.period, run.units(), counts);
        }
    }
}

/// The repeat that a gap takes copies from or adds copies to: the one of the shortest period that fits.
/// `is_copied` says whether inserted bases are copies of a unit of this period.
fn run_of(found: &[TandemRun], gap: Gap, is_copied: impl Fn(u8) -> bool) -> Option<usize> {
    let fits = |run: &TandemRun| {
        let copies = gap.length.abs() / i32::from(run.period);
        run.start <= gap.at
            && gap.at + gap.missing() <= run.end
            && gap.length % i32::from(run.period) == 0
            && copies <= SMALL
            && is_copied(run.period)
    };
    let near = found.iter().enumerate().take_while(|(_, run)| run.start <= gap.at);
    near.filter(|(_, run)| fits(run)).min_by_key(|(_, run)| run.period).map(|(i, _)| i)
}

/// Whether the bases that a gap inserts repeat what stands behind them; true when it inserts none.
fn is_copied(record: &RecordRef<'_>, gap: Gap, behind: usize, period: u8) -> bool {
    let from = behind - gap.length.max(0) as usize;
    (from..behind).all(|i| {
        let copy = i + usize::from(period);
        copy < record.sequence_len() && record.base(i) == record.base(copy)
    })
}

/// Places of the window: share of G and C, and fragments centered there.
fn places(stretch: Stretch<'_>, interval: Interval, records: &RecordArena) -> Vec<Place> {
    let mut sums = vec![(0u32, 0u32)];
    for &code in stretch.codes {
        let (gc, unknown) = sums[sums.len() - 1];
        sums.push((gc + u32::from(code == 1 || code == 2), unknown + u32::from(code > 3)));
    }
    let place = |center: u32| {
        let low = center.checked_sub(SPAN / 2).and_then(|low| stretch.index(low));
        let high = stretch.index(center + SPAN / 2);
        let gc = low.zip(high).filter(|&(low, high)| sums[low].1 == sums[high].1).map(|(low, high)| {
            let gc = sums[high].0 - sums[low].0;
            ((gc * 100 + SPAN / 2) / SPAN) as u8
        });
        Place { gc, fragments: 0 }
    };
    let mut places: Vec<Place> =
        (interval.start..interval.end).step_by(STEP as usize).map(|start| place(start + STEP / 2)).collect();
    let leftmost = |record: &RecordRef<'_>| {
        is_fit(record) && record.has_any(flags::PROPER_PAIR) && record.template_length() > 0
    };
    for record in records.iter().filter(leftmost) {
        let half = record.template_length().unsigned_abs() / 2;
        let center = record.position().unwrap_or_default().saturating_add(half);
        if interval.contains(interval.contig, center) {
            let place = &mut places[((center - interval.start) / STEP) as usize];
            place.fragments = place.fragments.saturating_add(1);
        }
    }
    places
}
