//! The stretch of reference on which one active region is called.

use std::ops::Range;

use rihla_core::Reference;

use crate::events::Event;

/// Reference around the variants that are looked at together.
#[derive(Clone, Debug)]
pub struct Window {
    /// Contig id.
    pub contig: u32,
    /// Reads are cut to `[start, end)`.
    pub start: u32,
    /// See `start`.
    pub end: u32,
    /// Haplotypes may have the events in here.
    pub events: Range<u32>,
    /// First position of `codes`; haplotypes start here.
    pub origin: u32,
    /// Reference codes under the haplotypes.
    pub codes: Vec<u8>,
}

impl Window {
    /// The window of `span` with `padding` bases on both sides, and under the haplotypes `flank` more.
    #[must_use]
    pub fn around(reference: &Reference, contig: u32, span: Range<u32>, padding: u32, flank: u32) -> Self {
        Self::reaching(reference, contig, (span.clone(), span), padding, flank)
    }

    /// As [`Window::around`], with the reads and haplotypes of `outer`, too, where that is longer.
    #[must_use]
    pub fn reaching(
        reference: &Reference,
        contig: u32,
        (span, outer): (Range<u32>, Range<u32>),
        padding: u32,
        flank: u32,
    ) -> Self {
        let length = reference.contigs().get(contig).length;
        let padded =
            |start: u32, end: u32| start.saturating_sub(padding)..end.saturating_add(padding).min(length);
        let events = padded(span.start, span.end);
        let Range { start, end } = padded(span.start.min(outer.start), span.end.max(outer.end));
        let origin = start.saturating_sub(flank);
        let codes = reference.fetch(contig, origin, end.saturating_add(flank).min(length));
        Self { contig, start, end, events, origin, codes }
    }

    /// Whether haplotypes may have an event: it is clear of the ends of reads that are cut there.
    #[must_use]
    pub fn holds(&self, event: &Event) -> bool {
        event.position > self.events.start && event.end() < self.events.end
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
