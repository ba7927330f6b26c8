//! Who a sample is: contamination, fingerprints, and `rihla identity`, on made-up people.

use std::fmt::Write;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use flate2::read::MultiGzDecoder;
use serde_json::Value;
use tempfile::TempDir;

use crate::harness::{MultiQc, Sample, bytes, names, peer, rihla, said, succeed};

/// Bases from one site to the next.
const STEP: usize = 450;
/// Share of B in the sample MIX.
const SHARE: f64 = 0.1;

/// Two strangers, their child, and a sample of A with some of B in it; each sequenced and taken through the main job.
struct Town {
    dir: TempDir,
    sites: usize,
}

impl Town {
    fn get() -> &'static Self {
        static TOWN: OnceLock<Town> = OnceLock::new();
        TOWN.get_or_init(|| {
            let mut town = Self { dir: tempfile::tempdir().expect("a folder"), sites: 0 };
            town.sites = town.write_people();
            town.sequence("A", "A", &[]);
            let fingerprint = text(&town.file("A/A.fingerprint.vcf.gz"));
            let people = text(&town.file("people.vcf"));
            let mixed = ["--contamination", &SHARE.to_string(), "--contaminant-variants", &people];
            let mixed = mixed.iter().copied().chain(["--contaminant-sample", "B"]).collect::<Vec<_>>();
            for (sample, own, options) in [("B", "B", &[][..]), ("CHILD", "CHILD", &[]), ("MIX", "A", &mixed)]
            {
                town.simulate(sample, own, options);
                let output = town.germline(sample, &["--identity-of", &fingerprint]);
                fs::write(town.file(&format!("{sample}.said")), said(&output)).expect("written");
            }
            town
        })
    }

    fn file(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn fingerprint(&self, sample: &str) -> String {
        text(&self.file(&format!("{sample}/{sample}.fingerprint.vcf.gz")))
    }

    /// The panel, as a haplotype map of blocks that are one or two sites wide, and the people's genotypes.
    fn write_people(&self) -> usize {
        let mut draw = draws(5);
        let mut map =
            "@HD\tVN:1.5\n#CHROMOSOME\tPOSITION\tNAME\tMAJOR_ALLELE\tMINOR_ALLELE\tMAF\tANCHOR_SNP\tPANELS\n"
                .to_owned();
        let mut vcf =
            "##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tA\tB\tCHILD\n"
                .to_owned();
        let mut count = 0;
        for (contig, letters) in genome() {
            let mut block: Option<(f64, [[bool; 2]; 3])> = None;
            for at in (1_000..letters.len() - 1_000).step_by(STEP) {
                let reference = letters.as_bytes()[at];
                let Some(alternate) = other(reference) else { continue };
                // Every tenth site is inherited with the one before.
                let linked = (count % 10 == 9).then_some(block).flatten();
                let (frequency, people) = linked.unwrap_or_else(|| {
                    let frequency = 0.15 + 0.35 * draw();
                    let [a, b] = [0, 1].map(|_| [draw() < frequency, draw() < frequency]);
                    (frequency, [a, b, [a[usize::from(draw() < 0.5)], b[usize::from(draw() < 0.5)]]])
                });
                block = Some((frequency, people));
                // The rare allele is REF at every third site.
                let is_turned = count % 3 == 0;
                let anchor = linked.map_or(String::new(), |_| format!("s{}", count - 1));
                let (major, minor) = if is_turned { (alternate, reference) } else { (reference, alternate) };
                let (major, minor) = (char::from(major), char::from(minor));
                writeln!(map, "{contig}\t{}\ts{count}\t{major}\t{minor}\t{frequency}\t{anchor}\t", at + 1)
                    .expect("text");
                let genotype = |copies: [bool; 2]| copies.map(|copy| u8::from(copy != is_turned));
                let genotypes = people
                    .map(|copies| genotype(copies).map(|allele| allele.to_string()).join("|"))
                    .join("\t");
                let (reference, alternate) = (char::from(reference), char::from(alternate));
                writeln!(vcf, "{contig}\t{}\t.\t{reference}\t{alternate}\t.\t.\t.\tGT\t{genotypes}", at + 1)
                    .expect("text");
                count += 1;
            }
        }
        fs::write(self.file("panel.map"), map).expect("written");
        fs::write(self.file("people.vcf"), vcf).expect("written");
        count
    }

    fn simulate(&self, sample: &str, own: &str, options: &[&str]) {
        let genome = text(&Sample::get().file("genome.fa"));
        let (people, out) = (text(&self.file("people.vcf")), text(&self.file(&format!("{sample}.reads"))));
        let args = ["simulate", "--ref", &genome, "--out-dir", &out, "--depth", "16", "--variants", &people];
        let seed = sample.bytes().map(u32::from).sum::<u32>().to_string();
        let more = ["--variants-sample", own, "--seed", &seed, "--quiet"];
        succeed(args.iter().chain(&more).chain(options));
    }

    fn germline(&self, sample: &str, options: &[&str]) -> std::process::Output {
        self.germline_into(sample, sample, options)
    }

    fn germline_into(&self, sample: &str, out: &str, options: &[&str]) -> std::process::Output {
        let genome = text(&Sample::get().file("genome.fa"));
        let reads = |mate| text(&self.file(&format!("{sample}.reads/reads_{mate}.fq.gz")));
        let (one, two, panel) = (reads(1), reads(2), text(&self.file("panel.map")));
        let args =
            ["germline", "--ref", &genome, "--reads", &one, &two, "--sample", sample, "--sites", &panel];
        succeed(args.iter().chain(&["--out-dir", &text(&self.file(out))]).chain(options))
    }

    fn sequence(&self, sample: &str, own: &str, options: &[&str]) {
        self.simulate(sample, own, options);
        self.germline(sample, &[]);
    }

    fn metrics(&self, sample: &str) -> Value {
        let path = self.file(&format!("{sample}/{sample}.metrics.json"));
        serde_json::from_slice(&bytes(path)).expect("JSON")
    }

    /// Runs `identity` and gives the table's lines by their first two columns.
    fn identity(&self, args: &[&str]) -> Vec<Vec<String>> {
        let output = succeed(["identity"].iter().chain(args));
        let table = String::from_utf8(output.stdout).expect("text");
        let cells = |line: &str| line.split_whitespace().map(str::to_owned).collect();
        table.lines().skip(1).map(cells).collect()
    }
}

/// Draws of a seed between 0 and 1.
fn draws(mut state: u64) -> impl FnMut() -> f64 {
    move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1u64 << 53) as f64
    }
}

/// Names and letters of the demonstration's contigs.
fn genome() -> Vec<(String, String)> {
    let fasta = String::from_utf8(bytes(Sample::get().file("genome.fa"))).expect("text");
    let contig = |record: &str| {
        let (head, lines) = record.split_once('\n').expect("a line");
        let name = head.split_whitespace().next().expect("a name").to_owned();
        (name, lines.replace('\n', "").to_ascii_uppercase())
    };
    fasta.split('>').skip(1).map(contig).collect()
}

fn other(letter: u8) -> Option<u8> {
    Some(match letter {
        b'A' => b'G',
        b'C' => b'T',
        b'G' => b'A',
        b'T' => b'C',
        _ => return None,
    })
}

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

fn unpacked(path: impl AsRef<Path>) -> String {
    let mut text = String::new();
    MultiGzDecoder::new(&bytes(path)[..]).read_to_string(&mut text).expect("whole gzip");
    text
}

#[test]
fn contamination_is_found_and_told_alike_everywhere() {
    let town = Town::get();
    let clean = town.metrics("A")["contamination"].clone();
    assert!(clean["fraction"].as_f64().is_some_and(|share| share < 0.005), "{clean}");
    let mixed = town.metrics("MIX")["contamination"].clone();
    let share = mixed["fraction"].as_f64().expect("a number");
    assert!((share - SHARE).abs() < 0.025, "{mixed}");
    let (low, high) = (mixed["low"].as_f64().expect("a number"), mixed["high"].as_f64().expect("a number"));
    assert!(low > 0.05 && low < share && share < high && high < 0.16, "{mixed}");
    assert!(mixed["sites"].as_u64().is_some_and(|sites| sites as usize > town.sites * 17 / 20), "{mixed}");
    assert!(mixed["log_likelihoods"]["found"].as_f64() > mixed["log_likelihoods"]["none"].as_f64());
    let line = fs::read_to_string(town.file("MIX/MIX.selfSM")).expect("text");
    let cells: Vec<&str> = line.lines().nth(1).expect("a line").split('\t').collect();
    assert_eq!(cells[0], "MIX");
    assert_eq!(cells[6].parse::<f64>().ok(), Some((share * 1e5).round() / 1e5));
    let manifest = fs::read_to_string(town.file("MIX/MIX.manifest.json")).expect("text");
    for name in ["MIX.selfSM", "MIX.fingerprint.vcf.gz", "MIX.fingerprint.vcf.gz.tbi"] {
        assert!(manifest.contains(&format!("\"{name}\"")), "{name}");
    }
}

#[test]
fn fingerprints_hold_every_site_and_do_not_depend_on_threads_or_memory() {
    let town = Town::get();
    let vcf = unpacked(town.fingerprint("A"));
    assert_eq!(vcf.lines().filter(|line| !line.starts_with('#')).count(), town.sites);
    // The genotypes are those that the reads were made of.
    let truth = fs::read_to_string(town.file("people.vcf")).expect("text");
    let genotypes = |text: &str, of: fn(&str) -> String| -> Vec<String> {
        let fields = |line: &str| of(line.split('\t').nth(9).expect("a sample"));
        text.lines().filter(|line| !line.starts_with('#')).map(fields).collect()
    };
    let known = genotypes(&truth, |text| if text == "1|0" { "0/1".into() } else { text.replace('|', "/") });
    let called = genotypes(&vcf, |text| text.split(':').next().unwrap_or_default().to_owned());
    // A copied stretch of the genome has no read that is sure of its place.
    let typed = known.iter().zip(&called).filter(|(_, called)| *called != "./.");
    let wrong: Vec<_> = typed.clone().filter(|(known, called)| known != called).collect();
    assert!(typed.count() * 20 > town.sites * 19 && wrong.len() * 100 < town.sites, "{wrong:?}");
    town.germline_into("A", "again", &["--threads", "1", "--memory", "300M"]);
    for name in ["A.fingerprint.vcf.gz", "A.fingerprint.vcf.gz.tbi", "A.selfSM"] {
        assert_eq!(bytes(town.file("again").join(name)), bytes(town.file("A").join(name)), "{name}");
    }
    let path = town.fingerprint("A");
    if let Some(output) = peer("bcftools", &["index", "--nrecords", &path].map(std::ffi::OsStr::new)) {
        assert_eq!(
            String::from_utf8_lossy(&output.stdout).trim(),
            town.sites.to_string(),
            "{}",
            said(&output)
        );
    }
}

#[test]
fn people_are_told_apart_whatever_the_order() {
    let town = Town::get();
    let files = ["A", "B", "CHILD", "MIX"].map(|sample| town.fingerprint(sample));
    let files: Vec<&str> = files.iter().map(String::as_str).collect();
    let found = town.identity(&files);
    let conclusions: Vec<[&str; 4]> =
        found.iter().map(|row| [0, 1, 2, 3].map(|column| row[column].as_str())).collect();
    let expected = [
        ["A", "B", "different", "unrelated"],
        ["A", "CHILD", "related", "parent-child"],
        ["A", "MIX", "same", "same"],
        ["B", "CHILD", "related", "parent-child"],
        ["B", "MIX", "different", "unrelated"],
        ["CHILD", "MIX", "related", "parent-child"],
    ];
    assert_eq!(conclusions, expected, "{found:?}");
    let prefixes = ["one", "other"].map(|name| text(&town.file(name)));
    let turned: Vec<&str> = files.iter().rev().copied().collect();
    town.identity(&[&files[..], &["--out", &prefixes[0]]].concat());
    town.identity(&[&turned[..], &["--out", &prefixes[1], "--threads", "1"]].concat());
    for ending in ["identity.tsv", "pairs.tsv", "samples.tsv"] {
        let [one, other] = [0, 1].map(|i| bytes(format!("{}.{ending}", prefixes[i])));
        assert_eq!(one, other, "{ending}");
    }
    let output = rihla(["identity"].iter().chain(&files));
    assert!(
        said(&output).contains("MIX: ") && said(&output).contains("of another person"),
        "{}",
        said(&output)
    );
}

#[test]
fn multiqc_finds_contamination_and_pairs_under_the_names_of_the_samples() {
    let town = Town::get();
    let samples = ["A", "B", "CHILD", "MIX"];
    let files = samples.map(|sample| town.fingerprint(sample));
    let files: Vec<&str> = files.iter().map(String::as_str).collect();
    let folder = town.file("family");
    fs::create_dir(&folder).expect("a folder");
    town.identity(&[&files[..], &["--out", &text(&folder.join("family"))]].concat());
    let folders = samples.map(|sample| town.file(sample));
    let all: Vec<&Path> = folders.iter().chain([&folder]).map(PathBuf::as_path).collect();
    let Some(report) = MultiQc::of(&all) else { return };
    let expected = samples.map(str::to_owned);
    let found = report.samples();
    assert!(expected.iter().all(|sample| found.contains(sample)), "{found:?}");
    // What is of a pair has a row of its own, under the names of both.
    let is_known = |name: &String| name.split('*').all(|part| samples.contains(&part));
    assert!(found.iter().all(is_known), "{found:?}");
    report.expect_modules(&["Somalier", "VerifyBAMID"]);
}

#[test]
fn other_vcfs_are_people_too() {
    let town = Town::get();
    // The genotypes that the people were made of, without likelihoods, and calls, in which only variants are.
    let [a, b] = ["A", "B"].map(|sample| town.fingerprint(sample));
    let people = text(&town.file("people.vcf"));
    let row = |rows: &[Vec<String>], first: &str, second: &str| {
        let row = rows.iter().find(|row| row[0].starts_with(first) && row[1].starts_with(second));
        row.unwrap_or_else(|| panic!("{first} {second} in {rows:?}"))[2].clone()
    };
    let found = town.identity(&[&b, &people]);
    assert_eq!(row(&found, "A", "B("), "different");
    assert_eq!(row(&found, "B(", "B("), "same");
    assert_eq!(row(&found, "B(", "CHILD"), "related");
    let calls = text(&town.file("A/A.vcf.gz"));
    assert_eq!(row(&town.identity(&[&a, &calls]), "A(", "A("), "same");
    assert_eq!(row(&town.identity(&[&b, &calls]), "A", "B"), "different");
    // A map tells no REF; sites come from a file of its own.
    let panel = text(&town.file("panel.map"));
    assert_eq!(row(&town.identity(&[&a, &calls, "--sites", &panel]), "A(", "A("), "same");
}

#[test]
fn expectations_are_held_against_what_is_found() {
    let town = Town::get();
    let [a, b, mixed] = ["A", "B", "MIX"].map(|sample| town.fingerprint(sample));
    succeed(["identity", &a, &mixed, "--expect", "same", "--gate"]);
    let output = rihla(["identity", &a, &b, "--expect", "same", "--gate"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        said(&output).contains("A and B should be of one person, and are different"),
        "{}",
        said(&output)
    );
    succeed(["identity", &a, &b, "--expect", "same"]);
    let groups = text(&town.file("groups.csv"));
    fs::write(&groups, "sample,person\nA,donor\nMIX,donor\nB,other\n").expect("written");
    succeed(["identity", &a, &b, &mixed, "--groups", &groups, "--gate"]);
    fs::write(&groups, "A\tdonor\nMIX\tclone\n").expect("written");
    let output = rihla(["identity", &a, &b, &mixed, "--groups", &groups, "--gate"]);
    assert_eq!(output.status.code(), Some(1));
    let said = said(&output);
    assert!(said.contains("A and MIX should be of two people, and are same"), "{said}");
    assert!(said.contains("does not list B"), "{said}");
}

#[test]
fn a_run_says_whether_the_sample_is_whom_it_should_be() {
    let town = Town::get();
    let identity = |sample: &str| town.metrics(sample)["identity"].clone();
    let own = identity("A");
    assert!(own["expected"].is_null() && own["sites"].as_u64() == Some(town.sites as u64), "{own}");
    assert!(own["het_fraction"].as_f64().is_some_and(|share| (0.3..0.6).contains(&share)), "{own}");
    let digest = own["panel_sha256"].as_str().expect("text");
    assert!(unpacked(town.fingerprint("A")).contains(&format!("##rihlaPanel=sha256:{digest}\n")));
    let mixed = identity("MIX");
    assert_eq!(mixed["expected"]["is_same"], Value::Bool(true), "{mixed}");
    assert!(mixed["expected"]["lod"].as_f64() > Some(20.0) && mixed["expected"]["sample"] == "A", "{mixed}");
    let other = identity("B");
    assert_eq!(other["expected"]["conclusion"], "different", "{other}");
    let said = fs::read_to_string(town.file("B.said")).expect("text");
    assert!(said.contains("B is not of the person of"), "{said}");
    let said = fs::read_to_string(town.file("MIX.said")).expect("text");
    assert!(!said.contains("not of the person"), "{said}");
}

#[test]
fn wrong_inputs_are_told_with_their_line_and_leave_nothing() {
    let town = Town::get();
    let genome = text(&Sample::get().file("genome.fa"));
    let reads = text(&town.file("A.reads/reads_1.fq.gz"));
    let (sites, out) = (text(&town.file("bad.tsv")), town.file("bad"));
    let (contig, letters) = genome_start();
    let row = |at: usize, reference: char| format!("{contig}\t{at}\t{}\t{reference}\tN\t0.5\n", at + 1);
    let right = char::from(letters.as_bytes()[2_000]);
    for (rows, words) in [
        (row(2_000, right), "line 1: the allele N"),
        (format!("#\n{contig}\t2000\t2001\t{right}\t{right}\t0.5\n"), "line 2: both alleles are"),
        ("other\t5\t6\tA\tC\t0.5\n".to_owned(), "none of its 1 sites is on a contig of the reference"),
    ] {
        fs::write(&sites, rows).expect("written");
        let args = ["germline", "--ref", &genome, "--reads", &reads, "--sample", "S", "--sites", &sites];
        let output = rihla(args.iter().chain(&["--out-dir", &text(&out)]));
        assert_eq!(output.status.code(), Some(65), "{}", said(&output));
        assert!(said(&output).contains(words) && said(&output).contains("bad.tsv"), "{}", said(&output));
        assert!(!out.exists() || names(&out).is_empty());
    }
    let [a, b] = ["A", "B"].map(|sample| town.fingerprint(sample));
    let people = text(&town.file("people.vcf"));
    for (args, code, words) in [
        (vec![a.as_str()], 2, "two at least"),
        (vec![&a, &a], 2, "is given twice"),
        (vec![&people], 2, "none of the files is a fingerprint"),
        (vec![&a, &b, "--gate"], 2, "--expect or --groups"),
        (vec![&a, "missing.vcf"], 66, "missing.vcf"),
        (vec![&a, &sites], 65, "not a VCF"),
        (vec![&a, &b, "--groups", &sites], 65, "line 1: 6 columns"),
    ] {
        let output = rihla(["identity"].iter().copied().chain(args));
        assert_eq!(output.status.code(), Some(code), "{}", said(&output));
        assert!(said(&output).contains(words), "{}", said(&output));
    }
}

fn genome_start() -> (String, String) {
    genome().swap_remove(0)
}
