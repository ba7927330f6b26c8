//! Chromosomes that are there too often, and the depth of regions with names.

use std::fs;
use std::path::PathBuf;

use tempfile::TempDir;

use crate::harness::{Sample, rihla, said, succeed};

/// Bases of each of the chromosomes.
const LENGTH: usize = 260_000;

fn json(path: PathBuf) -> serde_json::Value {
    serde_json::from_str(&fs::read_to_string(path).expect("metrics")).expect("JSON")
}

/// Four chromosomes with reads of two copies, and of a third copy of the third.
fn trisomy() -> TempDir {
    let dir = tempfile::tempdir().expect("a folder");
    let path = |name: &str| dir.path().join(name).to_string_lossy().into_owned();
    let contig = |number: u64| {
        let letters = rihla_testkit::builders::random_letters(LENGTH, number);
        [format!(">chr{number}\n").as_bytes(), &letters, b"\n"].concat()
    };
    let contigs: Vec<Vec<u8>> = (1..=4).map(contig).collect();
    fs::write(path("ref.fa"), contigs.concat()).expect("written");
    fs::write(path("chr3.fa"), &contigs[2]).expect("written");
    for (reference, out, depth) in [("ref.fa", "two", "6"), ("chr3.fa", "third", "3")] {
        let (reference, out) = (path(reference), path(out));
        succeed(["simulate", "--ref", &reference, "--out-dir", &out, "--depth", depth, "--quiet"]);
    }
    dir
}

#[test]
fn a_third_copy_is_seen() {
    let dir = trisomy();
    let path = |name: &str| dir.path().join(name).to_string_lossy().into_owned();
    let run = |out: &str, more: &[&str]| {
        let (reference, out) = (path("ref.fa"), path(out));
        let reads = ["two/reads_1.fq.gz", "two/reads_2.fq.gz"].map(path);
        let args = [
            "germline",
            "--ref",
            &reference,
            "--sample",
            "S",
            "--out-dir",
            &out,
            "--reads",
            &reads[0],
            &reads[1],
        ];
        said(&succeed(args.iter().chain(more)))
    };
    let told = run("sound", &[]);
    assert!(!told.contains("copies where"), "{told}");
    let ploidy = |out: &str| json(dir.path().join(out).join("S.metrics.json"))["ploidy"].clone();
    let states = |ploidy: &serde_json::Value| -> Vec<String> {
        let list = ploidy["chromosomes"].as_array().expect("a list").clone();
        list.iter()
            .map(|one| {
                format!(
                    "{} {}",
                    one["name"].as_str().expect("a name"),
                    one["state"].as_str().expect("a state")
                )
            })
            .collect()
    };
    assert_eq!(states(&ploidy("sound")), ["chr1 normal", "chr2 normal", "chr3 normal", "chr4 normal"]);

    // Names begin anew in each simulation.
    let third = ["third/reads_1.fq.gz", "third/reads_2.fq.gz"].map(path);
    let told = run("gained", &["--reads", &third[0], &third[1]]);
    assert!(told.contains("chr3 has ") && told.contains("copies where 2 are expected"), "{told}");
    let gained = ploidy("gained");
    assert_eq!(states(&gained), ["chr1 normal", "chr2 normal", "chr3 gain", "chr4 normal"]);
    let copies = gained["chromosomes"][2]["copies"].as_f64().expect("a number");
    assert!((copies - 3.0).abs() < 0.25, "{copies}");
}

#[test]
fn regions_with_names_have_their_depth() {
    let dir = tempfile::tempdir().expect("a folder");
    let path = |name: &str| dir.path().join(name).to_string_lossy().into_owned();
    let bed = path("genes.bed");
    fs::write(
        &bed,
        "chr1\t2000\t2500\tGENE1\nchr1\t5000\t5100\tGENE1\nchr2\t100\t400\tGENE2\nchr1\t2100\t2200\n",
    )
    .expect("written");
    let (genome, out) = (Sample::get().file("genome.fa"), path("out"));
    let [one, two] = ["reads_1.fq.gz", "reads_2.fq.gz"]
        .map(|name| Sample::get().file(name).to_string_lossy().into_owned());
    let genome = genome.to_string_lossy();
    let args = ["germline", "--ref", &genome, "--reads", &one, &two, "--sample", "S", "--out-dir", &out];
    succeed(args.iter().chain(&["--coverage-regions", &bed]));
    let regions = fs::read_to_string(path("out/S.coverage_regions.tsv")).expect("a table");
    let rows: Vec<Vec<&str>> = regions.lines().map(|line| line.split('\t').collect()).collect();
    assert_eq!(rows[0][..7], ["#contig", "start", "end", "name", "bases", "mean_depth", "min_depth"]);
    let places: Vec<[&str; 4]> = rows[1..].iter().map(|row| [row[0], row[1], row[3], row[4]]).collect();
    let expected = [
        ["chr1", "2000", "GENE1", "500"],
        ["chr1", "2100", ".", "100"],
        ["chr1", "5000", "GENE1", "100"],
        ["chr2", "100", "GENE2", "300"],
    ];
    assert_eq!(places, expected);

    // samtools has the depth of mosdepth but for the overlap of mates, with -s.
    let bam = path("out/S.bam");
    let Some(output) = crate::harness::peer(
        "samtools",
        &["depth", "-a", "-s", "-r", "chr2:101-400", &bam].map(std::ffi::OsStr::new),
    ) else {
        return;
    };
    let text = String::from_utf8(output.stdout).expect("text");
    let depths: Vec<f64> = text
        .lines()
        .map(|line| line.rsplit('\t').next().and_then(|depth| depth.parse().ok()).expect("a number"))
        .collect();
    let mean: f64 = rows[4][5].parse().expect("a number");
    assert!(depths.len() == 300 && (mean - depths.iter().sum::<f64>() / 300.0).abs() < 0.05, "{mean}");

    let names = fs::read_to_string(path("out/S.coverage_names.tsv")).expect("a table");
    let rows: Vec<Vec<&str>> = names.lines().skip(1).map(|line| line.split('\t').take(3).collect()).collect();
    assert_eq!(rows, [["GENE1", "2", "600"], ["GENE2", "1", "300"]]);
    let targets = json(dir.path().join("out/S.metrics.json"))["targets"].clone();
    assert_eq!(
        (targets["regions"].as_u64(), targets["names"].as_u64(), targets["bases"].as_u64()),
        (Some(4), Some(2), Some(1_000))
    );

    let table = path("out/S.coverage_regions.tsv");
    let failed = rihla(args.iter().chain(&["--coverage-regions", &table]));
    assert!(said(&failed).contains("is an input and an output at once"), "{}", said(&failed));

    fs::write(&bed, "chr1\t2000\t2500\tGENE1\nchr9\t1\t2\tGENE2\n").expect("written");
    let failed = rihla(args.iter().chain(&["--coverage-regions", &bed]));
    assert!(!failed.status.success() && said(&failed).contains("genes.bed, line 2: "), "{}", said(&failed));
}
