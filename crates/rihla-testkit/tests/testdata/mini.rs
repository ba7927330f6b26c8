//! `testdata/mini`: a genome, a sample's reads and its truth, small enough to commit.

use std::convert::Infallible;
use std::fmt::Write as _;

use rihla_testkit::{Genome, GenomeOptions, SimulateOptions, Simulation, VariantOptions};

use super::{folder, same};

pub(super) fn genome() -> Genome {
    Genome::random(&GenomeOptions { bases: 50_000, contigs: 2, seed: 20 }).expect("valid options")
}

pub(super) fn options() -> SimulateOptions {
    let variants = VariantOptions { snv_rate: 2e-3, indels_per_snv: 0.25, ..VariantOptions::default() };
    SimulateOptions { seed: 20, depth: 20.0, variants, ..SimulateOptions::default() }
}

#[test]
fn mini_is_what_its_seed_makes() {
    let genome = genome();
    let simulation = Simulation::new(&genome.reference(), &options()).expect("valid options");
    let mut reads = [Vec::new(), Vec::new()];
    let made: Result<u64, Infallible> = simulation.pairs(|pair| {
        reads.iter_mut().enumerate().for_each(|(mate, out)| pair.write_fastq(mate, out));
        Ok(())
    });
    assert!(made.is_ok_and(|pairs| pairs > 2500));
    let mini = folder("mini");
    same(&mini.join("ref.fa.gz"), fasta(&genome).as_bytes());
    same(&mini.join("reads_1.fq.gz"), &reads[0]);
    same(&mini.join("reads_2.fq.gz"), &reads[1]);
    same(&mini.join("truth.vcf"), vcf(&genome, &simulation).as_bytes());
    same(&mini.join("truth.bed"), bed(&genome, &simulation).as_bytes());
}

fn text(letters: &[u8]) -> &str {
    std::str::from_utf8(letters).expect("ASCII")
}

fn fasta(genome: &Genome) -> String {
    let mut out = String::new();
    for (name, letters) in genome.names.iter().zip(&genome.sequences) {
        writeln!(out, ">{name} made by the simulator").expect("memory");
        letters.chunks(70).for_each(|line| writeln!(out, "{}", text(line)).expect("memory"));
    }
    out
}

fn vcf(genome: &Genome, simulation: &Simulation) -> String {
    let mut out =
        String::from("##fileformat=VCFv4.2\n##FILTER=<ID=PASS,Description=\"All filters passed\">\n");
    for (name, letters) in genome.names.iter().zip(&genome.sequences) {
        writeln!(out, "##contig=<ID={name},length={}>", letters.len()).expect("memory");
    }
    out.push_str("##FORMAT=<ID=GT,Number=1,Type=String,Description=\"Genotype\">\n");
    out.push_str("#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tMINI\n");
    for record in simulation.truth() {
        let name = &genome.names[record.contig as usize];
        let alternates: Vec<&str> = record.alternates.iter().map(|letters| text(letters)).collect();
        let (position, reference) = (record.position + 1, text(&record.reference));
        let ([a, b], alternates) = (record.genotype, alternates.join(","));
        writeln!(out, "{name}\t{position}\t.\t{reference}\t{alternates}\t.\tPASS\t.\tGT\t{a}|{b}")
            .expect("memory");
    }
    out
}

fn bed(genome: &Genome, simulation: &Simulation) -> String {
    let mut out = String::new();
    for interval in simulation.confident().as_slice() {
        let name = &genome.names[interval.contig as usize];
        writeln!(out, "{name}\t{}\t{}", interval.start, interval.end).expect("memory");
    }
    out
}
