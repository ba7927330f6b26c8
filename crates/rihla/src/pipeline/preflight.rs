//! Before the work: are memory and disk enough for what the inputs look like?
//!
//! The estimates are low ones, so that a run is refused only where it could not end. What they miss ends the run
//! later, with an error that says so and nothing left behind.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Result;

use super::room;
use crate::context::Context;
use crate::exit::{Failure, fault};
use crate::memory::{gigabytes, limit_bytes};

/// Bytes of a record that its read does not set: fixed fields, tags, what duplicate marking keeps.
const RECORD_BYTES: f64 = 120.0;

/// Least share of a record that is left when it is spilled, and in a sorted BAM at its smallest.
const SPILLED_SHARE: f64 = 0.3;
const BAM_SHARE: f64 = 0.06;

/// What is kept of a read's alignment at the least, beside what is kept of bins: as much as the BAM.
const KEPT_BYTES: f64 = 20.0;

/// What the inputs look like.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Expected {
    /// Number of reads.
    pub reads: u64,
    /// Bases and bytes of name, by read.
    pub bases: f64,
    /// Bytes of a read's name.
    pub name: f64,
}

/// What a run takes, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Needs {
    memory: u64,
    temporary: u64,
    output: u64,
    /// Finished work that is kept for `--resume`.
    kept: u64,
}

impl Expected {
    /// Bytes that may be spilled in a run of this context, at the least.
    #[must_use]
    pub fn spilled(&self, context: &Context) -> u64 {
        self.needs(context.memory, room::for_records(context)).temporary
    }

    /// At the least, when records may take `room` of the `memory`.
    fn needs(&self, memory: u64, room: u64) -> Needs {
        let records = self.reads as f64 * (1.5 * self.bases + self.name + RECORD_BYTES);
        Needs {
            memory: (records as u64).min(memory),
            temporary: ((records - room as f64).max(0.0) * SPILLED_SHARE) as u64,
            output: (records * BAM_SHARE) as u64,
            kept: (self.reads as f64 * KEPT_BYTES + records * BAM_SHARE) as u64,
        }
    }
}

/// Refuses a run that memory or disks cannot hold. `kept` is where work is kept for `--resume`, and the bytes that are
/// there.
///
/// # Errors
/// What is missing, how much, and what to do.
pub fn check(
    context: &Context,
    expected: &Expected,
    index_bytes: u64,
    temp_dir: &Path,
    output: &Path,
    kept: Option<&(PathBuf, u64)>,
) -> Result<()> {
    if context.skip_checks {
        return Ok(());
    }
    let needs = expected.needs(context.memory, room::for_records(context));
    let refuse = |what: String| {
        let reads = crate::progress::grouped(expected.reads);
        let message = format!("about {reads} reads: {what} (--skip-space-check starts all the same)");
        Err(fault(Failure::Io, message))
    };
    if let Some(there) = limit_bytes().filter(|&there| needs.memory + index_bytes > there) {
        let (wanted, index, there) = (gigabytes(needs.memory), gigabytes(index_bytes), gigabytes(there));
        return refuse(format!(
            "they take {wanted} of memory and the index {index}, but this machine has {there}; give less --memory"
        ));
    }
    let folder = output.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let writes_file = output != Path::new("-") && fs::metadata(output).map_or(true, |found| found.is_file());
    let output_bytes = if writes_file { needs.output } else { 0 };
    let mut claims: Vec<(&Path, u64, String)> = Vec::new();
    let kept_bytes = |there: u64| needs.kept.saturating_sub(there);
    let kept = kept.map(|(path, there)| (path.as_path(), kept_bytes(*there), "work that is kept"));
    let own = [(folder, output_bytes, "outputs"), (temp_dir, needs.temporary, "spilled alignments")];
    for (path, bytes, what) in own.into_iter().chain(kept) {
        match claims.iter_mut().find(|claim| device(path).is_some() && device(path) == device(claim.0)) {
            Some(claim) => {
                claim.1 += bytes;
                claim.2 += &format!(" and {what}");
            }
            None => claims.push((path, bytes, what.to_owned())),
        }
    }
    for (path, bytes, what) in claims {
        if let Some(free) = free_bytes(path).filter(|&free| bytes > free) {
            let (bytes, free, path) = (gigabytes(bytes), gigabytes(free), path.display());
            return refuse(format!(
                "{path} has {free} free, but {what} take {bytes} or more; free space, write elsewhere, give another \
                 --tmp-dir or more --memory"
            ));
        }
    }
    Ok(())
}

#[cfg(unix)]
fn device(path: &Path) -> Option<u64> {
    use std::os::unix::fs::MetadataExt;
    fs::metadata(path).ok().map(|found| found.dev())
}

#[cfg(not(unix))]
fn device(_: &Path) -> Option<u64> {
    None
}

/// Bytes that are free for this user on the disk of a path, where the system tells.
#[cfg(unix)]
pub fn free_bytes(path: &Path) -> Option<u64> {
    let found = rustix::fs::statvfs(path).ok()?;
    Some(found.f_bavail.saturating_mul(found.f_frsize))
}

/// Bytes that are free for this user on the disk of a path, where the system tells.
#[cfg(not(unix))]
pub fn free_bytes(_: &Path) -> Option<u64> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn needs_grow_with_the_reads_and_spills_shrink_with_the_memory() {
        let expected = Expected { reads: 1_000_000, bases: 150.0, name: 40.0 };
        let needs = expected.needs(1 << 30, 1 << 30);
        assert_eq!((needs.memory, needs.temporary), (385_000_000, 0));
        let spilled = expected.needs(100 << 20, 85_000_000);
        assert_eq!((spilled.memory, spilled.temporary), (100 << 20, 90_000_000));
        assert_eq!(spilled.output, needs.output);
        assert!(needs.output > 20_000_000);
        assert_eq!(needs.kept, 20_000_000 + needs.output, "alignments without their reads, and the bins");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn this_machine_has_space() {
        assert!(free_bytes(Path::new("/")).is_some() && device(Path::new("/")).is_some());
        assert_eq!(free_bytes(Path::new("/nowhere")), None);
    }
}
