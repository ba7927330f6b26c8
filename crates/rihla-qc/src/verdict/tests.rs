use super::*;
use crate::contamination::{Contamination, LogLikelihoods};
use crate::identity::{Conclusion, Relation};
use crate::report::{ExpectedIdentity, IdentityMetrics, Program, RunCounters};
use crate::sex::SexMetrics;
use crate::variants::VariantCounts;

fn metrics() -> RunMetrics {
    let program = Program { name: "rihla".to_owned(), version: "0".to_owned() };
    let counters = RunCounters { variants: Some(VariantCounts::default()), ..RunCounters::default() };
    let mut metrics = RunMetrics::new("S", program, Vec::new(), &counters);
    metrics.coverage.bases = 1_000;
    metrics.reads.bases = Some(33_000);
    metrics.reads.q30_fraction = Some(0.9);
    metrics.reads.mapped_fraction = Some(0.99);
    metrics.reads.duplicate_fraction = Some(0.1);
    metrics.insert_size.median = Some(350);
    metrics.coverage.mean_depth = Some(30.0);
    metrics.coverage.fraction_20x = Some(0.95);
    metrics.coverage.evenness = Some(0.99);
    metrics
}

fn genome() -> LimitSet {
    LimitSet::built_in("genome").expect("known")
}

fn gate(metrics: &RunMetrics, gate: Gate) -> GateVerdict {
    let verdict = SampleVerdict::of(metrics, &genome());
    verdict.gates.into_iter().find(|found| found.gate == gate).expect("every gate is there")
}

#[test]
fn a_good_sample_passes() {
    let verdict = SampleVerdict::of(&metrics(), &genome());
    assert_eq!(verdict.outcome, Outcome::Pass);
    assert_eq!(verdict.gates.iter().map(|gate| gate.gate).collect::<Vec<_>>(), Gate::ALL);
    assert_eq!(verdict.headline(), "PASS: 8 gates pass, 6 are not checked");
}

#[test]
fn the_worst_gate_decides_and_says_why() {
    let mut metrics = metrics();
    metrics.coverage.mean_depth = Some(12.3);
    metrics.reads.duplicate_fraction = Some(0.25);
    let verdict = SampleVerdict::of(&metrics, &genome());
    assert_eq!(verdict.outcome, Outcome::Fail);
    assert_eq!(
        verdict.headline(),
        "FAIL: mean depth 12.3x is below 15x, the limit of FAIL; WARN: share of duplicates 25 % is above 20 %, the limit \
         of WARN"
    );
    metrics.coverage.mean_depth = Some(20.0);
    let verdict = SampleVerdict::of(&metrics, &genome());
    assert_eq!(verdict.outcome, Outcome::Warn);
    assert_eq!(verdict.those(Outcome::Warn).count(), 2);
}

#[test]
fn limits_themselves_are_within() {
    let mut metrics = metrics();
    for (depth, outcome) in
        [(25.0, Outcome::Pass), (24.999, Outcome::Warn), (15.0, Outcome::Warn), (14.999, Outcome::Fail)]
    {
        metrics.coverage.mean_depth = Some(depth);
        assert_eq!(gate(&metrics, Gate::MeanDepth).outcome, outcome, "{depth}");
    }
    for (median, outcome) in
        [(800, Outcome::Pass), (801, Outcome::Warn), (1200, Outcome::Warn), (1201, Outcome::Fail)]
    {
        metrics.insert_size.median = Some(median);
        assert_eq!(gate(&metrics, Gate::InsertSize).outcome, outcome, "{median}");
    }
}

#[test]
fn what_has_no_value_or_no_limit_is_not_checked() {
    let mut metrics = metrics();
    metrics.reads.bases = None;
    let verdict = gate(&metrics, Gate::Yield);
    assert_eq!((verdict.outcome, verdict.finding), (Outcome::NotChecked, Finding::NoBases));
    assert_eq!(gate(&metrics, Gate::Contamination).finding, Finding::NoSites);
    let limits = LimitSet::parse("name = \"lab\"\n[q30]\nwarn_below = 0.8\n").expect("sound");
    let verdict = SampleVerdict::of(&metrics, &limits);
    assert_eq!((verdict.those(Outcome::NotChecked).count(), verdict.outcome), (13, Outcome::Pass));
    let unlimited = &verdict.gates[2];
    assert_eq!((&unlimited.finding, unlimited.value), (&Finding::NoLimit, Some(0.99)));
    let nothing = LimitSet { gates: Default::default(), ..limits };
    assert_eq!(SampleVerdict::of(&metrics, &nothing).outcome, Outcome::NotChecked);
}

#[test]
fn ratios_of_few_variants_are_not_checked() {
    let mut metrics = metrics();
    let variants = metrics.variants.as_mut().expect("called for");
    (variants.transitions, variants.transversions, variants.ti_tv) = (8_000, 5_000, Some(1.6));
    assert_eq!(gate(&metrics, Gate::TiTv).outcome, Outcome::Fail);
    let variants = metrics.variants.as_mut().expect("called for");
    (variants.transitions, variants.transversions, variants.ti_tv) = (80, 50, Some(1.6));
    let verdict = gate(&metrics, Gate::TiTv);
    assert_eq!(verdict.finding, Finding::TooFew { count: 130, wanted: 10_000 });
    assert!(verdict.reason.contains("130") && verdict.reason.contains("10,000"), "{}", verdict.reason);
    assert_eq!(gate(&metrics, Gate::HetHom).finding, Finding::TooFew { count: 0, wanted: 1 });
    metrics.variants = None;
    assert_eq!(gate(&metrics, Gate::TiTv).finding, Finding::NoVariants);
}

#[test]
fn a_sex_that_was_not_expected_fails() {
    let sex = |stated: Option<&str>, inferred: Option<&str>| {
        let mut metrics = metrics();
        metrics.sex = Some(SexMetrics {
            stated: stated.map(str::to_owned),
            inferred: inferred.map(str::to_owned),
            is_mismatch: false,
            x_depth_ratio: None,
            y_depth_ratio: None,
        });
        gate(&metrics, Gate::Sex)
    };
    assert_eq!(sex(Some("male"), Some("male")).outcome, Outcome::Pass);
    let wrong = sex(Some("male"), Some("female"));
    assert_eq!(wrong.outcome, Outcome::Fail);
    assert!(wrong.reason.contains("male") && wrong.reason.contains("female"), "{}", wrong.reason);
    assert_eq!(sex(Some("male"), None).finding, Finding::SexUnclear);
    assert_eq!(sex(None, Some("male")).outcome, Outcome::NotChecked);
    assert_eq!(gate(&metrics(), Gate::Sex).finding, Finding::NoSex);
}

#[test]
fn who_the_sample_is_and_of_how_many_people() {
    let of = |conclusion: Option<Conclusion>, fraction: Option<f64>| {
        let mut metrics = metrics();
        metrics.identity = Some(IdentityMetrics {
            panel_sha256: "0a".into(),
            sites: 500,
            typed: 490,
            het_fraction: Some(0.4),
            expected: conclusion.map(|conclusion| ExpectedIdentity {
                file: "donor.vcf.gz".into(),
                sample: "DONOR".into(),
                lod: 3.0,
                blocks: 300,
                conclusion,
                likeliest: Relation::Same,
                is_same: conclusion == Conclusion::Same,
            }),
        });
        metrics.contamination = fraction.map(|fraction| Contamination {
            sites: 500,
            reads: 15_000,
            mean_depth: 30.0,
            fraction,
            low: 0.0,
            high: 0.1,
            error_rate: 0.001,
            het_balance: 0.5,
            sharing: 0.0,
            log_likelihoods: LogLikelihoods { found: -1.0, none: -2.0 },
        });
        metrics
    };
    let identity = |conclusion| gate(&of(conclusion, None), Gate::Identity);
    assert_eq!(identity(Some(Conclusion::Same)).outcome, Outcome::Pass);
    let wrong = identity(Some(Conclusion::Different));
    assert_eq!(wrong.outcome, Outcome::Fail);
    assert!(wrong.reason.contains("should be DONOR, but is of somebody else"), "{}", wrong.reason);
    assert!(identity(Some(Conclusion::Related)).reason.contains("a relative"));
    assert_eq!(identity(Some(Conclusion::Inconclusive)).finding, Finding::IdentityUnclear);
    assert_eq!(identity(None).finding, Finding::NothingToCompare);

    let contamination = |fraction| gate(&of(None, fraction), Gate::Contamination);
    assert_eq!(contamination(Some(0.002)).outcome, Outcome::Pass);
    assert_eq!(contamination(Some(0.02)).outcome, Outcome::Warn);
    assert_eq!(contamination(Some(0.05)).outcome, Outcome::Fail);
    assert_eq!(contamination(None).finding, Finding::FewSites);
}

#[test]
fn verdicts_read_back() {
    let verdict = SampleVerdict::of(&metrics(), &genome());
    let text = serde_json::to_string(&verdict).expect("plain data");
    assert_eq!(serde_json::from_str::<SampleVerdict>(&text).expect("a verdict"), verdict);
    assert!(text.is_ascii(), "reasons are for terminals, too: {text}");
}
