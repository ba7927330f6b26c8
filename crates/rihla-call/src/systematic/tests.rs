use super::learn::ErrorCounts;
use super::*;

/// Reads of a strand that show a base with these qualities; around it all are as good as others.
fn shown<'a>(code: u8, is_reverse: bool, qualities: &[u8], around: &'a [u8]) -> Vec<Shown<'a>> {
    let of = |&quality: &u8| Shown { code, quality, is_reverse, fragment: 0, around };
    qualities.iter().map(of).collect()
}

fn log10(parts: Vec<Vec<Shown<'_>>>) -> Option<f64> {
    let mut column = Column { shown: parts.into_iter().flatten().collect() };
    (0..).zip(&mut column.shown).for_each(|(number, shown)| shown.fragment = number);
    column.suspect(3, false).map(|(log10, _)| log10)
}

/// log10 of a heterozygote's showing a base in half of the reads.
fn het(reads: i32) -> f64 {
    f64::from(reads) * 0.5f64.log10()
}

const GOOD: [u8; 25] = [37; 25];

#[test]
fn low_qualities_of_one_strand_are_errors_and_good_ones_are_not() {
    let others = || vec![shown(2, false, &[37; 5], &GOOD), shown(2, true, &[37; 12], &GOOD)];
    let with =
        |qualities: &[u8]| log10([vec![shown(3, false, qualities, &GOOD)], others()].concat()).expect("told");
    let (low, mixed, good) = (with(&[12; 6]), with(&[12, 12, 23, 37, 37, 12]), with(&[37; 6]));
    // The prior of such errors is no lower than that of a heterozygote.
    assert!(low > het(23) + 9.0, "{low}");
    assert!(mixed > het(23) + 3.0, "{mixed}");
    assert!(good < low - 12.0, "{good} {low}");
}

#[test]
fn few_good_reads_of_one_strand_stay_a_variant() {
    let others = vec![shown(2, false, &[37; 4], &GOOD), shown(2, true, &[37; 4], &GOOD)];
    let good = log10([vec![shown(3, false, &[37, 37, 37, 23], &GOOD)], others].concat()).expect("told");
    assert!(good < het(12) - 1.0, "{good}");
}

#[test]
fn reads_that_are_poor_all_over_say_little() {
    let poor: Vec<u8> = [37, 12, 37, 37, 12].repeat(5);
    let column = |around| {
        let others = vec![shown(2, false, &[37; 5], around), shown(2, true, &[37; 6], around)];
        log10([vec![shown(3, false, &[12, 12, 37], around)], others].concat()).expect("told")
    };
    assert!(column(&poor) < column(&GOOD) - 0.5, "{} {}", column(&poor), column(&GOOD));
}

#[test]
fn a_base_of_both_strands_is_no_suspect() {
    let both = vec![
        shown(3, false, &[12; 6], &GOOD),
        shown(3, true, &[12; 2], &GOOD),
        shown(2, false, &[37; 6], &GOOD),
    ];
    assert_eq!(log10(both), None);
    assert_eq!(log10(vec![shown(3, false, &[12], &GOOD), shown(2, true, &[37; 6], &GOOD)]), None, "one read");
    assert_eq!(log10(vec![shown(3, false, &[12; 6], &GOOD)]), None, "nothing to compare with");
}

/// Two haplotypes that a base tells apart, and fragments of which the first two show the second, by 1.7 each.
fn suspect(log10: f64) -> (SystematicErrors, Vec<Vec<f64>>) {
    let suspect = Suspect { fragments: vec![0, 1], log10, turned: vec![Turned::To(1), Turned::Same] };
    let row = |odds: f64| vec![1.0, 10f64.powf(odds)];
    (SystematicErrors { suspects: vec![suspect] }, vec![row(1.7), row(1.7), row(-3.0)])
}

#[test]
fn only_sets_without_the_base_gain() {
    let (errors, rows) = suspect(-2.0);
    let gain = errors.log10_gain(&rows, &[0, 0]);
    assert!((gain - (1.0 + 10f64.powf(1.4)).log10()).abs() < 1e-9, "{gain}");
    assert_eq!(errors.log10_gain(&rows, &[0, 1]), 0.0);
    assert_eq!(errors.log10_gain(&rows, &[1, 1]), 0.0);
    // Odds that are no longer floats.
    let (errors, rows) = suspect(4000.0);
    assert!((errors.log10_gain(&rows, &[0, 0]) - 4003.4).abs() < 1e-6);
    let (errors, rows) = suspect(-4000.0);
    assert_eq!(errors.log10_gain(&rows, &[0, 0]), 0.0);
}

#[test]
fn haplotypes_turn_into_those_with_the_base_alone() {
    use crate::events::Event;
    let window = Window { contig: 0, start: 0, end: 20, events: 0..20, origin: 0, codes: vec![0; 20] };
    let of = |events: Vec<Event>| Haplotype::from_events(&window, events);
    let (snp, other) = (Event::snp(5, 3), Event::snp(9, 2));
    let deletion = Event { position: 4, deleted: 3, inserted: vec![] };
    let haplotypes = [
        of(vec![]),
        of(vec![snp.clone()]),
        of(vec![other.clone()]),
        of(vec![snp, other]),
        of(vec![deletion]),
        of(vec![Event::snp(5, 1)]),
    ];
    use Turned::{Same, To, Unknown};
    assert_eq!(turned(&haplotypes, &window, 5, 3), [To(1), Same, To(3), Same, Unknown, To(1)]);
    assert_eq!(turned(&haplotypes, &window, 5, 0), [Same, To(0), Same, To(2), Unknown, To(0)]);
}

#[test]
fn rates_follow_what_is_seen_where_much_is_expected() {
    let options = rihla_pileup::PileupOptions::default();
    let rate = |seen, places| ErrorCounts::counted(seen, 30, places).rate(&options);
    assert_eq!(ErrorCounts::default().rate(&options), 1.0);
    assert_eq!(rate(0, 0), 1.0);
    // Of fifteen reads of a strand three or more err at three of ten such places.
    let expected = 3.0 / rate(0, 1_000_000) - 3.0;
    assert!((500.0..650.0).contains(&expected), "{expected}");
    assert!((0.9..1.1).contains(&rate(expected as u64, 1_000_000)));
    let mut counts = ErrorCounts::counted(expected as u64, 30, 1_000_000);
    counts.add(&ErrorCounts::default());
    counts.add(&ErrorCounts::counted(expected as u64, 30, 1_000_000));
    assert_eq!(counts, ErrorCounts::counted(2 * expected as u64, 30, 2_000_000));
    assert_eq!((rate(9_000, 1_000_000), rate(0, 100_000_000)), (4.0, 1e-3));
    assert_eq!(ErrorCounts::counted(0, 4, 1_000_000).rate(&options), 1.0, "no three of two");
}
