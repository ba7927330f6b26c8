//! Taking records in.

use std::sync::atomic::{AtomicU64, Ordering};

use rayon::prelude::*;
use rihla_core::record::flags;
use rihla_core::{Contigs, RecordArena, RecordRef};

use crate::bins::Bins;
use crate::duplicates::{Found, Marked, resolve};
use crate::error::ShardError;
use crate::frame;
use crate::keys::{self, Entry, TEMPLATE_BITS};
use crate::library_metrics::DuplicateMetrics;
use crate::options::ShardOptions;
use crate::parts;
use crate::shards::Shards;
use crate::store::Store;

/// Bits of a record's ordinal that number the record within its template.
const ORDINAL_BITS: u32 = 16;

/// Records without a place are kept in streams by template number, so that no stream grows without
/// bound and the input's order is nearly at hand: 2^13 streams of 2^18 templates, the last of the rest.
const UNPLACED_STREAMS: usize = 1 << 13;
const UNPLACED_SHIFT: u32 = 18;

/// Templates up to this many may be missing, beside as many as there are, before memory for the
/// template numbers is no longer trusted to fit.
const GAP: u64 = 1 << 24;

/// A bin with more bytes of keys than this is resolved when no other is.
const MANY_KEYS: u64 = 16 << 20;

/// Where a batch of reads comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// Number of the library, from 0; duplicates are looked for inside one.
    pub library: u16,
    /// Number of the read group, from 0; optical duplicates are looked for inside one.
    pub read_group: u16,
}

/// Takes records from any number of threads, in batches of any order.
#[derive(Debug)]
pub struct ShardWriter {
    options: ShardOptions,
    bins: Bins,
    store: Store,
    /// One past the highest template number, and how many templates there were.
    end: AtomicU64,
    templates: AtomicU64,
    records: AtomicU64,
    /// By library.
    counts: Vec<Counts>,
}

/// What Picard's metrics count of the input. `paired` counts reads.
#[derive(Debug, Default)]
struct Counts {
    unpaired: AtomicU64,
    paired: AtomicU64,
    secondary: AtomicU64,
    unmapped: AtomicU64,
}

/// Where the streams of a store lie: records by bin, keys by bin, records without a place.
pub(crate) struct Layout {
    bins: usize,
}

impl Layout {
    pub(crate) fn new(bins: &Bins) -> Self {
        Self { bins: bins.len() }
    }

    pub(crate) fn keys(&self, bin: usize) -> usize {
        self.bins + bin
    }

    fn unplaced_of(&self, template: u64) -> usize {
        2 * self.bins + ((template >> UNPLACED_SHIFT) as usize).min(UNPLACED_STREAMS - 1)
    }

    pub(crate) fn unplaced(&self) -> std::ops::Range<usize> {
        2 * self.bins..2 * self.bins + UNPLACED_STREAMS
    }
}

impl ShardWriter {
    /// A writer for records on these contigs. Costs about 200 bytes a bin and a megabyte.
    #[must_use]
    pub fn new(contigs: &Contigs, options: ShardOptions) -> Self {
        let bins = Bins::new(contigs, options.bin_bases, options.halo_bases);
        let store = Store::new(Layout::new(&bins).unplaced().end, &options);
        let counts = std::iter::repeat_with(Counts::default).take(options.libraries.into()).collect();
        Self {
            options,
            bins,
            store,
            end: AtomicU64::new(0),
            templates: AtomicU64::new(0),
            records: AtomicU64::new(0),
            counts,
        }
    }

    /// Takes the records of templates `first_template..` of one origin, where `template_ends[i]` is one past the
    /// last record of template `i` of the batch. Template numbers run from 0 over the whole input and
    /// each is pushed once; a template's records come all at once, its primary ones marked as such.
    ///
    /// Spills when the memory budget is passed; the calling thread does that work.
    ///
    /// # Errors
    /// [`ShardError::Batch`] when the parts do not fit, [`ShardError::Record`] for a place that is not
    /// on the reference, others when spilling fails. After an error some of the batch may have been
    /// taken: the run is over.
    pub fn push(
        &self,
        origin: Origin,
        first_template: u64,
        records: &RecordArena,
        template_ends: &[u32],
    ) -> Result<(), ShardError> {
        let numbers = (0..template_ends.len()).map(|i| first_template.saturating_add(i as u64));
        self.take(origin, numbers, records, template_ends)
    }

    /// The same for templates of any `numbers`, which rise; at most one of two numbers may be left out over the whole
    /// input.
    ///
    /// # Errors
    /// As [`ShardWriter::push`].
    pub fn push_numbered(
        &self,
        origin: Origin,
        numbers: &[u64],
        records: &RecordArena,
        template_ends: &[u32],
    ) -> Result<(), ShardError> {
        self.take(origin, numbers.iter().copied(), records, template_ends)
    }

    fn take(
        &self,
        origin: Origin,
        numbers: impl ExactSizeIterator<Item = u64> + Clone,
        records: &RecordArena,
        template_ends: &[u32],
    ) -> Result<(), ShardError> {
        let first_template = numbers.clone().next().unwrap_or_default();
        let ordinals = ordinals(numbers.clone(), records.len(), template_ends)?;
        let Some(counts) = self.counts.get(usize::from(origin.library)) else {
            let problem = format!("library {} of {}", origin.library, self.counts.len());
            return Err(ShardError::Batch { first_template, problem });
        };
        self.store_records(records, &ordinals)?;
        self.store_keys(origin, numbers.clone(), records, template_ends)?;
        counts.add(records);
        self.records.fetch_add(records.len() as u64, Ordering::Relaxed);
        self.templates.fetch_add(template_ends.len() as u64, Ordering::Relaxed);
        self.end.fetch_max(numbers.max().map_or(0, |last| last + 1), Ordering::Relaxed);
        Ok(())
    }

    /// Number of records taken so far.
    #[must_use]
    pub fn records_in(&self) -> u64 {
        self.records.load(Ordering::Relaxed)
    }

    /// Bytes written to the spill file so far.
    #[must_use]
    pub fn spilled_bytes(&self) -> u64 {
        self.store.spilled_bytes()
    }

    /// Ends the input, finds the duplicates and cuts deep bins, bin by bin on the current rayon pool. A bin's keys, 40
    /// to 48 bytes a pair, are in memory while it is resolved, and two bits a template throughout.
    ///
    /// # Errors
    /// [`ShardError::Batch`] when template numbers leave large gaps; others when the spill file fails.
    pub fn finish(mut self) -> Result<Shards, ShardError> {
        let (end, templates) = (*self.end.get_mut(), *self.templates.get_mut());
        if end > GAP.saturating_add(templates.saturating_mul(2)) {
            let problem = format!(
                "{templates} templates have numbers up to {end}; they must run from 0 without large gaps"
            );
            return Err(ShardError::Batch { first_template: end - 1, problem });
        }
        let marked = Marked::new(end);
        let layout = Layout::new(&self.bins);
        let resolve_bin = |bin| {
            let keys = layout.keys(bin);
            let ShardOptions { optical_pixels, libraries, .. } = self.options;
            let found =
                self.store.read(keys, |blocks| resolve(blocks, &marked, optical_pixels, libraries))?;
            self.store.release(keys);
            Ok(found)
        };
        // What takes much memory is resolved one bin at a time.
        let (many, few): (Vec<usize>, Vec<usize>) =
            (0..self.bins.len()).partition(|&bin| self.store.stream_bytes(layout.keys(bin)) > MANY_KEYS);
        let found = few
            .into_par_iter()
            .with_max_len(1)
            .map(resolve_bin)
            .try_reduce(Vec::new, |a, b| Ok(sum(a, b)))?;
        let found = many.into_iter().map(resolve_bin).try_fold(found, |a, b| Ok(sum(a, b?)))?;
        let found = sum(found, vec![Found::default(); self.counts.len()]);
        let metrics =
            self.counts.into_iter().zip(found).map(|(counts, found)| counts.metrics(found)).collect();
        let parts = parts::cut(&self.bins, &mut self.store, &self.options)?;
        Ok(Shards::new(self.bins, parts, self.store, marked, metrics, self.records.into_inner()))
    }

    fn store_records(&self, records: &RecordArena, ordinals: &[u64]) -> Result<(), ShardError> {
        let layout = Layout::new(&self.bins);
        // Stream in the upper half, record in the lower: sorted, one lock a stream does for the batch.
        let mut routes: Vec<u64> = Vec::with_capacity(records.len() + records.len() / 64);
        for (i, record) in records.iter().enumerate() {
            let template = ordinals[i] >> ORDINAL_BITS;
            match self.place(&record, template)? {
                None => routes.push((layout.unplaced_of(template) as u64) << 32 | i as u64),
                Some((contig, position)) => {
                    let end = position.saturating_add(record.reference_span().max(1));
                    let bins = self.bins.reached(contig, position, end);
                    routes.extend(bins.map(|bin| (bin as u64) << 32 | i as u64));
                }
            }
        }
        routes.sort_unstable();
        for group in routes.chunk_by(|a, b| a >> 32 == b >> 32) {
            self.store.append((group[0] >> 32) as usize, |content| {
                for i in group.iter().map(|route| *route as u32 as usize) {
                    let bytes = records.get(i).bytes();
                    frame::store(content.entry(frame::stored_bytes(bytes)), ordinals[i], bytes);
                }
            })?;
        }
        Ok(())
    }

    fn store_keys(
        &self,
        origin: Origin,
        numbers: impl Iterator<Item = u64>,
        records: &RecordArena,
        template_ends: &[u32],
    ) -> Result<(), ShardError> {
        let layout = Layout::new(&self.bins);
        let mut entries: Vec<(u32, Entry)> = Vec::with_capacity(2 * template_ends.len());
        let mut start = 0;
        for (template, &end) in numbers.zip(template_ends) {
            let members = (start..end as usize).map(|i| records.get(i));
            let file = |bin, entry| entries.push((bin as u32, entry));
            keys::of_template(&self.bins, template, origin, members, file);
            start = end as usize;
        }
        // The order inside a bin does not matter; that of equal bins need not be kept.
        entries.sort_unstable_by_key(|&(bin, _)| bin);
        for group in entries.chunk_by(|a, b| a.0 == b.0) {
            self.store.append(layout.keys(group[0].0 as usize), |content| {
                for (_, entry) in group {
                    entry.store(content.entry(entry.stored_bytes()));
                }
            })?;
        }
        Ok(())
    }

    /// A record's place after checking that the reference has it.
    fn place(&self, record: &RecordRef<'_>, template: u64) -> Result<Option<(u32, u32)>, ShardError> {
        let problem = match (record.contig(), record.position()) {
            (None, _) if record.has_any(flags::UNMAPPED) => return Ok(None),
            (None, _) => "is mapped but has no contig; set the unmapped flag or a contig".to_owned(),
            (Some(contig), None) => {
                format!("has contig {contig} but no position; records without a place have neither")
            }
            (Some(contig), Some(position)) => match self.bins.owner(contig, position) {
                Some(_) => return Ok(Some((contig, position))),
                None => format!("lies at {contig}:{position}, which is not on the reference"),
            },
        };
        let name = String::from_utf8_lossy(record.name()).into_owned();
        Err(ShardError::Record { name, template, problem })
    }
}

impl Counts {
    fn add(&self, records: &RecordArena) {
        let (mut unpaired, mut paired, mut secondary, mut unmapped) = (0, 0, 0, 0);
        for record in records.iter() {
            if record.has_any(flags::UNMAPPED) {
                unmapped += 1;
            } else if record.has_any(flags::SECONDARY | flags::SUPPLEMENTARY) {
                secondary += 1;
            } else if !record.has_any(flags::PAIRED) || record.has_any(flags::MATE_UNMAPPED) {
                unpaired += 1;
            } else {
                paired += 1;
            }
        }
        for (total, more) in [
            (&self.unpaired, unpaired),
            (&self.paired, paired),
            (&self.secondary, secondary),
            (&self.unmapped, unmapped),
        ] {
            total.fetch_add(more, Ordering::Relaxed);
        }
    }

    fn metrics(self, found: Found) -> DuplicateMetrics {
        DuplicateMetrics {
            unpaired_reads_examined: self.unpaired.into_inner(),
            read_pairs_examined: self.paired.into_inner() / 2,
            secondary_or_supplementary_reads: self.secondary.into_inner(),
            unmapped_reads: self.unmapped.into_inner(),
            unpaired_read_duplicates: found.lone,
            read_pair_duplicates: found.pairs,
            read_pair_optical_duplicates: found.optical,
        }
    }
}

/// Sums by library; one of the two may be empty.
fn sum(a: Vec<Found>, b: Vec<Found>) -> Vec<Found> {
    let (mut all, some) = if a.len() < b.len() { (b, a) } else { (a, b) };
    all.iter_mut().zip(some).for_each(|(all, some)| *all = *all + some);
    all
}

/// Template and place in the template of every record, in one number.
fn ordinals(
    numbers: impl ExactSizeIterator<Item = u64> + Clone,
    records: usize,
    template_ends: &[u32],
) -> Result<Vec<u64>, ShardError> {
    let first_template = numbers.clone().next().unwrap_or_default();
    let failed = |problem: String| Err(ShardError::Batch { first_template, problem });
    if numbers.len() != template_ends.len() {
        return failed(format!("{} numbers for {} templates", numbers.len(), template_ends.len()));
    }
    if numbers.clone().max().is_some_and(|last| last >= (1 << TEMPLATE_BITS) - 1) {
        return failed(format!("template numbers must be below 2^{TEMPLATE_BITS}"));
    }
    let mut ordinals = Vec::with_capacity(records);
    for (template, &end) in numbers.zip(template_ends) {
        let Some(members) = (end as usize).checked_sub(ordinals.len()) else {
            return failed(format!("the end {end} comes after a greater one"));
        };
        if members > 1 << ORDINAL_BITS || end as usize > records {
            return failed(format!("a template ends at record {end}, having {members}, of {records} in all"));
        }
        ordinals.extend((0..members as u64).map(|member| template << ORDINAL_BITS | member));
    }
    if ordinals.len() != records {
        return failed(format!("the templates hold {} of {records} records", ordinals.len()));
    }
    Ok(ordinals)
}

/// The template of an ordinal.
pub(crate) const fn template_of(ordinal: u64) -> u64 {
    ordinal >> ORDINAL_BITS
}
