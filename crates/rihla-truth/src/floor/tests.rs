use super::*;
use crate::report::{Accounting, Provenance};
use crate::{Call, Decision, MatchKind, Outcome, Side, Tally, Zygosity};

fn parse(text: &str) -> Floor {
    text.parse().unwrap()
}

fn refusal(text: &str) -> String {
    text.parse::<Floor>().unwrap_err().to_string()
}

/// 3 of 4 true SNVs found, one false call; in `lowmap` (stratum 1) 1 of 2; one indel found.
fn report() -> Report {
    let mut tally = Tally::new(2);
    let mut count = |side, kind, subtype, decision, strata: &[u16]| {
        let outcome = [Outcome { decision, matched: MatchKind::Missing }; 2];
        let zygosity = Zygosity::Het;
        let call = Call { side, kind, subtype, zygosity, outcome, quality: None, genotype_quality: None };
        tally.add(&call, strata);
    };
    for strata in [&[][..], &[], &[1]] {
        count(Side::Truth, Kind::Snp, Subtype::Ti, Decision::TruePositive, strata);
        count(Side::Query, Kind::Snp, Subtype::Ti, Decision::TruePositive, strata);
    }
    count(Side::Truth, Kind::Snp, Subtype::Tv, Decision::FalseNegative, &[1]);
    count(Side::Query, Kind::Snp, Subtype::Tv, Decision::FalsePositive, &[]);
    count(Side::Truth, Kind::Indel, Subtype::D1To5, Decision::TruePositive, &[]);
    count(Side::Query, Kind::Indel, Subtype::D1To5, Decision::TruePositive, &[]);
    let stratum = |name: &str| Stratum { name: name.to_owned(), bases: 10, confident_bases: 10 };
    Report {
        tally,
        strata: vec![stratum(WHOLE), stratum("lowmap"), stratum("a:b")],
        provenance: Provenance::default(),
        truth: Accounting::default(),
        query: Accounting::default(),
    }
}

#[test]
fn floors_that_hold() {
    let floor = parse("snp.recall=0.75, snp.precision=0.75,snp.f1=0.75,INDEL.f1=1,indel.d1_5.recall=1.0");
    assert_eq!(floor.check(&report()), []);
    assert_eq!(parse("lowmap:snp.recall=0.5,*:snp.f1=0").check(&report()), []);
}

#[test]
fn floors_that_do_not() {
    let short = parse("snp.f1=0.76,indel.f1=1,lowmap:snp.recall=0.9912,snp.tv.recall=0.1").check(&report());
    let said: Vec<String> = short.iter().map(Shortfall::to_string).collect();
    let expected = [
        "snp.f1 is 0.7500, below the floor of 0.7600",
        "lowmap:snp.recall is 0.5000, below the floor of 0.9912",
        "snp.tv.recall is 0.0000, below the floor of 0.1000",
    ];
    assert_eq!(said, expected);
}

#[test]
fn nothing_to_count_is_a_shortfall() {
    let said = |text: &str| parse(text).check(&report()).iter().map(Shortfall::to_string).collect::<Vec<_>>();
    assert_eq!(
        said("indel.I16_PLUS.recall=0"),
        ["indel.I16_PLUS.recall has nothing to count, and a floor of 0.0000"]
    );
    assert_eq!(said("a:b:snp.f1=0"), ["a:b:snp.f1 has nothing to count, and a floor of 0.0000"]);
    assert_eq!(said("elsewhere:snp.f1=0").len(), 1);
}

#[test]
fn a_close_miss_is_visible() {
    let short = Shortfall { metric: "snp.f1".to_owned(), value: Some(0.994_996), floor: 0.995 };
    assert_eq!(short.to_string(), "snp.f1 is 0.994996, below the floor of 0.995000");
}

#[test]
fn strata_must_exist() {
    let strata = report().strata;
    assert_eq!(parse("snp.f1=0.9,lowmap:snp.f1=0.9,a:b:indel.f1=0.9").validate(&strata), Ok(()));
    let refusal = parse("high:snp.f1=0.9").validate(&strata).unwrap_err().to_string();
    assert_eq!(refusal, "there is no stratum `high` to hold to a floor; there are `*`, `lowmap`, `a:b`");
}

#[test]
fn what_is_wrong_is_named() {
    assert_eq!(refusal("snp.f1"), "`snp.f1` is no floor: write METRIC=VALUE, such as snp.f1=0.995");
    assert_eq!(refusal(""), "`` is no floor: write METRIC=VALUE, such as snp.f1=0.995");
    for value in ["1.1", "-0.1", "NaN", "inf", "", "99 %", "0,99"] {
        let text = format!("snp.f1={value}");
        assert!(text.parse::<Floor>().is_err(), "{text}");
    }
    assert_eq!(
        refusal("snp.f1=1.1"),
        "`1.1` is no floor for snp.f1: a number from 0 to 1 would be, such as 0.995"
    );
    for name in ["snp", "snp.f2", "sv.f1", "snp.D1_5.f1", "indel.ti.f1", "snp.ti.f1.f1", "f1", ".f1"] {
        assert_eq!(format!("{name}=0.9").parse::<Floor>(), Err(FloorError::Metric(name.to_owned())));
    }
    let said = refusal("snp.f2=0.9");
    assert!(said.contains("subtypes of snp are ti, tv; of indel I1_5, I6_15"), "{said}");
}
