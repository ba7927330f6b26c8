//! What the pages say, in each language. A language is one value of [`Words`]: what is missing in one does not compile.

mod en;
mod fr;

use std::fmt;
use std::str::FromStr;

use super::numbers::NumberForm;
use crate::copies::CopyState;
use crate::verdict::{Finding, Gate, Outcome};
pub use en::ENGLISH;
pub use fr::FRENCH;

/// The language of a page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// English.
    #[default]
    English,
    /// French.
    French,
}

impl Language {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::English, Self::French];

    /// Its words.
    #[must_use]
    pub const fn words(self) -> &'static Words {
        match self {
            Self::English => &ENGLISH,
            Self::French => &FRENCH,
        }
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.words().lang)
    }
}

impl FromStr for Language {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let known = Self::ALL.into_iter().find(|language| language.words().lang == text);
        known.ok_or_else(|| format!("{text} is not a language of reports: use en or fr"))
    }
}

/// Everything that is said.
pub struct Words {
    /// The language, as HTML names it.
    pub lang: &'static str,
    /// Its numbers.
    pub number: NumberForm,
    /// An outcome in a word.
    pub outcome: fn(Outcome) -> &'static str,
    /// A gate's name.
    pub gate: fn(Gate) -> &'static str,
    /// What a gate looks at.
    pub about: fn(Gate) -> &'static str,
    /// Why a gate has its outcome: gate, its number, what was found.
    pub reason: fn(Gate, &str, &Finding) -> String,
    /// A sex.
    pub sex: fn(&str) -> String,
    /// On every page.
    pub general: General,
    /// Names of the sections.
    pub sections: Sections,
    /// The verdict.
    pub verdict: VerdictWords,
    /// Numbers at the top.
    pub tiles: Tiles,
    /// All charts.
    pub chart: ChartWords,
    /// Reads.
    pub reads: ReadWords,
    /// Alignment.
    pub alignment: AlignmentWords,
    /// Coverage.
    pub coverage: CoverageWords,
    /// Checks of the sample.
    pub checks: CheckWords,
    /// Variants.
    pub variants: VariantWords,
    /// Provenance.
    pub provenance: ProvenanceWords,
    /// The run.
    pub run: RunWords,
    /// The page of a batch.
    pub batch: BatchWords,
}

impl Words {
    /// An outcome in a word.
    #[must_use]
    pub fn outcome(&self, outcome: Outcome) -> &'static str {
        (self.outcome)(outcome)
    }

    /// A gate's name.
    #[must_use]
    pub fn gate(&self, gate: Gate) -> &'static str {
        (self.gate)(gate)
    }

    /// What a gate looks at.
    #[must_use]
    pub fn about(&self, gate: Gate) -> &'static str {
        (self.about)(gate)
    }

    /// Why a gate has its outcome.
    #[must_use]
    pub fn reason(&self, gate: Gate, value: &str, finding: &Finding) -> String {
        (self.reason)(gate, value, finding)
    }

    /// A sex, as metrics name it.
    #[must_use]
    pub fn sex(&self, sex: &str) -> String {
        (self.sex)(sex)
    }
}

/// Declares a set of words: texts, and sentences with something filled in.
macro_rules! words {
    ($($(#[$about:meta])* $name:ident { $($field:ident: $kind:ty,)* })*) => {$(
        $(#[$about])*
        #[allow(missing_docs, reason = "each is what its name says; the English file shows them")]
        pub struct $name { $(pub $field: $kind,)* }
    )*};
}

type Text = &'static str;

words! {
    /// On every page.
    General {
        sample_report: Text,
        batch_report: Text,
        skip: Text,
        contents: Text,
        reads: fn(&str) -> String,
        caution: Text,
    }

    /// Names of the sections.
    Sections {
        verdict: Text,
        reads: Text,
        alignment: Text,
        coverage: Text,
        checks: Text,
        variants: Text,
        provenance: Text,
        run: Text,
    }

    /// The verdict.
    VerdictWords {
        none: Text,
        counts: fn([usize; 4]) -> String,
        gates: Text,
        limits_of: fn(&str) -> String,
        gate: Text,
        value: Text,
        limits: Text,
        outcome: Text,
        below: Text,
        above: Text,
    }

    /// Numbers at the top.
    Tiles {
        r#yield: Text,
        q30: Text,
        mapped: Text,
        duplicates: Text,
        depth: Text,
        at_20x: Text,
        snps: Text,
        indels: Text,
    }

    /// All charts.
    ChartWords {
        numbers_of: fn(&str) -> String,
    }

    /// Reads.
    ReadWords {
        cycle: Text,
        mate: fn(u8) -> String,
        quality: Text,
        quality_says: fn(&str) -> String,
        mean_quality: Text,
        content: fn(&str) -> String,
        content_says: Text,
        share_of_bases: Text,
        read_groups: Text,
        read_groups_say: Text,
        group_head: [Text; 7],
    }

    /// Alignment.
    AlignmentWords {
        fate: Text,
        fate_says: fn(&str, &str) -> String,
        fates: [Text; 6],
        fate_head: [Text; 3],
        fate_parts: [Text; 2],
        share_of_reads: Text,
        share_of_mapped: Text,
        inserts: Text,
        inserts_say: fn(&str, &str, &str) -> String,
        insert_length: Text,
        lengths: fn(usize, usize) -> String,
        pairs: Text,
        median: fn(&str) -> String,
        longer: Text,
        mapq: Text,
        mapq_says: fn(&str) -> String,
        mapping_quality: Text,
        mapq_head: [Text; 3],
        duplication: Text,
        duplication_says: fn(&str) -> String,
        sequencing: Text,
        distinct_pairs: Text,
        without_duplicates: Text,
        library_head: [Text; 6],
    }

    /// Coverage.
    CoverageWords {
        depth: Text,
        depth_says: fn(&str, &str, &str) -> String,
        depth_axis: Text,
        depth_head: [Text; 3],
        share_of_bases: Text,
        mean: fn(&str) -> String,
        reached: Text,
        reached_says: fn(&str, &str, &str) -> String,
        reached_head: [Text; 2],
        contigs: Text,
        contigs_say: Text,
        chromosome: Text,
        mean_depth: Text,
        off_chart: fn(&str) -> String,
        contig_head: [Text; 5],
        gc: Text,
        gc_says: fn(&str, &str) -> String,
        gc_axis: Text,
        gc_windows: Text,
        normalized: Text,
        even: Text,
        regions: Text,
        regions_say: fn(&str) -> String,
        region_names: [Text; 2],
        region_head: [Text; 3],
    }

    /// Checks of the sample.
    CheckWords {
        sex: Text,
        sex_says: Text,
        stated: Text,
        inferred: Text,
        x_depth: Text,
        y_depth: Text,
        copies: Text,
        copies_say: fn(&str) -> String,
        copies_axis: Text,
        copies_head: [Text; 4],
        unusual: Text,
        state: fn(CopyState) -> Text,
        origin: Text,
        origin_says: Text,
        origin_names: [Text; 6],
        roh: Text,
        roh_says: Text,
        roh_names: [Text; 3],
        roh_head: [Text; 2],
    }

    /// Variants.
    VariantWords {
        counts: Text,
        counts_say: fn(&str, &str) -> String,
        snps: Text,
        insertions: Text,
        deletions: Text,
        mnps: Text,
        het: Text,
        hom_alt: Text,
        het_hom: Text,
        indel_ratio: Text,
        multi_allelic: Text,
        filters: Text,
        filter_head: [Text; 2],
        substitutions: Text,
        substitutions_say: fn(&str) -> String,
        substitution: Text,
        substitution_head: [Text; 3],
        transitions: Text,
        transversions: Text,
        indels: Text,
        indels_say: fn(&str) -> String,
        indel_axis: Text,
        indel_head: [Text; 3],
        alleles: Text,
        fractions: Text,
        fractions_say: Text,
        fraction_axis: Text,
        gq: Text,
        gq_says: Text,
        qual: Text,
        qual_says: Text,
        records: Text,
    }

    /// Provenance.
    ProvenanceWords {
        no_manifest: Text,
        program: Text,
        command: Text,
        reference: Text,
        contigs: Text,
        bases: Text,
        reference_digest: Text,
        inputs: Text,
        file_head: [Text; 3],
    }

    /// The run.
    RunWords {
        stages: Text,
        stages_say: fn(&str, &str) -> String,
        whole: Text,
        wall: Text,
        cpu: Text,
        seconds: Text,
        stage_head: [Text; 3],
        machine: Text,
        threads: Text,
        memory: Text,
        memory_limit: Text,
        temporary: Text,
        platform: Text,
        processor: Text,
        kernels: Text,
        started: Text,
        arguments: Text,
        outputs: Text,
    }

    /// The page of a batch.
    BatchWords {
        title: fn(usize) -> String,
        counts: fn([usize; 4]) -> String,
        samples: Text,
        samples_say: Text,
        sample: Text,
        verdict: Text,
        not_judged: Text,
        spread: Text,
        spread_says: Text,
        outlier_high: Text,
        outlier_low: Text,
        range: fn(&str, &str, &str) -> String,
        too_few: Text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_are_named_as_html_names_them() {
        for language in Language::ALL {
            assert_eq!(language.to_string().parse(), Ok(language));
        }
        assert!("de".parse::<Language>().is_err_and(|error| error.contains("en or fr")));
    }

    #[test]
    fn languages_differ_in_every_gate() {
        for gate in Gate::ALL {
            assert_ne!(ENGLISH.about(gate), FRENCH.about(gate));
            assert_ne!(
                ENGLISH.reason(gate, "1", &Finding::NoLimit),
                FRENCH.reason(gate, "1", &Finding::NoLimit)
            );
        }
    }
}
