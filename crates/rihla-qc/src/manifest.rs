//! The manifest of a run: what went in, what came out, by which command, on which machine. Written last, so that
//! a folder that has one is complete; every key is explained in `docs/manifest.md`.

use serde::{Deserialize, Serialize};

use crate::report::Program;

/// Version of the manifest's layout; grows when a key changes its meaning or goes.
pub const MANIFEST_VERSION: u32 = 1;

/// The manifest of one run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// [`MANIFEST_VERSION`].
    pub manifest_version: u32,
    /// What made the outputs.
    pub program: Program,
    /// The options that shape the outputs, with their values, defaults too.
    pub command: String,
    /// The command line as it was given.
    pub arguments: Vec<String>,
    /// Name of the sample.
    pub sample: String,
    /// The reference.
    pub reference: ReferenceEntry,
    /// Files of reads, in the order in which they were read.
    pub inputs: Vec<FileEntry>,
    /// Files that were written, but for the manifest itself; paths are relative to its folder where they lie below.
    pub outputs: Vec<FileEntry>,
    /// What was counted.
    pub counts: ManifestCounts,
    /// Where and when.
    pub run: RunFacts,
}

/// A file as it was when it was read or written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileEntry {
    /// Where it lies.
    pub path: String,
    /// Its size.
    pub bytes: u64,
    /// SHA-256 in hexadecimal.
    pub sha256: String,
}

/// The reference that was used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReferenceEntry {
    /// The FASTA file.
    pub path: String,
    /// Number of contigs.
    pub contigs: u64,
    /// Number of bases.
    pub bases: u64,
    /// SHA-256 of the lines `name <tab> length <tab> MD5` of its contigs, the MD5 being that of SAM's `M5`.
    pub contigs_sha256: String,
}

/// What a run counted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ManifestCounts {
    /// Reads of the inputs.
    pub reads: u64,
    /// Templates: pairs and single reads.
    pub templates: u64,
    /// Alignment records that were written; more than reads by the secondary and supplementary ones, fewer by
    /// duplicates that were removed.
    pub records: u64,
    /// Variant records that were written; `None` when none were called for.
    pub variants: Option<u64>,
}

/// Where and when a run took place, and what it took.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunFacts {
    /// Operating system and architecture, as `linux-x86_64`.
    pub platform: String,
    /// Model of the CPU, where the system tells.
    pub cpu: Option<String>,
    /// Instruction set of the kernels.
    pub simd: String,
    /// Worker threads.
    pub threads: usize,
    /// `--memory`, in bytes.
    pub memory_limit_bytes: u64,
    /// When it began (RFC 3339, UTC).
    pub started: String,
    /// When the outputs were complete (RFC 3339, UTC).
    pub finished: String,
    /// Seconds in between.
    pub wall_seconds: f64,
    /// CPU seconds of all threads.
    pub cpu_seconds: Option<f64>,
    /// Bytes of records that were spilled to the temporary folder, after compression.
    pub temporary_bytes: u64,
    /// Highest resident memory, the mapped index included.
    pub peak_memory_bytes: Option<u64>,
}

impl Manifest {
    /// As JSON, indented, with a line end.
    ///
    /// # Panics
    /// Never: everything in it has a form in JSON.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).expect("plain data serializes");
        text.push('\n');
        text
    }

    /// Reads it.
    ///
    /// # Errors
    /// In words, what is wrong with the text, or that it is of a layout that is not known.
    pub fn from_json(text: &str) -> Result<Self, String> {
        let manifest: Self =
            serde_json::from_str(text).map_err(|error| format!("is no manifest: {error}"))?;
        if manifest.manifest_version != MANIFEST_VERSION {
            let version = manifest.manifest_version;
            return Err(format!("has layout {version}; this version reads {MANIFEST_VERSION}"));
        }
        Ok(manifest)
    }
}
