//! The manifest of a run, written when all else is.

use std::path::Path;
use std::time::{Instant, SystemTime};

use anyhow::Result;
use rihla_core::{Contigs, FileDigest};
use rihla_io::atomic::write_text;
use rihla_io::{AtomicFile, AtomicSet, digest_bytes};
use rihla_qc::{FileEntry, MANIFEST_VERSION, Manifest, ManifestCounts, Program, ReferenceEntry, RunFacts};

use super::lanes::Sample;
use super::provenance::{CommandLine, VERSION};
use crate::context::Context;
use crate::exit::{Failure, fault};
use crate::memory::{cpu_seconds, peak_bytes};
use crate::objects::{is_url, shown};

/// What a manifest says of a run, but for its outputs.
pub struct Facts<'a> {
    /// The run.
    pub context: &'a Context,
    /// The options.
    pub command: &'a CommandLine,
    /// The FASTA file.
    pub reference: &'a Path,
    /// What it holds.
    pub contigs: &'a Contigs,
    /// What was aligned.
    pub sample: &'a Sample,
    /// Its inputs as they were read.
    pub digests: &'a [FileDigest],
    /// What was counted.
    pub counts: ManifestCounts,
    /// Bytes that were spilled.
    pub temporary_bytes: u64,
}

/// When a run began.
pub struct Clock {
    started: SystemTime,
    start: Instant,
}

impl Clock {
    /// Now.
    #[must_use]
    pub fn start() -> Self {
        Self { started: SystemTime::now(), start: Instant::now() }
    }
}

/// Writes the manifest of a run whose outputs, all but the manifest, wait for their names in `outputs`.
///
/// # Errors
/// When it cannot be written; when an input was not read to its end.
pub fn write(path: &Path, clock: &Clock, facts: &Facts<'_>, outputs: &AtomicSet) -> Result<AtomicFile> {
    Ok(write_text(path, &describe(path, clock, facts, outputs)?.to_json())?)
}

/// The manifest, to be written to `path`, of a run with these outputs so far.
///
/// # Errors
/// When an input was not read to its end.
pub fn describe(path: &Path, clock: &Clock, facts: &Facts<'_>, outputs: &AtomicSet) -> Result<Manifest> {
    let inputs = facts.sample.inputs();
    if inputs.len() != facts.digests.len() {
        let (known, all) = (facts.digests.len(), inputs.len());
        return Err(fault(Failure::Internal, format!("{known} of {all} inputs were read to their end")));
    }
    let inputs =
        inputs.iter().zip(facts.digests).map(|(path, digest)| entry(&absolute(path), *digest)).collect();
    let folder = absolute(path).parent().map(Path::to_owned).unwrap_or_default();
    let outputs = outputs.digests().map(|(path, digest)| {
        let path = absolute(path);
        entry(path.strip_prefix(&folder).unwrap_or(&path), digest)
    });
    let context = facts.context;
    Ok(Manifest {
        manifest_version: MANIFEST_VERSION,
        program: Program { name: "rihla".to_owned(), version: VERSION.to_owned() },
        command: facts.command.text().to_owned(),
        arguments: std::env::args_os()
            .map(|argument| shown(&argument.to_string_lossy()).into_owned())
            .collect(),
        sample: facts.sample.name.clone(),
        reference: reference_entry(facts.reference, facts.contigs),
        inputs,
        outputs: outputs.collect(),
        counts: facts.counts.clone(),
        run: RunFacts {
            platform: format!("{}-{}", std::env::consts::OS, std::env::consts::ARCH),
            cpu: cpu_model(),
            simd: context.simd.level().to_string(),
            threads: context.threads(),
            memory_limit_bytes: context.memory,
            started: humantime::format_rfc3339_seconds(clock.started).to_string(),
            finished: humantime::format_rfc3339_seconds(SystemTime::now()).to_string(),
            wall_seconds: clock.start.elapsed().as_secs_f64(),
            cpu_seconds: cpu_seconds(),
            temporary_bytes: facts.temporary_bytes,
            peak_memory_bytes: peak_bytes(),
        },
    })
}

fn entry(path: &Path, digest: FileDigest) -> FileEntry {
    let path = shown(&path.to_string_lossy()).into_owned();
    FileEntry { path, bytes: digest.bytes, sha256: digest.sha256_hex() }
}

fn reference_entry(path: &Path, contigs: &Contigs) -> ReferenceEntry {
    let line =
        |contig: &rihla_core::Contig| format!("{}\t{}\t{}\n", contig.name, contig.length, contig.md5_hex());
    let lines: String = contigs.iter().map(line).collect();
    ReferenceEntry {
        path: absolute(path).to_string_lossy().into_owned(),
        contigs: contigs.len() as u64,
        bases: contigs.iter().map(|contig| u64::from(contig.length)).sum(),
        contigs_sha256: digest_bytes(lines.as_bytes()).sha256_hex(),
    }
}

/// The path from the root, links left as they are; standard input and addresses stay what they are.
fn absolute(path: &Path) -> std::path::PathBuf {
    if path == Path::new("-") || is_url(path) {
        return path.to_owned();
    }
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

fn cpu_model() -> Option<String> {
    let facts = std::fs::read_to_string("/proc/cpuinfo").ok()?;
    let line = facts.lines().find_map(|line| line.strip_prefix("model name"))?;
    Some(line.trim_start_matches([' ', '\t', ':']).to_owned())
}
