use proptest::prelude::*;

use super::*;
use crate::Outcome;

const DECISIONS: [Decision; 5] = [
    Decision::TruePositive,
    Decision::FalsePositive,
    Decision::FalseNegative,
    Decision::Unknown,
    Decision::NotCompared,
];
const MATCHES: [MatchKind; 4] =
    [MatchKind::Genotype, MatchKind::Allele, MatchKind::Local, MatchKind::Missing];
const GENOTYPES: [Zygosity; 4] = [Zygosity::Het, Zygosity::HomAlt, Zygosity::HetAlt, Zygosity::Hemi];

fn same(decision: Decision, matched: MatchKind) -> [Outcome; 2] {
    [Outcome { decision, matched }; 2]
}

fn call(side: Side, decision: Decision, matched: MatchKind) -> Call {
    Call {
        side,
        kind: Kind::Snp,
        subtype: Subtype::Ti,
        zygosity: Zygosity::Het,
        outcome: same(decision, matched),
        quality: Some(30.0),
        genotype_quality: None,
    }
}

#[test]
fn every_decision_has_its_counter() {
    let mut tally = Tally::new(0);
    let mut times = 0;
    for side in [Side::Truth, Side::Query] {
        let decisions = match side {
            Side::Truth => [Decision::TruePositive, Decision::FalseNegative, Decision::Unknown],
            Side::Query => [Decision::TruePositive, Decision::FalsePositive, Decision::Unknown],
        };
        for decision in decisions {
            times += 1;
            (0..times).for_each(|_| tally.add(&call(side, decision, MatchKind::Missing), &[]));
        }
        tally.add(&call(side, Decision::NotCompared, MatchKind::Missing), &[]);
    }
    tally.add(&call(Side::Query, Decision::FalsePositive, MatchKind::Allele), &[]);
    tally.add(&call(Side::Query, Decision::FalsePositive, MatchKind::Local), &[]);
    tally.add(&call(Side::Query, Decision::FalsePositive, MatchKind::Local), &[]);
    // A missed truth record near another call is no false call.
    tally.add(&call(Side::Truth, Decision::FalseNegative, MatchKind::Allele), &[]);
    let cell = tally.cell(&Slice::whole(Filter::Pass, Kind::Snp));
    let expected = Cell {
        truth_tp: 1,
        truth_fn: 3,
        truth_outside: 3,
        query_tp: 4,
        query_fp: 8,
        query_unk: 6,
        fp_gt: 1,
        fp_al: 2,
    };
    assert_eq!(cell, expected);
    assert_eq!(tally.cell(&Slice::whole(Filter::Pass, Kind::Indel)), Cell::default());
}

#[test]
fn metrics_of_known_counts() {
    // SNP ALL of hap.py's example.
    let cell = Cell {
        truth_tp: 52_125,
        truth_fn: 369,
        query_tp: 52_161,
        query_fp: 548,
        query_unk: 37_383,
        ..Cell::default()
    };
    let close = |found: Option<f64>, expected: f64| (found.unwrap() - expected).abs() < 5e-7;
    assert!(close(cell.recall(), 0.992_971));
    assert!(close(cell.precision(), 0.989_603));
    assert!(close(cell.frac_na(), 0.414_943));
    assert!(close(cell.f1(), 0.991_284));
    assert_eq!(cell.truth_total(), 52_494);
    assert_eq!(cell.query_total(), 90_092);
    let (lower, upper) = cell.recall_interval().unwrap();
    assert!(lower < 0.992_971 && 0.992_971 < upper && upper - lower < 0.002);
}

#[test]
fn metrics_with_nothing_to_count() {
    let nothing = Cell::default();
    assert_eq!([nothing.recall(), nothing.precision(), nothing.frac_na(), nothing.f1()], [None; 4]);
    let silent = Cell { truth_fn: 3, ..Cell::default() };
    assert_eq!((silent.recall(), silent.precision(), silent.f1()), (Some(0.0), None, Some(0.0)));
    let wrong = Cell { truth_fn: 3, query_fp: 2, ..Cell::default() };
    assert_eq!((wrong.precision(), wrong.f1()), (Some(0.0), Some(0.0)));
    let truthless = Cell { query_fp: 2, ..Cell::default() };
    assert_eq!((truthless.recall(), truthless.f1()), (None, None));
    let beside = Cell { truth_tp: 1, query_unk: 1, ..Cell::default() };
    assert_eq!((beside.recall(), beside.precision(), beside.f1()), (Some(1.0), None, None));
}

#[test]
fn haploid_genotypes_are_homalt() {
    let mut tally = Tally::new(0);
    let mut record = call(Side::Truth, Decision::TruePositive, MatchKind::Genotype);
    for zygosity in [Zygosity::Hemi, Zygosity::HomAlt, Zygosity::Het] {
        record.zygosity = zygosity;
        tally.add(&record, &[]);
    }
    let slice = |zygosity| Slice { zygosity: Some(zygosity), ..Slice::whole(Filter::All, Kind::Snp) };
    assert_eq!(tally.cell(&slice(Zygosity::HomAlt)).truth_tp, 2);
    assert_eq!(tally.cell(&slice(Zygosity::Hemi)).truth_tp, 2);
    assert_eq!(tally.cell(&slice(Zygosity::HetAlt)).truth_tp, 0);
}

#[test]
fn strata_count_what_is_theirs() {
    let mut tally = Tally::new(3);
    let record = call(Side::Truth, Decision::FalseNegative, MatchKind::Missing);
    tally.add(&record, &[]);
    tally.add(&record, &[2]);
    tally.add(&record, &[0, 1, 2]);
    let missed = |stratum| tally.cell(&Slice { stratum, ..Slice::whole(Filter::All, Kind::Snp) }).truth_fn;
    assert_eq!([0, 1, 2, 3, 4].map(missed), [3, 1, 2, 0, 0]);
    assert_eq!(tally.strata(), 3);
}

fn any_call() -> impl Strategy<Value = (Call, Vec<u16>)> {
    let outcome = || (0..DECISIONS.len(), 0..MATCHES.len());
    let outcome = || outcome().prop_map(|(d, m)| Outcome { decision: DECISIONS[d], matched: MATCHES[m] });
    let kind = prop_oneof![Just(Kind::Snp), Just(Kind::Indel)];
    let score = || prop::option::of(prop_oneof![-5.0..9000.0_f32, Just(f32::NAN), Just(f32::INFINITY)]);
    let scores = (score(), score());
    (any::<bool>(), kind, 0..99_usize, 0..4_usize, [outcome(), outcome()], scores, 0..4_u16).prop_map(
        |(truth, kind, subtype, zygosity, outcome, (quality, genotype_quality), stratum)| {
            let side = if truth { Side::Truth } else { Side::Query };
            let subtype = subtypes(kind)[subtype % subtypes(kind).len()];
            let zygosity = GENOTYPES[zygosity];
            (Call { side, kind, subtype, zygosity, outcome, quality, genotype_quality }, vec![stratum])
        },
    )
}

proptest! {
    /// However the records are dealt to parts and however these are merged, the counts are those of one
    /// pass; and classes sum to the whole.
    #[test]
    fn merging_commutes(calls in prop::collection::vec((any_call(), 0..3_usize), 0..60)) {
        let mut once = Tally::new(3);
        let mut parts = vec![Tally::new(3); 3];
        for ((call, strata), part) in &calls {
            once.add(call, strata);
            parts[*part].add(call, strata);
        }
        let (mut forth, mut back) = (Tally::new(3), Tally::new(3));
        parts.iter().for_each(|part| forth.merge(part));
        parts.iter().rev().for_each(|part| back.merge(part));
        for stratum in 0..4 {
            for kind in [Kind::Snp, Kind::Indel] {
                for filter in Filter::BOTH {
                    let all = Slice { stratum, ..Slice::whole(filter, kind) };
                    prop_assert_eq!(once.cell(&all), forth.cell(&all));
                    let mut sum = Cell::default();
                    for &subtype in subtypes(kind) {
                        for zygosity in &GENOTYPES[..3] {
                            let slice = Slice { subtype: Some(subtype), zygosity: Some(*zygosity), ..all };
                            sum += once.cell(&slice);
                        }
                    }
                    prop_assert_eq!(sum, once.cell(&all));
                }
            }
        }
        prop_assert_eq!(forth.clone(), back);
        for field in ScoreField::BOTH {
            let curve = |tally: &Tally| tally.curve(Filter::Pass, Kind::Snp, field).points(1000);
            prop_assert_eq!(curve(&once), curve(&forth));
        }
    }
}
