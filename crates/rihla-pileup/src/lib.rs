//! From sorted alignments to the few stretches of genome that deserve a closer look.
//!
//! The files follow the data: records are filtered ([`filter`]) and prepared ([`reads`]), of places of
//! extreme depth a part ([`reservoir`]); mates that overlap are made to speak once ([`overlap`]), what
//! differs from the reference is collected ([`events`]) and counted against the depth ([`columns`]);
//! what has support, shown or hidden ([`hidden`]), becomes a candidate ([`nominate`]), and neighboring candidates make an active
//! region ([`region`]). How sure every other column is of the reference is tallied on demand
//! ([`confidence`]).
//!
//! Every step looks at a bounded neighborhood only, so that the regions do not depend on how the
//! genome was cut into intervals.

pub mod certainty;
pub mod columns;
pub mod confidence;
pub mod depth;
pub mod events;
pub mod filter;
mod folded;
pub mod hidden;
pub mod nominate;
pub mod options;
pub mod overlap;
pub mod reads;
pub mod region;
pub mod reservoir;
pub mod tandem;
#[cfg(test)]
mod testing;

pub use nominate::{Candidate, Change, ForcedChange};
pub use options::PileupOptions;
pub use reads::{PreparedRead, ReadSet};
pub use region::ActiveRegion;

use rihla_core::{Interval, RecordArena, Reference};

use columns::Columns;

/// What one pass over an interval's records found.
#[derive(Debug, Default)]
pub struct Pileup {
    /// The prepared reads, by start.
    pub reads: ReadSet,
    /// Active regions by start; some lie in the halo.
    pub regions: Vec<ActiveRegion>,
}

/// Prepares the records of an interval and finds its active regions.
///
/// `records` are sorted by coordinate, marked for duplicates, and reach [`options::HALO`] bases
/// beyond the interval on both sides. `forced` are changes that are candidates whatever the reads say; of those
/// beyond the records none matters.
#[must_use]
pub fn scan(
    reference: &Reference,
    interval: Interval,
    records: &RecordArena,
    forced: &[ForcedChange],
    options: &PileupOptions,
) -> Pileup {
    let length = reference.contigs().get(interval.contig).length;
    let area = interval.padded(options::HALO, length);
    let codes = reference.fetch(area.contig, area.start, area.end);
    let mut reads = ReadSet::prepare(records, area, &codes, options);
    overlap::resolve(&mut reads);
    let events = events::collect(&reads, &codes, area, options);
    reads.note_edits(&events.of_reads);
    let columns = Columns::count(&reads, area);
    let mut candidates = nominate::nominate(&reads, &events, &columns, (&codes, area), options);
    nominate::add_forced(&mut candidates, forced, &columns, &codes, area);
    let regions = region::group(candidates, options);
    Pileup { reads, regions }
}
