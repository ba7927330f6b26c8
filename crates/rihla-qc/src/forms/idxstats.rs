//! `samtools idxstats`.

use rihla_core::Contigs;

use crate::contigs::ContigTable;

/// The file's text: name, length, mapped and unmapped records of each contig, then the records that have no place.
#[must_use]
pub fn text(table: &ContigTable, contigs: &Contigs) -> String {
    let rows = contigs.iter().enumerate().map(|(id, contig)| {
        let records = table.contigs.get(&(id as u32)).map(|counts| counts.records).unwrap_or_default();
        format!("{}\t{}\t{}\t{}\n", contig.name, contig.length, records.mapped, records.unmapped)
    });
    rows.chain([format!("*\t0\t0\t{}\n", table.unplaced)]).collect()
}
