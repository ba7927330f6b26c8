//! Which way through the aligner reads take, and what each way costs: `paths REF.fa.rhx R1.fq.gz [R2.fq.gz]`.
//!
//! Every template is first aligned alone, which tells its way; then the templates of each way are aligned in
//! batches, several rounds on one thread, and the least CPU time counts. Prints a line for each way: its
//! name, its reads, and microseconds a read, with tabs between.

use std::error::Error;
use std::ffi::OsString;
use std::io::Write;
use std::time::Instant;

use rihla_align::{AlignCounts, AlignOptions, AlignScratch, AlignedBatch, Aligner, Index, InsertSize};
use rihla_benches::insert_size;
use rihla_core::ReadBatch;
use rihla_fastq::{FastqReader, Input, ReadOptions};
use rihla_kernels::Simd;

/// Templates of a batch.
const TEMPLATES: usize = 5_000;
const ROUNDS: usize = 5;
const WAYS: [&str; 4] = [
    "certain by seeds that do not overlap",
    "certain by all seeds, or near the mate",
    "searched",
    "searched, more than 16 candidates",
];

/// The way that the reads of one template took.
fn way(counts: &AlignCounts) -> usize {
    if counts.at_once == counts.reads {
        0
    } else if counts.certified == counts.reads {
        1
    } else if counts.crowded == 0 {
        2
    } else {
        3
    }
}

struct Bench<'i> {
    aligner: Aligner<'i>,
    insert: InsertSize,
    scratch: AlignScratch,
    out: AlignedBatch,
}

impl Bench<'_> {
    fn align(&mut self, batch: &ReadBatch) -> &AlignCounts {
        self.aligner.align_batch(batch, &self.insert, &mut self.scratch, &mut self.out);
        &self.out.counts
    }

    /// The templates of a batch, each added to the last batch of its way.
    fn sort(&mut self, batch: &ReadBatch, ways: &mut [Vec<ReadBatch>; 4]) {
        let mates = if batch.paired { 2 } else { 1 };
        for template in 0..batch.templates() {
            let reads = template * mates..(template + 1) * mates;
            let mut alone = ReadBatch::new(0, 0, batch.paired);
            push(batch, reads.clone(), &mut alone);
            let way = &mut ways[way(self.align(&alone))];
            if way.last().is_none_or(|last| last.templates() == TEMPLATES) {
                way.push(ReadBatch::new(0, 0, batch.paired));
            }
            push(batch, reads, way.last_mut().expect("one was pushed"));
        }
    }

    /// Seconds for all batches: the least of several rounds.
    fn seconds(&mut self, batches: &[ReadBatch]) -> f64 {
        let round = |bench: &mut Self| {
            let start = Instant::now();
            batches.iter().for_each(|batch| _ = bench.align(batch));
            start.elapsed().as_secs_f64()
        };
        (0..ROUNDS).map(|_| round(self)).fold(f64::INFINITY, f64::min)
    }
}

fn push(from: &ReadBatch, reads: std::ops::Range<usize>, to: &mut ReadBatch) {
    for read in reads.map(|i| from.read(i)) {
        to.push(read.name, read.sequence, read.qualities);
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let files: Vec<OsString> =
        std::env::args_os().skip(1).filter(|word| !word.as_encoded_bytes().starts_with(b"--")).collect();
    let [index, reads @ ..] = &files[..] else {
        // `cargo bench` of everything brings no files.
        return Ok(());
    };
    let index = Index::open(index.as_ref())?;
    let inputs: Vec<Input> = reads.iter().map(|path| Input::Path(path.into())).collect();
    let mut reader = FastqReader::open(&inputs, ReadOptions::default())?;
    let aligner = Aligner::new(&index, AlignOptions::default(), Simd::best());
    let Some(first) = reader.next_batch()? else { return Err("there are no reads".into()) };
    let insert = insert_size(&aligner, &first);
    let mut bench = Bench { scratch: aligner.scratch(), out: AlignedBatch::default(), insert, aligner };
    let mut ways: [Vec<ReadBatch>; 4] = Default::default();
    bench.sort(&first, &mut ways);
    while let Some(batch) = reader.next_batch()? {
        bench.sort(&batch, &mut ways);
    }
    let mut out = std::io::stdout().lock();
    for (name, batches) in WAYS.iter().zip(&ways) {
        let reads: usize = batches.iter().map(ReadBatch::len).sum();
        let each = 1e6 * bench.seconds(batches) / reads.max(1) as f64;
        writeln!(out, "{name}\t{reads}\t{each:.3}")?;
    }
    Ok(())
}
