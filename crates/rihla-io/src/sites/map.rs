//! Picard's haplotype map: SNPs, and which of them are inherited together.

use std::collections::HashMap;

use super::Listed;
use super::line::{alleles, frequency_of, one_based};

/// Names of the sites, by which others say that they are inherited with them.
#[derive(Debug, Default)]
pub(super) struct Anchors {
    /// Contig and position by name.
    places: HashMap<String, (String, u32)>,
    /// Line, and the name of the anchor, of each site that has one.
    wanted: HashMap<u64, String>,
}

impl Anchors {
    /// One line: contig, position (from 1), name, frequent and rare allele, frequency of the rare one, name of the
    /// anchor, panels.
    pub(super) fn parse(&mut self, line: &str, number: u64) -> Result<Listed, String> {
        let columns: Vec<&str> = line.split('\t').collect();
        let [contig, position, name, major, minor, frequency, ref more @ ..] = columns[..] else {
            let count = columns.len();
            return Err(format!(
                "{count} columns; a line of a haplotype map is: contig, position, name, major and minor allele, MAF, \
                 and if it has one its anchor, between tabs"
            ));
        };
        let position = one_based("position", position)?;
        let place = (contig.to_owned(), position);
        if self.places.insert(name.to_owned(), place).is_some() {
            return Err(format!("the name {name} is given twice"));
        }
        let anchor = more.first().map(|anchor| anchor.trim()).filter(|&anchor| !anchor.is_empty());
        if let Some(anchor) = anchor.filter(|&anchor| anchor != name) {
            self.wanted.insert(number, anchor.to_owned());
        }
        Ok(Listed {
            line: number,
            contig: contig.to_owned(),
            position,
            alleles: alleles(major, minor)?,
            frequency: frequency_of(frequency)?,
            anchor: position,
            is_swapped: false,
        })
    }

    /// Gives each site the position of its anchor.
    ///
    /// # Errors
    /// Line and words, for an anchor that is not listed or on another contig.
    pub(super) fn resolve(&self, sites: &mut [Listed]) -> Result<(), (u64, String)> {
        for site in sites {
            let Some(name) = self.wanted.get(&site.line) else { continue };
            match self.places.get(name) {
                Some((contig, position)) if *contig == site.contig => site.anchor = *position,
                Some(_) => return Err((site.line, format!("the anchor {name} is on another contig"))),
                None => return Err((site.line, format!("the anchor {name} is not in the map"))),
            }
        }
        Ok(())
    }
}
