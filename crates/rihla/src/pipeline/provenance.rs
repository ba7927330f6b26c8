//! What the outputs say about how they were made.
//!
//! Only what shapes the output is named: threads, memory, temporary folders and output names are left
//! out, so that the bytes do not depend on them.

use std::path::Path;

use rihla_align::Index;
use rihla_io::bam::{BamHeader, Program, RecordOrder};

use super::lanes::Sample;
use crate::objects;

/// Version of this program.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// A command line as it goes into headers.
#[derive(Clone, Debug)]
pub struct CommandLine(String);

impl CommandLine {
    /// `rihla SUBCOMMAND`.
    #[must_use]
    pub fn new(subcommand: &str) -> Self {
        Self(format!("rihla {subcommand}"))
    }

    /// Adds an option with one value.
    #[must_use]
    pub fn option(mut self, name: &str, value: impl AsRef<str>) -> Self {
        self.0.push_str(&format!(" --{name} {}", objects::shown(value.as_ref())));
        self
    }

    /// Adds an option with a path.
    #[must_use]
    pub fn path(self, name: &str, path: &Path) -> Self {
        self.option(name, path.to_string_lossy())
    }

    /// Adds an option with a path where there is one.
    #[must_use]
    pub fn optional_path(self, name: &str, path: Option<&Path>) -> Self {
        match path {
            Some(path) => self.path(name, path),
            None => self,
        }
    }

    /// Adds an option without a value where it is set.
    #[must_use]
    pub fn flag(mut self, name: &str, is_set: bool) -> Self {
        if is_set {
            self.0.push_str(&format!(" --{name}"));
        }
        self
    }

    /// The text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.0
    }
}

/// The BAM header of a sample's reads, in coordinate order.
#[must_use]
pub fn bam_header(index: &Index, sample: &Sample, command: &CommandLine) -> BamHeader {
    BamHeader {
        order: RecordOrder::Coordinate,
        contigs: index.reference().contigs().clone(),
        read_groups: sample.groups.clone(),
        programs: sample.programs.clone(),
        program: Some(Program { version: VERSION.to_owned(), command_line: command.text().to_owned() }),
    }
}
