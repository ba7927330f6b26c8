//! `--alleles`: listed alleles are judged and written whatever the reads say.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::harness::{Sample, bytes, rihla, said, succeed};

const HEAD: &str = "##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n";

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

/// The sample's BAM, called with a list.
struct Bench {
    dir: TempDir,
    contig: String,
    /// The contig's first bases.
    letters: String,
}

impl Bench {
    fn new() -> Self {
        let fasta = String::from_utf8(bytes(Sample::get().file("genome.fa"))).expect("text");
        let mut lines = fasta.lines();
        let contig = lines.next().and_then(|line| line.strip_prefix('>')).expect("a contig");
        let contig = contig.split_whitespace().next().expect("a name").to_owned();
        let letters = lines.take_while(|line| !line.starts_with('>')).collect();
        Self { dir: tempfile::tempdir().expect("a folder"), contig, letters }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// A line of a list: 1-based position, and REF by its length.
    fn line(&self, position: usize, length: usize, alternate: &str) -> String {
        let reference = &self.letters[position - 1..position - 1 + length];
        format!("{}\t{position}\t.\t{reference}\t{alternate}\t.\t.\t.\n", self.contig)
    }

    /// Another base than the one at a 1-based position.
    fn other(&self, position: usize) -> &'static str {
        if self.letters[position - 1..].starts_with('A') { "C" } else { "A" }
    }

    fn args(&self, list: &str, more: &[&str]) -> Vec<String> {
        fs::write(self.path("list.vcf"), format!("{HEAD}{list}")).expect("written");
        let sample = Sample::get();
        let (reference, bam) = (text(&sample.file("genome.fa")), text(&sample.file("DEMO.bam")));
        let (out, list) = (text(&self.path("out.vcf")), text(&self.path("list.vcf")));
        let args = ["call", "--ref", &reference, "--bam", &bam, "--out", &out, "--alleles", &list];
        args.iter().chain(more).map(|&arg| arg.to_owned()).collect()
    }

    /// The records that a list gives, and what was said.
    fn call(&self, list: &str, more: &[&str]) -> (Vec<String>, String) {
        let said = said(&succeed(self.args(list, more)));
        let out = fs::read_to_string(self.path("out.vcf")).expect("text");
        (out.lines().filter(|line| !line.starts_with("##")).skip(1).map(str::to_owned).collect(), said)
    }

    /// What is said of a list that is refused.
    fn refused(&self, list: &str) -> String {
        let output = rihla(self.args(list, &[]));
        assert_eq!(output.status.code(), Some(65), "{}", said(&output));
        assert!(!self.path("out.vcf").exists());
        said(&output)
    }
}

#[test]
fn listed_alleles_are_in_the_calls_of_both_commands() {
    let (bench, sample) = (Bench::new(), Sample::get());
    let absent: Vec<usize> = (5_000..60_000).step_by(5_000).collect();
    let list: String = absent.iter().map(|&at| bench.line(at, 1, bench.other(at))).collect();
    let (records, _) = bench.call(&list, &[]);
    let forced: Vec<&String> = records.iter().filter(|record| record.contains(";FGT")).collect();
    assert_eq!(forced.len(), absent.len());
    let known = forced.iter().filter(|record| record.contains("\t0/0:")).count();
    assert!(known + 2 >= absent.len(), "{forced:#?}");
    assert!(records.len() > forced.len() + 100, "the calls are there, too");
    // The whole run, and its gVCF, hold the same.
    let out = bench.path("run");
    let mut args = sample.germline(&out);
    args.extend(["--alleles", &text(&bench.path("list.vcf")), "--gvcf"].map(str::to_owned));
    succeed(&args);
    let lines = |name: &str| {
        let mut text = String::new();
        let packed = bytes(out.join(name));
        let mut file = flate2::read::MultiGzDecoder::new(&packed[..]);
        std::io::Read::read_to_string(&mut file, &mut text).expect("whole gzip");
        text.lines().filter(|line| !line.starts_with('#')).map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(lines("DEMO.vcf.gz"), records);
    let in_gvcf = lines("DEMO.g.vcf.gz").iter().filter(|line| line.contains(";FGT")).count();
    assert_eq!(in_gvcf, absent.len());
}

#[test]
fn snps_on_one_copy_are_joined_where_that_is_wanted() {
    let bench = Bench::new();
    let substitutions = |records: &[String]| {
        let is_one = |record: &&String| {
            let fields: Vec<&str> = record.split('\t').collect();
            fields[3].len() > 1 && fields[3].len() == fields[4].len() && !fields[4].contains(',')
        };
        records.iter().filter(is_one).count()
    };
    let (apart, _) = bench.call("", &[]);
    let (joined, _) = bench.call("", &["--max-mnp-distance", "20"]);
    assert_eq!(substitutions(&apart), 0);
    assert!(substitutions(&joined) > 0 && joined.len() < apart.len(), "{} of {}", joined.len(), apart.len());
    let header = fs::read_to_string(bench.path("out.vcf")).expect("text");
    assert!(header.contains("--max-mnp-distance 20"), "the header says so");
}

#[test]
fn what_is_left_out_is_said() {
    let bench = Bench::new();
    let list = bench.line(5_000, 1, &format!("<DEL>,*,{}", bench.other(5_000)))
        + &bench.line(9_000, 1, bench.other(9_000));
    let bed = bench.path("a.bed");
    fs::write(&bed, format!("{}\t4000\t6000\n", bench.contig)).expect("written");
    let (records, said) = bench.call(&list, &["--regions", &text(&bed)]);
    assert_eq!(records.iter().filter(|record| record.contains(";FGT")).count(), 1);
    assert!(
        said.contains("2 alleles are not spelled out") && said.contains("1 allele lies outside of --regions"),
        "{said}"
    );
}

#[test]
fn lists_of_another_reference_are_refused() {
    let bench = Bench::new();
    let wrong = bench.line(5_000, 1, "A").replacen(
        &format!("\t{}\tA", &bench.letters[4_999..5_000]),
        &format!("\t{}\tA", bench.other(5_000)),
        1,
    );
    let said = bench.refused(&(bench.line(70, 2, "GGG") + &wrong));
    assert!(
        said.contains("list.vcf") && said.contains("line 4") && said.contains("another reference"),
        "{said}"
    );
    let said = bench.refused(&bench.line(80, 1, "N").replace(&bench.contig, "chrUnknown"));
    assert!(said.contains("chrUnknown"), "{said}");
    let said = bench.refused(&bench.line(80, 1, "N"));
    assert!(said.contains("holds N"), "{said}");
}
