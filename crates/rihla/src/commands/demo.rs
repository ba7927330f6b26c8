//! `rihla demo`, a newcomer's first command: a small genome, its reads, the main job, the score.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Result;
use rihla_core::Reference;
use rihla_io::vcf::read_vcf;
use rihla_io::{AtomicFile, IoError, bed, fasta};
use rihla_testkit::{Genome, GenomeOptions};
use rihla_truth::{Cell, compare};

use crate::cli::{
    AlignmentArgs, BamArgs, CramVersionArg, DemoArgs, DuplicateArgs, GermlineArgs, GvcfArgs, KeptFormat,
    PanelArgs, PloidyArgs, ReadsArgs, ReadsFrom, ReferenceArgs, ResumeArgs, SampleArgs, ScoreArgs, TrimArgs,
    VariantFormat, VerdictArgs,
};
use crate::commands::germline::{self, Finished};
use crate::commands::simulate::{self, create_dir};
use crate::context::Context;
use crate::exit::{Failure, fault};
use crate::pipeline::truth::compared;

/// The sample's name.
const SAMPLE: &str = "DEMO";

/// Contigs of the genome.
const CONTIGS: u32 = 3;

/// Letters on a line of the FASTA file.
const LINE: usize = 80;

/// Simulates, runs the main job, scores it and says where everything is.
///
/// # Errors
/// Options out of range, outputs not writable.
pub fn run(args: &DemoArgs) -> Result<()> {
    let context = Context::new(&args.run)?;
    let say = |text: &str| context.progress.say(text);
    say(&format!("making a genome of {} bases from seed {}", args.genome_length, args.simulation.seed));
    let set = make(&context, args)?;
    let Set { fasta, reference, made } = &set;
    let job = job(args, &set);
    say(&format!(
        "the main job: rihla germline --ref {} --reads {} {} --sample {SAMPLE} --out-dir {}",
        fasta.display(),
        made.reads[0].display(),
        made.reads[1].display(),
        args.out_dir.display()
    ));
    let Finished { outputs, verdict } = germline::run_in(&context, &job)?;
    let contigs = reference.contigs();
    let confident = bed::read_bed(&made.confident, contigs)?;
    let truth = read_vcf(&made.truth, contigs)?;
    let calls = read_vcf(&outputs.vcf, contigs)?;
    let scores = compare(
        reference,
        &truth.iter().map(compared).collect::<Vec<_>>(),
        &calls.iter().map(compared).collect::<Vec<_>>(),
        &confident,
    );
    say(&format!("verdict: {}", verdict.headline()));
    say("calls against the truth:");
    say(&format!(
        "{:>8} {:>7} {:>7} {:>7} {:>8} {:>9} {:>8}",
        "", "truth", "missed", "false", "recall", "precision", "F1"
    ));
    say(&row("SNP", &scores.snp));
    say(&row("indel", &scores.indel));
    for (what, path) in [
        ("BAM", &outputs.alignments),
        ("VCF", &outputs.vcf),
        ("metrics", &outputs.metrics),
        ("report", &outputs.report),
        ("truth", &made.truth),
    ] {
        say(&format!("{what}: {}", path.display()));
    }
    Ok(())
}

/// A simulated set.
pub struct Set {
    /// Its genome.
    pub fasta: PathBuf,
    /// The same, packed.
    pub reference: Reference,
    /// Reads and truth.
    pub made: simulate::Outputs,
}

/// Makes a genome and its reads in the folder of the demonstration.
///
/// # Errors
/// Options out of range, outputs not writable.
pub fn make(context: &Context, args: &DemoArgs) -> Result<Set> {
    create_dir(&args.out_dir)?;
    let fasta = args.out_dir.join("genome.fa");
    let reference = make_genome(args, &fasta)?;
    let made = simulate::run_in(context, &reference, &fasta, &args.simulation, &args.out_dir)?;
    Ok(Set { fasta, reference, made })
}

/// The main job on a set, with its outputs beside it and what options are when they are not given.
pub fn job(args: &DemoArgs, set: &Set) -> GermlineArgs {
    GermlineArgs {
        reference: ReferenceArgs { reference: set.fasta.clone(), index: None },
        sample: SampleArgs {
            reads: ReadsArgs { lanes: vec![set.made.reads.to_vec()] },
            from: ReadsFrom::default(),
            sheet: None,
            interleaved: false,
            quality_offset: None,
            trim: TrimArgs::default(),
            sample: Some(SAMPLE.to_owned()),
            library: None,
        },
        alignment: AlignmentArgs::default(),
        duplicates: DuplicateArgs::default(),
        out_dir: args.out_dir.clone(),
        regions: None,
        coverage_regions: None,
        alleles: None,
        panel: PanelArgs::default(),
        max_mnp_distance: 0,
        allele_annotations: false,
        score: ScoreArgs::default(),
        gvcf: false,
        gvcf_form: GvcfArgs::default(),
        ploidy: PloidyArgs::default(),
        bam: BamArgs { compression_level: 5, bam_index: None, cram_version: CramVersionArg::default() },
        output_format: KeptFormat::Bam,
        vcf_format: VariantFormat::Vcf,
        verdict: VerdictArgs::default(),
        resume: ResumeArgs::default(),
        run: args.run.clone(),
    }
}

/// Makes the genome and its FASTA file.
fn make_genome(args: &DemoArgs, path: &Path) -> Result<Reference> {
    let options =
        GenomeOptions { bases: u64::from(args.genome_length), contigs: CONTIGS, seed: args.simulation.seed };
    let genome = Genome::random(&options)
        .map_err(|error| fault(Failure::Usage, format!("--genome-length: {error}")))?;
    let mut file = AtomicFile::create(path)?;
    let mut write = |bytes: &[u8]| file.write_all(bytes).map_err(|source| IoError::writing(path, source));
    for (name, letters) in genome.names.iter().zip(&genome.sequences) {
        write(format!(">{name}\n").as_bytes())?;
        for line in letters.chunks(LINE) {
            write(line)?;
            write(b"\n")?;
        }
    }
    file.commit()?;
    // An index of another genome that an earlier demonstration left would be refused as stale.
    let index = crate::reference::index_path(path);
    if index.exists() {
        std::fs::remove_file(&index).map_err(|source| IoError::writing(&index, source))?;
    }
    Ok(fasta::read_fasta(path)?)
}

fn row(kind: &str, counts: &Cell) -> String {
    let [recall, precision, f1] =
        [counts.recall(), counts.precision(), counts.f1()].map(Option::unwrap_or_default);
    format!(
        "{kind:>8} {:>7} {:>7} {:>7} {recall:>8.4} {precision:>9.4} {f1:>8.4}",
        counts.truth_total(),
        counts.truth_fn,
        counts.query_fp,
    )
}
