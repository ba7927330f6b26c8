//! The header of a VCF that we write.

use std::fmt::Write;

use rihla_core::Contigs;

use crate::error::IoError;

/// What the header says; INFO and FORMAT lines are those of [`rihla_core::VariantRecord`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VcfHeader {
    /// `##contig` lines with length and, when known, MD5.
    pub contigs: Contigs,
    /// `##reference`: where the reference is, such as `file:///data/ref.fa`.
    pub reference: Option<String>,
    /// `##FILTER` lines besides `PASS`; records may fail these only.
    pub filters: Vec<FilterLine>,
    /// More `##key=value` lines, in this order: `source`, `rihlaVersion`, `rihlaCommand`, …
    pub lines: Vec<(String, String)>,
    /// The sample's column.
    pub sample: String,
}

/// A filter that records may fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FilterLine {
    /// `ID`, as records name it.
    pub id: &'static str,
    /// What failing it means, in plain text.
    pub description: &'static str,
}

/// `ID`, `Number`, `Type` and `Description`.
type Field = (&'static str, &'static str, &'static str, &'static str);

const INFO: [Field; 14] = [
    ("AC", "A", "Integer", "Copies of each ALT allele in the genotypes"),
    ("AF", "A", "Float", "Share of each ALT allele in the genotypes"),
    ("AN", "1", "Integer", "Alleles in the genotypes"),
    ("BaseQRankSum", "1", "Float", "Z of the rank sum test of ALT against REF base qualities"),
    ("DP", "1", "Integer", "Reads that were looked at"),
    ("FEATURES", ".", "Float", "What the model is told that gives SCORE, where it is to be trained"),
    ("FGT", "0", "Flag", "An ALT allele is here because it was asked for"),
    ("FS", "1", "Float", "Phred-scaled p-value of Fisher's exact test for strand bias"),
    ("MQ", "1", "Float", "Root mean square of the mapping qualities"),
    ("MQRankSum", "1", "Float", "Z of the rank sum test of ALT against REF mapping qualities"),
    ("QD", "1", "Float", "QUAL by depth of the reads of samples that carry the variant"),
    ("ReadPosRankSum", "1", "Float", "Z of the rank sum test of ALT against REF positions in the read"),
    (
        "SCORE",
        "1",
        "Float",
        "Probability that the ALT alleles are there, by a model trained on calls of known truth",
    ),
    ("SOR", "1", "Float", "Symmetric odds ratio of the strand table, for strand bias"),
];

const FORMAT: [Field; 9] = [
    ("GT", "1", "String", "Genotype"),
    ("AD", "R", "Integer", "Informative reads of each allele, REF first"),
    (
        "AF",
        "A",
        "Float",
        "Share of each ALT allele among the fragments, where the sample is a mixture (mitochondrion)",
    ),
    ("DP", "1", "Integer", "Informative reads"),
    ("GQ", "1", "Integer", "Phred-scaled probability that the genotype is wrong"),
    ("PGT", "1", "String", "Physical phase: the genotype by chromosome copy, against the records of one PID"),
    (
        "PID",
        "1",
        "String",
        "Physical phase: POS, REF and first ALT of the first record that is phased with this one",
    ),
    ("PL", "G", "Integer", "Phred-scaled genotype likelihoods, the smallest 0"),
    ("PS", "1", "Integer", "Phase set: POS of the first record that is phased with this one"),
];

/// `AS_` fields: of each ALT allele by itself.
const BY_ALLELE: [(&str, &str); 7] = [
    ("AS_BaseQRankSum", "z of the rank sum test of its against REF base qualities"),
    ("AS_FS", "Phred-scaled p-value of Fisher's exact test for strand bias"),
    ("AS_MQ", "root mean square of the mapping qualities of its reads"),
    ("AS_MQRankSum", "z of the rank sum test of its against REF mapping qualities"),
    ("AS_QD", "Phred-scaled probability of its not being there, by depth of it and of REF"),
    ("AS_ReadPosRankSum", "z of the rank sum test of its against REF positions in the read"),
    ("AS_SOR", "symmetric odds ratio of its strand table, for strand bias"),
];

impl VcfHeader {
    /// The header of records that have [`rihla_core::variant::Annotations::by_allele`], if that is `wanted`.
    #[must_use]
    pub fn with_allele_annotations(mut self, wanted: bool) -> Self {
        self.lines.extend(BY_ALLELE.iter().filter(|_| wanted).map(|(id, what)| {
            let value = format!("<ID={id},Number=A,Type=Float,Description=\"By ALT allele: {what}\">");
            ("INFO".to_owned(), value)
        }));
        self
    }

    /// The header as text, the column line included.
    ///
    /// # Errors
    /// [`IoError::Argument`] when a value is empty or holds a tab or line end, or there is no sample.
    pub fn to_text(&self) -> Result<String, IoError> {
        self.check()?;
        let mut text = String::from("##fileformat=VCFv4.2\n");
        let mut line = |line: std::fmt::Arguments<'_>| {
            text.write_fmt(line).expect("a string takes everything");
            text.push('\n');
        };
        for (key, value) in &self.lines {
            line(format_args!("##{key}={value}"));
        }
        if let Some(reference) = &self.reference {
            line(format_args!("##reference={reference}"));
        }
        line(format_args!("##FILTER=<ID=PASS,Description=\"All filters passed\">"));
        for FilterLine { id, description } in &self.filters {
            line(format_args!("##FILTER=<ID={id},Description=\"{description}\">"));
        }
        for (kind, fields) in [("INFO", &INFO[..]), ("FORMAT", &FORMAT[..])] {
            for (id, number, of, description) in fields {
                line(format_args!(
                    "##{kind}=<ID={id},Number={number},Type={of},Description=\"{description}\">"
                ));
            }
        }
        for contig in self.contigs.iter() {
            let digest = contig.md5 != [0; 16];
            let digest = if digest { format!(",md5={}", contig.md5_hex()) } else { String::new() };
            line(format_args!("##contig=<ID={},length={}{digest}>", contig.name, contig.length));
        }
        line(format_args!("#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\t{}", self.sample));
        Ok(text)
    }

    fn check(&self) -> Result<(), IoError> {
        let values = self.lines.iter().flat_map(|(key, value)| [key, value]);
        for value in values.chain(&self.reference).chain([&self.sample]) {
            if value.is_empty() || value.contains(|letter: char| letter.is_control()) {
                let problem = format!("the VCF header cannot hold {value:?}: it must be plain text");
                return Err(IoError::Argument(problem));
            }
        }
        Ok(())
    }
}
