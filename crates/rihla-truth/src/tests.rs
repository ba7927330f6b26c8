use super::*;
use proptest::prelude::*;
use rihla_testkit::builders;

mod judge;
mod mutate;
mod oracle;

fn variant(position: u32, reference: &str, alternates: &[&str], genotype: &[u8]) -> TruthVariant {
    let alternates = alternates.iter().map(|letters| letters.as_bytes().to_vec()).collect();
    TruthVariant::new(0, position, reference.as_bytes(), alternates, genotype)
}

/// A short word for what became of a record that passed.
fn label(judged: &Judged) -> &'static str {
    match judged.outcome(Filter::Pass) {
        None => "-",
        Some(Outcome { matched: MatchKind::Allele, .. }) => "GT",
        Some(Outcome { decision, .. }) => decision.label(),
    }
}

/// Compares over the whole of a one-contig reference; what became of truth and query.
fn labels(
    letters: &str,
    truth: &[TruthVariant],
    query: &[TruthVariant],
    options: CompareOptions,
) -> (String, String) {
    let reference = builders::reference(&[("c", letters.as_bytes())]);
    let judged = super::judge(&reference, [truth, query], &everywhere(&reference), options);
    let [truth, query] = judged.map(|side| side.iter().map(label).collect::<Vec<_>>().join(" "));
    (truth, query)
}

fn expect(letters: &str, truth: &[TruthVariant], query: &[TruthVariant], expected: (&str, &str)) {
    let (truth, query) = labels(letters, truth, query, CompareOptions::default());
    assert_eq!((truth.as_str(), query.as_str()), expected);
}

const PLAIN: &str = "GATTCGCTAGGCATTCGGATCAGCTTAGC";
const REPEAT: &str = "GGTCACACACACACACACAGTTGACCT";

#[test]
fn one_and_the_same() {
    let snp = [variant(5, "G", &["A"], &[0, 1])];
    expect(PLAIN, &snp, &snp, ("TP", "TP"));
    expect(PLAIN, &snp, &[], ("FN", ""));
    expect(PLAIN, &[], &snp, ("", "FP"));
    expect(PLAIN, &snp, &[variant(5, "G", &["A"], &[1, 1])], ("GT", "GT"));
    expect(PLAIN, &snp, &[variant(5, "G", &["C"], &[0, 1])], ("FN", "FP"));
}

#[test]
fn an_indel_anywhere_in_its_repeat() {
    let left = [variant(2, "TCA", &["T"], &[0, 1])];
    let right = [variant(15, "ACA", &["A"], &[1, 0])];
    expect(REPEAT, &left, &right, ("TP", "TP"));
    let wrong = [variant(15, "ACA", &["A"], &[1, 1])];
    expect(REPEAT, &left, &wrong, ("GT", "GT"));
    let longer = [variant(13, "ACACA", &["A"], &[1, 0])];
    expect(REPEAT, &left, &longer, ("FN", "FP"));
}

#[test]
fn a_repeat_longer_than_the_gap() {
    let letters = format!("GGT{}TTGC", "CAG".repeat(60));
    let left = [variant(2, "TCAG", &["T"], &[0, 1])];
    let right = [variant(179, "GCAG", &["G"], &[0, 1])];
    expect(&letters, &left, &right, ("TP", "TP"));
}

#[test]
fn split_and_joined() {
    let joined = [variant(4, "CGC", &["TGA"], &[0, 1])];
    let split = [variant(4, "C", &["T"], &[0, 1]), variant(6, "C", &["A"], &[0, 1])];
    expect(PLAIN, &joined, &split, ("TP", "TP TP"));
    expect(PLAIN, &split, &joined, ("TP TP", "TP"));
    let trans = [variant(4, "C", &["T"], &[0, 1]), variant(6, "C", &["A"], &[1, 1])];
    expect(PLAIN, &joined, &trans, ("FN", "FP FP"));
    let multiallelic = [variant(4, "CGC", &["TGC", "CGA"], &[1, 2])];
    expect(PLAIN, &multiallelic, &split, ("TP", "TP TP"));
}

#[test]
fn two_alleles_written_apart() {
    let together = [variant(2, "TCA", &["T", "TCACA"], &[1, 2])];
    let apart = [variant(2, "TCA", &["T"], &[0, 1]), variant(2, "T", &["TCA"], &[0, 1])];
    expect(REPEAT, &together, &apart, ("TP", "TP TP"));
    expect(REPEAT, &together, &apart[..1], ("GT", "GT"));
}

#[test]
fn an_indel_and_a_snp_as_other_indels() {
    // ATTCG -> ATCGG: T removed and G added, or three bases changed.
    let indels = [variant(12, "AT", &["A"], &[0, 1]), variant(16, "G", &["GG"], &[0, 1])];
    let changed = [variant(14, "TC", &["CG"], &[0, 1])];
    expect(PLAIN, &indels, &changed, ("TP TP", "TP"));
}

/// Once a deletion took the first of two equal bases, not the one behind its anchor, and the two records of
/// an exchanged base spelled something else.
#[test]
fn an_anchor_stays() {
    let letters = "GATTCGCTAAGCATTCGGATC";
    let exchanged = [variant(9, "A", &["C"], &[0, 1])];
    let indels = [variant(8, "A", &["AC"], &[0, 1]), variant(8, "AA", &["A"], &[0, 1])];
    expect(letters, &exchanged, &indels, ("TP", "TP TP"));
    let other = [variant(8, "A", &["C"], &[0, 1])];
    expect(letters, &other, &indels, ("FN", "FP FP"));
}

/// A repeat written out as a whole leaves room for another record in it, at either end.
#[test]
fn an_indel_gives_way() {
    let letters = "GATTCGCAAAATGCATTCGGATC";
    let beside = |snp| [variant(6, "CA", &["C"], &[0, 1]), variant(snp, "A", &["G"], &[1, 1])];
    let inside = |snp| [variant(6, "CAAAA", &["CAAA"], &[0, 1]), variant(snp, "A", &["G"], &[1, 1])];
    expect(letters, &beside(10), &inside(10), ("TP TP", "TP TP"));
    let complex = [variant(6, "CAA", &["CG"], &[0, 1])];
    let [deletion, _] = inside(7);
    expect(letters, &complex, &[deletion, variant(7, "A", &["G"], &[0, 1])], ("TP", "TP TP"));
}

/// An insertion says at the edge of a deletion's stretch which base is gone; of two alleles one may have to move.
#[test]
fn an_indel_moves_when_more_match() {
    let letters = "GATTCGCAAAATGCATTCGGATC";
    let exchanged = [variant(8, "A", &["C"], &[0, 1])];
    let indels = [variant(6, "CAAA", &["CAA"], &[0, 1]), variant(7, "A", &["AC"], &[0, 1])];
    expect(letters, &exchanged, &indels, ("TP", "TP TP"));
    let both = [variant(1, "ATT", &["A"], &[1, 0]), variant(2, "TTCACACA", &["T", "TTCACA"], &[1, 2])];
    expect("GATTCACACATGCATTCGGATC", &both, &both, ("TP TP", "TP TP"));
}

/// Once the letters of two insertions at one point decided which comes first, not where they are written.
#[test]
fn two_insertions_at_one_point() {
    let letters = "ACGATGGTCCACAGGATC";
    for genotype in [[0, 1], [1, 1]] {
        let truth = [variant(7, "T", &["TC"], &genotype), variant(8, "C", &["AAATC"], &genotype)];
        let query = [variant(7, "TC", &["TCAAATC"], &genotype)];
        expect(letters, &truth, &query, ("TP TP", "TP"));
    }
}

#[test]
fn insertions_at_the_last_base() {
    let truth = [variant(28, "C", &["CTT"], &[0, 1])];
    expect(PLAIN, &truth, &truth, ("TP", "TP"));
}

#[test]
fn calls_that_cancel_are_no_match() {
    let truth = [variant(3, "T", &["G"], &[1, 1])];
    let query = [truth[0].clone(), variant(12, "A", &["AT"], &[0, 1]), variant(13, "TT", &["T"], &[0, 1])];
    expect(PLAIN, &truth, &query, ("TP", "TP FP FP"));
}

/// Once the verdicts of two spellings of one change were swapped with the order of the list.
#[test]
fn one_change_twice_on_one_side() {
    let truth = [variant(4, "C", &["T"], &[0, 1]), variant(3, "TC", &["TT"], &[0, 1])];
    let other = [truth[1].clone(), truth[0].clone()];
    expect(PLAIN, &truth, &truth[..1], ("TP FN", "TP"));
    expect(PLAIN, &other, &truth[..1], ("FN TP", "TP"));
}

#[test]
fn regions_and_uncomparable_records() {
    let reference = builders::reference(&[("c", PLAIN.as_bytes())]);
    let confident = IntervalSet::new(vec![Interval::new(0, 4, 10)]);
    let truth = [
        variant(3, "TC", &["T"], &[0, 1]),
        variant(5, "G", &["A"], &[0, 1]),
        variant(7, "TA", &["T"], &[1]),
        variant(9, "GG", &["G"], &[1, 1]),
        variant(6, "C", &["<DEL>"], &[1, 1]),
    ];
    let comparison = compare(&reference, &truth, &truth, &confident);
    let became = |side: &[Judged]| side.iter().map(label).collect::<Vec<_>>().join(" ");
    let expected = "TP TP TP UNK -";
    assert_eq!([became(&comparison.truth), became(&comparison.query)], [expected, expected]);
    assert_eq!(
        (comparison.snp.truth_total(), comparison.indel.query_total(), comparison.indel.truth_tp),
        (1, 3, 2)
    );
}

/// A call at the edge of the confident regions may match a true variant on the other side of it; whether that one
/// counts decides.
#[test]
fn matches_cross_the_edge() {
    let reference = builders::reference(&[("c", REPEAT.as_bytes())]);
    let confident = IntervalSet::new(vec![Interval::new(0, 10, 27)]);
    let (truth, query) = ([variant(2, "TCA", &["T"], &[0, 1])], [variant(15, "ACA", &["A"], &[1, 0])]);
    let comparison = compare(&reference, &truth, &query, &confident);
    assert_eq!((label(&comparison.truth[0]), label(&comparison.query[0])), ("UNK", "UNK"));
    let comparison = compare(&reference, &query, &truth, &confident);
    assert_eq!((label(&comparison.truth[0]), label(&comparison.query[0])), ("TP", "TP"));
    assert_eq!(label(&compare(&reference, &[], &query, &confident).query[0]), "FP");
}

#[test]
fn what_is_inside() {
    let inside = |start: u32, end: u32| IntervalSet::new(vec![Interval::new(0, start, end)]);
    let deletion = variant(5, "GCT", &["G"], &[0, 1]);
    assert!(deletion.is_in(&inside(7, 9)) && deletion.is_in(&inside(0, 7)) && !deletion.is_in(&inside(0, 6)));
    let insertion = variant(5, "G", &["GA"], &[0, 1]);
    assert!(
        insertion.is_in(&inside(5, 7)) && !insertion.is_in(&inside(6, 9)) && !insertion.is_in(&inside(0, 6))
    );
    let snp = variant(5, "G", &["A"], &[0, 1]);
    assert!(snp.is_in(&inside(5, 6)) && !snp.is_in(&inside(6, 7)) && !snp.is_in(&inside(4, 5)));
}

/// A filtered call is compared with the others, and is not there when only calls that pass are.
#[test]
fn filtered_calls_are_compared_apart() {
    let reference = builders::reference(&[("c", PLAIN.as_bytes())]);
    let truth = [variant(5, "G", &["A"], &[0, 1]), variant(9, "G", &["T"], &[0, 1])];
    let filtered = TruthVariant { is_pass: false, quality: Some(7.0), ..truth[1].clone() };
    let query = [TruthVariant { quality: Some(40.0), ..truth[0].clone() }, filtered];
    let judged =
        super::judge(&reference, [&truth, &query], &everywhere(&reference), CompareOptions::default());
    let decisions = |side: usize, filter: Filter| {
        judged[side]
            .iter()
            .map(|record| record.outcome(filter).expect("compared").decision.label())
            .collect::<Vec<_>>()
    };
    assert_eq!((decisions(0, Filter::All), decisions(1, Filter::All)), (vec!["TP", "TP"], vec!["TP", "TP"]));
    assert_eq!((decisions(0, Filter::Pass), decisions(1, Filter::Pass)), (vec!["TP", "FN"], vec!["TP", "N"]));
    let qualities: Vec<_> = judged[0].iter().map(|record| record.call().expect("compared").quality).collect();
    assert_eq!(qualities, [Some(40.0), Some(7.0)]);
    let truth = [TruthVariant { is_pass: false, ..truth[0].clone() }];
    let judged = super::judge(&reference, [&truth, &[]], &everywhere(&reference), CompareOptions::default());
    assert_eq!(judged[0], [Judged::Unfit(Fate::Filtered)]);
}

#[test]
fn phases_count_where_both_have_them() {
    let snps = |genotypes: [[u8; 2]; 2], phase: Option<u64>| {
        let [one, two] = genotypes;
        [variant(5, "G", &["A"], &one), variant(9, "G", &["T"], &two)].map(|v| TruthVariant { phase, ..v })
    };
    let (cis, trans) = (snps([[0, 1], [0, 1]], Some(0)), snps([[0, 1], [1, 0]], Some(0)));
    expect(PLAIN, &cis, &cis, ("TP TP", "TP TP"));
    expect(PLAIN, &cis, &snps([[1, 0], [1, 0]], Some(7)), ("TP TP", "TP TP"));
    let (truth, query) = labels(PLAIN, &cis, &trans, CompareOptions::default());
    assert_eq!((truth.matches("TP").count(), query.matches("TP").count()), (1, 1), "{truth} {query}");
    expect(PLAIN, &cis, &snps([[0, 1], [1, 0]], None), ("TP TP", "TP TP"));
    let free = CompareOptions { phase: false, ..CompareOptions::default() };
    assert_eq!(labels(PLAIN, &cis, &trans, free).0, "TP TP");
    let mut sets = trans.clone();
    sets[1].phase = Some(9);
    expect(PLAIN, &cis, &sets, ("TP TP", "TP TP"));
}

#[test]
fn genotypes_may_be_ignored() {
    let free = CompareOptions { genotypes: false, ..CompareOptions::default() };
    let check = |truth: &[TruthVariant], query: &[TruthVariant], expected: (&str, &str)| {
        let (truth, query) = labels(PLAIN, truth, query, free);
        assert_eq!((truth.as_str(), query.as_str()), expected);
    };
    let het = [variant(5, "G", &["A"], &[0, 1])];
    check(&het, &[variant(5, "G", &["A"], &[1, 1])], ("TP", "TP"));
    check(&het, &[variant(5, "G", &["C", "A"], &[1, 2])], ("TP", "TP"));
    check(&het, &[variant(5, "G", &["C", "A"], &[])], ("TP", "TP"));
    check(&het, &[variant(5, "G", &["C"], &[0, 1])], ("FN", "FP"));
    check(&het, &[variant(5, "G", &["A"], &[0, 0])], ("FN", "-"));
}

#[test]
fn half_calls_and_spanning_deletions() {
    let half = [TruthVariant { genotype: vec![None, Some(1)], ..variant(5, "G", &["A"], &[]) }];
    expect(PLAIN, &half, &[variant(5, "G", &["A"], &[0, 1])], ("TP", "TP"));
    let deletion = variant(4, "CGCT", &["C"], &[0, 1]);
    let snp = [deletion.clone(), variant(6, "C", &["A", "*"], &[1, 2])];
    expect(PLAIN, &snp, &[variant(6, "C", &["A"], &[0, 1]), deletion], ("TP TP", "TP TP"));
}

#[test]
fn a_hundred_crowded_variants() {
    let letters = String::from_utf8(builders::random_letters(1000, 4)).expect("ASCII");
    let other = |at: usize| if letters.as_bytes()[at] == b'A' { "C" } else { "A" };
    let truth: Vec<_> =
        (5..995).step_by(9).map(|at| variant(at as u32, &letters[at..=at], &[other(at)], &[0, 1])).collect();
    let query: Vec<_> =
        truth.iter().enumerate().filter(|(i, _)| i % 7 != 3).map(|(_, v)| v.clone()).collect();
    let reference = builders::reference(&[("c", letters.as_bytes())]);
    let comparison = compare(&reference, &truth, &query, &everywhere(&reference));
    assert_eq!(comparison.snp.query_tp as usize, query.len());
    assert_eq!(comparison.snp.truth_fn as usize, truth.len() - query.len());
}

/// More open choices than are kept: the answer is still sound, and soon there.
#[test]
fn a_hopeless_repeat_ends() {
    let letters = format!("GGT{}GTTG", "CA".repeat(300));
    let indels = |from: u32| -> Vec<TruthVariant> {
        (from..590).step_by(12).map(|at| variant(at, "A", &["ACA"], &[0, 1])).collect()
    };
    let (truth, query) = (indels(6), indels(10));
    let reference = builders::reference(&[("c", letters.as_bytes())]);
    let comparison = compare(&reference, &truth, &query, &everywhere(&reference));
    assert_eq!(comparison.all().truth_tp, comparison.all().query_tp);
    assert!(comparison.all().truth_tp as usize >= truth.len() - 1, "{comparison:?}");
}

/// Small loci, rich in repeats, with random variants on both sides.
fn locus() -> impl Strategy<Value = (String, Vec<TruthVariant>, Vec<TruthVariant>)> {
    "([AC]{8,14}|A{4,8}G(CA){3,6}T|[ACGT]{10,16})".prop_flat_map(|letters| {
        let length = letters.len();
        let one = (1..length - 4, 1..4usize, "[ACG]{1,3}", prop::sample::select(vec![[0u8, 1], [1, 1]]));
        let text = letters.clone();
        let variant = one.prop_map(move |(at, span, alternate, genotype)| {
            variant(at as u32, &text[at..at + span], &[&alternate], &genotype)
        });
        let list = prop::collection::vec(variant, 0..4);
        (Just(letters), list.clone(), list)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(800))]

    #[test]
    fn as_good_as_trying_everything((letters, truth, query) in locus()) {
        let reference = builders::reference(&[("c", letters.as_bytes())]);
        let comparison = compare(&reference, &truth, &query, &everywhere(&reference));
        let ours = comparison.all().truth_tp + comparison.all().query_tp;
        if let Some(most) = oracle::most_matched(letters.as_bytes(), &truth, &query) {
            prop_assert_eq!(ours, most);
        }
    }

    #[test]
    fn order_does_not_matter((letters, truth, query) in locus()) {
        let reference = builders::reference(&[("c", letters.as_bytes())]);
        let one = compare(&reference, &truth, &query, &everywhere(&reference));
        let (mut truth, mut query) = (truth, query);
        truth.reverse();
        query.reverse();
        let mut two = compare(&reference, &truth, &query, &everywhere(&reference));
        prop_assert_eq!((one.snp, one.indel), (two.snp, two.indel));
        two.truth.reverse();
        two.query.reverse();
        let distinct = |list: &[TruthVariant]| {
            let mut sorted = list.to_vec();
            sorted.sort_by(|a, b| a.written().cmp(&b.written()));
            sorted.dedup();
            sorted.len() == list.len()
        };
        if distinct(&truth) && distinct(&query) {
            prop_assert_eq!(one, two);
        }
    }

    #[test]
    fn a_set_matches_itself((letters, truth, _) in locus()) {
        let reference = builders::reference(&[("c", letters.as_bytes())]);
        let mut apart = truth;
        apart.sort_by(|a, b| a.written().cmp(&b.written()));
        apart.dedup_by(|later, kept| later.position <= kept.interval().end);
        let comparison = compare(&reference, &apart, &apart, &everywhere(&reference));
        prop_assert_eq!(comparison.all().truth_fn + comparison.all().query_fp, 0);
    }
}
