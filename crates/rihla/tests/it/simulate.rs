//! `rihla simulate`: what it spikes, what it leaves out, mixtures, families, and that nothing but the seed matters.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::harness::{bytes, rihla, said, succeed};

/// Two contigs of random letters, X and Y with pseudoautosomal ends of 20 kb (masked on Y), and a mitochondrion.
struct Bench {
    dir: TempDir,
    sequences: Vec<(&'static str, Vec<u8>)>,
}

impl Bench {
    fn new() -> Self {
        let letters = |length, seed| rihla_testkit::builders::random_letters(length, seed);
        let mut y = letters(60_000, 3);
        y[..20_000].fill(b'N');
        let sequences = vec![
            ("chr1", letters(150_000, 1)),
            ("chrX", letters(80_000, 2)),
            ("chrY", y),
            ("chrM", letters(16_000, 4)),
        ];
        let dir = tempfile::tempdir().expect("a folder");
        let mut text = Vec::new();
        for (name, letters) in &sequences {
            text.extend(format!(">{name}\n").bytes());
            text.extend(letters);
            text.push(b'\n');
        }
        fs::write(dir.path().join("ref.fa"), text).expect("written");
        fs::write(dir.path().join("par.bed"), "chrX\t0\t20000\nchrY\t0\t20000\n").expect("written");
        Self { dir, sequences }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn text(&self, name: &str) -> String {
        self.path(name).to_string_lossy().into_owned()
    }

    /// Letter of a contig, 1-based.
    fn letter(&self, contig: usize, position: usize) -> char {
        char::from(self.sequences[contig].1[position - 1])
    }

    fn other(&self, contig: usize, position: usize) -> char {
        if self.letter(contig, position) == 'A' { 'C' } else { 'A' }
    }

    /// Writes a VCF of lines given as `contig position REF ALT GT...`; REF and ALT may be `=` for an SNV.
    fn vcf(&self, name: &str, samples: &str, lines: &[&str]) -> String {
        let mut text =
            format!("##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO{samples}\n");
        for line in lines {
            let fields: Vec<&str> = line.split(' ').collect();
            let contig = self.sequences.iter().position(|(name, _)| *name == fields[0]);
            let position: usize = fields[1].parse().expect("a number");
            let alleles = if fields[2] == "=" {
                let contig = contig.expect("a contig of the reference");
                format!("{}\t{}", self.letter(contig, position), self.other(contig, position))
            } else {
                format!("{}\t{}", fields[2], fields[3])
            };
            let genotypes = fields[4..].join("\t");
            let format = if genotypes.is_empty() { String::new() } else { format!("\tGT\t{genotypes}") };
            text.push_str(&format!("{}\t{position}\t.\t{alleles}\t.\tPASS\t.{format}\n", fields[0]));
        }
        fs::write(self.path(name), text).expect("written");
        self.text(name)
    }

    fn args(&self, out: &str, more: &[&str]) -> Vec<String> {
        let mut args = vec!["simulate".to_owned(), "--ref".into(), self.text("ref.fa")];
        args.extend(["--out-dir".to_owned(), self.text(out), "--par".into(), self.text("par.bed")]);
        args.extend(more.iter().map(|&arg| arg.to_owned()));
        args
    }

    fn simulate(&self, out: &str, more: &[&str]) -> String {
        said(&succeed(self.args(out, more)))
    }

    fn refuse(&self, more: &[&str]) -> (i32, String) {
        let output = rihla(self.args("refused", more));
        assert!(!output.status.success(), "{more:?} succeeded");
        assert!(
            !self.path("refused").exists() || files(&self.path("refused")).is_empty(),
            "{more:?} left files"
        );
        (output.status.code().expect("an exit code"), said(&output))
    }
}

/// Every file below a folder, by its relative name.
fn files(dir: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(dir).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        if path.is_dir() {
            found.extend(files(&path).into_iter().map(|(inner, bytes)| (format!("{name}/{inner}"), bytes)));
        } else {
            found.insert(name, bytes(&path));
        }
    }
    found
}

fn unpack(path: impl AsRef<Path>) -> String {
    let mut text = String::new();
    let packed = bytes(path);
    flate2::read::MultiGzDecoder::new(&packed[..]).read_to_string(&mut text).expect("gzip");
    text
}

/// Records of a VCF: its fields.
fn records(path: impl AsRef<Path>) -> Vec<Vec<String>> {
    let text = unpack(path);
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines.map(|line| line.split('\t').map(str::to_owned).collect()).collect()
}

/// `contig:position GT` of every record.
fn genotypes(path: impl AsRef<Path>) -> Vec<String> {
    records(path).iter().map(|fields| format!("{}:{} {}", fields[0], fields[1], fields[9])).collect()
}

/// Share of the pairs for each value of a field of the origin in the read names (contig, component, ...).
fn shares(path: impl AsRef<Path>, field: impl Fn(&[&str]) -> String) -> BTreeMap<String, f64> {
    let text = unpack(path);
    let names: Vec<&str> = text.lines().step_by(4).collect();
    let mut shares = BTreeMap::new();
    for name in &names {
        let origin = name.split(':').next().expect("an origin");
        let fields: Vec<&str> = origin.rsplitn(4, '_').collect();
        *shares.entry(field(&fields)).or_insert(0.0) += 1.0 / names.len() as f64;
    }
    shares
}

fn component(fields: &[&str]) -> String {
    fields[0].split('.').next().expect("a component").to_owned()
}

fn contig(fields: &[&str]) -> String {
    fields[3].split_once('_').expect("ordinal and contig").1.to_owned()
}

#[test]
fn real_variants_are_the_truth() {
    let bench = Bench::new();
    let sample = "\tFORMAT\tONE\tTWO";
    let lines = [
        "chr1 1000 = = 0|1 1|1",
        "chr1 2000 = = 1/1 0/0",
        "chr1 3000 = = ./. 0/1",
        "chr1 3100 = = 0/0 0/1",
        "chr1 4000 = = 1|0 0/1",
        "chr1 4000 = = 1|0 0/1",
        "chrX 30000 = = 0/1 1/1",
        "chrX 50000 = = 1/1 0/1",
    ];
    let vcf = bench.vcf("real.vcf", sample, &lines);
    let said =
        bench.simulate("one", &["--variants", &vcf, "--depth", "2", "--sex", "male", "--sample", "NA1"]);
    assert!(said.contains("4 of 8 records spiked"), "{said}");
    for reason in ["1 without an ALT", "1 without a full genotype", "1 overlapping", "1 whose genotype"] {
        assert!(said.contains(reason), "{reason}: {said}");
    }
    let truth = bench.path("one/truth.vcf.gz");
    assert_eq!(genotypes(&truth), ["chr1:1000 0|1", "chr1:2000 1|1", "chr1:4000 1|0", "chrX:50000 1"]);
    assert!(unpack(&truth).contains("\tFORMAT\tNA1\n") && bench.path("one/truth.vcf.gz.tbi").exists());
    let said = bench.simulate("two", &["--variants", &vcf, "--variants-sample", "TWO", "--depth", "0"]);
    assert!(said.contains("7 of 8 records spiked"), "the other phase is taken where one clashes: {said}");
    let more = ["--variants", &vcf, "--add-random", "--depth", "0", "--snv-rate", "0.002"];
    bench.simulate("three", &more);
    assert!(genotypes(bench.path("three/truth.vcf.gz")).len() > 300);
}

#[test]
fn males_and_females() {
    let bench = Bench::new();
    let more =
        ["--depth", "8", "--snv-rate", "0.003", "--mito-copies", "20", "--duplicates", "0", "--origins"];
    bench.simulate("male", &[&more[..], &["--sex", "male"]].concat());
    bench.simulate("female", &more);
    let reads = |out: &str| shares(bench.path(out).join("reads_1.fq.gz"), contig);
    // Known bases times copies.
    let male = [("chr1", 300.0), ("chrX", 100.0), ("chrY", 40.0), ("chrM", 320.0)];
    let female = [("chr1", 300.0), ("chrX", 160.0), ("chrY", 0.0), ("chrM", 320.0)];
    for (out, expected) in [("male", male), ("female", female)] {
        let total: f64 = expected.iter().map(|(_, bases)| bases).sum();
        let found = reads(out);
        for (name, bases) in expected {
            let share = found.get(name).copied().unwrap_or(0.0);
            assert!((share - bases / total).abs() < 0.02, "{out} {name}: {share} of the reads");
        }
    }
    let haploid = |out: &str, contig: &str, from: usize| {
        let all = records(bench.path(out).join("truth.vcf.gz"));
        let of = all
            .iter()
            .filter(|fields| fields[0] == contig && fields[1].parse::<usize>().is_ok_and(|at| at > from));
        let genotypes: Vec<&str> = of.map(|fields| fields[9].as_str()).collect();
        (genotypes.len(), genotypes.iter().filter(|genotype| **genotype == "1").count())
    };
    for (contig, from) in [("chrX", 20_000), ("chrY", 0), ("chrM", 0)] {
        let (all, one) = haploid("male", contig, from);
        assert!(all > 15 && all == one, "{contig}: {one} of {all} haploid");
    }
    assert_eq!(haploid("female", "chrX", 0).1, 0);
    assert_eq!(haploid("female", "chrY", 0).0, 0);
    let bed = fs::read_to_string(bench.path("male/truth.bed")).expect("a BED");
    assert!(bed.contains("chrX\t500\t19120\nchrX\t20880\t79500\nchrY\t20880\t59500\n"), "{bed}");
    assert!(!fs::read_to_string(bench.path("female/truth.bed")).expect("a BED").contains("chrY"));
    let origins = unpack(bench.path("male/origin.tsv.gz"));
    let names = unpack(bench.path("male/reads_2.fq.gz"));
    assert!(origins.starts_with("name\tchr1\tpos1\tstrand1\tchr2\tpos2\tstrand2\thap\tdup\tcomponent\n"));
    for (line, name) in origins.lines().skip(1).zip(names.lines().step_by(4)) {
        let fields: Vec<&str> = line.split('\t').collect();
        let named = format!("_{}_{}{}_{}{}_", fields[1], fields[2], fields[3], fields[5], fields[6]);
        assert!(name[1..].starts_with(fields[0]) && fields[0].contains(&named), "{name} {line}");
    }
    assert_eq!(origins.lines().count() - 1, names.lines().count() / 4);
}

#[test]
fn a_second_person() {
    let bench = Bench::new();
    let vcf = bench.vcf("two.vcf", "\tFORMAT\tB", &["chr1 1000 = = 1|1"]);
    let more = ["--contamination", "0.2", "--depth", "10", "--mito-copies", "2", "--duplicates", "0"];
    bench.simulate("alone", &["--depth", "0"]);
    bench.simulate("random", &more);
    bench.simulate(
        "given",
        &[&more[..], &["--contaminant-variants", &vcf, "--contaminant-sex", "male"]].concat(),
    );
    let alone = genotypes(bench.path("alone/truth.vcf.gz"));
    for out in ["random", "given"] {
        assert_eq!(genotypes(bench.path(out).join("truth.vcf.gz")), alone, "the truth is the main person's");
        let share = shares(bench.path(out).join("reads_1.fq.gz"), component)["1"];
        assert!((0.17..0.23).contains(&share), "{out}: {share}");
    }
    assert_eq!(genotypes(bench.path("given/contaminant.vcf.gz")), ["chr1:1000 1|1"]);
    let other = genotypes(bench.path("random/contaminant.vcf.gz"));
    let shared = other.iter().filter(|record| alone.contains(record)).count();
    assert!(shared > 20 && shared < other.len(), "{shared} of {} shared", other.len());
}

#[test]
fn tumors() {
    let bench = Bench::new();
    let more = ["--tumor-purity", "0.5", "--subclones", "0.4", "--somatic-rate", "200", "--depth", "12"];
    bench.simulate("t", &[&more[..], &["--normal-depth", "6", "--mito-copies", "2"]].concat());
    let pairs = |of: &str| unpack(bench.path("t").join(of).join("reads_1.fq.gz")).lines().count() as f64;
    assert!((1.8..2.2).contains(&(pairs("tumor") / pairs("normal"))));
    let germline = genotypes(bench.path("t/truth.vcf.gz"));
    let somatic = records(bench.path("t/somatic.vcf.gz"));
    assert!((40..70).contains(&somatic.len()), "{}", somatic.len());
    for fields in &somatic {
        assert!(!germline.iter().any(|record| record.starts_with(&format!("{}:{} ", fields[0], fields[1]))));
        let expected = match (fields[7].ends_with("CLONE=0"), fields[9].as_str()) {
            (true, "0|1" | "1|0") => "VAF=0.2500;CCF=1.0000",
            (false, "0|1" | "1|0") => "VAF=0.1000;CCF=0.4000",
            (true, _) => "VAF=0.5000;CCF=1.0000",
            (false, _) => "VAF=0.2000;CCF=0.4000",
        };
        assert!(fields[7].contains(expected), "{fields:?}");
    }
    let shares = shares(bench.path("t/tumor/reads_1.fq.gz"), component);
    for (number, expected) in [("0", 0.5), ("1", 0.3), ("2", 0.2)] {
        assert!((shares[number] - expected).abs() < 0.03, "{shares:?}");
    }
    let vcf = bench.vcf("somatic.vcf", "", &["chr1 700 = =", "chr1 710 = ="]);
    let said = bench
        .simulate("given", &["--tumor-purity", "1", "--somatic", &vcf, "--snv-rate", "0", "--depth", "1"]);
    assert!(said.contains("2 of 2 records spiked"), "{said}");
    assert_eq!(records(bench.path("given/somatic.vcf.gz")).len(), 2);
}

#[test]
fn trios() {
    let bench = Bench::new();
    let more = ["--trio", "--de-novo", "12", "--depth", "1", "--snv-rate", "0.003", "--sex", "male"];
    bench.simulate("t", &more);
    let of = |member: &str| records(bench.path("t").join(member).join("truth.vcf.gz"));
    let [father, mother, child] = ["father", "mother", "child"].map(of);
    let new: Vec<Vec<String>> = records(bench.path("t/de_novo.vcf.gz"));
    assert_eq!(new.len(), 12);
    let carried =
        |records: &[Vec<String>], at: &[String]| records.iter().any(|record| record[..2] == at[..2]);
    let mut inherited = 0;
    for record in &child {
        if new.contains(record) {
            continue;
        }
        inherited += 1;
        let alleles: Vec<&str> = record[9].split('|').collect();
        match (record[0].as_str(), alleles.as_slice()) {
            ("chrY", ["1"]) => assert!(carried(&father, record), "{record:?}"),
            ("chrX" | "chrM", ["1"]) => assert!(carried(&mother, record), "{record:?}"),
            (_, [paternal, maternal]) => {
                assert!(*paternal == "0" || carried(&father, record), "{record:?}");
                assert!(*maternal == "0" || carried(&mother, record), "{record:?}");
            }
            _ => panic!("{record:?}"),
        }
    }
    assert!(inherited > 300);
    for record in &new {
        assert!(child.contains(record) && !carried(&father, record) && !carried(&mother, record));
    }
    let pedigree = fs::read_to_string(bench.path("t/pedigree.ped")).expect("a pedigree");
    assert!(pedigree.ends_with("SIM\tchild\tfather\tmother\t1\t0\n"), "{pedigree}");
    let samples = "\tFORMAT\tDAD\tMUM";
    let vcf = bench.vcf("parents.vcf", samples, &["chr1 900 = = 1|1 0|0", "chr1 950 = = 0|0 1|1"]);
    let parents = ["--variants", &vcf, "--father-sample", "DAD", "--mother-sample", "MUM"];
    bench.simulate("given", &[&["--trio", "--depth", "0"], &parents[..]].concat());
    assert_eq!(genotypes(bench.path("given/child/truth.vcf.gz")), ["chr1:900 1|0", "chr1:950 0|1"]);
}

#[test]
fn profiles_shape_the_reads() {
    let bench = Bench::new();
    bench.simulate("one", &["--depth", "20", "--mito-copies", "0"]);
    let reads = [bench.text("one/reads_1.fq.gz"), bench.text("one/reads_2.fq.gz")];
    let learnt = bench.text("learnt.json");
    succeed(["profile", "--reads", &reads[0], &reads[1], "--out", &learnt]);
    let lengths = |out: &str| {
        let text = unpack(bench.path(out).join("origin.tsv.gz"));
        let of = |line: &str| {
            let at = |field: usize| {
                line.split('\t').nth(field).expect("a field").parse::<f64>().expect("a number")
            };
            (at(2) - at(5)).abs() + 150.0
        };
        let all: Vec<f64> = text.lines().skip(1).map(of).collect();
        all.iter().sum::<f64>() / all.len() as f64
    };
    let more = ["--depth", "3", "--mito-copies", "0", "--origins", "--profile", &learnt];
    bench.simulate("again", &more);
    bench.simulate("short", &[&more[..], &["--insert-mean", "200", "--insert-sd", "10"]].concat());
    // Fragments are seen where mates overlap or by alignment; FASTQ shows the short ones alone.
    let (again, short) = (lengths("again"), lengths("short"));
    assert!(again < 400.0 && (195.0..205.0).contains(&short), "{again} {short}");
    let qualities = |out: &str| {
        let text = unpack(bench.path(out).join("reads_1.fq.gz"));
        let mut seen: Vec<u8> = text.lines().skip(3).step_by(4).flat_map(str::bytes).collect();
        seen.sort_unstable();
        seen.dedup();
        seen.len()
    };
    bench.simulate("hiseq", &["--depth", "3", "--profile", "hiseq"]);
    assert!(qualities("again") <= 4 && qualities("hiseq") > 20);
}

#[test]
fn nothing_but_the_seed_matters() {
    let bench = Bench::new();
    let vcf = bench.vcf("a.vcf", "\tFORMAT\tA", &["chr1 900 = = 0/1", "chrX 950 = = 0/1"]);
    let modes: [&[&str]; 5] = [
        &["--origins", "--sex", "male"],
        &["--variants", &vcf, "--add-random"],
        &["--contamination", "0.1"],
        &["--tumor-purity", "0.7", "--subclones", "0.3,0.2", "--somatic-rate", "100"],
        &["--trio", "--de-novo", "5"],
    ];
    for (number, mode) in modes.iter().enumerate() {
        let made = |out: &str, more: &[&str]| {
            let name = format!("{number}{out}");
            bench.simulate(&name, &[&["--depth", "3", "--mito-copies", "10"], *mode, more].concat());
            files(&bench.path(&name))
        };
        let one = made("one", &["--threads", "1"]);
        assert!(one.len() >= 5 && one.values().all(|bytes| !bytes.is_empty()));
        assert!(one == made("three", &["--threads", "3"]), "{mode:?}: threads show");
        let other = made("other", &["--seed", "43"]);
        assert!(
            one.iter().filter(|(name, _)| name.ends_with("fq.gz")).all(|(name, bytes)| other[name] != *bytes)
        );
    }
}

#[test]
fn bad_requests_are_refused() {
    let bench = Bench::new();
    let one = "\tFORMAT\tA";
    let mismatch = if bench.letter(0, 900) == 'A' { "chr1 900 C G 0/1" } else { "chr1 900 A G 0/1" };
    let mismatch = bench.vcf("mismatch.vcf", one, &[mismatch]);
    let contig = bench.vcf("contig.vcf", one, &["chr1 900 = = 0/1", "chr7 900 A G 0/1"]);
    let end = bench.vcf("end.vcf", one, &["chr1 150001 A G 0/1"]);
    let unsorted = bench.vcf("unsorted.vcf", one, &["chr1 900 = = 0/1", "chr1 800 = = 0/1"]);
    let no_sample = bench.vcf("sites.vcf", "", &["chr1 900 = ="]);
    fs::write(bench.path("empty.fa"), "").expect("written");
    fs::write(bench.path("odd.json"), "{\"schema_version\": 99}").expect("written");
    let odd = bench.text("odd.json");
    let cases: [(&[&str], i32, &[&str]); 17] = [
        (&["--profile", "454"], 66, &["--profile 454", "novaseq", "hiseq"]),
        (&["--profile", &odd], 65, &["odd.json", "schema_version"]),
        (&["--variants", &mismatch], 65, &["mismatch.vcf", "line 3", "chr1:900", "another reference"]),
        (&["--variants", &contig], 65, &["contig.vcf", "line 4", "chr7"]),
        (&["--variants", &end], 65, &["end.vcf", "line 3", "behind its contig"]),
        (&["--variants", &unsorted], 65, &["unsorted.vcf", "line 4", "sort"]),
        (&["--variants", &no_sample], 65, &["no sample"]),
        (&["--variants", &contig, "--variants-sample", "B"], 65, &["no sample B", "A"]),
        (&["--variants", "nowhere.vcf"], 66, &["nowhere.vcf"]),
        (&["--contamination", "1.5"], 2, &["--contamination 1.5", "from 0 to 1"]),
        (&["--tumor-purity", "2"], 2, &["purity", "from 0 to 1"]),
        (&["--tumor-purity", "0.5", "--subclones", "0.8,0.3"], 2, &["subclones", "at most 1"]),
        (&["--tumor-purity", "0.5", "--trio"], 2, &["cannot be used with"]),
        (&["--trio", "--variants", &contig], 2, &["--father-sample"]),
        (&["--depth=-3"], 2, &["depth"]),
        (&["--mito-copies=-1"], 2, &["--mito-copies"]),
        (&["--trio", "--de-novo", "100000"], 2, &["de novo"]),
    ];
    for (more, code, words) in cases {
        let (found, text) = bench.refuse(more);
        assert_eq!(found, code, "{more:?}: {text}");
        for word in words {
            assert!(text.contains(word), "{more:?} should name {word}: {text}");
        }
    }
    let output = rihla(["simulate", "--ref", &bench.text("empty.fa"), "--out-dir", &bench.text("refused")]);
    assert!(!output.status.success() && said(&output).contains("empty.fa"), "{}", said(&output));
}
