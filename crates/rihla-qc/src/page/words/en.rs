//! English.

use super::{
    AlignmentWords, BatchWords, ChartWords, CheckWords, CoverageWords, General, ProvenanceWords, ReadWords,
    RunWords, Sections, Tiles, VariantWords, VerdictWords, Words,
};
use crate::copies::CopyState;
use crate::page::numbers::NumberForm;
use crate::verdict::{Finding, Gate, Outcome};

const NUMBER: NumberForm = NumberForm { decimal: '.', group: ',', byte: "B" };

/// The words of English.
pub const ENGLISH: Words = Words {
    lang: "en",
    number: NUMBER,
    outcome: Outcome::word,
    gate,
    about,
    reason,
    sex: str::to_owned,
    general: General {
        sample_report: "Sample report",
        batch_report: "Batch report",
        skip: "Skip to the verdict",
        contents: "Contents",
        reads: |count| format!("{count} reads"),
        caution: "Research software, not validated as a medical device.",
    },
    sections: Sections {
        verdict: "Verdict",
        reads: "Reads",
        alignment: "Alignment",
        coverage: "Coverage",
        checks: "Sample checks",
        variants: "Variants",
        provenance: "Provenance",
        run: "This run",
    },
    verdict: VerdictWords {
        none: "This run was not judged.",
        counts: |[failed, warned, passed, open]| {
            let named = [
                (failed, "beyond a limit of FAIL"),
                (warned, "beyond a limit of WARN"),
                (passed, "within the limits"),
                (open, "not checked"),
            ];
            let mut parts: Vec<String> = Vec::new();
            for (count, what) in named.into_iter().filter(|(count, _)| *count > 0) {
                let gates = match (parts.is_empty(), count) {
                    (false, _) => "",
                    (true, 1) => " gate",
                    (true, _) => " gates",
                };
                parts.push(format!("{count}{gates} {what}"));
            }
            format!("{}.", parts.join(", "))
        },
        gates: "Gates",
        limits_of: |name| {
            format!(
                "By the limits named “{name}”. The needle is the sample; what equals a limit is within it."
            )
        },
        gate: "Gate",
        value: "Value",
        limits: "Limits",
        outcome: "Outcome",
        below: "below",
        above: "above",
    },
    tiles: Tiles {
        r#yield: "Yield",
        q30: "Bases of Q30",
        mapped: "Mapped",
        duplicates: "Duplicates",
        depth: "Mean depth",
        at_20x: "At 20× or more",
        snps: "SNPs",
        indels: "Indels",
    },
    chart: ChartWords { numbers_of: |title| format!("Numbers: {title}") },
    reads: ReadWords {
        cycle: "Cycle",
        mate: |mate| format!("Read {mate}"),
        quality: "Quality by cycle",
        quality_says: |share| {
            format!("Mean base quality of each cycle of the machine. {share} of all bases are Q30 or better.")
        },
        mean_quality: "Mean quality (Phred)",
        content: |mate| format!("Bases by cycle, {}", mate.to_lowercase()),
        content_says: "Level lines, A with T and C with G, are what a genome gives; waves at the start come from the library.",
        share_of_bases: "Share of bases",
        read_groups: "Read groups",
        read_groups_say: "What each lane, or group of lanes, gave.",
        group_head: ["Read group", "Library", "Reads", "Bases", "Mean length", "Q30", "GC"],
    },
    alignment: AlignmentWords {
        fate: "Where the reads went",
        fate_says: |reads, mapped| {
            format!("Of {reads} reads {mapped} are mapped. The first three bars add up to all of them.")
        },
        fates: ["Unique", "Duplicate", "Unmapped", "Proper pair", "Mate away", "Mate lost"],
        fate_parts: ["all reads, in three parts", "of these"],
        fate_head: ["Reads", "Count", "Share"],
        share_of_reads: "Share of reads",
        share_of_mapped: "Share of mapped reads",
        inserts: "Insert sizes",
        inserts_say: |pairs, median, mad| {
            format!(
                "Of {pairs} proper pairs half span {median} bases or less, most within {mad} of it (median absolute deviation)."
            )
        },
        insert_length: "Insert size (bases)",
        lengths: |from, to| if from == to { from.to_string() } else { format!("{from}–{to}") },
        pairs: "Pairs",
        median: |length| format!("median {length}"),
        longer: "longer",
        mapq: "Mapping quality",
        mapq_says: |share| {
            format!(
                "{share} of the mapped reads have a quality of 20 or more; 0 means that another place fits as well."
            )
        },
        mapping_quality: "Mapping quality",
        mapq_head: ["Mapping quality", "Reads", "Share"],
        duplication: "What more sequencing would give",
        duplication_says: |share| {
            format!(
                "Distinct pairs, against now, if each library were sequenced more. {share} of the mapped reads are duplicates."
            )
        },
        sequencing: "Sequencing, against now",
        distinct_pairs: "Distinct pairs, against now",
        without_duplicates: "without any duplicate",
        library_head: [
            "Library",
            "Pairs",
            "Duplicate pairs",
            "Of these optical",
            "Duplicates",
            "Estimated size",
        ],
    },
    coverage: CoverageWords {
        depth: "Depth",
        depth_says: |mean, median, even| {
            format!(
                "Mean {mean}, median {median}; {even} of the bases are at least a fifth as deep as the mean."
            )
        },
        depth_axis: "Depth",
        depth_head: ["Depth", "Bases", "Share"],
        share_of_bases: "Share of bases",
        mean: |depth| format!("mean {depth}"),
        reached: "Bases that reach a depth",
        reached_says: |ten, twenty, thirty| {
            format!("{ten} of the bases are 10× deep or more, {twenty} 20×, {thirty} 30×.")
        },
        reached_head: ["Depth or more", "Share of bases"],
        contigs: "Depth by chromosome",
        contigs_say: "Mean depth of each chromosome, without N. One copy of a chromosome, as of a man’s X and Y, is half as deep.",
        chromosome: "Chromosome",
        mean_depth: "Mean depth",
        off_chart: |those| format!("beyond the chart: {those}"),
        gc: "GC bias",
        gc_says: |at, gc| {
            format!(
                "Depth by how much of the reference is G or C; 1 everywhere is even. AT dropout {at}, GC dropout {gc}."
            )
        },
        gc_axis: "G and C of 100 bases",
        gc_windows: "windows of the reference",
        normalized: "Depth, against the mean",
        even: "even",
        regions: "Regions",
        regions_say: |count| {
            format!("Depth of the regions that were asked for. Names with a base below 20×: {count}.")
        },
        region_names: ["Regions", "Bases"],
        region_head: ["Name", "At 20×", "Mean depth"],
        contig_head: ["Chromosome", "Length", "Bases looked at", "Records", "Mean depth"],
    },
    checks: CheckWords {
        copies: "Copies of chromosomes",
        copies_say: |unusual| match unusual {
            "" => {
                "Chromosomes, and regions that cultured cells gain or lose, are there as often as expected."
                    .to_owned()
            }
            those => format!("There more or less often than expected: {those}."),
        },
        copies_axis: "Copies, as a mean of all cells",
        copies_head: ["Chromosome or region", "Copies", "Expected", "State"],
        unusual: "gained or lost, perhaps",
        state,
        origin: "Whose it is",
        origin_says: "Reads at common SNPs: how many of them are of another person, and whether the sample is of whom it should be.",
        origin_names: [
            "Reads of another person",
            "Range",
            "Sites with a genotype",
            "Heterozygous",
            "Expected",
            "LOD",
        ],
        roh: "Runs of homozygosity",
        roh_says: "Stretches of a million bases and more whose two copies are the same: long ones tell of related parents, of one parent alone, or of a lost copy.",
        roh_names: ["Of the genome", "In runs of 5 Mb or more", "Heterozygous SNPs a Mb elsewhere"],
        roh_head: ["Run", "Length"],
        sex: "Sex",
        sex_says: "Depth of X and Y against that of the numbered chromosomes: 1 for two copies, 0.5 for one.",
        stated: "As stated",
        inferred: "By the reads",
        x_depth: "Depth of X",
        y_depth: "Depth of Y",
    },
    variants: VariantWords {
        counts: "Calls",
        counts_say: |records, pass| {
            format!("Of {records} records {pass} pass every filter; all else here is of those.")
        },
        snps: "SNPs",
        insertions: "Insertions",
        deletions: "Deletions",
        mnps: "MNPs",
        het: "Heterozygous",
        hom_alt: "Homozygous",
        het_hom: "Het/hom",
        indel_ratio: "Insertions/deletions",
        multi_allelic: "Multi-allelic",
        filters: "Numbers: filters that records fail",
        filter_head: ["Filter", "Records"],
        substitutions: "Substitutions",
        substitutions_say: |ratio| {
            format!(
                "Transitions by transversions: {ratio}. About 2 is usual of a human genome, 3 of an exome; chance gives 0.5."
            )
        },
        substitution: "REF→ALT, either strand",
        substitution_head: ["Substitution", "Kind", "SNPs"],
        transitions: "Transitions",
        transversions: "Transversions",
        indels: "Indel lengths",
        indels_say: |ratio| {
            format!("Insertions by deletions: {ratio}. Those of 50 bases or more are counted as 50.")
        },
        indel_axis: "Deleted and inserted bases",
        indel_head: ["Bases", "Insertions", "Deletions"],
        alleles: "Alleles",
        fractions: "Allele fraction by genotype",
        fractions_say: "Share of the reads that have the ALT allele: about a half where heterozygous, all where homozygous. What lies between speaks of contamination, or of copies.",
        fraction_axis: "Share of reads",
        gq: "Genotype quality",
        gq_says: "How sure the genotypes are (Phred); 99 is the most that is said.",
        qual: "Variant quality",
        qual_says: "How sure it is that there is a variant (Phred). The last bar has all that are higher.",
        records: "Records",
    },
    provenance: ProvenanceWords {
        no_manifest: "There is no manifest beside the metrics: digests, reference and command are not known here.",
        program: "Program",
        command: "Command, with the options that shape the outputs",
        reference: "Reference",
        contigs: "Contigs",
        bases: "Bases",
        reference_digest: "SHA-256 of contigs",
        inputs: "Inputs",
        file_head: ["File", "Size", "SHA-256"],
    },
    run: RunWords {
        stages: "Times",
        stages_say: |wall, cpu| {
            format!("The run took {wall} by the clock and {cpu} of processor time. Stages may overlap.")
        },
        whole: "whole run",
        wall: "by the clock",
        cpu: "processor time",
        seconds: "Seconds",
        stage_head: ["Stage", "By the clock", "Processor time"],
        machine: "Machine",
        threads: "Threads",
        memory: "Peak memory",
        memory_limit: "Memory limit",
        temporary: "Spilled to disk",
        platform: "Platform",
        processor: "Processor",
        kernels: "Kernels",
        started: "Started",
        arguments: "Command line as it was given",
        outputs: "Outputs",
    },
    batch: BatchWords {
        title: |samples| if samples == 1 { "1 sample".to_owned() } else { format!("{samples} samples") },
        counts: |[failed, warned, passed, open]| {
            let named = [(failed, "FAIL"), (warned, "WARN"), (passed, "PASS"), (open, "not judged")];
            let parts = named.into_iter().filter(|(count, _)| *count > 0);
            format!(
                "{}.",
                parts.map(|(count, word)| format!("{count} {word}")).collect::<Vec<_>>().join(", ")
            )
        },
        samples: "Samples",
        samples_say: "The worst first. A cell is what its sample gives at a gate; a triangle marks what lies far from the other samples.",
        sample: "Sample",
        verdict: "Verdict",
        not_judged: "not judged",
        spread: "Where the samples lie",
        spread_says: "One dot a sample; the tall line is the median. Dots with a name lie more than five median absolute deviations from it.",
        outlier_high: "far above the others",
        outlier_low: "far below the others",
        range: |low, median, high| format!("{low} to {high}, median {median}"),
        too_few: "Outliers are looked for in five samples or more.",
    },
};

fn gate(gate: Gate) -> &'static str {
    match gate {
        Gate::Yield => "Yield",
        Gate::Q30 => "Q30",
        Gate::Mapped => "Mapped",
        Gate::Duplicates => "Duplicates",
        Gate::InsertSize => "Insert size",
        Gate::MeanDepth => "Mean depth",
        Gate::At20x => "At 20×",
        Gate::Evenness => "Evenness",
        Gate::Contamination => "Contamination",
        Gate::Sex => "Sex",
        Gate::Identity => "Identity",
        Gate::TiTv => "Ti/Tv",
        Gate::HetHom => "Het/hom",
        Gate::IndelRatio => "Ins/del",
    }
}

fn about(gate: Gate) -> &'static str {
    match gate {
        Gate::Yield => "bases read for each base to cover",
        Gate::Q30 => "share of bases of Q30 or more",
        Gate::Mapped => "share of reads",
        Gate::Duplicates => "share of mapped reads",
        Gate::InsertSize => "median of proper pairs",
        Gate::MeanDepth => "of the bases looked at",
        Gate::At20x => "share of bases 20 reads deep or more",
        Gate::Evenness => "share of bases above a fifth of the mean",
        Gate::Contamination => "share of reads of somebody else",
        Gate::Sex => "as stated, and by the reads",
        Gate::Identity => "who the sample is",
        Gate::TiTv => "transitions by transversions",
        Gate::HetHom => "heterozygous by homozygous records",
        Gate::IndelRatio => "insertions by deletions",
    }
}

fn state(state: CopyState) -> &'static str {
    match state {
        CopyState::Normal => "as expected",
        CopyState::PossibleGain => "perhaps gained",
        CopyState::PossibleLoss => "perhaps lost",
        CopyState::Gain => "gained",
        CopyState::Loss => "lost",
        CopyState::Open => "open",
    }
}

/// What a sentence speaks of.
fn subject(gate: Gate) -> &'static str {
    match gate {
        Gate::Yield => "yield",
        Gate::Q30 => "share of Q30 bases",
        Gate::Mapped => "share of mapped reads",
        Gate::Duplicates => "share of duplicates",
        Gate::InsertSize => "median insert size",
        Gate::MeanDepth => "mean depth",
        Gate::At20x => "share of bases at 20x",
        Gate::Evenness => "evenness",
        Gate::Contamination => "contamination",
        Gate::Sex => "sex",
        Gate::Identity => "identity",
        Gate::TiTv => "Ti/Tv",
        Gate::HetHom => "het/hom",
        Gate::IndelRatio => "ratio of insertions to deletions",
    }
}

fn reason(gate: Gate, value: &str, finding: &Finding) -> String {
    let subject = subject(gate);
    let limit = |limit: f64| NUMBER.of_gate(gate, limit);
    match finding {
        Finding::Within => format!("{subject} {value} is within its limits"),
        Finding::Below { limit: low, of } => {
            format!("{subject} {value} is below {}, the limit of {}", limit(*low), of.word())
        }
        Finding::Above { limit: high, of } => {
            format!("{subject} {value} is above {}, the limit of {}", limit(*high), of.word())
        }
        Finding::Agrees => format!("{subject} is as stated"),
        Finding::Differs { stated, found } => {
            format!("{subject} was stated as {stated}, but the reads look {found}")
        }
        Finding::SomebodyElse { expected, is_related } => {
            let who = if *is_related { "a relative" } else { "somebody else" };
            format!("the sample should be {expected}, but is of {who}")
        }
        Finding::NoLimit => format!("no limit is set for {subject}"),
        Finding::NoBases => "bases and qualities of the reads were not counted".to_owned(),
        Finding::NoReads => "there are no reads".to_owned(),
        Finding::NoPairs => "no pair is properly placed".to_owned(),
        Finding::NoDepth => "depth was not counted so far up, or nowhere".to_owned(),
        Finding::NoVariants => "no variants were called for".to_owned(),
        Finding::TooFew { count, wanted } => format!(
            "{subject} is of {} variants, too few to tell: {} are wanted",
            NUMBER.count(*count),
            NUMBER.count(*wanted)
        ),
        Finding::NoSites => "no common sites were given to tell it by".to_owned(),
        Finding::SexNotStated { found: Some(found) } => format!("no sex was stated; the reads look {found}"),
        Finding::SexNotStated { found: None } => "no sex was stated, and the reads leave it open".to_owned(),
        Finding::SexUnclear => "the reads on X and Y leave it open".to_owned(),
        Finding::NoSex => "X and Y were not looked at, or there are none".to_owned(),
        Finding::FewSites => "too few of the common sites have reads".to_owned(),
        Finding::IdentityUnclear => "the fingerprints have too little in common to tell".to_owned(),
        Finding::NothingToCompare => "there is no fingerprint to compare with".to_owned(),
    }
}
