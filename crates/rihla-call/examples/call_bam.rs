//! Calls a coordinate-sorted BAM on one thread and writes plain VCF to standard output: for judging
//! the caller alone. `call_bam REF.fa IN.bam [BIN]`
#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::io::Read;

use rihla_call::{CallOptions, Caller};
use rihla_core::{Contig, Contigs, Interval, RecordArena, RecordRef, Reference, VariantRecord};
use rihla_kernels::Simd;

fn main() {
    let args: Vec<String> = std::env::args().collect();
    let bin: u32 = args.get(3).map_or(1 << 20, |text| text.parse().expect("bin size"));
    let reference = read_fasta(&args[1]);
    let bam = read_bam(&args[2]);
    let caller = Caller::new(CallOptions::default(), Simd::best());
    let mut scratch = caller.scratch();
    header(&reference);
    let started = std::time::Instant::now();
    let mut counts = rihla_call::CallCounts::default();
    for contig in 0..reference.contigs().len() as u32 {
        let length = reference.contigs().get(contig).length;
        for start in (0..length).step_by(bin as usize) {
            let interval = Interval::new(contig, start, (start + bin).min(length));
            let halo = interval.padded(1000, length);
            let records = slice(&bam, halo);
            let output = caller.call(&reference, interval, &records, &mut scratch);
            counts.add(&output.counts);
            output.variants.iter().for_each(|record| write(&reference, record));
        }
    }
    eprintln!("{:.2} s {counts:?}", started.elapsed().as_secs_f64());
}

fn read_fasta(path: &str) -> Reference {
    let text = std::fs::read(path).expect("FASTA");
    let (mut contigs, mut sequences) = (Vec::new(), Vec::<Vec<u8>>::new());
    for line in text.split(|&b| b == b'\n') {
        if let Some(name) = line.strip_prefix(b">") {
            let name = name.split(|b| b.is_ascii_whitespace()).next().unwrap_or_default();
            contigs.push(String::from_utf8_lossy(name).into_owned());
            sequences.push(Vec::new());
        } else if let Some(sequence) = sequences.last_mut() {
            sequence.extend_from_slice(line);
        }
    }
    let list = contigs.into_iter().zip(&sequences);
    let list = list.map(|(name, s)| Contig { name, length: s.len() as u32, md5: [0; 16] }).collect();
    Reference::from_letters(Contigs::new(list), &sequences)
}

/// Records by contig, each with its start and end.
struct Bam {
    records: RecordArena,
    places: Vec<(u32, u32, u32)>,
}

fn read_bam(path: &str) -> Bam {
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).expect("BAM");
    flate2::read::MultiGzDecoder::new(std::io::BufReader::new(file)).read_to_end(&mut bytes).expect("BGZF");
    let int = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().expect("four bytes")) as usize;
    let mut at = 8 + int(4);
    let contigs = int(at);
    at += 4;
    for _ in 0..contigs {
        at += 8 + int(at);
    }
    let (mut records, mut places) = (RecordArena::new(), Vec::new());
    while at < bytes.len() {
        let body = &bytes[at + 4..at + 4 + int(at)];
        at += 4 + body.len();
        let record = RecordRef::parse(body).expect("BAM record");
        if let (Some(contig), Some(start), Some(end)) =
            (record.contig(), record.position(), record.reference_end())
        {
            records.push(body);
            places.push((contig, start, end));
        }
    }
    Bam { records, places }
}

fn slice(bam: &Bam, area: Interval) -> RecordArena {
    let from = bam.places.partition_point(|p| (p.0, p.1 + 100_000) < (area.contig, area.start));
    let mut out = RecordArena::new();
    for i in from..bam.places.len() {
        let (contig, start, end) = bam.places[i];
        if (contig, start) >= (area.contig, area.end) {
            break;
        }
        if contig == area.contig && end > area.start {
            out.push(bam.records.get(i).bytes());
        }
    }
    out
}

fn header(reference: &Reference) {
    println!("##fileformat=VCFv4.2");
    for (id, description) in rihla_call::FILTERS {
        println!("##FILTER=<ID={id},Description=\"{description}\">");
    }
    for contig in reference.contigs().iter() {
        println!("##contig=<ID={},length={}>", contig.name, contig.length);
    }
    println!("#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tS");
}

fn write(reference: &Reference, record: &VariantRecord) {
    let text = |letters: &[u8]| String::from_utf8_lossy(letters).into_owned();
    let alternates: Vec<String> = record.alternates.iter().map(|a| text(a)).collect();
    let filters = if record.filters.is_empty() { "PASS".into() } else { record.filters.join(";") };
    let list = |values: &[u32]| values.iter().map(u32::to_string).collect::<Vec<_>>().join(",");
    let (sample, info) = (&record.sample, &record.annotations);
    let genotype: Vec<String> = sample.genotype.alleles().iter().map(u8::to_string).collect();
    println!(
        "{}\t{}\t.\t{}\t{}\t{:.2}\t{}\tDP={};QD={:.2};FS={:.2};SOR={:.2};MQ={:.2};MQRS={:.2};RPRS={:.2};BQRS={:.2}\tGT:AD:DP:GQ:PL\t{}:{}:{}:{}:{}",
        reference.contigs().get(record.contig).name,
        record.position + 1,
        text(&record.reference),
        alternates.join(","),
        record.quality,
        filters,
        info.depth,
        info.quality_by_depth.unwrap_or(0.0),
        info.fisher_strand.unwrap_or(0.0),
        info.strand_odds_ratio.unwrap_or(0.0),
        info.mapping_quality.unwrap_or(0.0),
        info.mapping_quality_rank_sum.unwrap_or(0.0),
        info.read_position_rank_sum.unwrap_or(0.0),
        info.base_quality_rank_sum.unwrap_or(0.0),
        genotype.join("/"),
        list(&sample.allele_depths),
        sample.depth,
        sample.genotype_quality,
        list(&sample.likelihoods),
    );
}
