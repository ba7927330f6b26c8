//! What becomes of duplicates once they are found.

use rihla_core::RecordRef;
use rihla_core::record::flags;
use rihla_shard::{Bin, Shards, picard_metrics};

use super::lanes::Sample;
use super::provenance::CommandLine;
use crate::cli::DuplicateArgs;

/// The bits of FLAG that records have which are not written.
#[must_use]
pub const fn left_out(args: &DuplicateArgs) -> u16 {
    if args.remove_duplicates { flags::DUPLICATE } else { 0 }
}

/// The records of a bin that are written.
pub fn kept<'a>(bin: &'a Bin, args: &DuplicateArgs) -> impl Iterator<Item = RecordRef<'a>> + Clone {
    let removed = left_out(args);
    bin.owned_records().filter(move |record| !record.has_any(removed))
}

/// The records of a bin that are left out when duplicates are removed.
pub fn removed(bin: &Bin) -> impl Iterator<Item = RecordRef<'_>> + Clone {
    bin.owned_records().filter(|record| record.has_any(flags::DUPLICATE))
}

/// What was counted, by library, as a file of Picard MarkDuplicates.
#[must_use]
pub fn duplicate_table(command: &CommandLine, sample: &Sample, shards: &Shards) -> String {
    let names = sample.libraries.iter().map(String::as_str);
    picard_metrics(command.text(), &sample.name, names.zip(shards.duplicate_metrics()))
}

/// Adds the options to a command line.
#[must_use]
pub fn describe(command: CommandLine, args: &DuplicateArgs) -> CommandLine {
    command
        .option("optical-distance", args.optical_distance.to_string())
        .flag("remove-duplicates", args.remove_duplicates)
}
