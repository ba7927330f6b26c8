//! What is learnt from simulated reads is what they were made from.

use std::convert::Infallible;
use std::sync::Arc;

use rihla_core::record::{Placement, RecordBuilder};
use rihla_core::{Cigar, OpKind, RecordArena, Reference, base};

use super::*;
use crate::profile::QualityTables;
use crate::{FragmentLengths, GcBias, Genome, GenomeOptions, SimulateOptions, Simulation, VariantOptions};

fn reference() -> Reference {
    let options = GenomeOptions { bases: 300_000, contigs: 1, seed: 8 };
    Genome::random(&options).expect("valid").reference()
}

/// Reads of a sample without variants, so that every difference is an error.
fn simulation(reference: &Reference, options: SimulateOptions) -> Simulation {
    let variants = VariantOptions { snv_rate: 0.0, indels_per_snv: 0.0, ..VariantOptions::default() };
    Simulation::new(reference, &SimulateOptions { seed: 4, variants, ..options }).expect("valid")
}

fn codes_of(letters: &[u8]) -> Vec<u8> {
    letters.iter().map(|&letter| base::encode(letter)).collect()
}

/// Records at their true places; where a polymerase slip moved the bases behind it, the rest is clipped.
fn records(reference: &Reference, simulation: &Simulation) -> RecordArena {
    let mut found: Vec<(u32, RecordArena)> = Vec::new();
    let made: Result<u64, Infallible> = simulation.pairs(|pair| {
        let origin = &pair.origin;
        for mate in 0..2 {
            let read = pair.reads[mate];
            let (mut codes, mut qualities) = (codes_of(read.sequence), read.qualities.to_vec());
            if origin.reverse[mate] {
                let forward = codes.clone();
                base::reverse_complement_into(&forward, &mut codes);
                qualities.reverse();
            }
            let position = origin.positions[mate];
            let end = reference.contigs().get(0).length;
            let truth = reference.fetch(0, position, (position + codes.len() as u32).min(end));
            let differ = codes.iter().zip(&truth).filter(|(a, b)| a != b).count();
            if differ > codes.len() / 10 || truth.len() < codes.len() {
                continue;
            }
            let mut cigar = Cigar::new();
            cigar.push(OpKind::Match, codes.len() as u32);
            let left = origin.positions[0].min(origin.positions[1]);
            let length = origin.fragment_length as i32;
            let first = position == left && (mate == 0 || origin.positions[0] != origin.positions[1]);
            let placement = Placement {
                flags: 0x3 | if origin.reverse[mate] { 0x10 } else { 0x20 } | [0x40, 0x80][mate],
                place: Some((0, position)),
                mapq: 60,
                mate: Some((0, origin.positions[1 - mate])),
                template_length: if first { length } else { -length },
            };
            let mut record = RecordArena::new();
            RecordBuilder::start(&mut record, &placement, pair.name, cigar.ops(), &codes, &qualities)
                .finish();
            found.push((position, record));
        }
        Ok(())
    });
    assert!(made.is_ok());
    found.sort_by_key(|(position, _)| *position);
    let mut all = RecordArena::new();
    found.iter().for_each(|(_, record)| all.push(record.get(0).bytes()));
    all
}

fn learn(reference: &Reference, records: &RecordArena) -> Learned {
    let length = reference.contigs().get(0).length;
    let mut learner = ProfileLearner::new(&LearnOptions::default());
    for start in (0..length).step_by(WINDOW as usize) {
        let interval = Interval::new(0, start, (start + WINDOW).min(length));
        let padded = interval.padded(WINDOW_MARGIN, length);
        let mut near = RecordArena::new();
        let overlaps = |record: &rihla_core::RecordRef<'_>| {
            record.position().is_some_and(|at| at < padded.end) && record.reference_end() > Some(padded.start)
        };
        records.iter().filter(overlaps).for_each(|record| near.push(record.bytes()));
        learner.add_window(reference, interval, &near);
    }
    learner.finish("again", "simulated").expect("there are reads")
}

fn rate_of(tables: &QualityTables, rates: &[f64], quality: u8) -> f64 {
    rates[tables.alphabet.iter().position(|&other| other == quality).expect("it occurs")]
}

#[test]
fn a_profile_comes_back() {
    let reference = reference();
    let hiseq = ReadProfile::builtin("hiseq").expect("built in");
    let steep: Vec<f64> = (0..=100).map(|gc| if gc < 45 { 1.0 } else { 0.5 }).collect();
    let options = SimulateOptions {
        depth: 60.0,
        read_length: 101,
        duplicates: 0.0,
        fragments: FragmentLengths::normal(300.0, 40.0),
        gc: GcBias::from_curve(&steep).expect("valid"),
        profile: Arc::new(hiseq.clone()),
        ..SimulateOptions::default()
    };
    let records = records(&reference, &simulation(&reference, options));
    let Learned { profile, notes } = learn(&reference, &records);
    assert!(profile.errors.is_some(), "{notes:?}");
    for (found, made) in profile.observed.iter().zip(&hiseq.observed) {
        for (cycle, (found, made)) in found.mean_quality.iter().zip(&made.mean_quality).enumerate() {
            assert!((found - made).abs() < 1.0, "cycle {cycle}: {found} for {made}");
        }
        let close = |a: f64, b: f64, part: f64| (a / b - 1.0).abs() < part;
        assert!(close(found.below_q20, made.below_q20, 0.2), "{} {}", found.below_q20, made.below_q20);
        assert!((found.autocorrelation - made.autocorrelation).abs() < 0.05);
        assert!(
            close(found.tailed_reads, made.tailed_reads, 0.4),
            "{} {}",
            found.tailed_reads,
            made.tailed_reads
        );
        let (found, made) = (found.mismatch_rate.expect("learnt"), made.mismatch_rate.expect("learnt"));
        assert!(close(found, made, 0.2), "{found} {made}");
    }
    let (found, made) = (profile.errors.expect("learnt"), hiseq.errors.expect("learnt"));
    for quality in [7, 12, 18, 25, 30, 34] {
        let (found, made) = (
            rate_of(&profile.qualities, &found.by_quality, quality),
            rate_of(&hiseq.qualities, &made.by_quality, quality),
        );
        assert!((0.6..1.6).contains(&(found / made)), "quality {quality}: {found} for {made}");
    }
    // The strongest contexts before are stronger than the weakest again.
    let mean = |factors: &[f64], strong: bool| {
        let wanted = |&&context: &&usize| (made.by_context[context] > 1.2) == strong;
        let picked: Vec<usize> = (0..64).collect::<Vec<_>>().iter().filter(wanted).copied().collect();
        picked.iter().map(|&context| factors[context]).sum::<f64>() / picked.len() as f64
    };
    let (contrast, expected) = (
        mean(&found.by_context, true) / mean(&found.by_context, false),
        mean(&made.by_context, true) / mean(&made.by_context, false),
    );
    assert!((0.7..1.4).contains(&(contrast / expected)), "{contrast} for {expected}");
    let mean = profile.fragments.map(|shares| {
        FragmentLengths::counted(shares.first, shares.width, &shares.shares).expect("valid").mean()
    });
    assert!(mean.is_some_and(|mean| (mean - 300.0).abs() < 8.0), "{mean:?}");
    let curve = profile.gc_coverage.expect("learnt");
    assert!(curve[35] > 0.85 && (0.4..0.65).contains(&curve[53]), "{} {}", curve[35], curve[53]);
}

#[test]
fn order_and_cuts_do_not_matter() {
    let reference = reference();
    let options = SimulateOptions { depth: 4.0, ..SimulateOptions::default() };
    let mut pairs = Vec::new();
    let made: Result<u64, Infallible> = simulation(&reference, options).pairs(|pair| {
        pairs.push(pair.reads.map(|read| (read.sequence.to_vec(), read.qualities.to_vec())));
        Ok(())
    });
    assert!(made.is_ok());
    let learnt = |parts: Vec<Vec<usize>>| {
        let mut all = ProfileLearner::new(&LearnOptions::default());
        for part in parts {
            let mut learner = ProfileLearner::new(&LearnOptions::default());
            for i in part {
                let read = |mate: usize| {
                    let (sequence, qualities) = &pairs[i][mate];
                    ReadRef { name: b"", sequence, qualities, is_unfit: false }
                };
                learner.add_template(&[read(0), read(1)]);
            }
            all.merge(&learner);
        }
        all.finish("x", "y").expect("reads").profile.to_json()
    };
    let count = pairs.len();
    let whole = learnt(vec![(0..count).collect()]);
    assert_eq!(whole, learnt(vec![(count / 3..count).rev().collect(), (0..count / 3).collect()]));
}

#[test]
fn overlapping_mates_show_lengths_adapters_and_errors() {
    let reference = reference();
    let options = SimulateOptions {
        depth: 30.0,
        fragments: FragmentLengths::normal(170.0, 25.0),
        ..SimulateOptions::default()
    };
    let made = simulation(&reference, options);
    let mut learner = ProfileLearner::new(&LearnOptions::default());
    let counted: Result<u64, Infallible> = made.pairs(|pair| {
        let reads = pair.reads.map(|read| ReadRef {
            is_unfit: false,
            name: pair.name,
            sequence: read.sequence,
            qualities: read.qualities,
        });
        learner.add_template(&reads);
        Ok(())
    });
    assert!(counted.is_ok());
    let Learned { profile, notes } = learner.finish("x", "y").expect("reads");
    let lengths = profile.fragment_lengths().expect("nearly all mates overlap");
    assert!((lengths.mean() - 170.0).abs() < 3.0, "{}", lengths.mean());
    assert!(profile.adapters.observed, "{notes:?}");
    for (found, expected) in profile.adapters.sequences.iter().zip(crate::profile::TRUSEQ) {
        assert!(found.starts_with(expected), "{found}");
    }
    let share = profile.adapters.share.expect("seen");
    assert!((0.15..0.25).contains(&share), "{share} of the fragments are shorter than 150");
    let expected = ReadProfile::default();
    let (found, made) = (profile.errors.expect("learnt"), expected.errors.expect("learnt"));
    for (quality, within) in [(12, 1.3), (23, 1.6)] {
        let found = rate_of(&profile.qualities, &found.by_quality, quality);
        let made = rate_of(&expected.qualities, &made.by_quality, quality);
        assert!((1.0 / within..within).contains(&(found / made)), "quality {quality}: {found} for {made}");
    }
    assert_eq!((profile.indels, profile.gc_coverage, profile.duplicates), (None, None, None));
    assert_eq!(notes.len(), 3, "{notes:?}");
}

#[test]
fn without_reads_nothing_is_learnt() {
    let learner = ProfileLearner::new(&LearnOptions::default());
    let error = learner.finish("x", "y").expect_err("no reads").to_string();
    assert!(error.contains("no reads"), "{error}");
}

#[test]
fn qualities_can_be_binned() {
    let options = LearnOptions { quality_bins: vec![2, 12, 23, 37] };
    let mut learner = ProfileLearner::new(&options);
    let read = |sequence: &'static [u8]| ReadRef {
        name: b"",
        sequence,
        qualities: &[0, 6, 7, 17, 18, 29, 30, 41],
        is_unfit: false,
    };
    for _ in 0..20 {
        learner.add_template(&[read(b"ACGTACGT")]);
    }
    let profile = learner.finish("x", "y").expect("reads").profile;
    assert_eq!((profile.evidence.reads, profile.qualities.mates.len()), (20, 1));
    assert_eq!(profile.observed[0].mean_quality, [2.0, 2.0, 12.0, 12.0, 23.0, 23.0, 37.0, 37.0]);
}
