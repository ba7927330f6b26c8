//! The report as it is written.

use rihla_core::Interval;
use rihla_core::record::flags;
use rihla_qc::identity::{Conclusion, Relation};
use rihla_qc::{
    BinMetrics, CallingMetrics, Contamination, ContigMetrics, CopyMetrics, CopyState, CycleMetrics,
    CycleSums, ExpectedIdentity, GroupMetrics, HomozygosityMetrics, HomozygousRun, IdentityMetrics,
    InputCounts, InsertModel, LaneReads, LibraryMetrics, LogLikelihoods, Places, Program, RegionCopies,
    RunCounters, RunMetrics, SexMetrics, Stage, Target, TargetList, Timing, VariantCounts,
};

use crate::{Sketch, arena};

fn program() -> Program {
    Program { name: "rihla".into(), version: "1.2.3".into() }
}

fn counters() -> RunCounters {
    let window = Interval::new(0, 0, 90);
    let mut sketches = Sketch::pair("a", 0, (0, "10M"), (20, "10M")).to_vec();
    sketches.extend(Sketch::pair("b", 0, (0, "10M"), (20, "10M")).map(|half| half.flagged(flags::DUPLICATE)));
    let places = Places { counted: vec![Interval::new(0, 0, 60)], ..Places::everywhere(window) };
    let target = Target { interval: Interval::new(0, 5, 25), name: "GENE".into() };
    let targets = TargetList::new(vec![target]);
    let input = InputCounts {
        reads: 4,
        bases: 40,
        q20_bases: 39,
        q30_bases: 30,
        gc_bases: 13,
        n_bases: 1,
        min_length: Some(10),
        max_length: 10,
        quality_range: Some((2, 37)),
    };
    RunCounters {
        input: Some(input),
        bins: BinMetrics::of(
            Some(window),
            (&places.with_listed(window, &targets), None),
            &arena(&sketches),
            0,
        ),
        optical_duplicate_pairs: Some(0),
        insert_model: Some(InsertModel { mean: 30.123_456_789, sd: f64::NAN }),
        variants: Some(VariantCounts {
            records: 5,
            pass: 4,
            filters: [("QD2".to_owned(), 1)].into(),
            snps: 3,
            insertions: 1,
            het: 3,
            hom_alt: 1,
            transitions: 2,
            transversions: 1,
            ..VariantCounts::default()
        }),
        calling: Some(CallingMetrics {
            slip_repeats: 6_071,
            slip_fraction: 0.000_812_345_6,
            usual_depth: Some(30.0),
            depth_spread: Some(0.2),
            strand_error_factor: 0.29,
            folded_fraction: 0.000_712_345_6,
            stranger_fraction: 0.000_123_456_7,
            snp_artifacts: 0,
            snp_artifact_factor: 0.087_654_321,
            indel_artifacts: 1,
            indel_artifact_factor: 1.0,
        }),
        sex: Some(SexMetrics {
            stated: None,
            inferred: Some("male".into()),
            is_mismatch: false,
            x_depth_ratio: Some(0.5012),
            y_depth_ratio: None,
        }),
        targets: Some(targets),
        ploidy: Some(CopyMetrics {
            window_bases: 10_000,
            spread: 0.02,
            chromosomes: vec![RegionCopies {
                name: "chr8".into(),
                contig: "chr8".into(),
                start: 0,
                end: 145_138_636,
                windows: 14_000,
                copies: Some(2.98),
                expected: Some(2),
                state: CopyState::Gain,
            }],
            regions: Vec::new(),
        }),
        roh: Some(HomozygosityMetrics {
            judged_bases: 2_600_000_000,
            hets_per_mb: 812.5,
            fraction: 0.025,
            fraction_long: 0.0,
            runs: vec![HomozygousRun { contig: "chr3".into(), start: 10_000_000, end: 11_500_000 }],
        }),
        contamination: Some(Contamination {
            sites: 500,
            reads: 14_750,
            mean_depth: 29.5,
            fraction: 0.012_345_678,
            low: 0.01,
            high: 0.015,
            error_rate: 0.000_9,
            het_balance: 0.497,
            sharing: 0.1,
            log_likelihoods: LogLikelihoods { found: -5_432.1, none: -5_500.25 },
        }),
        identity: Some(IdentityMetrics {
            panel_sha256: "0a1b".into(),
            sites: 518,
            typed: 510,
            het_fraction: Some(0.41),
            expected: Some(ExpectedIdentity {
                file: "donor.fingerprint.vcf.gz".into(),
                sample: "DONOR".into(),
                lod: 171.25,
                blocks: 480,
                conclusion: Conclusion::Same,
                likeliest: Relation::Same,
                is_same: true,
            }),
        }),
        read_groups: Some(vec![GroupMetrics {
            read_group: "NA12878.FLOWCELL.1".into(),
            library: "NA12878".into(),
            files: vec!["R1.fq.gz".into()],
            reads: LaneReads::new(&input),
            written: 3,
            removed: 1,
        }]),
        cycles: vec![CycleMetrics::new(1, [CycleSums { quality: 60, bases: 2, letters: [1, 0, 0, 0] }])],
        libraries: vec![LibraryMetrics {
            library: "NA12878".into(),
            pairs: 2,
            duplicate_pairs: 1,
            duplicate_fraction: 0.5,
            estimated_size: Some(1),
            gains: vec![1.0, 1.2],
            ..LibraryMetrics::default()
        }],
        contigs: vec![ContigMetrics {
            contig: "chr1".into(),
            length: 90,
            bases: 60,
            records: 4,
            mean_depth: Some(0.333333),
        }],
    }
}

#[test]
fn the_report_is_as_documented() {
    let mut metrics = RunMetrics::new("NA12878", program(), vec!["R1.fq.gz".into()], &counters());
    metrics.timing = Some(Timing {
        threads: 2,
        wall_seconds: 1.5,
        cpu_seconds: Some(2.5),
        peak_memory_bytes: None,
        stages: vec![Stage { name: "align".into(), wall_seconds: 1.0, cpu_seconds: None }],
    });
    assert_eq!(metrics.coverage.histogram.len(), 251);
    metrics.coverage.histogram.truncate(3);
    insta::assert_snapshot!(metrics.to_json());
}

#[test]
fn every_key_is_explained() {
    let documentation = include_str!("../../../../docs/metrics.md");
    let metrics = RunMetrics::new("s", program(), Vec::new(), &counters());
    let json: serde_json::Value = serde_json::from_str(&metrics.to_json()).expect("JSON");
    let timed = RunMetrics { timing: Some(Timing::default()), ..metrics };
    let timing = serde_json::to_value(timed.timing).expect("JSON");
    let mut sections: Vec<_> = json.as_object().expect("an object").iter().collect();
    let (timing_key, reads_key) = ("timing".to_owned(), "reads".to_owned());
    sections.push((&timing_key, &timing));
    assert!(sections.iter().any(|(key, _)| **key == reads_key));
    for (section, value) in sections {
        assert!(documentation.contains(&format!("`{section}`")), "{section} is not in docs/metrics.md");
        let objects = value
            .as_object()
            .into_iter()
            .chain(value.as_array().into_iter().flatten().filter_map(|item| item.as_object()));
        for key in objects.flat_map(|object| object.keys()) {
            assert!(documentation.contains(&format!("`{key}`")), "{section}.{key} is not in docs/metrics.md");
        }
    }
}

#[test]
fn nothing_counted_is_null_and_not_nan() {
    let metrics = RunMetrics::new("empty", program(), Vec::new(), &RunCounters::default());
    assert_eq!(metrics.reads.mapped_fraction, None);
    assert_eq!(metrics.coverage.mean_depth, None);
    let back: RunMetrics = serde_json::from_str(&metrics.to_json()).expect("a report");
    assert_eq!(back, metrics);
}

#[test]
fn reports_read_back() {
    let metrics = RunMetrics::new("NA12878", program(), vec!["-".into()], &counters());
    let back: RunMetrics = serde_json::from_str(&metrics.to_json()).expect("a report");
    assert_eq!(back, metrics);
}

#[test]
fn seconds_that_are_read_are_those_that_were_written() {
    for ticks in 1..10_000u32 {
        let seconds = f64::from(ticks) * 0.01 - 1e-17 * f64::from(ticks % 7) + f64::from(ticks) * 1e-9 / 3.0;
        let written = serde_json::to_string(&seconds).expect("a number");
        assert_eq!(serde_json::from_str::<f64>(&written).expect("a number"), seconds, "{written}");
    }
}
