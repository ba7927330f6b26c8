//! How long it takes, on demand: `cargo test --release -p rihla-shard --test it -- --ignored --nocapture`.

use rihla_core::record::{Placement, flags};
use rihla_core::{Cigar, Contig, Contigs, RecordArena, RecordBuilder};
use rihla_shard::{Origin, ShardOptions, ShardWriter};

use crate::templates::{Batch, random_choices};

const LENGTH: u32 = 20_000_000;
const PAIRS: usize = 1_000_000;

#[test]
#[ignore = "a measurement"]
fn nanoseconds_per_read() {
    let contigs = Contigs::new(vec![Contig { name: "c".into(), length: LENGTH, md5: [0; 16] }]);
    let input = pairs();
    for memory_bytes in [8 << 30, 200 << 20] {
        let start = cpu_seconds();
        let writer = ShardWriter::new(&contigs, ShardOptions { memory_bytes, ..ShardOptions::default() });
        input.iter().for_each(|batch| batch.push_to(&writer).expect("good records"));
        let pushed = cpu_seconds();
        let shards = writer.finish().expect("resolved");
        let resolved = cpu_seconds();
        for bin in 0..shards.bins() {
            shards.load(bin).expect("loads");
            shards.release(bin);
        }
        let loaded = cpu_seconds();
        let each = |seconds: f64| seconds * 1e9 / (2 * PAIRS) as f64;
        eprintln!(
            "budget {} MB: push {:.0} ns, resolve {:.0} ns, load {:.0} ns a read; peak {} MB, spilled {} MB; {:?}",
            memory_bytes >> 20,
            each(pushed - start),
            each(resolved - pushed),
            each(loaded - resolved),
            shards.peak_bytes() >> 20,
            shards.spilled_bytes() >> 20,
            shards.duplicate_metrics(),
        );
    }
}

/// CPU seconds of this process so far: wall time means little on a shared machine.
fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").expect("Linux");
    let fields: Vec<&str> = stat.rsplit_once(')').expect("a name").1.split_whitespace().collect();
    let ticks: u64 = [11, 12].iter().map(|&at| fields[at].parse::<u64>().expect("a number")).sum();
    ticks as f64 / 100.0
}

/// Pairs of 2x150 in random places, one in twenty at the place of the one before.
fn pairs() -> Vec<Batch> {
    let cigar = Cigar::parse("150M").expect("valid");
    let codes = [2; 150];
    let mut batches = Vec::new();
    let mut place = 0;
    for (number, choices) in random_choices(9, PAIRS).iter().enumerate() {
        if number.is_multiple_of(10_000) {
            batches.push(Batch {
                origin: Origin::default(),
                first: number as u64,
                records: RecordArena::new(),
                ends: Vec::new(),
            });
        }
        let batch = batches.last_mut().expect("there is one");
        if !number.is_multiple_of(20) {
            place = u32::from_le_bytes([choices[0], choices[1], choices[2], choices[3]]) % (LENGTH - 1000);
        }
        let name =
            format!("INST:12:FLOW:1:{}:{}:{}", 1100 + u32::from(choices[4]), number % 30_000, number / 30);
        let qualities: Vec<u8> = (0..150).map(|i| 20 + choices[i % 16] % 20).collect();
        for (bits, own, other) in [
            (flags::FIRST | flags::MATE_REVERSE, place, place + 250),
            (flags::LAST | flags::REVERSE, place + 250, place),
        ] {
            let placement = Placement {
                flags: flags::PAIRED | flags::PROPER_PAIR | bits,
                place: Some((0, own)),
                mapq: 60,
                mate: Some((0, other)),
                template_length: 0,
            };
            let mut record = RecordBuilder::start(
                &mut batch.records,
                &placement,
                name.as_bytes(),
                cigar.ops(),
                &codes,
                &qualities,
            );
            record
                .int(*b"NM", 0)
                .text(*b"MD", b"150")
                .int(*b"AS", 150)
                .int(*b"XS", 0)
                .text(*b"RG", b"sample");
            record.finish();
        }
        batch.ends.push(batch.records.len() as u32);
    }
    batches
}
