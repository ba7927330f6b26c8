//! The stretch of reference on which one active region is called.

use std::ops::Range;

use rihla_core::Reference;

use crate::events::Event;
use crate::options::CallOptions;

/// Reference around the variants that are looked at together.
#[derive(Clone, Debug)]
pub struct Window {
    /// Contig id.
    pub contig: u32,
    /// Reads are cut to `[start, end)`.
    pub start: u32,
    /// See `start`.
    pub end: u32,
    /// First position of `codes`; haplotypes start here.
    pub origin: u32,
    /// Reference codes under the haplotypes.
    pub codes: Vec<u8>,
}

impl Window {
    /// The window of `span` with `padding` bases on both sides.
    #[must_use]
    pub fn around(
        reference: &Reference,
        contig: u32,
        span: Range<u32>,
        padding: u32,
        options: &CallOptions,
    ) -> Self {
        let length = reference.contigs().get(contig).length;
        let start = span.start.saturating_sub(padding);
        let end = span.end.saturating_add(padding).min(length);
        let origin = start.saturating_sub(options.flank);
        let codes = reference.fetch(contig, origin, end.saturating_add(options.flank).min(length));
        Self { contig, start, end, origin, codes }
    }

    /// Whether an event lies inside, clear of the ends of reads that are cut there.
    #[must_use]
    pub fn holds(&self, event: &Event) -> bool {
        event.position > self.start && event.end() < self.end
    }

    /// One past the last position of `codes`.
    #[must_use]
    pub fn codes_end(&self) -> u32 {
        self.origin + self.codes.len() as u32
    }

    /// Code of a position inside the haplotypes' stretch.
    ///
    /// # Panics
    /// If the position lies outside.
    #[must_use]
    pub fn code(&self, position: u32) -> u8 {
        self.codes[(position - self.origin) as usize]
    }

    /// Codes of `[start, end)`, which lie inside the haplotypes' stretch.
    ///
    /// # Panics
    /// If a position lies outside.
    #[must_use]
    pub fn slice(&self, start: u32, end: u32) -> &[u8] {
        &self.codes[(start - self.origin) as usize..(end - self.origin) as usize]
    }
}
