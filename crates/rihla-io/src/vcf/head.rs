//! Where a record lies, from the first columns of its line.

/// CHROM, POS and the length of REF of a record's line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecordHead<'a> {
    /// CHROM.
    pub contig: &'a str,
    /// POS as a 0-based position.
    pub position: u32,
    /// Letters of REF, one at least.
    pub reference_length: u32,
}

impl<'a> RecordHead<'a> {
    /// Looks at CHROM, POS and REF only; the line may be wrong behind them.
    ///
    /// # Errors
    /// In words, for a column that is missing, a contig that is not UTF-8, a POS that is no number from 1,
    /// an empty REF, and a record that ends behind 2^32 - 1.
    pub fn scan(line: &'a [u8]) -> Result<Self, String> {
        let mut columns = line.splitn(5, |&byte| byte == b'\t');
        let mut next = |name: &str| columns.next().ok_or_else(|| format!("column {name} is missing"));
        let contig = std::str::from_utf8(next("CHROM")?).map_err(|_| "CHROM is not UTF-8 text")?;
        let position = parse_position(next("POS")?)?;
        next("ID")?;
        let reference = next("REF")?;
        if contig.is_empty() || reference.is_empty() {
            return Err(format!("column {} is empty", if contig.is_empty() { "CHROM" } else { "REF" }));
        }
        let reference_length = u32::try_from(reference.len()).ok();
        let reference_length = reference_length
            .filter(|&length| position.checked_add(length).is_some())
            .ok_or("the record ends behind every contig that VCF can name")?;
        Ok(Self { contig, position, reference_length })
    }

    /// One past the last reference base of the record.
    #[must_use]
    pub fn end(&self) -> u32 {
        self.position + self.reference_length
    }
}

/// POS as a 0-based position.
pub(super) fn parse_position(digits: &[u8]) -> Result<u32, String> {
    let digit = |value: Option<u32>, &byte: &u8| {
        let digit = byte.wrapping_sub(b'0');
        value.filter(|_| digit < 10)?.checked_mul(10)?.checked_add(u32::from(digit))
    };
    let one_based = if digits.is_empty() { None } else { digits.iter().fold(Some(0), digit) };
    one_based
        .and_then(|position| position.checked_sub(1))
        .ok_or_else(|| format!("POS {} is no position from 1", digits.escape_ascii()))
}
