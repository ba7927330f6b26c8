//! Alternate loci: contigs that stand beside the primary assembly, such as GRCh38's ALT haplotypes.

use rihla_core::Contigs;

/// Which contigs are alternate loci; none by default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AltContigs {
    /// By contig; empty where there is none.
    is_alt: Vec<bool>,
    count: usize,
    unknown: Vec<String>,
}

/// What is wrong with a list of alternate loci.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AltError {
    /// A line does not begin with a name.
    #[error(
        "line {line}: no contig name in the first column; each line begins with the name of an ALT contig, header lines with @"
    )]
    NoName {
        /// Line number, from 1.
        line: usize,
    },
    /// No contig is left to compare them with.
    #[error("all {contigs} contigs of the reference are listed as ALT; list the alternate loci alone")]
    NoPrimary {
        /// Contigs of the reference.
        contigs: usize,
    },
}

impl AltContigs {
    /// Reads the list that lies beside a reference (`REF.fa.alt` of bwa-kit: SAM lines, of which the first
    /// column counts; header lines begin with `@`). Names that the reference lacks are kept for a warning.
    ///
    /// # Errors
    /// Lines without a name; a list of all contigs.
    pub fn parse(text: &str, contigs: &Contigs) -> Result<Self, AltError> {
        let mut alt = Self::default();
        for (at, line) in text.lines().enumerate() {
            if line.starts_with('@') || line.trim().is_empty() {
                continue;
            }
            let name = line.split(['\t', ' ']).next().unwrap_or("");
            if name.is_empty() {
                return Err(AltError::NoName { line: at + 1 });
            }
            let Some(id) = contigs.id(name) else {
                alt.unknown.push(name.to_owned());
                continue;
            };
            alt.is_alt.resize(contigs.len(), false);
            let slot = &mut alt.is_alt[id as usize];
            alt.count += usize::from(!*slot);
            *slot = true;
        }
        if alt.count == contigs.len() && alt.count > 0 {
            return Err(AltError::NoPrimary { contigs: alt.count });
        }
        alt.unknown.dedup();
        Ok(alt)
    }

    /// Whether a contig is an alternate locus.
    #[must_use]
    pub fn contains(&self, contig: u32) -> bool {
        self.is_alt.get(contig as usize).copied().unwrap_or(false)
    }

    /// Number of alternate loci in the reference.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.count
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Listed names that the reference lacks, in the order of the list.
    #[must_use]
    pub fn unknown(&self) -> &[String] {
        &self.unknown
    }
}

#[cfg(test)]
mod tests {
    use rihla_core::Contig;

    use super::*;

    fn contigs() -> Contigs {
        let of = |name: &str| Contig { name: name.into(), length: 10, md5: [0; 16] };
        Contigs::new(vec![of("chr1"), of("chr1_alt"), of("HLA*01:01")])
    }

    #[test]
    fn first_columns_are_names() {
        let text = "@SQ\tSN:chr1\n\nchr1_alt\t0\tchr1\t5\t60\t10M\r\nHLA*01:01\nchr9_alt\t4\nchr9_alt\t4\nchr1_alt\n";
        let alt = AltContigs::parse(text, &contigs()).expect("valid");
        assert_eq!([0, 1, 2, 3].map(|contig| alt.contains(contig)), [false, true, true, false]);
        assert_eq!((alt.len(), alt.unknown()), (2, &["chr9_alt".to_owned()][..]));
    }

    #[test]
    fn no_list_is_no_alt_and_damaged_lists_are_refused() {
        assert!(AltContigs::default().is_empty() && !AltContigs::default().contains(0));
        assert!(AltContigs::parse("", &contigs()).expect("valid").is_empty());
        assert_eq!(AltContigs::parse("@x\n\tchr1", &contigs()), Err(AltError::NoName { line: 2 }));
        let all = AltContigs::parse("chr1\nchr1_alt\nHLA*01:01\n", &contigs()).expect_err("all");
        assert!(all.to_string().contains("all 3 contigs"), "{all}");
    }
}
