//! The parts of a run, checked to be of one run and to make a whole.

use std::path::{Path, PathBuf};

use anyhow::Result;
use rihla_core::{Contigs, Interval};
use rihla_io::vcf::WholeRecords;

use crate::exit::{Failure, fault};
use crate::pipeline::part::{KEY, PartLine};
use crate::progress::grouped;

/// Parts of one run.
pub struct Parts {
    /// The files.
    pub paths: Vec<PathBuf>,
    /// Whether they are BCF.
    pub are_bcf: bool,
    /// The header of the whole.
    pub header: String,
    /// Its contigs.
    pub contigs: Contigs,
    /// The genome's stretches in order, and the number of the part that holds each.
    pub stretches: Vec<(Interval, usize)>,
}

/// What the header of a part says.
struct Head {
    is_bcf: bool,
    /// Without the line of the part.
    lines: Vec<String>,
    line: PartLine,
    contigs: Contigs,
}

impl Parts {
    /// Reads the headers.
    ///
    /// # Errors
    /// A part that is missing, damaged or none; parts of unlike runs; bases that are in two parts, or in none.
    pub fn read(paths: &[PathBuf]) -> Result<Self> {
        let heads = paths.iter().map(|path| Head::read(path)).collect::<Result<Vec<_>>>()?;
        let Some(first) = heads.first() else { return Err(fault(Failure::Usage, "no parts are given")) };
        for (path, head) in paths.iter().zip(&heads) {
            head.check_like(path, first, &paths[0])?;
        }
        let numbered = heads.iter().enumerate();
        let mut stretches: Vec<(Interval, usize)> = numbered
            .flat_map(|(number, head)| head.line.inside.iter().map(move |&inside| (inside, number)))
            .collect();
        stretches.sort_unstable();
        let parts = Self {
            paths: paths.to_vec(),
            are_bcf: first.is_bcf,
            header: first.lines.iter().flat_map(|line| [line, "\n"]).collect(),
            contigs: first.contigs.clone(),
            stretches,
        };
        parts.check_apart()?;
        parts.check_whole(&heads)?;
        Ok(parts)
    }

    fn check_apart(&self) -> Result<()> {
        for pair in self.stretches.windows(2) {
            let ((one, a), (other, b)) = (pair[0], pair[1]);
            if one.overlaps(&other) {
                let shared = Interval::new(other.contig, other.start, one.end.min(other.end));
                let message = format!(
                    "{}: holds {}, as does {}; give parts of one scatter, each once",
                    self.paths[b].display(),
                    self.name(shared),
                    self.paths[a].display()
                );
                return Err(fault(Failure::Data, message));
            }
        }
        Ok(())
    }

    /// Parts that do not overlap are whole when they hold as many of the called bases as there are.
    fn check_whole(&self, heads: &[Head]) -> Result<()> {
        let called: u64 = heads.iter().map(|head| head.line.called.0).sum();
        let whole = heads[0].line.called.1;
        if called == whole {
            return Ok(());
        }
        let (called, whole) = (grouped(called), grouped(whole));
        let missing = self.first_gap().map_or(String::new(), |gap| {
            format!("; the first stretch that no part has is {}", self.name(gap))
        });
        let message = format!(
            "{} and the other parts: hold {called} of {whole} bases to be called{missing}; give all parts",
            self.paths[0].display()
        );
        Err(fault(Failure::Data, message))
    }

    fn first_gap(&self) -> Option<Interval> {
        let mut stretches = self.stretches.iter().map(|(stretch, _)| stretch).peekable();
        for (id, contig) in (0..).zip(self.contigs.iter()) {
            let mut from = 0;
            while let Some(stretch) =
                stretches.next_if(|stretch| stretch.contig == id && stretch.start <= from)
            {
                from = stretch.end;
            }
            let next = stretches.peek().filter(|stretch| stretch.contig == id);
            if from < contig.length {
                return Some(Interval::new(id, from, next.map_or(contig.length, |next| next.start)));
            }
        }
        None
    }

    fn name(&self, place: Interval) -> String {
        format!("{}:{}-{}", self.contigs.get(place.contig).name, place.start + 1, place.end)
    }
}

impl Head {
    fn read(path: &Path) -> Result<Self> {
        let records = WholeRecords::open(path)?;
        let prefix = format!("##{KEY}=");
        let (part, lines): (Vec<&String>, Vec<&String>) =
            records.header().iter().partition(|line| line.starts_with(&prefix));
        let contigs = records.contigs();
        let line = match &part[..] {
            [line] => PartLine::parse(&line[prefix.len()..], contigs),
            _ => None,
        };
        let Some(line) = line else {
            let message = format!(
                "{}: is no part of a run, as its header has no {prefix} line of this version; write it with: rihla call --part",
                path.display()
            );
            return Err(fault(Failure::Data, message));
        };
        let lines = lines.into_iter().cloned().collect();
        Ok(Self { is_bcf: records.is_bcf(), lines, line, contigs: contigs.clone() })
    }

    /// Checks that the part is of the run that the first one is of.
    fn check_like(&self, path: &Path, first: &Self, first_path: &Path) -> Result<()> {
        let Some(difference) = self.difference(first) else { return Ok(()) };
        let message = format!(
            "{}: is of another run than {}: {difference}; call all parts with the same command but for --part",
            path.display(),
            first_path.display()
        );
        Err(fault(Failure::Data, message))
    }

    fn difference(&self, first: &Self) -> Option<String> {
        if self.is_bcf != first.is_bcf {
            return Some("one is BCF, the other VCF".to_owned());
        }
        let ends = self.lines.iter().zip(&first.lines).find(|(own, theirs)| own != theirs);
        if let Some((own, theirs)) = ends {
            return Some(format!("{}: {own:?}, not {theirs:?}", kind(own)));
        }
        if self.lines.len() != first.lines.len() {
            return Some("the header has more or fewer lines".to_owned());
        }
        if let Some(source) = self.line.sources.difference(&first.line.sources) {
            return Some(format!("another {source} (by its digest)"));
        }
        (self.line.called.1 != first.line.called.1).then(|| "other regions".to_owned())
    }
}

/// What a line of the header tells of the run.
fn kind(line: &str) -> &'static str {
    let key = line.trim_start_matches('#').split(['=', '\t']).next().unwrap_or_default();
    match key {
        "CHROM" => "another sample",
        "contig" | "reference" => "another reference",
        "source" | "rihlaVersion" => "another version",
        "rihlaCommand" => "other options",
        _ => "another header",
    }
}
