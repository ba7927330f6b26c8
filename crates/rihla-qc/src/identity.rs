//! Whether two samples are of one person.
//!
//! The measure is Picard's (Javed et al., Nature Communications 11:3697, 2020): the logarithm to base 10 of how much likelier
//! both samples' data are if one person gave them than if two strangers did. SNPs of one haplotype block have one genotype
//! between them, and no block counts for more than a thousand to one. Relatives are told by the same likelihoods with the shares
//! of the genome in which they have none, one or both chromosome copies in common; relatedness by shared genotypes is
//! somalier's (Pedersen et al., Genome Medicine 12:62, 2020).

mod blocks;
mod evidence;
mod expected;
mod pair;
mod relation;
mod shared;
pub mod table;

pub use blocks::Blocks;
pub use evidence::{Observed, Person};
pub use expected::Expected;
pub use pair::{Copies, Pair};
pub use relation::{Conclusion, Relation};
pub use shared::SharedGenotypes;
