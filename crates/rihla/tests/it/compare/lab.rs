//! A folder with a small reference, in which calls are compared.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Read, Write};
use std::path::PathBuf;
use std::process::{Command, Output};

use flate2::read::MultiGzDecoder;
use flate2::write::GzEncoder;
use flate2::{Compression, GzBuilder};
use rihla_testkit::builders::random_letters;
use tempfile::TempDir;

use crate::harness::said;

/// The lines before the records of a file of sample `S`.
pub const HEADER: &str = "##fileformat=VCFv4.2\n\
    ##FILTER=<ID=LowQual,Description=\"Low quality\">\n\
    ##FORMAT=<ID=GT,Number=1,Type=String,Description=\"Genotype\">\n\
    ##contig=<ID=chr1>\n##contig=<ID=chr2>\n\
    #CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tS\n";

/// Endings of the outputs' names, sorted.
pub const OUTPUTS: [&str; 6] =
    ["extended.csv", "metrics.json", "pr.csv", "summary.csv", "vcf.gz", "vcf.gz.tbi"];

/// A reference `ref.fa` of `chr1` and `chr2`, a truth `t.vcf`, a folder `out`.
pub struct Lab {
    dir: TempDir,
    contigs: [(&'static str, Vec<u8>); 2],
}

impl Lab {
    /// Contigs of 3,000 and 2,000 bases, and a truth of six SNVs.
    pub fn new() -> Self {
        let lab = Self::of([3_000, 2_000]);
        lab.vcf("t.vcf", &lab.six());
        lab
    }

    /// Contigs of these lengths.
    pub fn of(lengths: [usize; 2]) -> Self {
        let dir = tempfile::tempdir().expect("a folder");
        fs::create_dir(dir.path().join("out")).expect("a folder");
        let contigs = [("chr1", random_letters(lengths[0], 11)), ("chr2", random_letters(lengths[1], 12))];
        let lab = Self { dir, contigs };
        lab.write("ref.fa", lab.fasta());
        lab
    }

    /// The reference in lines of 60 letters.
    pub fn fasta(&self) -> String {
        let mut text = String::new();
        for (name, letters) in &self.contigs {
            text += &format!(">{name}\n");
            for line in letters.chunks(60) {
                text += &(String::from_utf8_lossy(line).into_owned() + "\n");
            }
        }
        text
    }

    /// The reference's letters at a position from 1.
    pub fn letters(&self, contig: &str, position: usize, length: usize) -> String {
        let (_, letters) = self.contigs.iter().find(|(name, _)| *name == contig).expect("a contig");
        String::from_utf8_lossy(&letters[position - 1..position - 1 + length]).into_owned()
    }

    /// A SNV to the letter that follows in `ACGT`.
    pub fn snv(&self, contig: &str, position: usize, genotype: &str) -> String {
        self.scored(contig, position, genotype, ("50", "PASS"))
    }

    /// One with QUAL and FILTER.
    pub fn scored(&self, contig: &str, position: usize, genotype: &str, scores: (&str, &str)) -> String {
        let letter = self.letters(contig, position, 1);
        let other = next(&letter);
        self.record(contig, position, (&letter, &other), genotype, scores)
    }

    /// A record's line.
    pub fn record(
        &self,
        contig: &str,
        position: usize,
        (reference, alternate): (&str, &str),
        genotype: &str,
        (quality, filter): (&str, &str),
    ) -> String {
        format!(
            "{contig}\t{position}\t.\t{reference}\t{alternate}\t{quality}\t{filter}\t.\tGT:GQ\t{genotype}:40\n"
        )
    }

    /// The truth's records.
    pub fn six(&self) -> Vec<String> {
        let het = [100, 300, 500, 700].map(|position| self.snv("chr1", position, "0/1"));
        het.into_iter().chain([100, 400].map(|position| self.snv("chr2", position, "1/1"))).collect()
    }

    /// Writes a VCF of sample `S`.
    pub fn vcf(&self, name: &str, records: &[String]) -> PathBuf {
        self.write(name, HEADER.to_owned() + &records.concat())
    }

    /// Writes a file.
    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, content).expect("written");
        path
    }

    /// A file of the folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// The program, which is to run in the folder.
    pub fn program(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_rihla"));
        command.current_dir(self.dir.path()).env_remove("TMPDIR").arg("compare").args(args);
        command
    }

    /// Compares `truth` with `query`; outputs are `out/P.*`.
    pub fn run(&self, truth: &str, query: &str, options: &[&str]) -> Output {
        let args = ["--ref", "ref.fa", "--truth", truth, "--query", query, "--out-prefix", "out/P"];
        self.program(&[&args, options].concat()).output().expect("the program starts")
    }

    /// As [`Lab::run`], where all goes well.
    pub fn compared(&self, truth: &str, query: &str, options: &[&str]) -> Results {
        let output = self.run(truth, query, options);
        assert_eq!(output.status.code(), Some(0), "{}", said(&output));
        self.results(&output)
    }

    /// What was written.
    pub fn results(&self, output: &Output) -> Results {
        let written = crate::harness::names(&self.path("out"));
        assert_eq!(written, OUTPUTS.map(|ending| format!("P.{ending}")), "{}", said(output));
        let text =
            |ending: &str| fs::read_to_string(self.path("out").join(format!("P.{ending}"))).expect("a text");
        let mut vcf = String::new();
        let file = fs::File::open(self.path("out/P.vcf.gz")).expect("a VCF");
        MultiGzDecoder::new(file).read_to_string(&mut vcf).expect("whole gzip");
        let metrics = serde_json::from_str(&text("metrics.json")).expect("JSON");
        Results {
            summary: table(&text("summary.csv")),
            extended: table(&text("extended.csv")),
            metrics,
            vcf,
            said: said(output),
            shown: String::from_utf8_lossy(&output.stdout).into_owned(),
        }
    }
}

/// The letter that follows in `ACGT`.
pub fn next(letter: &str) -> String {
    let at = "ACGT".find(letter).expect("a letter of four");
    "CGTA"[at..=at].to_owned()
}

/// What a comparison came to.
pub struct Results {
    pub summary: Vec<Row>,
    pub extended: Vec<Row>,
    pub metrics: serde_json::Value,
    pub vcf: String,
    /// On standard error.
    pub said: String,
    /// On standard output.
    pub shown: String,
}

/// A row of a CSV by the names of its columns.
pub type Row = BTreeMap<String, String>;

impl Results {
    /// Counts of a type and filter: `TRUTH.TP`, `TRUTH.FN`, `QUERY.FP`, `QUERY.UNK`.
    pub fn counts(&self, kind: &str, filter: &str) -> [u64; 4] {
        let row = self.summary.iter().find(|row| row["Type"] == kind && row["Filter"] == filter);
        let row = row.expect("a row");
        ["TRUTH.TP", "TRUTH.FN", "QUERY.FP", "QUERY.UNK"].map(|column| row[column].parse().expect("a count"))
    }

    /// Records of a file with a fate (or `read`).
    pub fn fate(&self, side: &str, fate: &str) -> u64 {
        self.metrics["files"][side][fate].as_u64().expect("a count")
    }

    /// Lines of the annotated VCF, their columns.
    pub fn records(&self) -> Vec<Vec<&str>> {
        let lines = self.vcf.lines().filter(|line| !line.starts_with('#'));
        lines.map(|line| line.split('\t').collect()).collect()
    }

    /// Values of a key of the truth's (0) or the query's (1) column, of the records that the file has.
    pub fn values(&self, side: usize, key: &str) -> Vec<String> {
        let records = self.records();
        let of = |record: &Vec<&str>| {
            let keys: Vec<&str> = record[8].split(':').collect();
            let values: Vec<&str> = record[9 + side].split(':').collect();
            let value =
                |key: &str| values[keys.iter().position(|name| *name == key).expect("a key")].to_owned();
            (value("BD") != ".").then(|| value(key))
        };
        records.iter().filter_map(of).collect()
    }
}

/// A CSV whose fields hold no quotes.
fn table(text: &str) -> Vec<Row> {
    let mut lines = text.lines().map(|line| line.split(',').map(str::to_owned).collect::<Vec<_>>());
    let names = lines.next().expect("a header");
    let row = |fields: Vec<String>| {
        assert_eq!(fields.len(), names.len(), "as many fields as names");
        names.iter().cloned().zip(fields).collect()
    };
    lines.map(row).collect()
}

/// Compressed as one member.
pub fn gzip(content: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(content.as_bytes()).expect("in memory");
    encoder.finish().expect("in memory")
}

/// Compressed in blocks that know their size, with the marker of the end.
pub fn bgzip(content: &str) -> Vec<u8> {
    let block = |content: &[u8]| {
        let extra = vec![b'B', b'C', 2, 0, 0, 0];
        let mut encoder = GzBuilder::new().extra(extra).write(Vec::new(), Compression::fast());
        encoder.write_all(content).expect("in memory");
        let mut bytes = encoder.finish().expect("in memory");
        let size = u16::try_from(bytes.len() - 1).expect("a block is small");
        bytes[16..18].copy_from_slice(&size.to_le_bytes());
        bytes
    };
    let end = *b"\x1f\x8b\x08\x04\0\0\0\0\0\xff\x06\0BC\x02\0\x1b\0\x03\0\0\0\0\0\0\0\0\0";
    content.as_bytes().chunks(40_000).flat_map(block).chain(end).collect()
}
