use super::*;

const MEGABASES: u64 = 1_000_000;

/// Rates by so many cases at so many megabases of a depth.
fn rates(seen: [u64; 2], depth: usize, megabases: u64) -> [f64; 2] {
    let counts = ArtifactCounts::counted(seen, depth, megabases * MEGABASES);
    let rates = counts.rates(Some(UsualDepth::even(30.0)));
    [rates.snp, rates.gap]
}

#[test]
fn rates_follow_what_is_seen_where_much_is_expected() {
    assert_eq!(ArtifactCounts::default().rates(None), ArtifactRates::default());
    let [snp, gap] = rates([0, 0], 30, 8);
    assert!((0.01..0.05).contains(&snp) && (0.1..0.3).contains(&gap), "{snp} {gap}");
    let [snp, gap] = rates([20, 20], 30, 8);
    assert!(snp == 1.0 && (5.0..10.0).contains(&gap), "only gaps are refused sooner than usual: {snp} {gap}");
    assert_eq!(rates([200, 200], 30, 8), [1.0, 10.0]);
    // Few places tell nothing, nor do those of few reads: two of fifteen may be a heterozygote's.
    assert!(rates([0, 0], 30, 0) == [1.0; 2] && rates([0, 0], 15, 8)[0] > 0.9);
    let [of_panel, _] = rates([3, 0], 30, 1);
    assert_eq!(of_panel, 1.0);
}

#[test]
fn heterozygotes_that_look_so_are_no_artifacts() {
    // At 24 reads chance makes a clear case of one in 8,000 heterozygotes.
    let [none, _] = rates([0, 0], 24, 8);
    let ([one, _], [ten, _]) = (rates([1, 0], 24, 8), rates([10, 0], 24, 8));
    assert!((none..1.2 * none).contains(&one), "{none} {one}");
    assert!(ten > 10.0 * none, "{ten}");
}

#[test]
fn copies_that_the_reference_lacks_do_not_count() {
    let mut counts = ArtifactCounts::counted([0, 0], 30, 8 * MEGABASES);
    let clean = counts.rates(Some(UsualDepth::even(30.0)));
    counts.add(&ArtifactCounts::counted([50, 50], 60, MEGABASES / 10));
    assert_eq!(counts.rates(Some(UsualDepth::even(30.0))), clean);
    assert_eq!(counts.rates(None), ArtifactRates::default());
}

#[test]
fn parts_add_up() {
    let mut sum = ArtifactCounts::counted([1, 0], 30, MEGABASES);
    sum.add(&ArtifactCounts::default());
    sum.add(&ArtifactCounts::counted([2, 5], 30, 2 * MEGABASES));
    assert_eq!(sum, ArtifactCounts::counted([3, 5], 30, 3 * MEGABASES));
}

#[test]
fn neither_errors_nor_heterozygotes_are_clear() {
    assert!(is_clear(4, 32, 16.0));
    assert!(!is_clear(8, 32, 32.0), "a heterozygote");
    assert!(!is_clear(4, 32, 8.0), "errors, by their qualities");
}
