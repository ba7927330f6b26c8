use super::judgment::{Case, Mixed, Rules};
use super::*;
use crate::locus::{Allele, Locus};

const RULES: Rules = Rules { min_share: 0.015, min_quality: 5.0 };

/// Fragments that show one of some haplotypes, with an error of one in a thousand: so many of each.
fn fragments(counts: &[usize]) -> Likelihoods {
    let row = |shown: usize| (0..counts.len()).map(move |i| if i == shown { 0.0 } else { -3.5 });
    let values = counts.iter().enumerate().flat_map(|(i, &count)| (0..count).flat_map(move |_| row(i)));
    Likelihoods::new(counts.len(), values.collect())
}

/// The judgment of a locus of which each haplotype has its own allele, the first being the reference's.
fn judged(counts: &[usize], forced: &[usize]) -> Mixed {
    let alternate = |code| Allele::Events(vec![Event::snp(5, code)]);
    let alleles = std::iter::once(Allele::Reference).chain((1..counts.len() as u8).map(alternate)).collect();
    let locus = Locus { anchor: 5, alleles, of_haplotype: (0..counts.len()).collect() };
    let priors: Vec<f64> = (0..counts.len()).map(|i| if i == 0 { 0.0 } else { -3.0 }).collect();
    Case { locus: &locus, priors: &priors, rules: RULES }.judge(&mut Mixture::new(&fragments(counts)), forced)
}

fn is_near(value: f64, expected: f64) -> bool {
    (value - expected).abs() < 0.002
}

#[test]
fn shares_are_those_of_the_fragments() {
    for counts in [[970, 30], [900, 100], [500, 500], [30, 970], [0, 1000]] {
        let fit = Mixture::new(&fragments(&counts)).fit(&[0, 1]);
        assert!(is_near(fit.shares[1], counts[1] as f64 / 1000.0), "{counts:?}: {:?}", fit.shares);
        assert!(is_near(fit.shares.iter().sum(), 1.0));
    }
    let mut mixture = Mixture::new(&fragments(&[600, 300, 100]));
    let all = mixture.fit(&[0, 1, 2]);
    assert!(is_near(all.shares[1], 0.3) && is_near(all.shares[2], 0.1), "{:?}", all.shares);
    let two = mixture.fit(&[0, 2]);
    assert!(two.shares[1] == 0.0 && is_near(two.shares[2], 1.0 / 7.0), "the second's say nothing: {two:?}");
    assert!(two.log10_likelihood < all.log10_likelihood - 500.0);
}

#[test]
fn the_likelihood_is_that_of_the_shares() {
    let fit = Mixture::new(&fragments(&[3, 1])).fit(&[0, 1]);
    let error = 10f64.powf(-3.5);
    let of = |share: f64| (share + (1.0 - share) * error).log10();
    let expected = 3.0 * of(fit.shares[0]) + of(fit.shares[1]);
    assert!((fit.log10_likelihood - expected).abs() < 1e-9);
    // No other shares are likelier.
    for share in [0.2, 0.24, 0.26, 0.3] {
        assert!(3.0 * of(1.0 - share) + of(share) < expected, "{share}");
    }
}

#[test]
fn fragments_without_a_say_change_nothing() {
    let mut values = [0.0, -3.5].repeat(90);
    values.extend([-3.5, 0.0].repeat(10));
    let few = Mixture::new(&Likelihoods::new(2, values.clone())).fit(&[0, 1]);
    values.extend([-1.0, -1.0].repeat(500));
    assert_eq!(Mixture::new(&Likelihoods::new(2, values)).fit(&[0, 1]), few);
    let none = Mixture::new(&Likelihoods::new(2, vec![0.0; 4])).fit(&[0, 1]);
    assert_eq!((none.log10_likelihood, none.shares), (0.0, vec![0.5, 0.5]));
}

#[test]
fn alleles_are_there_from_a_few_percent_upward() {
    for (counts, there) in [
        ([970, 30], &[0, 1][..]),
        ([980, 20], &[0, 1]),
        ([500, 500], &[0, 1]),
        ([30, 970], &[0, 1]),
        ([5, 995], &[1]),
        ([0, 40], &[1]),
        ([30, 2], &[0]),
        ([993, 7], &[0]),
    ] {
        let mixed = judged(&counts, &[]);
        assert_eq!(mixed.judgment.genotype, there, "{counts:?}");
        assert_eq!(mixed.judgment.quality >= 40.0, there.contains(&1), "{counts:?}: {mixed:?}");
        let share = counts[1] as f64 / (counts[0] + counts[1]) as f64;
        let written = if there.len() == 2 { share } else { share.round() };
        assert!(is_near(mixed.shares[1], written), "{counts:?}: {:?}", mixed.shares);
    }
    assert_eq!(judged(&[600, 300, 100, 2], &[]).judgment.genotype, [0, 1, 2]);
    assert_eq!(judged(&[0, 300, 700, 2], &[]).judgment.genotype, [1, 2]);
}

#[test]
fn quality_grows_with_the_fragments() {
    let quality = |counts: &[usize]| judged(counts, &[]).judgment;
    assert!(quality(&[97, 3]).quality < 5.0, "three of a hundred may be errors");
    let (some, more) = (quality(&[194, 6]), quality(&[970, 30]));
    assert!(some.quality > 5.0 && more.quality > 4.0 * some.quality, "{some:?} {more:?}");
    assert_eq!((some.genotype_quality, more.genotype_quality), (some.quality as u8, 99));
}

#[test]
fn a_forced_allele_has_a_share_without_being_there() {
    let mixed = judged(&[995, 5], &[1]);
    assert_eq!((&mixed.judgment.genotype[..], mixed.judgment.quality), (&[0][..], 0.0));
    assert!(is_near(mixed.shares[1], 0.005) && mixed.judgment.genotype_quality > 20, "{mixed:?}");
    let unsure = judged(&[40, 0], &[1]).judgment.genotype_quality;
    assert!(judged(&[400, 0], &[1]).judgment.genotype_quality > unsure);
}

#[test]
fn no_slips_are_taken_for_an_allele() {
    let (reads, model) = (fragments(&[985, 15]), SlipModel::USUAL);
    let mut codes = Vec::new();
    rihla_core::base::encode_into(b"GCTTGCAAAAAAAAAAAAAATGCGTTAG", &mut codes);
    let window = crate::window::Window { contig: 0, start: 0, end: 28, events: 0..28, origin: 0, codes };
    let shorter = Event { position: 6, deleted: 1, inserted: vec![] };
    let haplotypes =
        [vec![], vec![shorter]].map(|events| crate::haplotype::Haplotype::from_events(&window, events));
    let slips = Slips::among(&haplotypes, &window, &model).expect("a unit apart");
    let gain =
        |mut mixture: Mixture| mixture.fit(&[0, 1]).log10_likelihood - mixture.fit(&[0]).log10_likelihood;
    assert!(gain(Mixture::new(&reads)) > 10.0);
    assert!(gain(Mixture::slipping(&reads, (&slips, &model), Likelihoods::clone)) < 1.0);
    let half = fragments(&[500, 500]);
    assert!(gain(Mixture::slipping(&half, (&slips, &model), Likelihoods::clone)) > 100.0);
}

#[test]
fn each_event_is_compared_with_its_absence() {
    let [a, b, c] = [10, 20, 30].map(|at| Event::snp(at, 1));
    let sets = one_changed(&[a.clone(), c.clone()], &[a.clone(), b.clone(), c.clone()]);
    assert_eq!(sets, [vec![c.clone()], vec![a.clone(), b, c], vec![a]]);
}

#[test]
fn likelihoods_are_those_of_the_best_mixture_of_the_alleles() {
    // Three alleles of which the record lists the first two.
    let counts = [60, 39, 1];
    let alternate = |code| Allele::Events(vec![Event::snp(5, code)]);
    let alleles = vec![Allele::Reference, alternate(1), alternate(2)];
    let locus = Locus { anchor: 5, alleles, of_haplotype: vec![0, 1, 2] };
    let case = Case { locus: &locus, priors: &[0.0, -3.0, -3.0], rules: RULES };
    let mut mixture = Mixture::new(&fragments(&counts));
    let log10_of = |mixture: &mut Mixture, alleles: &[usize]| mixture.fit(alleles).log10_likelihood;
    let best = log10_of(&mut mixture, &[0, 1]);
    let mut phred = |alleles: &[usize]| (10.0 * (best - log10_of(&mut mixture, alleles))).round() as i64;
    let (none, all) = (phred(&[0]), phred(&[1]));
    // With the allele that is not listed, one read is explained better: the best mixture is then no longer that of the two listed.
    let (with_none, with_all, other) = (phred(&[0, 2]), phred(&[1, 2]), phred(&[2]));
    let found: Vec<i64> = case.likelihoods(&mut mixture, &[0, 1], 2).into_iter().map(i64::from).collect();
    assert_eq!(found, [none, 0, all, with_none, with_all, other]);
    assert!(0 < none && none < all && with_none < none && other > all, "{found:?}");
    let one = case.likelihoods(&mut mixture, &[0, 1], 1);
    assert_eq!(one.len(), 3);
    assert!(one[0] == 0 && (i64::from(one[1]) - (all - none)).abs() < 2, "{one:?}");
    // A listed allele that explains a read worst stands for those that were not compared.
    let locus = Locus { anchor: 5, alleles: locus.alleles[..2].to_vec(), of_haplotype: vec![0, 1, 1] };
    let case = Case { locus: &locus, ..case };
    let two = case.likelihoods(&mut mixture, &[0, 1], 2);
    assert_eq!((two[1], two[3], two[4]), (0, two[0], two[2]));
    assert_eq!(u64::from(two[5]), (10.0 * (100.0 * 3.5 + log10_of(&mut mixture, &[0, 1, 2]))).round() as u64);
}

#[test]
fn the_reference_is_held_against_all_others() {
    let locus = Locus {
        anchor: 5,
        alleles: vec![Allele::Reference, Allele::Events(vec![Event::snp(5, 1)])],
        of_haplotype: vec![0, 1],
    };
    let case = Case { locus: &locus, priors: &[0.0, -3.0], rules: RULES };
    assert_eq!(case.against_reference(&mut Mixture::new(&fragments(&[30, 1]))), 29 * 35);
    assert_eq!(case.against_reference(&mut Mixture::new(&fragments(&[10, 30]))), 0);
}
