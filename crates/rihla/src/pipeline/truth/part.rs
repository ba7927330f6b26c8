//! A part of a comparison: its lines parsed, judged, counted, and written down again with the verdicts.

use std::path::PathBuf;

use anyhow::Result;
use rihla_core::base;
use rihla_io::IoError;
use rihla_io::vcf::{Packing, PhaseSet, VcfChunk, VcfSite, parse_site};
use rihla_truth::{Accounting, CompareOptions, Judged, Tally, TruthVariant, judge};
use xxhash_rust::xxh3::xxh3_64;

use super::annotate;
use super::chunks::{Chunk, Lines};
use super::regions::Regions;

/// What is compared, and how.
pub struct Comparer {
    /// Truth and query, for messages.
    pub paths: [PathBuf; 2],
    /// Column of the sample in each.
    pub samples: [Option<usize>; 2],
    /// Where.
    pub regions: Regions,
    /// What has to agree.
    pub options: CompareOptions,
    /// How annotated lines are packed.
    pub packing: Packing,
}

/// What a part comes to.
pub struct Part {
    /// Counts of its records.
    pub tally: Tally,
    /// Where the records of truth and query went.
    pub accounting: [Accounting; 2],
    /// Annotated lines.
    pub lines: VcfChunk,
}

impl Comparer {
    /// Compares the records of a part.
    ///
    /// # Errors
    /// A malformed record, or one whose REF is not what the reference has.
    pub fn compare(&self, chunk: &Chunk) -> Result<Part> {
        let sides = [self.parse(chunk, 0)?, self.parse(chunk, 1)?];
        let records = sides.each_ref().map(Vec::as_slice);
        let confident = self.regions.confident(chunk.contig);
        let judged = judge(&chunk.reference, records, confident, self.options);
        let mut tally = Tally::new(self.regions.list.len() - 1);
        let mut accounting = [Accounting::default(); 2];
        let mut strata = records.map(|records| Vec::with_capacity(records.len()));
        for side in 0..2 {
            for (record, judged) in records[side].iter().zip(&judged[side]) {
                let within = self.regions.strata_of(chunk.contig, record);
                accounting[side].add(judged.fate());
                if let Judged::Compared { call, .. } = judged {
                    tally.add(call, &within);
                }
                strata[side].push(within);
            }
        }
        let names: Vec<&str> = self.regions.list.iter().map(|stratum| stratum.name.as_str()).collect();
        let sides = [0, 1].map(|side| annotate::Side {
            lines: &chunk.sides[side],
            records: records[side],
            judged: &judged[side],
            strata: &strata[side],
        });
        let lines = annotate::pack(chunk.contig, &sides, &names, self.packing);
        Ok(Part { tally, accounting, lines })
    }

    fn parse(&self, chunk: &Chunk, side: usize) -> Result<Vec<TruthVariant>, IoError> {
        let lines: &Lines = &chunk.sides[side];
        let mut codes = Vec::new();
        let parse = |(number, line): (u64, &[u8])| {
            let parsed = parse_site(line, self.samples[side]).and_then(|site| {
                check_reference(chunk, &site, &mut codes)?;
                Ok(variant(site))
            });
            parsed.map_err(|problem| IoError::record(&self.paths[side], number, problem))
        };
        lines.iter().map(parse).collect()
    }
}

/// That REF is what the reference has; letters that one of them leaves open fit everything.
/// `codes` is memory to work in.
fn check_reference(chunk: &Chunk, site: &VcfSite, codes: &mut Vec<u8>) -> Result<(), String> {
    chunk.reference.fetch_into(0, site.position, site.end(), codes);
    let fits = |(&letter, &code): (&u8, &u8)| {
        let own = base::encode(letter);
        own == code || own > 3 || code > 3
    };
    if site.reference.iter().zip(&*codes).all(fits) {
        return Ok(());
    }
    Err(format!(
        "REF is {}, but the reference has {} at position {}; the file was made with another reference",
        String::from_utf8_lossy(&site.reference),
        String::from_utf8_lossy(&base::decode_all(codes)),
        site.position + 1
    ))
}

fn variant(site: VcfSite) -> TruthVariant {
    let phase = match site.phase_set {
        _ if !site.is_phased => None,
        None => Some(0),
        Some(PhaseSet::Number(number)) => Some(number as u64),
        Some(PhaseSet::Name(name)) => Some(xxh3_64(name.as_bytes())),
    };
    TruthVariant {
        contig: 0,
        position: site.position,
        reference: site.reference,
        alternates: site.alternates,
        genotype: site.genotype.unwrap_or_default(),
        phase,
        is_pass: site.is_pass,
        quality: site.quality,
        genotype_quality: site.genotype_quality,
    }
}
