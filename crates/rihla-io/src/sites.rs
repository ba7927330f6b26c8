//! Panels of common SNPs in: a table of frequencies, a VCF with `AF`, or Picard's haplotype map.

mod line;
mod map;

use std::collections::{BTreeSet, HashMap};
use std::path::Path;

use rihla_core::{Contig, Contigs, Panel, PanelSite, Reference, base};

use crate::error::IoError;
use crate::lines::LineReader;

use line::{parse_row, parse_variant};

/// A panel and what its file holds besides.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SiteList {
    /// The sites.
    pub panel: Panel,
    /// Sites on contigs that the reference lacks.
    pub unknown: u64,
    /// Records that are no SNP of two alleles.
    pub not_snps: u64,
    /// Sites of which everybody has the same allele (a frequency of 0 or 1).
    pub constant: u64,
}

/// A site as a file lists it.
#[derive(Clone, Debug, PartialEq)]
struct Listed {
    line: u64,
    contig: String,
    position: u32,
    /// Codes of two alleles: REF and ALT, but for a haplotype map, which tells the frequent from the rare.
    alleles: (u8, u8),
    /// Frequency of the second.
    frequency: f64,
    /// Position of the block's anchor; its own where it has none.
    anchor: u32,
    /// Whether the second allele lies on the block's first haplotype.
    is_swapped: bool,
}

impl Listed {
    /// The site on a contig of some reference, its first allele as REF.
    fn at(&self, contig: u32) -> PanelSite {
        let Self { position, alleles, frequency, anchor, is_swapped, .. } = *self;
        PanelSite { anchor, is_swapped, ..PanelSite::alone((contig, position), alleles, frequency) }
    }
}

/// How a file is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Layout {
    Table,
    Vcf,
    Map,
}

impl Layout {
    fn of(first_line: &[u8]) -> Self {
        match first_line {
            [b'@', ..] => Self::Map,
            [b'#', b'#', b'f', b'i', b'l', b'e', ..] => Self::Vcf,
            _ => Self::Table,
        }
    }
}

/// All sites of a file.
#[derive(Debug, Default)]
struct Listing {
    sites: Vec<Listed>,
    not_snps: u64,
    constant: u64,
    /// Whether the first allele is REF.
    is_ordered: bool,
}

/// Reads the sites of a panel (plain, gzip or BGZF; told by content): a table of contig, start (from 0), end, REF, ALT and
/// frequency of ALT; a VCF whose INFO has `AF`, or `AC` and `AN`; or a haplotype map of Picard, whose blocks are kept.
///
/// # Errors
/// [`IoError::Missing`]; [`IoError::Data`] with the line for a field that is missing or malformed, a frequency outside of 0
/// to 1, a REF that is not the reference's, a place behind its contig, one that is listed twice, and a contig that the
/// reference has under another name; without a line when the reference has none of the contigs.
pub fn read_sites(path: impl AsRef<Path>, reference: &Reference) -> Result<SiteList, IoError> {
    let path = path.as_ref();
    let listing = list(path)?;
    let contigs = reference.contigs();
    let mut list = SiteList { not_snps: listing.not_snps, constant: listing.constant, ..SiteList::default() };
    let (mut sites, mut lines) = (Vec::with_capacity(listing.sites.len()), HashMap::new());
    for listed in &listing.sites {
        let refuse = |problem: String| IoError::record(path, listed.line, problem);
        let Some(contig) = known_contig(&listed.contig, contigs).map_err(refuse)? else {
            list.unknown += 1;
            continue;
        };
        let site = place(listed, contig, reference, listing.is_ordered).map_err(refuse)?;
        if let Some(before) = lines.insert(site.place(), listed.line) {
            return Err(refuse(twice(listed, before)));
        }
        sites.push(site);
    }
    if sites.is_empty() {
        return Err(IoError::data(path, none_left(&listing, list.unknown)));
    }
    list.panel = Panel::new(sites).map_err(|_| IoError::data(path, "a place is listed twice"))?;
    Ok(list)
}

/// A panel without a reference: its contigs are those that it names.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NamedSites {
    /// The contigs, in the order of their names; of lengths that are not known, so the longest that there can be.
    pub contigs: Contigs,
    /// The sites.
    pub panel: Panel,
    /// Whether REF is known to be REF; a haplotype map does not say.
    pub is_ordered: bool,
}

/// Reads the sites of a panel as [`read_sites`] does, without a reference.
///
/// # Errors
/// As [`read_sites`], but for what a reference would tell.
pub fn read_named_sites(path: impl AsRef<Path>) -> Result<NamedSites, IoError> {
    let path = path.as_ref();
    let listing = list(path)?;
    let names: BTreeSet<&str> = listing.sites.iter().map(|listed| listed.contig.as_str()).collect();
    let contig = |name: &str| Contig { name: name.to_owned(), length: u32::MAX, md5: [0; 16] };
    let contigs = Contigs::new(names.into_iter().map(contig).collect());
    let mut lines = HashMap::new();
    for listed in &listing.sites {
        if let Some(before) = lines.insert((&listed.contig, listed.position), listed.line) {
            return Err(IoError::record(path, listed.line, twice(listed, before)));
        }
    }
    if listing.sites.is_empty() {
        return Err(IoError::data(path, none_left(&listing, 0)));
    }
    let sites = listing.sites.iter().filter_map(|listed| Some(listed.at(contigs.id(&listed.contig)?)));
    let panel = Panel::new(sites.collect()).map_err(|_| IoError::data(path, "a place is listed twice"))?;
    Ok(NamedSites { contigs, panel, is_ordered: listing.is_ordered })
}

fn twice(listed: &Listed, before: u64) -> String {
    format!("{}:{} is listed twice, in line {before} before", listed.contig, listed.position + 1)
}

/// Contig id; `None` of one that the reference lacks.
fn known_contig(name: &str, contigs: &Contigs) -> Result<Option<u32>, String> {
    match (contigs.id(name), contigs.suggestion(name)) {
        (Some(contig), _) => Ok(Some(contig)),
        (None, Some(other)) => {
            Err(format!("contig {name} is called {other} in the reference; use the reference's names"))
        }
        (None, None) => Ok(None),
    }
}

/// The site with REF as the reference has it.
fn place(listed: &Listed, contig: u32, reference: &Reference, is_ordered: bool) -> Result<PanelSite, String> {
    let Listed { contig: ref name, position, .. } = *listed;
    let (first, second) = listed.alleles;
    let length = reference.contigs().get(contig).length;
    if position >= length {
        let shown = position + 1;
        return Err(format!(
            "{name}:{shown} lies behind its contig, which has {length} bases in the reference"
        ));
    }
    let site = listed.at(contig);
    let known = reference.base(contig, position);
    if known == first {
        return Ok(site);
    }
    if known == second && !is_ordered {
        let frequency = 1.0 - listed.frequency;
        let is_swapped = !listed.is_swapped;
        return Ok(PanelSite { reference: second, alternate: first, frequency, is_swapped, ..site });
    }
    let letter = |code| char::from(base::decode(code));
    let listed = match is_ordered {
        true => format!("REF is {}", letter(first)),
        false => format!("the alleles are {} and {}", letter(first), letter(second)),
    };
    let shown = position + 1;
    Err(format!(
        "{listed}, but the reference has {} at {name}:{shown}; the sites are of another reference",
        letter(known)
    ))
}

fn none_left(listing: &Listing, unknown: u64) -> String {
    match listing.sites.first() {
        Some(first) if unknown > 0 => {
            format!("none of its {unknown} sites is on a contig of the reference, such as {}", first.contig)
        }
        _ => "holds no SNP of two alleles with a frequency between 0 and 1".into(),
    }
}

/// Reads a file whatever its layout.
fn list(path: &Path) -> Result<Listing, IoError> {
    let mut lines = LineReader::open_variants(path)?;
    let mut layout = None;
    let mut listing = Listing { is_ordered: true, ..Listing::default() };
    let mut anchors = map::Anchors::default();
    while lines.advance()? {
        let (line, number) = (lines.line(), lines.number());
        let layout = *layout.get_or_insert_with(|| Layout::of(line));
        if line.is_empty() || matches!(line[0], b'#' | b'@') {
            continue;
        }
        let text = std::str::from_utf8(line).map_err(|_| lines.problem("the line is not UTF-8 text"))?;
        let parsed = match layout {
            Layout::Table => parse_row(text, number).map(Some),
            Layout::Vcf => parse_variant(text, number),
            Layout::Map => anchors.parse(text, number).map(Some),
        };
        match parsed.map_err(|problem| lines.problem(problem))? {
            None => listing.not_snps += 1,
            Some(site) if site.frequency <= 0.0 || site.frequency >= 1.0 => listing.constant += 1,
            Some(site) => listing.sites.push(site),
        }
    }
    if layout == Some(Layout::Map) {
        listing.is_ordered = false;
        anchors
            .resolve(&mut listing.sites)
            .map_err(|(line, problem)| IoError::record(path, line, problem))?;
    }
    if layout == Some(Layout::Vcf) {
        drop_multiallelic(&mut listing);
    }
    Ok(listing)
}

/// Takes out places at which a VCF has several SNPs, one a line: they have more than two alleles.
fn drop_multiallelic(listing: &mut Listing) {
    let mut alternates: HashMap<(String, u32), Vec<u8>> = HashMap::new();
    for site in &listing.sites {
        let known = alternates.entry((site.contig.clone(), site.position)).or_default();
        if !known.contains(&site.alleles.1) {
            known.push(site.alleles.1);
        }
    }
    let before = listing.sites.len();
    let is_alone = |site: &Listed| alternates[&(site.contig.clone(), site.position)].len() == 1;
    listing.sites.retain(is_alone);
    listing.not_snps += (before - listing.sites.len()) as u64;
}

#[cfg(test)]
mod tests;
