use super::*;
use crate::{Call, Decision, MatchKind, Outcome, Side};

/// `times` records of a class, in stratum 1 too when `inside`.
struct Records {
    side: Side,
    subtype: Subtype,
    zygosity: Zygosity,
    decision: Decision,
    matched: MatchKind,
    times: u64,
}

fn records(side: Side, subtype: Subtype, zygosity: Zygosity, decision: Decision, times: u64) -> Records {
    Records { side, subtype, zygosity, decision, matched: MatchKind::Missing, times }
}

fn count(tally: &mut Tally, records: &Records, filtered: bool, strata: &[u16]) {
    let outcome = Outcome { decision: records.decision, matched: records.matched };
    let pass = match (records.side, filtered) {
        (_, false) => outcome,
        (Side::Truth, true) => Outcome { decision: Decision::FalseNegative, matched: MatchKind::Missing },
        (Side::Query, true) => Outcome { decision: Decision::NotCompared, matched: MatchKind::Missing },
    };
    let is_snp = matches!(records.subtype, Subtype::Ti | Subtype::Tv);
    for time in 0..records.times {
        let call = Call {
            side: records.side,
            kind: if is_snp { Kind::Snp } else { Kind::Indel },
            subtype: records.subtype,
            zygosity: records.zygosity,
            outcome: [outcome, pass],
            quality: Some((time % 3 * 20) as f32 + 10.5),
            genotype_quality: (time % 4 > 0).then_some(time as f32),
        };
        tally.add(&call, strata);
    }
}

fn example() -> Report {
    use Decision::{FalseNegative, FalsePositive, TruePositive, Unknown};
    use Subtype::{C1To5, D1To5, I16Plus, Ti, Tv};
    use Zygosity::{Hemi, Het, HetAlt, HomAlt};
    let mut tally = Tally::new(2);
    for side in [Side::Truth, Side::Query] {
        count(&mut tally, &records(side, Ti, Het, TruePositive, 12), false, &[]);
        count(&mut tally, &records(side, Ti, Het, TruePositive, 2), true, &[1]);
        count(&mut tally, &records(side, Tv, HomAlt, TruePositive, 6), false, &[1]);
        count(&mut tally, &records(side, Ti, Hemi, TruePositive, 1), false, &[]);
        count(&mut tally, &records(side, D1To5, Het, TruePositive, 4), false, &[]);
        count(&mut tally, &records(side, I16Plus, HetAlt, TruePositive, 1), false, &[1]);
    }
    count(&mut tally, &records(Side::Truth, Ti, Het, FalseNegative, 1), false, &[1]);
    count(&mut tally, &records(Side::Truth, D1To5, HomAlt, FalseNegative, 2), false, &[]);
    count(&mut tally, &records(Side::Truth, Tv, Het, Unknown, 5), false, &[]);
    let genotype =
        Records { matched: MatchKind::Allele, ..records(Side::Query, Ti, HomAlt, FalsePositive, 1) };
    count(&mut tally, &genotype, false, &[1]);
    let allele = Records { matched: MatchKind::Local, ..records(Side::Query, D1To5, Het, FalsePositive, 1) };
    count(&mut tally, &allele, false, &[]);
    count(&mut tally, &records(Side::Query, Tv, Het, Unknown, 3), false, &[]);
    count(&mut tally, &records(Side::Query, C1To5, Het, Unknown, 2), true, &[]);
    report(tally)
}

fn report(tally: Tally) -> Report {
    let stratum =
        |name: &str, bases| Stratum { name: name.to_owned(), bases, confident_bases: bases / 10 * 9 };
    let mut truth = Accounting::default();
    let mut query = Accounting::default();
    for fate in Fate::ALL {
        (0..=fate as u64).for_each(|_| truth.add(fate));
    }
    (0..36).for_each(|_| query.add(Fate::Compared));
    (0..5).for_each(|_| query.add(Fate::Outside));
    Report {
        tally,
        strata: vec![stratum(WHOLE, 1_000_000), stratum("lowmap", 120_000), stratum("GC,high", 4_000)],
        provenance: Provenance {
            command: "rihla compare".to_owned(),
            version: "0.1.0".to_owned(),
            reference: "ref.fa".to_owned(),
            truth: "truth.vcf.gz".to_owned(),
            query: "calls.vcf.gz".to_owned(),
            confident: Some("confident.bed".to_owned()),
            regions: vec![RegionFile {
                path: "confident.bed".to_owned(),
                intervals: 9,
                unknown: 2,
                overlapping: 1,
                ..RegionFile::default()
            }],
        },
        truth,
        query,
    }
}

/// Fields of a CSV row by the name of their column; the example has one name in quotes.
fn rows(text: &str) -> Vec<std::collections::BTreeMap<&str, &str>> {
    let mut lines = text.lines();
    let header: Vec<&str> = lines.next().unwrap().split(',').collect();
    lines
        .filter(|line| !line.contains('"'))
        .map(|line| {
            let fields: Vec<&str> = line.split(',').collect();
            assert_eq!(fields.len(), header.len(), "{line}");
            header.iter().copied().zip(fields).collect()
        })
        .collect()
}

#[test]
fn summary() {
    insta::assert_snapshot!(example().summary_csv());
}

#[test]
fn precision_and_recall() {
    insta::assert_snapshot!(example().pr_csv());
}

#[test]
fn terminal() {
    let text = example().to_string();
    assert!(text.lines().all(|line| line.chars().count() <= 100), "{text}");
    insta::assert_snapshot!(text);
}

#[test]
fn extended_of_one_stratum() {
    let text = example().extended_csv();
    let whole = |line: &&str| line.starts_with("Type") || line.contains(",*,PASS,*,");
    insta::assert_snapshot!(text.lines().filter(whole).collect::<Vec<_>>().join("\n"));
}

/// hap.py's rows are among ours, in its order, with every class of every stratum.
#[test]
fn extended_has_every_slice_once() {
    let text = example().extended_csv();
    let key = |line: &str| line.split(',').take(5).collect::<Vec<_>>().join(",");
    let keys: Vec<String> = text.lines().skip(1).filter(|line| !line.contains('"')).map(key).collect();
    let mut sorted = keys.clone();
    sorted.sort();
    sorted.dedup();
    assert_eq!(keys, sorted);
    // Subtypes and all, strata, filters, genotypes and all.
    assert_eq!(text.lines().count(), 1 + (3 + 10) * 3 * 2 * 4);
    assert_eq!(text.lines().filter(|line| line.contains(",\"GC,high\",")).count(), (3 + 10) * 2 * 4);
}

#[test]
fn extended_agrees_with_summary() {
    let report = example();
    let (summary, extended) = (report.summary_csv(), report.extended_csv());
    let extended = rows(&extended);
    for row in rows(&summary) {
        let whole = |other: &&std::collections::BTreeMap<&str, &str>| {
            ["Type", "Filter"].iter().all(|column| other[column] == row[column])
                && ["Subtype", "Subset", "Genotype"].iter().all(|column| other[column] == "*")
        };
        let other = extended.iter().find(whole).unwrap();
        for (column, value) in &row {
            assert_eq!(&other[column], value, "{column}");
        }
    }
}

#[test]
fn nothing_to_count_reads_as_in_happy() {
    let summary = report(Tally::new(2)).summary_csv();
    let row = summary.lines().nth(1).unwrap();
    assert_eq!(row, "INDEL,ALL,0,0,0,0,0,0,0,0,0.0,0.0,0.0,,,,,");
    let mut tally = Tally::new(2);
    let unknown = records(Side::Query, Subtype::Tv, Zygosity::Het, Decision::Unknown, 2);
    count(&mut tally, &unknown, false, &[]);
    let summary = report(tally).summary_csv();
    assert_eq!(summary.lines().nth(4).unwrap(), "SNP,PASS,0,0,0,2,0,2,0,0,0.0,,1.0,,,0.0,,");
}

/// Counts and metrics of rows of hap.py's own expected tables.
#[test]
fn metrics_read_as_in_happy() {
    let cell = |truth_tp, truth_fn, query_tp, query_fp, query_unk| Cell {
        truth_tp,
        truth_fn,
        query_tp,
        query_fp,
        query_unk,
        ..Cell::default()
    };
    let rows = [
        (cell(7501, 882, 7612, 298, 3902), ["0.894787", "0.962326", "0.330342", "0.927328"]),
        (cell(52_125, 369, 52_161, 548, 37_383), ["0.992971", "0.989603", "0.414943", "0.991284"]),
        (cell(46_920, 5574, 46_942, 122, 1014), ["0.893816", "0.997408", "0.021091", "0.942775"]),
        (cell(13, 0, 10, 0, 0), ["1.0", "1.0", "0.0", "1.0"]),
        (cell(0, 0, 0, 0, 0), ["0.0", "0.0", "0.0", ""]),
        (cell(0, 2, 0, 0, 0), ["0.0", "0.0", "0.0", ""]),
    ];
    for (cell, expected) in rows {
        assert_eq!(summary::metrics(&cell), expected, "{cell:?}");
    }
}

#[test]
fn json_has_the_whole_and_the_books() {
    let report = example();
    let text = report.metrics_json();
    assert!(text.starts_with("{\n  \"schema_version\": 1,") && text.ends_with("}\n"));
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(json["schema_version"], 1);
    assert_eq!(json["inputs"]["confident"], "confident.bed");
    assert_eq!(json["files"]["truth"]["read"], 36);
    assert_eq!(json["files"]["query"]["outside"], 5);
    let counts = json["counts"].as_array().unwrap();
    let find = |stratum: &str, filter: &str, kind: &str, subtype: &str, genotype: &str| {
        counts.iter().find(|row| {
            row["stratum"] == stratum
                && row["filter"] == filter
                && row["type"] == kind
                && row["subtype"] == subtype
                && row["genotype"] == genotype
        })
    };
    let snp = find("*", "PASS", "SNP", "*", "*").unwrap();
    assert_eq!(snp["truth"]["total"], 22);
    assert_eq!(snp["truth"]["fn"], 3);
    assert_eq!(snp["truth"]["outside"], 5);
    assert_eq!(snp["recall"]["value"], 0.863_636);
    let (lower, upper) = crate::wilson::interval(19, 22, crate::wilson::Z_95).unwrap();
    assert_eq!(snp["recall"]["lower"], number::rounded(lower));
    assert_eq!(snp["recall"]["upper"], number::rounded(upper));
    assert_eq!(snp["query"]["fp_gt"], 1);
    // Strata without records are there, classes without records are not.
    assert!(find("GC,high", "ALL", "INDEL", "*", "*").unwrap()["f1"].is_null());
    assert!(find("GC,high", "ALL", "INDEL", "D1_5", "*").is_none());
    assert!(find("*", "ALL", "INDEL", "I16_PLUS", "hetalt").is_some());
    insta::assert_snapshot!(serde_json::to_string_pretty(snp).unwrap());
    insta::assert_snapshot!(serde_json::to_string_pretty(&json["curves"]).unwrap());
}
