//! What the header of a part says of it, so that parts of unlike runs are not put together.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use rihla_core::{Contigs, Interval, IntervalSet};
use xxhash_rust::xxh3::xxh3_64;

use crate::pipeline::resume::of_program;

/// Key of the header's line.
pub const KEY: &str = "rihlaPart";

/// What the calls of a run depend on beside the header's other lines, as digests.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sources(Vec<(String, String)>);

impl Sources {
    /// This build of the program; versions say little of one that is being worked on.
    #[must_use]
    pub fn of_this_program() -> Self {
        Self::default().with("program", of_program().as_bytes())
    }

    /// Adds one, by its content.
    #[must_use]
    pub fn with(mut self, name: &str, content: &[u8]) -> Self {
        self.0.push((name.to_owned(), format!("{:016x}", xxh3_64(content))));
        self
    }

    /// Adds the content of a file, where there is one.
    #[must_use]
    pub fn with_file(self, name: &str, path: Option<&Path>) -> Self {
        let content = path.and_then(|path| fs::read(path).ok()).unwrap_or_default();
        self.with(name, &content)
    }

    /// The first that differs.
    #[must_use]
    pub fn difference(&self, other: &Self) -> Option<&str> {
        let mut pairs = self.0.iter().zip(&other.0);
        pairs.find(|(own, theirs)| own != theirs).map(|((name, _), _)| name.as_str())
    }
}

/// The line, behind its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartLine {
    /// What the run's calls depend on.
    pub sources: Sources,
    /// Bases that are called, of the part and of the whole run.
    pub called: (u64, u64),
    /// Where the part's lines begin.
    pub inside: Vec<Interval>,
}

impl PartLine {
    /// That of a part: `regions` is where the whole run calls, everywhere when `None`.
    #[must_use]
    pub fn new(
        sources: Sources,
        inside: &IntervalSet,
        regions: Option<&IntervalSet>,
        contigs: &Contigs,
    ) -> Self {
        let genome = contigs.iter().map(|contig| u64::from(contig.length)).sum();
        let called = match regions {
            None => (inside.bases(), genome),
            Some(regions) => (shared_bases(inside, regions), regions.bases()),
        };
        Self { sources, called, inside: inside.as_slice().to_vec() }
    }

    /// As text: words and values by turns, then the places as samtools writes them.
    #[must_use]
    pub fn to_text(&self, contigs: &Contigs) -> String {
        let mut text = String::new();
        for (name, digest) in &self.sources.0 {
            let _ = write!(text, "{name} {digest} ");
        }
        let (part, whole) = self.called;
        let _ = write!(text, "called {part}/{whole} bases");
        for Interval { contig, start, end } in &self.inside {
            let _ = write!(text, " {}:{}-{end}", contigs.get(*contig).name, start + 1);
        }
        text
    }

    /// Reads the text; `None` where it is not as [`PartLine::to_text`] has it.
    #[must_use]
    pub fn parse(text: &str, contigs: &Contigs) -> Option<Self> {
        let mut words = text.split(' ');
        let mut sources = Sources::default();
        let called = loop {
            let (name, value) = (words.next()?, words.next()?);
            match name {
                "called" => {
                    let (part, whole) = value.split_once('/')?;
                    break (part.parse().ok()?, whole.parse().ok()?);
                }
                _ => sources.0.push((name.to_owned(), value.to_owned())),
            }
        };
        if words.next() != Some("bases") {
            return None;
        }
        let inside = words.map(|word| parse_place(word, contigs)).collect::<Option<_>>()?;
        Some(Self { sources, called, inside })
    }
}

/// Names of contigs may hold `:` and `-`.
fn parse_place(word: &str, contigs: &Contigs) -> Option<Interval> {
    let (name, places) = word.rsplit_once(':')?;
    let (first, end) = places.split_once('-')?;
    let contig = contigs.id(name)?;
    let (start, end) = (first.parse::<u32>().ok()?.checked_sub(1)?, end.parse().ok()?);
    (start < end && end <= contigs.get(contig).length).then_some(Interval { contig, start, end })
}

fn shared_bases(one: &IntervalSet, other: &IntervalSet) -> u64 {
    let shared = |a: &Interval| -> u64 {
        let common = |b: &Interval| u64::from(a.end.min(b.end) - a.start.max(b.start));
        other.overlapping(a).iter().map(common).sum()
    };
    one.as_slice().iter().map(shared).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_is_read_as_it_is_written() {
        let contig = |name: &str, length| rihla_core::Contig { name: name.into(), length, md5: [0; 16] };
        let contigs = Contigs::new(vec![contig("chr1", 1_000), contig("HLA-A*01:01:01:01", 300)]);
        let set = |parts: &[(u32, u32, u32)]| {
            IntervalSet::new(
                parts.iter().map(|&(contig, start, end)| Interval::new(contig, start, end)).collect(),
            )
        };
        let sources = Sources::default().with("reads", b"a").with("regions", b"");
        let inside = set(&[(0, 400, 1_000), (1, 0, 300)]);
        let line = PartLine::new(sources.clone(), &inside, None, &contigs);
        assert_eq!(line.called, (900, 1_300));
        let text = line.to_text(&contigs);
        assert!(text.ends_with("called 900/1300 bases chr1:401-1000 HLA-A*01:01:01:01:1-300"), "{text}");
        assert_eq!(PartLine::parse(&text, &contigs), Some(line.clone()));
        let targets = set(&[(0, 390, 410), (0, 500, 520), (1, 290, 300)]);
        assert_eq!(PartLine::new(sources, &inside, Some(&targets), &contigs).called, (40, 50));
        for bad in ["", "called 1/2", "called 1/2 bases chr9:1-2", "called 1/2 bases chr1:0-2", "reads"] {
            assert_eq!(PartLine::parse(bad, &contigs), None, "{bad}");
        }
        let other = Sources::default().with("reads", b"b").with("regions", b"");
        assert_eq!(line.sources.difference(&other), Some("reads"));
    }
}
