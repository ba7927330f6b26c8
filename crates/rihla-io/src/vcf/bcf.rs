//! VCF lines as BCF 2.2 (VCF specification 4.3, section 6).
//!
//! The encoder is ours and not that of noodles, which stops the program at an INFO value `.`, writes a
//! record that cannot be read when all values of a FORMAT vector are missing, refuses a genotype `.`, and
//! orders the header's lines anew. Numbers, types and missing values are chosen as htslib does, so that the
//! records are the same bytes as bcftools makes of the same VCF, but for a zero that it puts behind texts of FORMAT.

mod dictionary;
mod samples;
mod site;
pub(crate) mod text;
mod value;

use rihla_core::Interval;

use dictionary::Dictionary;

/// `BCF` and the version.
const MAGIC: [u8; 5] = *b"BCF\x02\x02";

/// Encodes lines of a VCF with one header.
#[derive(Debug)]
pub(super) struct BcfEncoder {
    dictionary: Dictionary,
    /// The record that was encoded last: what all samples share, and what each has of its own.
    shared: Vec<u8>,
    individual: Vec<u8>,
}

impl BcfEncoder {
    /// Reads a header's text. Gives the encoder and the bytes that a file begins with: the text with the
    /// numbers (`IDX`) by which records name contigs, filters and fields.
    ///
    /// # Errors
    /// In words, for a header that does not say the types of its fields, or is too long.
    pub fn new(header_text: &str) -> Result<(Self, Vec<u8>), String> {
        let (dictionary, text) = Dictionary::read(header_text)?;
        let length = u32::try_from(text.len() + 1).map_err(|_| "the header is too long for BCF")?;
        let mut header = MAGIC.to_vec();
        header.extend(length.to_le_bytes());
        header.extend(text.as_bytes());
        header.push(0);
        Ok((Self { dictionary, shared: Vec::new(), individual: Vec::new() }, header))
    }

    /// Names of the header's contigs, in the order of their numbers.
    pub fn contigs(&self) -> &[String] {
        &self.dictionary.contigs
    }

    /// Appends the record of a line; its first two columns are those of `place`, which goes to the last
    /// reference base.
    ///
    /// # Errors
    /// In words, for a line with too few columns, a filter or field that the header lacks, a value of
    /// another type, and what BCF cannot hold.
    pub fn encode(&mut self, place: Interval, line: &[u8], out: &mut Vec<u8>) -> Result<(), String> {
        let line = std::str::from_utf8(line).map_err(|_| "the line is not UTF-8 text")?;
        let mut columns = line.trim_end_matches('\n').split('\t').skip(2);
        self.shared.clear();
        self.individual.clear();
        let counts = site::push_place(place, &mut self.shared)?;
        let site = site::push_site(&mut columns, &self.dictionary, &mut self.shared)?;
        let formats = samples::push_samples(&mut columns, &self.dictionary, &mut self.individual)?;
        counts.fill(site, formats, self.dictionary.samples, &mut self.shared)?;
        for part in [&self.shared, &self.individual] {
            let length = u32::try_from(part.len()).map_err(|_| "the record is too long for BCF")?;
            out.extend(length.to_le_bytes());
        }
        out.extend(&self.shared);
        out.extend(&self.individual);
        Ok(())
    }
}
