//! Aligns reads and writes SAM text: `align_sam REF.fa R1.fq [R2.fq]` (plain text files; `-t N` is not
//! offered: one thread, for comparing output and CPU time with other aligners).

use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::time::Instant;

use rihla_align::{AlignOptions, AlignedBatch, Aligner, InsertSamples, InsertSize, SourceFingerprint, index};
use rihla_core::reference::Packer;
use rihla_core::{Cigar, Contig, Contigs, ReadBatch, RecordRef, Reference, base};
use rihla_kernels::{Simd, SimdLevel};

const BATCH: usize = 20_000;

fn main() -> io::Result<()> {
    let paths: Vec<String> = std::env::args().skip(1).collect();
    let [fasta, reads @ ..] = &paths[..] else { return Err(io::Error::other("REF.fa R1.fq [R2.fq]")) };
    let start = Instant::now();
    let reference = read_fasta(fasta)?;
    let index = index::build(&reference, SourceFingerprint::default()).into_index();
    let mut log = io::stderr();
    writeln!(log, "index {:.2} s, {} seeds", start.elapsed().as_secs_f64(), index.table().len())?;

    let level: Option<SimdLevel> = std::env::var("SIMD").ok().and_then(|text| text.parse().ok());
    let simd = level.and_then(Simd::new).unwrap_or_else(Simd::best);
    let aligner = Aligner::new(&index, AlignOptions::default(), simd);
    let mut inputs =
        reads.iter().map(|path| Ok(BufReader::new(File::open(path)?))).collect::<io::Result<Vec<_>>>()?;
    let (mut scratch, mut out) = (aligner.scratch(), AlignedBatch::default());
    let mut sam = BufWriter::with_capacity(1 << 20, io::stdout().lock());
    for contig in reference.contigs().iter() {
        writeln!(sam, "@SQ\tSN:{}\tLN:{}", contig.name, contig.length)?;
    }
    let (mut insert, mut seconds, mut total) = (None, 0.0, 0);
    loop {
        let batch = next_batch(&mut inputs)?;
        if batch.is_empty() {
            break;
        }
        let start = Instant::now();
        let insert = *insert.get_or_insert_with(|| {
            let mut samples = InsertSamples::default();
            samples.merge(&aligner.learn_insert_size(&batch));
            InsertSize::from_samples(&samples)
        });
        aligner.align_batch(&batch, &insert, &mut scratch, &mut out);
        seconds += start.elapsed().as_secs_f64();
        total += batch.len();
        for record in out.records.iter() {
            write_sam(&mut sam, &record, reference.contigs())?;
        }
    }
    writeln!(log, "{insert:?}; {total} reads, {:.2} us each", seconds * 1e6 / total as f64)?;
    sam.flush()
}

fn read_fasta(path: &str) -> io::Result<Reference> {
    let (mut list, mut packer) = (Vec::<Contig>::new(), Packer::default());
    for line in BufReader::new(File::open(path)?).lines() {
        let line = line?;
        if let Some(name) = line.strip_prefix('>') {
            let name = name.split_whitespace().next().unwrap_or("").to_owned();
            list.push(Contig { name, length: 0, md5: [0; 16] });
        } else if let Some(contig) = list.last_mut() {
            contig.length += line.len() as u32;
            packer.push_letters(line.as_bytes());
        }
    }
    let (words, ambiguous) = packer.finish();
    Ok(Reference::new(Contigs::new(list), std::sync::Arc::new(words), ambiguous))
}

fn next_batch(inputs: &mut [BufReader<File>]) -> io::Result<ReadBatch> {
    let mut batch = ReadBatch::new(0, 0, inputs.len() == 2);
    while batch.len() < BATCH {
        for input in inputs.iter_mut() {
            let mut lines = [const { String::new() }; 4];
            for line in &mut lines {
                if input.read_line(line)? == 0 {
                    return Ok(batch);
                }
            }
            let name = lines[0][1..].split_whitespace().next().unwrap_or("");
            let name = name.strip_suffix("/1").or(name.strip_suffix("/2")).unwrap_or(name);
            let qualities: Vec<u8> = lines[3].trim_end().bytes().map(|q| q - 33).collect();
            batch.push(name.as_bytes(), lines[1].trim_end().as_bytes(), &qualities);
        }
    }
    Ok(batch)
}

fn write_sam(out: &mut impl Write, record: &RecordRef<'_>, contigs: &Contigs) -> io::Result<()> {
    let name = |id: Option<u32>| id.map_or("*", |id| &contigs.get(id).name);
    let one_based = |position: Option<u32>| position.map_or(0, |position| position + 1);
    let cigar: Cigar = record.cigar().collect();
    let mut codes = Vec::new();
    record.sequence_into(&mut codes);
    let qualities: Vec<u8> = record.qualities().iter().map(|q| q + 33).collect();
    let mate = name(record.mate_contig());
    write!(
        out,
        "{}\t{}\t{}\t{}\t{}\t{cigar}\t{}\t{}\t{}\t{}\t{}",
        String::from_utf8_lossy(record.name()),
        record.flags(),
        name(record.contig()),
        one_based(record.position()),
        record.mapq(),
        if mate == name(record.contig()) && mate != "*" { "=" } else { mate },
        one_based(record.mate_position()),
        record.template_length(),
        String::from_utf8_lossy(&base::decode_all(&codes)),
        String::from_utf8_lossy(&qualities),
    )?;
    for tag in [b"NM", b"AS", b"XS", b"MQ"] {
        if let Some(value) = record.tag_int(*tag) {
            write!(out, "\t{}:i:{value}", String::from_utf8_lossy(tag))?;
        }
    }
    for tag in [b"MD", b"MC", b"SA", b"XA", b"RG"] {
        if let Some(text) = record.tag_text(*tag) {
            write!(out, "\t{}:Z:{}", String::from_utf8_lossy(tag), String::from_utf8_lossy(text))?;
        }
    }
    writeln!(out)
}
