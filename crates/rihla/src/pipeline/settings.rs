//! The aligner's settings, from the options of a command.

use std::path::{Path, PathBuf};
use std::{fs, io};

use anyhow::Result;
use rihla_align::{AlignOptions, AltContigs, LengthModel, SupplementaryClips};
use rihla_core::Contigs;

use super::provenance::CommandLine;
use crate::cli::{AlignmentArgs, Clips, ReadsFrom, ReferenceArgs};
use crate::context::Context;
use crate::exit::{Failure, fault};
use crate::paths::with_extension_behind;
use crate::progress::grouped;

/// The file beside a reference that lists its alternate loci, as bwa-kit has it: `REF.fa.alt`.
const ALT_EXTENSION: &str = "alt";

/// What the user says instead of a file when there shall be no alternate loci.
const NO_ALT: &str = "none";

/// The aligner's settings and how the outputs name them.
pub struct Settings {
    /// For the aligner.
    pub options: AlignOptions,
    /// The list of alternate loci that was read.
    alt: Option<PathBuf>,
    /// Whether anything is aligned.
    is_used: bool,
}

impl Settings {
    /// Reads the list of alternate loci, if there is one, and puts the settings together.
    ///
    /// # Errors
    /// A list that is missing or damaged; options that nothing is done with.
    pub fn new(
        context: &Context,
        args: &AlignmentArgs,
        reference: &ReferenceArgs,
        (from, contigs): (ReadsFrom, &Contigs),
    ) -> Result<Self> {
        if from == ReadsFrom::Bam {
            return Self::unused(args);
        }
        let alt = alt_path(args, reference);
        let options = AlignOptions {
            insert_size: args.insert_size,
            min_score: args.min_score,
            max_xa: args.max_xa,
            supplementary_clips: match args.supplementary_clips {
                Clips::Soft => SupplementaryClips::Soft,
                Clips::Hard => SupplementaryClips::Hard,
            },
            mark_splits_secondary: args.mark_splits_secondary,
            alt: alt.as_deref().map(|path| read_alt(context, path, contigs)).transpose()?.unwrap_or_default(),
            ..AlignOptions::default()
        };
        Ok(Self { options, alt, is_used: true })
    }

    /// Where alignments are taken as they are.
    fn unused(args: &AlignmentArgs) -> Result<Self> {
        if *args != AlignmentArgs::default() {
            let message = "--from bam takes the alignments as they are; leave the options of alignment out";
            return Err(fault(Failure::Usage, message));
        }
        Ok(Self { options: AlignOptions::default(), alt: None, is_used: false })
    }

    /// The list of alternate loci that was read.
    #[must_use]
    pub fn alt(&self) -> Option<&Path> {
        self.alt.as_deref()
    }

    /// Adds them to a command line.
    #[must_use]
    pub fn describe(&self, mut command: CommandLine) -> CommandLine {
        if !self.is_used {
            return command;
        }
        let AlignOptions { min_score, max_xa, insert_size, .. } = &self.options;
        if let Some(LengthModel { mean, sd, low, high }) = insert_size {
            command = command.option("insert-size", format!("{mean},{sd},{high},{low}"));
        }
        let clips = match self.options.supplementary_clips {
            SupplementaryClips::Soft => "soft",
            SupplementaryClips::Hard => "hard",
        };
        command
            .option("min-score", min_score.to_string())
            .option("max-xa", max_xa.to_string())
            .option("supplementary-clips", clips)
            .flag("mark-splits-secondary", self.options.mark_splits_secondary)
            .optional_path("alt", self.alt.as_deref())
    }
}

/// The list that the user gave, else the one beside the reference.
fn alt_path(args: &AlignmentArgs, reference: &ReferenceArgs) -> Option<PathBuf> {
    match &args.alt {
        Some(path) if path == Path::new(NO_ALT) => None,
        Some(path) => Some(path.clone()),
        None => {
            Some(with_extension_behind(&reference.reference, ALT_EXTENSION)).filter(|path| path.is_file())
        }
    }
}

fn read_alt(context: &Context, path: &Path, contigs: &Contigs) -> Result<AltContigs> {
    let name = path.display();
    let bytes = fs::read(path).map_err(|error| {
        let kind = if error.kind() == io::ErrorKind::NotFound { "no such file" } else { "cannot be read" };
        let message = format!("{name}: {kind}: {error}; give the list of ALT contigs, or --alt {NO_ALT}");
        fault(Failure::Missing, message)
    })?;
    let alt = AltContigs::parse(&String::from_utf8_lossy(&bytes), contigs)
        .map_err(|error| fault(Failure::Data, format!("{name}: {error}")))?;
    if let [first, ..] = alt.unknown() {
        let count = grouped(alt.unknown().len() as u64);
        context
            .progress
            .warn(&format!("{name}: {count} of its contigs, such as {first}, are not in the reference"));
    }
    context.progress.say(&format!("{name}: {} ALT contigs", grouped(alt.len() as u64)));
    Ok(alt)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_beside_the_reference_is_the_default() {
        let dir = tempfile::tempdir().expect("a folder");
        let fasta = dir.path().join("a.fa");
        let reference = ReferenceArgs { reference: fasta.clone(), index: None };
        let args =
            |alt: Option<&str>| AlignmentArgs { alt: alt.map(PathBuf::from), ..AlignmentArgs::default() };
        assert_eq!(alt_path(&args(None), &reference), None);
        let beside = dir.path().join("a.fa.alt");
        fs::write(&beside, "chr1_alt\n").expect("written");
        assert_eq!(alt_path(&args(None), &reference), Some(beside));
        assert_eq!(alt_path(&args(Some("none")), &reference), None);
        assert_eq!(alt_path(&args(Some("x.alt")), &reference), Some("x.alt".into()));
    }

    #[test]
    fn the_options_default_to_the_aligners() {
        let (args, theirs) = (AlignmentArgs::default(), AlignOptions::default());
        assert_eq!((args.min_score, args.max_xa), (theirs.min_score, theirs.max_xa));
        assert_eq!(theirs.supplementary_clips, SupplementaryClips::Soft);
    }
}
