use rihla_core::{Panel, PanelSite};

use super::super::Observed;
use super::*;
use crate::contamination::SiteModel;
use crate::fingerprint::SiteGenotype;
use crate::site_reads::SiteReads;

/// Draws of a seed between 0 and 1.
fn draws(mut state: u64) -> impl FnMut() -> f64 {
    move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1u64 << 53) as f64
    }
}

const SITES: u32 = 400;

/// A panel of sites that are inherited alone, and people.
struct Town {
    panel: Panel,
    blocks: Blocks,
    places: Vec<Copies>,
}

/// Alleles of both copies, by site.
type Genome = Vec<[u8; 2]>;

impl Town {
    fn new() -> Self {
        let mut draw = draws(1);
        let site = |number| PanelSite::alone((0, 30_000 * number), (0, 1), 0.2 + 0.6 * draw());
        let panel = Panel::new((0..SITES).map(site).collect()).expect("each place once");
        let blocks = Blocks::of(&panel, &[true]);
        Self { panel, blocks, places: vec![Copies::Two; SITES as usize] }
    }

    fn stranger(&self, seed: u64) -> Genome {
        let mut draw = draws(seed);
        self.panel.sites().iter().map(|site| [0, 1].map(|_| u8::from(draw() < site.frequency))).collect()
    }

    fn child(a: &Genome, b: &Genome, seed: u64) -> Genome {
        let mut draw = draws(seed);
        let mut one = |copies: &[u8; 2]| copies[usize::from(draw() < 0.5)];
        a.iter().zip(b).map(|(a, b)| [one(a), one(b)]).collect()
    }

    /// Someone whose reads are of two people.
    fn mixed(&self, own: &Genome, other: &Genome, share: f64, depth: u32, seed: u64) -> Person {
        let mut draw = draws(seed);
        let model = SiteModel { error: 0.001, het_balance: 0.5 };
        let observed = own.iter().zip(other).map(|(own, other)| {
            let mut reads = SiteReads::default();
            for _ in 0..depth {
                let copies = if draw() < share { other } else { own };
                let allele = copies[usize::from(draw() < 0.5)];
                match draw() {
                    drawn if drawn < 0.002 => reads.other += 1,
                    drawn if (drawn < 0.003) != (allele == 1) => reads.alternate += 1,
                    _ => reads.reference += 1,
                }
            }
            let genotype = SiteGenotype::of(reads, &model);
            let likelihoods = Some(genotype.likelihoods.map(|one| f64::from(one) / -10.0));
            Observed { copies: genotype.copies, likelihoods, reads: Some(reads) }
        });
        Person::new("x".into(), observed.collect(), (&self.panel, &self.blocks), &[true])
    }

    fn person(&self, own: &Genome, seed: u64) -> Person {
        self.mixed(own, own, 0.0, 25, seed)
    }

    fn pair(&self, a: &Person, b: &Person) -> Pair {
        Pair::of(a, b, &self.blocks, &self.places, 5.0)
    }
}

#[test]
fn people_and_their_relatives_are_told_apart() {
    let town = Town::new();
    let [mother, father, stranger] = [11, 12, 13].map(|seed| town.stranger(seed));
    let (child, sibling) = (Town::child(&mother, &father, 14), Town::child(&mother, &father, 15));
    let grandchild = Town::child(&child, &stranger, 16);
    let pair = |a: &Genome, b: &Genome| town.pair(&town.person(a, 21), &town.person(b, 22));
    for (a, b, conclusion, relation) in [
        (&mother, &mother, Conclusion::Same, Relation::Same),
        (&mother, &father, Conclusion::Different, Relation::Unrelated),
        (&child, &mother, Conclusion::Related, Relation::ParentChild),
        (&child, &sibling, Conclusion::Related, Relation::Siblings),
        (&mother, &grandchild, Conclusion::Related, Relation::SecondDegree),
    ] {
        let found = pair(a, b);
        assert_eq!((found.conclusion, found.relation), (conclusion, relation), "{found:?}");
        assert_eq!(found.blocks, u64::from(SITES));
        assert_eq!(found.lod > 0.0, relation == Relation::Same, "{found:?}");
    }
    let same = pair(&child, &child);
    assert!(same.lod > 100.0 && same.shared.relatedness() > Some(0.97) && same.shared.ibs0 == 0, "{same:?}");
    let near = |found: &Pair, to: f64| found.shared.relatedness().is_some_and(|one| (one - to).abs() < 0.15);
    assert!(near(&pair(&child, &mother), 0.5) && near(&pair(&mother, &father), 0.0));
    // Either may be the first.
    let (a, b) = (town.person(&child, 3), town.person(&mother, 4));
    let (ab, ba) = (town.pair(&a, &b), town.pair(&b, &a));
    assert!((ab.lod - ba.lod).abs() < 1e-9 && ab.relation == ba.relation);
}

#[test]
fn a_clone_with_changes_stays_the_same_person() {
    let town = Town::new();
    let donor = town.stranger(31);
    // A twelfth of the genome has lost one of its copies.
    let changed = |number: usize, copies: &[u8; 2]| if number < 33 { [copies[0]; 2] } else { *copies };
    let clone: Genome = donor.iter().enumerate().map(|(number, copies)| changed(number, copies)).collect();
    let found = town.pair(&town.person(&donor, 1), &town.person(&clone, 2));
    assert_eq!(found.conclusion, Conclusion::Same, "{found:?}");
    assert!(found.lod > 50.0);
}

#[test]
fn a_contaminated_sample_stays_its_own_and_is_said_to_be_contaminated() {
    let town = Town::new();
    let [own, other] = [41, 42].map(|seed| town.stranger(seed));
    for share in [0.05, 0.2, 0.35] {
        let mixed = town.mixed(&own, &other, share, 40, 43);
        let contamination = mixed.contamination.expect("enough sites");
        assert!(
            (contamination.fraction - share).abs() < 0.03 && contamination.low > 0.0,
            "{contamination:?}"
        );
        let found = town.pair(&mixed, &town.person(&own, 44));
        assert_eq!(found.conclusion, Conclusion::Same, "{share}: {found:?}");
        let found = town.pair(&mixed, &town.person(&other, 45));
        assert_ne!(found.conclusion, Conclusion::Same, "{share}: {found:?}");
    }
}

#[test]
fn the_measure_is_picards() {
    // Heterozygous both, each 1000 : 1 against the others, at a frequency of one half: by hand.
    let sure = [0.001, 1.0, 0.001];
    let [none, _, both] = in_common(&sure, &sure, 0.5);
    let alone = 0.25 * 0.001 + 0.5 + 0.25 * 0.001;
    assert!((none - alone * alone).abs() < 1e-12);
    assert!((both - (0.5 + 0.5e-6)).abs() < 1e-12);
    let none_known = Person::new(
        "x".into(),
        vec![Observed::default(); 400],
        (&Town::new().panel, &Town::new().blocks),
        &[true],
    );
    let found = Town::new().pair(&none_known, &none_known);
    assert_eq!((found.blocks, found.lod, found.conclusion), (0, 0.0, Conclusion::Inconclusive));
}

#[test]
fn a_genotype_without_likelihoods_is_wrong_once_in_a_hundred() {
    let town = Town::new();
    let genome = town.stranger(51);
    let observed = |copies: &[u8; 2]| Observed { copies: Some(copies[0] + copies[1]), ..Observed::default() };
    let chip = || {
        let observed = genome.iter().map(observed).collect();
        Person::new("chip".into(), observed, (&town.panel, &town.blocks), &[true])
    };
    let found = town.pair(&chip(), &town.person(&genome, 52));
    assert_eq!(found.conclusion, Conclusion::Same);
    assert_eq!(chip().typed().0, u64::from(SITES));
}
