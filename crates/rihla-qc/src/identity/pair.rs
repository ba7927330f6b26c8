//! Two samples side by side.

use super::{Blocks, Conclusion, Person, Relation, SharedGenotypes};

/// What two samples are to each other, and why.
#[derive(Clone, Debug, PartialEq)]
pub struct Pair {
    /// Logarithm to base 10 of how much likelier the data are if one person gave both than if two strangers did.
    pub lod: f64,
    /// Haplotype blocks behind it.
    pub blocks: u64,
    /// The same against strangers for each relation, in the order of [`Relation::ALL`]; one person's samples may differ in places.
    pub relations: [f64; 5],
    /// What can be said.
    pub conclusion: Conclusion,
    /// The likeliest relation, sure or not.
    pub relation: Relation,
    /// Genotypes on autosomes.
    pub shared: SharedGenotypes,
    /// Genotypes on X.
    pub on_x: SharedGenotypes,
}

impl Pair {
    /// Compares. `surely` is by how much one likelihood must exceed another, as a logarithm to base 10; `places` says of each site of the
    /// panel where it is.
    #[must_use]
    pub fn of(a: &Person, b: &Person, blocks: &Blocks, places: &[Copies], surely: f64) -> Self {
        let is_known = |number: usize| a.blocks[number].is_some() && b.blocks[number].is_some();
        let (mut lod, mut count, mut relations) = (0.0, 0, [0.0; 5]);
        for (number, block) in blocks.apart(is_known) {
            let (Some(of_a), Some(of_b)) = (&a.blocks[number], &b.blocks[number]) else { continue };
            let [none, one, both] = in_common(of_a, of_b, block.frequency);
            count += 1;
            lod += (both / none).log10();
            for (sum, relation) in relations.iter_mut().zip(Relation::ALL) {
                let [no, single, double] = relation.shares();
                *sum += ((no * none + single * one + double * both) / none).log10();
            }
        }
        let (conclusion, relation) = Conclusion::of(relations, surely);
        let shared =
            |copies| SharedGenotypes::of(&a.observed, &b.observed, |number| places[number] == copies);
        let (shared, on_x) = (shared(Copies::Two), shared(Copies::X));
        Self { lod, blocks: count, relations, conclusion, relation, shared, on_x }
    }
}

/// How many copies of a site's chromosome people have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Copies {
    /// Two: an autosome.
    Two,
    /// Two or one: X.
    X,
    /// One, or none: Y and the mitochondrion.
    Other,
}

impl Copies {
    /// By the contig's name.
    #[must_use]
    pub fn of(contig: &str) -> Self {
        match contig.strip_prefix("chr").unwrap_or(contig) {
            "X" => Self::X,
            "Y" | "M" | "MT" => Self::Other,
            _ => Self::Two,
        }
    }
}

/// Likelihood of both samples' data with no, one and two chromosome copies in common; `frequency` is of the second haplotype.
fn in_common(a: &[f64; 3], b: &[f64; 3], frequency: f64) -> [f64; 3] {
    let (first, second) = (1.0 - frequency, frequency);
    let shares = [first * first, 2.0 * first * second, second * second];
    // Genotypes of a relative that has one copy of these.
    let with_one = [[first, second, 0.0], [first / 2.0, 0.5, second / 2.0], [0.0, first, second]];
    let alone = |person: &[f64; 3]| person.iter().zip(shares).map(|(one, share)| one * share).sum::<f64>();
    let relative =
        |copies: usize| b.iter().zip(with_one[copies]).map(|(one, share)| one * share).sum::<f64>();
    let one = (0..3).map(|copies| shares[copies] * a[copies] * relative(copies)).sum();
    let both = (0..3).map(|copies| shares[copies] * a[copies] * b[copies]).sum();
    [alone(a) * alone(b), one, both]
}

#[cfg(test)]
mod tests;
