//! What finished work depends on, beside the reads.

use std::fs;
use std::path::Path;

use rihla_core::Contigs;
use rihla_io::sorted::SortedFormat;
use xxhash_rust::xxh3::xxh3_128;

use crate::pipeline::lanes::Sample;
use crate::pipeline::provenance::{CommandLine, VERSION};

/// Everything that shapes the outputs but for the reads, each on a line with its name. What reads were worked on is kept
/// with each piece of work, by their content: copies of the same files, or the same files with other times, will do.
pub struct Key(String);

impl Key {
    /// The key of a run of this program.
    pub fn new(command: &CommandLine, contigs: &Contigs, sample: &Sample, format: SortedFormat) -> Self {
        let mut key = Self(String::new());
        key.line("program", &format!("{VERSION} {}", of_program()));
        key.line("command", command.text());
        key.line("format", &format!("{format:?}"));
        let contigs: String =
            contigs.iter().map(|one| format!("{}\t{}\t{}\n", one.name, one.length, one.md5_hex())).collect();
        key.line("reference", &digest(contigs.as_bytes()));
        let lanes: Vec<_> = sample.lanes.iter().map(|lane| (&lane.reads, lane.origin)).collect();
        let lanes = format!("{lanes:?} {:?} {:?}", sample.groups, sample.libraries);
        key.line("read groups", &digest(lanes.as_bytes()));
        key.line("sex of the sheet", &format!("{:?}", sample.sex));
        key
    }

    /// Adds the content of a file that is an option's value.
    #[must_use]
    pub fn with_file(mut self, name: &str, path: Option<&Path>) -> Self {
        let content =
            path.map_or(String::new(), |path| fs::read(path).map_or(String::new(), |text| digest(&text)));
        self.line(name, &content);
        self
    }

    /// All of it.
    pub fn text(&self) -> &str {
        &self.0
    }

    /// What in `other` differs; `None` when nothing does.
    pub fn difference(&self, other: &str) -> Option<String> {
        if self.0 == other {
            return None;
        }
        let mut others = other.lines();
        let name =
            self.0.lines().find(|line| others.next() != Some(line)).and_then(|line| line.split_once(": "));
        let name = name.map_or("key", |(name, _)| name);
        Some(format!("another {name}"))
    }

    fn line(&mut self, name: &str, value: &str) {
        self.0.push_str(&format!("{name}: {}\n", value.replace('\n', " ")));
    }
}

/// This very build: versions say little of a program that is being worked on.
pub fn of_program() -> String {
    let bytes = std::env::current_exe().and_then(fs::read);
    bytes.map_or(String::new(), |bytes| digest(&bytes))
}

fn digest(bytes: &[u8]) -> String {
    format!("{:032x}", xxh3_128(bytes))
}
