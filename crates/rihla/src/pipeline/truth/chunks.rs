//! The records of truth and query, read side by side and cut into parts that are compared apart.

use std::path::Path;
use std::sync::Arc;

use anyhow::Result;
use rihla_core::{Contigs, Reference};
use rihla_io::IoError;
use rihla_io::fasta::FastaContigs;
use rihla_io::vcf::{RecordHead, VcfLines, VcfText};
use rihla_truth::Cutter;

/// Records of a part, both files together; it ends at the first place behind them that no cluster spans.
const PART: usize = 4_096;
/// Records of a part that has no such place: it ends wherever it is. Only a file with variants at almost every
/// base of a megabase comes here.
const LONGEST_PART: usize = 1 << 19;

/// A part of a contig.
pub struct Chunk {
    /// Contig id in the whole reference.
    pub contig: u32,
    /// The contig alone, as contig 0.
    pub reference: Arc<Reference>,
    /// Records of truth and query.
    pub sides: [Lines; 2],
}

/// Lines of one file.
#[derive(Default)]
pub struct Lines {
    text: Vec<u8>,
    /// End in `text` and number in the file of each line.
    ends: Vec<(usize, u64)>,
}

impl Lines {
    fn push(&mut self, line: &[u8], number: u64) {
        self.text.extend_from_slice(line);
        self.ends.push((self.text.len(), number));
    }

    /// Each line with its number in the file.
    pub fn iter(&self) -> impl Iterator<Item = (u64, &[u8])> {
        let mut start = 0;
        self.ends
            .iter()
            .map(move |&(end, number)| (number, &self.text[std::mem::replace(&mut start, end)..end]))
    }
}

/// Reads both files in step with the reference.
pub struct Chunks {
    fasta: FastaContigs,
    sources: [Source; 2],
    current: Option<(u32, Arc<Reference>)>,
    /// Records of a part, as [`PART`].
    part: usize,
}

impl Chunks {
    /// Opens truth and query; the contigs of both are those of the reference, in its order.
    ///
    /// # Errors
    /// Files that are missing, no VCF, or whose first record is none.
    pub fn open(fasta: FastaContigs, paths: [&Path; 2]) -> Result<Self> {
        let contigs = fasta.contigs();
        let sources = [Source::open(paths[0], contigs)?, Source::open(paths[1], contigs)?];
        Ok(Self { fasta, sources, current: None, part: PART })
    }

    /// Headers of truth and query.
    #[must_use]
    pub fn headers(&self) -> [&VcfText; 2] {
        [0, 1].map(|side: usize| self.sources[side].lines.header())
    }

    /// All contigs.
    #[must_use]
    pub fn contigs(&self) -> &Contigs {
        self.fasta.contigs()
    }

    /// The next part; none behind the last record.
    ///
    /// # Errors
    /// A record that is malformed, out of order, on an unknown contig or beyond its end; damaged files.
    pub fn next_chunk(&mut self) -> Result<Option<Chunk>> {
        let Some((_, contig)) = self.nearest() else { return Ok(None) };
        let reference = self.load(contig)?;
        let mut chunk = Chunk { contig, reference, sides: Default::default() };
        let (mut cutter, mut records) = (Cutter::default(), 0);
        while let Some((side, _)) = self.nearest().filter(|&(_, next)| next == contig) {
            let source = &mut self.sources[side];
            let Some(head) = source.head else { break };
            let is_full = records >= self.part && cutter.splits_before(&chunk.reference, 0, head.start);
            if is_full || records >= LONGEST_PART {
                break;
            }
            cutter.add(head.end);
            chunk.sides[side].push(&source.line, source.lines.line_number());
            records += 1;
            source.advance(self.fasta.contigs())?;
        }
        Ok(Some(chunk))
    }

    /// Side and contig of the record that comes next in the genome.
    fn nearest(&self) -> Option<(usize, u32)> {
        let heads = self.sources.iter().enumerate();
        let heads =
            heads.filter_map(|(side, source)| source.head.map(|head| (head.contig, head.start, side)));
        heads.min().map(|(contig, _, side)| (side, contig))
    }

    fn load(&mut self, contig: u32) -> Result<Arc<Reference>> {
        if let Some((held, reference)) = &self.current
            && *held == contig
        {
            return Ok(reference.clone());
        }
        // The last one goes before the next one comes; workers may still hold it.
        self.current = None;
        let reference = Arc::new(self.fasta.load(contig)?);
        self.current = Some((contig, reference.clone()));
        Ok(reference)
    }
}

/// One file and the record it has reached.
struct Source {
    lines: VcfLines,
    line: Vec<u8>,
    head: Option<Head>,
}

#[derive(Clone, Copy)]
struct Head {
    contig: u32,
    start: u32,
    end: u32,
}

impl Source {
    fn open(path: &Path, contigs: &Contigs) -> Result<Self> {
        let mut source = Self { lines: VcfLines::open(path)?, line: Vec::new(), head: None };
        source.advance(contigs)?;
        Ok(source)
    }

    fn advance(&mut self, contigs: &Contigs) -> Result<(), IoError> {
        let before = self.head.take();
        self.line.clear();
        let Some(line) = self.lines.next_line()? else { return Ok(()) };
        self.line.extend_from_slice(line);
        let head = Head::of(&self.line, contigs, before).map_err(|problem| self.lines.problem(problem))?;
        self.head = Some(head);
        Ok(())
    }
}

impl Head {
    fn of(line: &[u8], contigs: &Contigs, before: Option<Self>) -> Result<Self, String> {
        let head = RecordHead::scan(line)?;
        let contig = match before {
            // Most records lie on the contig of the one before.
            Some(before) if contigs.get(before.contig).name == head.contig => before.contig,
            _ => rihla_io::vcf::find_contig(head.contig, contigs)?,
        };
        let (start, end) = (head.position, head.end());
        let length = contigs.get(contig).length;
        if end > length {
            return Err(format!(
                "the record ends behind contig {}, which has {length} bases in the reference",
                head.contig
            ));
        }
        if before.is_some_and(|before| (contig, start) < (before.contig, before.start)) {
            return Err(format!(
                "{}:{} comes behind a record that lies later in the reference; records must be in the order of \
                 the reference's contigs and positions: bcftools sort, or bcftools concat of the contigs in order",
                head.contig,
                start + 1
            ));
        }
        Ok(Self { contig, start, end })
    }
}

#[cfg(test)]
mod tests;
