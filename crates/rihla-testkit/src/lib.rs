//! The simulator: genomes, diploid truth and paired reads, all from one seed.
//!
//! [`genome`] makes a human-like genome from nothing, [`diploid`] puts variants on two haplotypes of
//! any reference, [`reads`] sequences them. [`Simulation`] joins the last two. Nothing here touches a
//! file; the caller writes what it is given. The output is a function of the reference and the options:
//! every window of the genome and every read pair draws from a ChaCha stream of its own, so that no
//! thread count and no order of work can change a byte.

pub mod builders;
pub mod diploid;
pub mod donor;
pub mod family;
pub mod gc;
pub mod genome;
mod haplotype;
pub mod karyotype;
pub mod layout;
pub mod learn;
pub mod lengths;
pub mod options;
pub mod population;
pub mod profile;
pub mod reads;
pub mod repeats;
mod sequencer;
pub mod spike;
mod stream;
pub mod tumor;
pub mod variants;

pub use diploid::{TruthRecord, VariantOptions};
pub use donor::{Component, Donor};
pub use gc::GcBias;
pub use genome::{Genome, GenomeOptions};
pub use karyotype::{Karyotype, Sex};
pub use layout::Layout;
pub use lengths::FragmentLengths;
pub use options::SimulateOptions;
pub use population::Population;
pub use profile::ReadProfile;
pub use reads::{Group, Pair, Simulation};
pub use variants::Variants;

/// What can be wrong with a request to simulate.
#[derive(Debug, thiserror::Error, PartialEq)]
pub enum TestkitError {
    /// An option is out of its range.
    #[error("{option} is {value}, but must be {expected}")]
    Option {
        /// Name of the option.
        option: &'static str,
        /// What was given.
        value: String,
        /// What would be right.
        expected: &'static str,
    },
    /// A record of a VCF does not fit the reference.
    #[error("{contig}:{position}: the record with REF {reference} cannot be used: {problem}")]
    Record {
        /// Name of its contig.
        contig: String,
        /// Its position, from 1.
        position: u64,
        /// Its REF.
        reference: String,
        /// What is wrong.
        problem: String,
    },
    /// A profile of reads cannot be used, or not be learnt.
    #[error("{problem}")]
    Profile {
        /// What is wrong and what would be right.
        problem: String,
    },
    /// The reference has no stretch without N that a fragment fits into.
    #[error(
        "the reference has no stretch of {needed} known bases: nothing to simulate reads from; \
             give a longer FASTA or shorter fragments"
    )]
    ReferenceTooShort {
        /// Length that one fragment needs, in bases.
        needed: u32,
    },
}
