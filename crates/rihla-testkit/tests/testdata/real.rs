//! Simulated reads under the built-in profiles look like the real reads that these were measured from.

use std::convert::Infallible;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use flate2::read::MultiGzDecoder;
use rihla_core::ReadRef;
use rihla_testkit::learn::{LearnOptions, ProfileLearner};
use rihla_testkit::profile::Observed;
use rihla_testkit::{Genome, GenomeOptions, ReadProfile, SimulateOptions, Simulation};

fn data() -> PathBuf {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    std::env::var_os("RIHLA_DATA").map_or_else(beside, PathBuf::from)
}

/// Letters and qualities of a FASTQ file.
fn reads(path: &Path) -> Vec<(Vec<u8>, Vec<u8>)> {
    let lines = BufReader::new(MultiGzDecoder::new(File::open(path).expect("opened"))).split(b'\n');
    let lines: Vec<Vec<u8>> = lines.map(|line| line.expect("read")).collect();
    let record =
        |record: &[Vec<u8>]| (record[1].clone(), record[3].iter().map(|letter| letter - 33).collect());
    lines.chunks_exact(4).map(record).collect()
}

fn real(folder: &Path, options: &LearnOptions) -> Vec<Observed> {
    let mut learner = ProfileLearner::new(options);
    let [first, second] = [1, 2].map(|mate| reads(&folder.join(format!("reads_{mate}.fq.gz"))));
    for pair in first.iter().zip(&second) {
        let reads = [pair.0, pair.1].map(|(sequence, qualities)| ReadRef {
            name: b"",
            sequence,
            qualities,
            is_unfit: false,
        });
        learner.add_template(&reads);
    }
    learner.finish("real", "real").expect("there are reads").profile.observed
}

fn simulated(name: &str, read_length: u16) -> Vec<Observed> {
    let genome = Genome::random(&GenomeOptions { bases: 200_000, contigs: 1, seed: 3 }).expect("valid");
    let profile = Arc::new(ReadProfile::builtin(name).expect("built in"));
    let options = SimulateOptions {
        seed: 6,
        depth: 60.0,
        duplicates: 0.0,
        read_length,
        profile,
        ..SimulateOptions::default()
    };
    let mut learner = ProfileLearner::new(&LearnOptions::default());
    let counted: Result<u64, Infallible> =
        Simulation::new(&genome.reference(), &options).expect("valid").pairs(|pair| {
            let read = |mate: usize| ReadRef {
                is_unfit: false,
                name: pair.name,
                sequence: pair.reads[mate].sequence,
                qualities: pair.reads[mate].qualities,
            };
            learner.add_template(&[read(0), read(1)]);
            Ok(())
        });
    assert!(counted.is_ok());
    learner.finish("simulated", "simulated").expect("there are reads").profile.observed
}

/// Compares one mate.
fn alike(name: &str, real: &Observed, simulated: &Observed) {
    for (cycle, (real, simulated)) in real.mean_quality.iter().zip(&simulated.mean_quality).enumerate() {
        assert!((real - simulated).abs() < 1.0, "{name}, cycle {cycle}: {simulated} for {real}");
    }
    let (low, expected) = (simulated.below_q20, real.below_q20);
    assert!((low / expected - 1.0).abs() < 0.2, "{name}: share below 20 is {low} for {expected}");
    let (tails, expected) = (simulated.tailed_reads, real.tailed_reads);
    assert!((tails / expected - 1.0).abs() < 0.3, "{name}: {tails} of the reads have a tail for {expected}");
    let (length, expected) = (simulated.tail_length, real.tail_length);
    assert!((length / expected - 1.0).abs() < 0.2, "{name}: tails have {length} bases for {expected}");
    let (run, expected) = (simulated.autocorrelation, real.autocorrelation);
    assert!((run - expected).abs() < 0.06, "{name}: autocorrelation is {run} for {expected}");
    assert!(
        (simulated.unknown - real.unknown).abs() < 0.5 * real.unknown + 2e-5,
        "{name}: {} are N for {}",
        simulated.unknown,
        real.unknown
    );
}

#[test]
fn built_in_profiles_look_like_real_reads() {
    let folder = data().join("hg19-chr20");
    if !folder.is_dir() {
        #[allow(clippy::print_stderr, reason = "tests say when they skip")]
        {
            eprintln!("skipped: {} is not there", folder.display());
        }
        return;
    }
    let hg001 = folder.join("giab-hg001-chr20-100k");
    let plain = real(&hg001, &LearnOptions::default());
    let binned = LearnOptions { quality_bins: vec![2, 12, 23, 37] };
    for (name, real) in [("hiseq", plain), ("novaseq", real(&hg001, &binned))] {
        let simulated = simulated(name, 101);
        (0..2).for_each(|mate| alike(&format!("{name} {}", mate + 1), &real[mate], &simulated[mate]));
    }
    let real = real(&folder.join("giab-hg002-10x-chr20-357k"), &LearnOptions::default());
    // The first mates are shorter: theirs are cut to length where the others are read to the end.
    alike("hiseqx 1", &real[0], &simulated("hiseqx", 128)[0]);
    alike("hiseqx 2", &real[1], &simulated("hiseqx", 150)[1]);
}
