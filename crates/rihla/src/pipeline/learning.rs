//! What a sample's reads are like, learnt from a part of the genome before anything is called: how often they slip in
//! repeats, how common errors are that a sequence brings about, and artifacts, and how deep they lie.
//!
//! Which part depends on the reference and the reads alone, and the counts are integers: what is learnt is the same
//! however the records were cut into bins, and a BAM that is called later gives the one that its own run had.
//! Regions do not matter: calls inside of them are those of the whole genome.

use anyhow::Result;
use rihla_call::{
    ArtifactRates, CallOptions, Ploidies, RepeatCounts, ScanCounts, SlipModel, UsualDepth, stutter,
};
use rihla_core::{Contigs, Interval, RecordArena, Reference};
use rihla_qc::{CallingMetrics, DepthCounts};
use rihla_shard::Shards;

use super::bins::HALO;
use super::room::Room;
use crate::context::Context;
use crate::ordered::for_each_ordered;
use crate::progress::grouped;

/// Stretches of the genome are this long.
const STRETCH: u32 = 1 << 18;
/// So many stretches, evenly spread, are looked at together: those of a human genome hold seven thousand repeats
/// that are long enough to slip.
const STRETCHES: usize = 32;
/// Rounds of stretches go on until so many repeats have reads: exomes and panels have them in few places.
const ENOUGH: u64 = 5_000;
/// There are no more rounds than this.
const ROUNDS: usize = 32;

/// What was learnt.
#[derive(Clone, Debug)]
pub struct Learnt {
    slips: SlipModel,
    systematic_errors: f64,
    artifacts: ArtifactRates,
    strangers: f64,
    usual_depth: Option<UsualDepth>,
    /// The same for people.
    metrics: Option<CallingMetrics>,
}

impl Default for Learnt {
    /// What is usual.
    fn default() -> Self {
        let CallOptions { slips, systematic_errors, artifacts, strangers, usual_depth, .. } =
            CallOptions::default();
        Self { slips, systematic_errors, artifacts, strangers, usual_depth, metrics: None }
    }
}

impl Learnt {
    /// The caller's options for such a sample.
    #[must_use]
    pub fn options(self) -> CallOptions {
        let Self { slips, systematic_errors, artifacts, strangers, usual_depth, metrics: _ } = self;
        CallOptions { slips, systematic_errors, artifacts, strangers, usual_depth, ..CallOptions::default() }
    }

    /// What is written of it; `None` where nothing was to be learnt.
    #[must_use]
    pub fn metrics(&self) -> Option<&CallingMetrics> {
        self.metrics.as_ref()
    }
}

/// What is learnt from.
#[derive(Default)]
struct Counts {
    repeats: RepeatCounts,
    scanned: ScanCounts,
    depth: DepthCounts,
}

impl Counts {
    /// Those of a piece of the genome; the records reach beyond it.
    fn of(reference: &Reference, piece: Interval, records: &RecordArena) -> Self {
        Self {
            repeats: RepeatCounts::of(reference, piece, records),
            scanned: ScanCounts::of(reference, piece, records),
            depth: DepthCounts::of(piece, &[piece], records),
        }
    }

    /// What they say of the sample, and the same for people.
    fn learn(&self) -> (Learnt, CallingMetrics) {
        let slips = stutter::learn(&self.repeats);
        let systematic_errors = self.scanned.errors.rate(&CallOptions::default().pileup);
        let usual_depth = UsualDepth::of(&self.depth.histogram);
        let artifacts = self.scanned.artifacts.rates(usual_depth);
        let strangers = self.scanned.strangers.share();
        let [snp_artifacts, indel_artifacts] = self.scanned.artifacts.cases();
        let metrics = CallingMetrics {
            slip_repeats: self.repeats.places(),
            slip_fraction: slips.share_in_runs(),
            usual_depth: usual_depth.map(|usual| usual.mean()),
            depth_spread: usual_depth.map(|usual| usual.spread()),
            strand_error_factor: systematic_errors,
            folded_fraction: self.scanned.folded as f64 / self.scanned.reads.max(1) as f64,
            stranger_fraction: strangers,
            snp_artifacts,
            snp_artifact_factor: artifacts.snp,
            indel_artifacts,
            indel_artifact_factor: artifacts.gap,
        };
        (Learnt { slips, systematic_errors, artifacts, strangers, usual_depth, metrics: None }, metrics)
    }
}

/// Whether anything can be learnt: with more than two copies, an allele that one of them has looks like slips.
#[must_use]
pub fn is_learnt(ploidies: &Ploidies) -> bool {
    ploidies.at(0, 0) <= 2
}

/// The stretches that are looked at, round after round: every so many of all there are, then their neighbors.
#[must_use]
pub fn rounds(contigs: &Contigs) -> Vec<Vec<Interval>> {
    let of_contig = |id: u32, length: u32| {
        let end = move |start: u32| start.saturating_add(STRETCH).min(length);
        (0..length).step_by(STRETCH as usize).map(move |start| Interval::new(id, start, end(start)))
    };
    let all: Vec<Interval> =
        (0..).zip(contigs.iter()).flat_map(|(id, contig)| of_contig(id, contig.length)).collect();
    let step = all.len().div_ceil(STRETCHES);
    (0..step.min(ROUNDS)).map(|first| all[first..].iter().step_by(step).copied().collect()).collect()
}

/// Learns from records that `read` fetches: all that overlap an interval, sorted.
///
/// # Errors
/// Those of `read`.
pub fn of_records(
    context: &Context,
    reference: &Reference,
    read: impl Fn(Interval, &mut RecordArena) -> Result<()> + Sync,
) -> Result<Learnt> {
    let count = |&stretch: &Interval| {
        let mut records = RecordArena::new();
        let length = reference.contigs().get(stretch.contig).length;
        read(stretch.padded(HALO, length), &mut records)?;
        Ok(Counts::of(reference, stretch, &records))
    };
    learn(context, reference.contigs(), <[Interval]>::to_vec, count)
}

/// Learns from bins, which stay where they are.
///
/// # Errors
/// When a bin cannot be read.
pub fn of_bins(context: &Context, reference: &Reference, shards: &Shards, room: &Room<'_>) -> Result<Learnt> {
    let pieces = |stretches: &[Interval]| {
        let bins = (0..shards.bins()).filter_map(|bin| Some((bin, shards.interval(bin)?)));
        bins.flat_map(|(bin, interval)| common(stretches, interval).map(move |piece| (bin, piece))).collect()
    };
    let count = |&(bin, piece): &(usize, Interval)| {
        let _room = room.take(bin)?;
        Ok(Counts::of(reference, piece, &shards.load(bin)?.records))
    };
    learn(context, reference.contigs(), pieces, count)
}

/// What an interval has in common with sorted stretches: a bin of very many records is cut, and comes as several.
fn common(stretches: &[Interval], interval: Interval) -> impl Iterator<Item = Interval> + '_ {
    let behind = |stretch: &Interval| (stretch.contig, stretch.end) <= (interval.contig, interval.start);
    let first = stretches.partition_point(behind);
    stretches[first..].iter().take_while(move |stretch| stretch.overlaps(&interval)).map(move |stretch| {
        Interval::new(interval.contig, stretch.start.max(interval.start), stretch.end.min(interval.end))
    })
}

fn learn<P: Sync>(
    context: &Context,
    contigs: &Contigs,
    pieces: impl Fn(&[Interval]) -> Vec<P>,
    count: impl Fn(&P) -> Result<Counts> + Sync,
) -> Result<Learnt> {
    let stage = context.progress.stage("repeats", "stretches", 0);
    let mut counts = Counts::default();
    for stretches in rounds(contigs) {
        let pieces = pieces(&stretches);
        for_each_ordered(
            &context.pool,
            pieces.len(),
            |i| count(&pieces[i]),
            |_, part| {
                stage.add(1);
                counts.repeats.add(&part.repeats);
                counts.scanned.add(&part.scanned);
                counts.depth.merge(&part.depth);
                Ok(())
            },
        )?;
        if counts.repeats.places() >= ENOUGH {
            break;
        }
    }
    stage.finish();
    let (learnt, metrics) = counts.learn();
    tell(context, &metrics);
    Ok(Learnt { metrics: Some(metrics), ..learnt })
}

/// Says what was learnt.
fn tell(context: &Context, metrics: &CallingMetrics) {
    let progress = &context.progress;
    let (slips, repeats) = (100.0 * metrics.slip_fraction, grouped(metrics.slip_repeats));
    progress.say(&format!("reads slip in repeats of 12 A in {slips:.2} % (learnt at {repeats})"));
    let factor = metrics.strand_error_factor;
    progress.say(&format!("errors repeat on one strand at {factor:.2} times as many places as usual"));
    let folded = 100.0 * metrics.folded_fraction;
    progress.say(&format!("{folded:.2} % of the reads have an end that a fold made, and that is cut off"));
    let strangers = 100.0 * metrics.stranger_fraction;
    progress
        .say(&format!("{strangers:.3} % of the reads show REF where both copies have ALT, without errors"));
    if let Some(warning) = warning_of_strangers(metrics.stranger_fraction) {
        progress.warn(&warning);
    }
    if let Some((depth, spread)) = metrics.usual_depth.zip(metrics.depth_spread) {
        let spread = 100.0 * spread;
        progress.say(&format!("reads lie {depth:.0} deep, which varies by {spread:.0} %"));
    }
    let (snp, snps) = (metrics.snp_artifact_factor, metrics.snp_artifacts);
    let (gap, gaps) = (metrics.indel_artifact_factor, metrics.indel_artifacts);
    progress.say(&format!(
        "artifacts look like SNPs at {snp:.2} times as many places as usual ({snps} seen), like indels at {gap:.2} ({gaps} seen)"
    ));
}

/// So many reads of a stranger are worth a warning: about half of a stranger's reads show REF where both copies have ALT.
const MANY_STRANGERS: f64 = 0.005;

fn warning_of_strangers(share: f64) -> Option<String> {
    (share > MANY_STRANGERS).then(|| {
        let percent = 100.0 * share;
        format!(
            "{percent:.1} % of the reads, and perhaps as many again, look like another person's: they show REF where both copies \
             have ALT; rihla germline --sites tells how much of the sample is contaminated"
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contigs(lengths: &[u32]) -> Contigs {
        let contig = |&length| rihla_core::Contig { name: format!("c{length}"), length, md5: [0; 16] };
        Contigs::new(lengths.iter().map(contig).collect())
    }

    #[test]
    fn what_was_not_learnt_is_not_written() {
        assert_eq!(Learnt::default().metrics(), None);
        let (_, metrics) = Counts::default().learn();
        assert_eq!((metrics.slip_repeats, metrics.usual_depth, metrics.depth_spread), (0, None, None));
        assert_eq!((metrics.strand_error_factor, metrics.snp_artifact_factor), (1.0, 1.0), "as usual");
    }

    #[test]
    fn many_strangers_are_worth_a_warning() {
        assert_eq!(warning_of_strangers(0.002), None);
        let warning = warning_of_strangers(0.024).expect("many");
        assert!(warning.starts_with("2.4 % of the reads") && warning.contains("--sites"), "{warning}");
    }

    #[test]
    fn a_small_genome_is_looked_at_whole() {
        let found = rounds(&contigs(&[1000, STRETCH + 1]));
        let expected = [(0, 0, 1000), (1, 0, STRETCH), (1, STRETCH, STRETCH + 1)];
        assert_eq!(found, [expected.map(|(contig, start, end)| Interval::new(contig, start, end))]);
        assert_eq!(rounds(&contigs(&[])), Vec::<Vec<Interval>>::new());
    }

    #[test]
    fn stretches_are_evenly_spread_and_none_comes_twice() {
        let found = rounds(&contigs(&[60 * STRETCH, 30 * STRETCH]));
        assert_eq!(found.iter().map(Vec::len).collect::<Vec<_>>(), [30; 3]);
        assert_eq!(found[0][21], Interval::new(1, 3 * STRETCH, 4 * STRETCH));
        assert_eq!(found[2][0], Interval::new(0, 2 * STRETCH, 3 * STRETCH));
        let large = rounds(&contigs(&[8000 * STRETCH]));
        assert_eq!((large.len(), large[0].len()), (ROUNDS, STRETCHES));
    }

    #[test]
    fn parts_of_bins_are_found() {
        let stretches = &rounds(&contigs(&[60 * STRETCH, 30 * STRETCH]))[1];
        let of = |start, end| common(stretches, Interval::new(1, start, end)).collect::<Vec<_>>();
        assert_eq!(of(STRETCH, 2 * STRETCH), [Interval::new(1, STRETCH, 2 * STRETCH)]);
        assert_eq!(of(STRETCH + 5, STRETCH + 9), [Interval::new(1, STRETCH + 5, STRETCH + 9)]);
        assert_eq!(of(2 * STRETCH, 4 * STRETCH), []);
        assert_eq!(of(0, STRETCH), []);
    }
}
