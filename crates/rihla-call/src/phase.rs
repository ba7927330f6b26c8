//! Physical phase: which alleles of neighboring heterozygous calls lie on one chromosome copy.
//!
//! The sets of haplotypes that a region's reads were compared with say it: those whose haplotypes pair the alleles of
//! two loci in one way are set against those that pair them in the other.

use rihla_core::variant::{Phase, PhaseAnchor};

use crate::annotate::INFORMATIVE;
use crate::genotype::{Diplotypes, Judgment, LocusGenotypes};
use crate::likelihood::Likelihoods;
use crate::locus::Locus;
use crate::site::SiteRecord;

/// log10 by which one pairing of alleles must be likelier than the other.
const MIN_ODDS: f64 = 2.0;
/// Fragments that must tell the alleles of both loci: haplotypes of which none was seen were not compared, either.
const MIN_FRAGMENTS: usize = 2;

/// A locus of a region, judged.
pub struct Found {
    /// The locus.
    pub locus: Locus,
    /// What the sets of haplotypes say of it.
    pub genotypes: LocusGenotypes,
    /// The judgment.
    pub judgment: Judgment,
    /// Its record, where it is a call.
    pub called: Option<SiteRecord>,
}

/// A phased call: its number among the found ones, and its alleles by copy.
struct Phased {
    at: usize,
    copies: [usize; 2],
}

/// Phases the heterozygous calls of a region of two chromosome copies: each with the one before that it can be phased with.
pub fn phase(diplotypes: &Diplotypes, fragments: &Likelihoods, found: &mut [Found]) {
    let mut group: Vec<Phased> = Vec::new();
    for at in 0..found.len() {
        let Some(genotype) = heterozygous(&found[at]) else { continue };
        let pairing = group.last().and_then(|last| {
            let (before, here) = (&found[last.at].locus, &found[at].locus);
            let spanning =
                fragments.rows().filter(|row| tells(row, before, last.copies) && tells(row, here, genotype));
            let is_spanned = spanning.take(MIN_FRAGMENTS).count() == MIN_FRAGMENTS;
            is_spanned.then(|| pairing(diplotypes, (before, last.copies), (here, genotype))).flatten()
        });
        if pairing.is_none() {
            note(found, &group);
            group.clear();
        }
        group.push(Phased { at, copies: pairing.unwrap_or(genotype) });
    }
    note(found, &group);
}

/// Whether a fragment tells two alleles of a locus apart.
fn tells(row: &[f64], locus: &Locus, alleles: [usize; 2]) -> bool {
    let [a, b] = alleles.map(|allele| {
        let with = locus.of_haplotype.iter().zip(row).filter(|&(&of, _)| of == allele);
        with.map(|(_, &value)| value).fold(f64::NEG_INFINITY, f64::max)
    });
    (a - b).abs() >= INFORMATIVE
}

/// The two alleles of a heterozygous call.
fn heterozygous(found: &Found) -> Option<[usize; 2]> {
    found.called.as_ref()?;
    match found.judgment.genotype[..] {
        [a, b] if a != b => Some([a, b]),
        _ => None,
    }
}

/// The alleles at `b` by copy, where those at `a` are as given; `None` where the sets do not tell.
fn pairing(
    diplotypes: &Diplotypes,
    (a, of_a): (&Locus, [usize; 2]),
    (b, of_b): (&Locus, [usize; 2]),
) -> Option<[usize; 2]> {
    let mut best = [f64::NEG_INFINITY; 2];
    let crossed = [of_b[1], of_b[0]];
    for (set, joint) in diplotypes.iter() {
        let &[i, j] = set else { return None };
        let (mut at_a, mut at_b) =
            ([a.of_haplotype[i], a.of_haplotype[j]], [b.of_haplotype[i], b.of_haplotype[j]]);
        if at_a != of_a {
            at_a.reverse();
            at_b.reverse();
        }
        if at_a == of_a && (at_b == of_b || at_b == crossed) {
            let way = usize::from(at_b == crossed);
            best[way] = best[way].max(joint);
        }
    }
    match best[0] - best[1] {
        odds if odds >= MIN_ODDS => Some(of_b),
        odds if odds <= -MIN_ODDS => Some(crossed),
        _ => None,
    }
}

/// Writes the phase of a group into its records; a single one has none.
fn note(found: &mut [Found], group: &[Phased]) {
    let [first, _, ..] = group else { return };
    let Some(site) = &found[first.at].called else { return };
    let record = &site.variant.record;
    let first = PhaseAnchor {
        position: record.position,
        reference: record.reference.clone(),
        alternate: record.alternates.first().cloned().unwrap_or_default(),
    };
    for phased in group {
        let Some(site) = &mut found[phased.at].called else { continue };
        let number = |allele| site.chosen.iter().position(|&known| known == allele).unwrap_or(0) as u8;
        let alleles = phased.copies.map(number);
        site.variant.record.sample.phase = Some(Phase { alleles, first: first.clone() });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::events::Event;
    use crate::genotype::EventPriors;
    use crate::locus::Allele;

    /// Loci 5 and 9 with an ALT each; haplotypes: reference, the first ALT, the second, both.
    fn loci() -> [Locus; 2] {
        let locus = |anchor, of_haplotype: [usize; 4]| Locus {
            anchor,
            alleles: vec![Allele::Reference, Allele::Events(vec![Event::snp(anchor, 1)])],
            of_haplotype: of_haplotype.to_vec(),
        };
        [locus(5, [0, 1, 0, 1]), locus(9, [0, 0, 1, 1])]
    }

    fn paired(rows: &[[f64; 4]], of_a: [usize; 2]) -> Option<[usize; 2]> {
        let fragments = Likelihoods::new(4, rows.concat());
        let of_haplotype = vec![vec![], vec![0], vec![1], vec![0, 1]];
        let priors = EventPriors { of_haplotype, log10: vec![-3.0, -3.0] };
        let [a, b] = loci();
        pairing(&Diplotypes::weigh(&fragments, &priors, 2), (&a, of_a), (&b, [0, 1]))
    }

    #[test]
    fn reads_over_both_tell_which_alleles_lie_together() {
        let (both, neither) = ([-8.0, -4.0, -4.0, 0.0], [0.0, -4.0, -4.0, -8.0]);
        let (first, second) = ([-4.0, 0.0, -8.0, -4.0], [-4.0, -8.0, 0.0, -4.0]);
        assert_eq!(paired(&[both, neither, both, neither], [0, 1]), Some([0, 1]));
        assert_eq!(paired(&[both, neither, both, neither], [1, 0]), Some([1, 0]));
        assert_eq!(paired(&[first, second, first, second], [0, 1]), Some([1, 0]));
        assert_eq!(paired(&[first, second, first, second], [1, 0]), Some([0, 1]));
    }

    #[test]
    fn fragments_over_a_locus_tell_its_alleles() {
        let [a, b] = loci();
        let first = [-4.0, 0.0, -4.0, 0.0];
        assert!(tells(&first, &a, [0, 1]) && tells(&first, &a, [1, 0]) && !tells(&first, &b, [0, 1]));
    }

    #[test]
    fn reads_over_one_of_them_do_not() {
        let (first, not_first) = ([-4.0, 0.0, -4.0, 0.0], [0.0, -4.0, 0.0, -4.0]);
        let (second, not_second) = ([-4.0, -4.0, 0.0, 0.0], [0.0, 0.0, -4.0, -4.0]);
        let rows: Vec<[f64; 4]> = [first, not_first, second, not_second].repeat(5);
        assert_eq!(paired(&rows, [0, 1]), None);
    }
}
