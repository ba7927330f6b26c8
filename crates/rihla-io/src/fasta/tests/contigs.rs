//! Contigs one at a time are those of the whole file, and a `.fai` is not believed blindly.

use std::fs::{self, File};
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, SystemTime};

use super::*;

/// A file in a directory of its own, where an index may stand beside it.
struct Scene {
    _directory: tempfile::TempDir,
    path: PathBuf,
}

impl Scene {
    fn new(bytes: &[u8]) -> Self {
        let directory = tempfile::tempdir().expect("temporary directory");
        let path = directory.path().join("ref.fa");
        fs::write(&path, bytes).expect("written");
        Self { _directory: directory, path }
    }

    fn index(&self) -> PathBuf {
        self.path.with_extension("fa.fai")
    }

    fn with_index(bytes: &[u8], index: &str) -> Self {
        let scene = Self::new(bytes);
        fs::write(scene.index(), index).expect("written");
        scene
    }

    /// Names and letters of all contigs, loaded last to first.
    fn load(&self) -> Result<Vec<(String, Vec<u8>)>, IoError> {
        let fasta = FastaContigs::open(&self.path)?;
        let mut all = Vec::new();
        for id in (0..fasta.contigs().len() as u32).rev() {
            let one = fasta.load(id)?;
            assert_eq!(one.contigs().len(), 1);
            assert_eq!(one.contigs().get(0), fasta.contigs().get(id));
            all.push((one.contigs().get(0).name.clone(), letters(&one, 0)));
        }
        all.reverse();
        Ok(all)
    }

    fn problem(&self) -> String {
        let error = self.load().expect_err("a fault");
        assert_eq!(error.kind(), crate::IoErrorKind::BadData);
        error.to_string()
    }
}

fn whole(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let reference = read(bytes).expect("valid");
    let one = |(id, contig): (usize, &Contig)| (contig.name.clone(), letters(&reference, id as u32));
    reference.contigs().iter().enumerate().map(one).collect()
}

fn blocks(text: &[u8], size: usize) -> Vec<u8> {
    let mut writer = noodles_bgzf::io::Writer::new(Vec::new());
    for part in text.chunks(size) {
        writer.write_all(part).expect("memory");
        writer.flush().expect("memory");
    }
    writer.finish().expect("memory")
}

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(text).expect("memory");
    encoder.finish().expect("memory")
}

/// A FASTA text and its index, as samtools faidx makes it.
fn make(sequences: &[String], width: usize, end: &str, ends_open: bool) -> (Vec<u8>, String) {
    let (mut text, mut index) = (String::new(), String::new());
    for (i, sequence) in sequences.iter().enumerate() {
        text.push_str(&format!(">c{i} some words{end}"));
        let (length, offset) = (sequence.len(), text.len());
        let letters = width.min(length);
        index.push_str(&format!("c{i}\t{length}\t{offset}\t{letters}\t{}\n", letters + end.len()));
        for line in sequence.as_bytes().chunks(width) {
            text.push_str(&String::from_utf8_lossy(line));
            text.push_str(end);
        }
    }
    if ends_open {
        text.truncate(text.len() - end.len());
    }
    (text.into_bytes(), index)
}

#[test]
fn irregular_lines_need_no_index() {
    let text = b"\n>a first\r\nACgt\r\n\r\nRN\r\nA\n\n>b\tx\nT \nGGG\nC";
    let expected = [("a".to_owned(), b"ACGTNNA".to_vec()), ("b".to_owned(), b"TGGGC".to_vec())];
    assert_eq!(whole(text), expected);
    for bytes in [text.to_vec(), blocks(text, 3), gzip(text)] {
        assert_eq!(Scene::new(&bytes).load().expect("valid"), expected);
    }
}

#[test]
fn each_fault_is_that_of_the_whole_file() {
    for bytes in [
        &b"ACGT\n"[..],
        b">a\nAC\n>\nGT\n",
        b">a\nAC\n>a\nGT\n",
        b">a\n>b\nGT\n",
        b">a\nAC\n>b\n",
        b">a\nAC\n\n>b\nAC\nA1C\n",
        b">a\nA C\n",
        b">p\nMKVLE\n",
        b">a(b)\nAC\n",
        b"",
        b"\n\n",
    ] {
        let expected = problem(bytes);
        let words = |text: &str| text.split_once([',', ':']).map(|(_, words)| words.to_owned());
        for stored in [bytes.to_vec(), blocks(bytes, 2), gzip(bytes)] {
            assert_eq!(words(&Scene::new(&stored).problem()), words(&expected), "{expected}");
        }
    }
    let error = FastaContigs::open("/no/such/file.fa").err().expect("an error");
    assert_eq!(error.kind(), crate::IoErrorKind::MissingInput);
}

#[test]
fn a_wrong_letter_names_its_line_with_an_index_too() {
    let text = b">a\nACGT\nAC\n>b\nACGT\nA!GT\nA\n";
    let scene = Scene::with_index(text, "a\t6\t3\t4\t5\nb\t9\t14\t4\t5\n");
    let problem = scene.problem();
    assert!(problem.contains("ref.fa, line 6: '!' is no nucleotide"), "{problem}");
}

#[test]
fn an_index_that_does_not_match_is_named() {
    let text = b">a x\nACGT\nAC\n>b\nGGTT\nG\n>c\nTT\n";
    let sound = "a\t6\t5\t4\t5\nb\t5\t16\t4\t5\nc\t2\t26\t2\t3\n";
    assert_eq!(Scene::with_index(text, sound).load().expect("sound"), whole(text));
    for (what, index) in [
        ("another offset", "a\t6\t6\t4\t5\nb\t5\t16\t4\t5\nc\t2\t26\t2\t3\n"),
        ("another length", "a\t5\t5\t4\t5\nb\t5\t16\t4\t5\nc\t2\t26\t2\t3\n"),
        ("a longer contig", "a\t9\t5\t4\t5\nb\t5\t16\t4\t5\nc\t2\t26\t2\t3\n"),
        ("another width", "a\t6\t5\t2\t9\nb\t5\t16\t4\t5\nc\t2\t26\t2\t3\n"),
        ("lines that do not hold", "a\t7\t5\t7\t8\nb\t5\t16\t4\t5\nc\t2\t26\t2\t3\n"),
        ("another name", "A\t6\t5\t4\t5\nb\t5\t16\t4\t5\nc\t2\t26\t2\t3\n"),
        ("another order", "b\t5\t16\t4\t5\na\t6\t5\t4\t5\nc\t2\t26\t2\t3\n"),
        ("a contig less", "a\t6\t5\t4\t5\nc\t2\t26\t2\t3\n"),
        ("the last contig less", "a\t6\t5\t4\t5\nb\t5\t16\t4\t5\n"),
        ("a contig more", "a\t6\t5\t4\t5\nb\t5\t16\t4\t5\nc\t2\t26\t2\t3\nd\t2\t32\t2\t3\n"),
        ("nothing", "\n"),
        ("no numbers", "a\t6\t5\t4\n"),
        ("no letters a line", "a\t6\t5\t0\t1\n"),
        ("a contig twice", "a\t6\t5\t4\t5\na\t5\t16\t4\t5\n"),
        ("a huge offset", "a\t6\t18446744073709551615\t1\t18446744073709551615\n"),
    ] {
        for stored in [text.to_vec(), blocks(text, 7)] {
            let problem = Scene::with_index(&stored, index).problem();
            assert!(problem.contains("ref.fa.fai"), "{what}: {problem}");
        }
    }
}

#[test]
fn a_header_within_a_line_is_none() {
    let scene = Scene::with_index(b">a\nGG\t>b\nT\n", "a\t2\t3\t2\t3\nb\t1\t9\t1\t2\n");
    assert!(scene.problem().contains("does not match"), "{}", scene.problem());
}

#[test]
fn an_older_index_is_not_looked_at() {
    let scene = Scene::with_index(b">a\nACGT\n", "b\t9\t9\t9\t9\n");
    let file = File::options().write(true).open(scene.index()).expect("opened");
    file.set_modified(SystemTime::now() - Duration::from_secs(100)).expect("changed");
    assert_eq!(scene.load().expect("valid"), [("a".to_owned(), b"ACGT".to_vec())]);
}

#[test]
fn a_file_that_was_cut_is_refused() {
    let (text, index) = make(&["ACGTACGTAC".to_owned(), "GGGTTT".to_owned()], 4, "\n", false);
    for length in 0..text.len() - 1 {
        assert!(Scene::with_index(&text[..length], &index).load().is_err(), "{length}");
    }
    let stored = blocks(&text, 5);
    for length in 0..stored.len() {
        for scene in [Scene::new(&stored[..length]), Scene::with_index(&stored[..length], &index)] {
            scene.problem();
        }
    }
}

#[test]
fn samtools_agrees_about_the_index() {
    let sequences = ["ACGTNNRYacgtnA".repeat(9), "T".into(), "ACG".repeat(40)];
    for (end, ends_open) in [("\n", false), ("\r\n", false), ("\n", true)] {
        let (text, index) = make(&sequences, 50, end, ends_open);
        let scene = Scene::new(&text);
        let Ok(made) = Command::new("samtools").arg("faidx").arg(&scene.path).output() else {
            let mut stderr = std::io::stderr();
            let _ = stderr.write_all(b"skipped: samtools is not installed\n");
            return;
        };
        assert!(made.status.success());
        assert_eq!(fs::read_to_string(scene.index()).expect("text"), index);
        assert_eq!(scene.load().expect("valid"), whole(&text));
    }
}

#[cfg(unix)]
#[test]
fn a_named_pipe_is_read_once() {
    let directory = tempfile::tempdir().expect("temporary directory");
    let path = directory.path().join("ref.fa");
    if !Command::new("mkfifo").arg(&path).status().is_ok_and(|status| status.success()) {
        let mut stderr = std::io::stderr();
        let _ = stderr.write_all(b"skipped: mkfifo is not installed\n");
        return;
    }
    let writer = {
        let path = path.clone();
        std::thread::spawn(move || fs::write(path, b">a\nACGT\n>b\nTTN\n"))
    };
    let fasta = FastaContigs::open(&path).expect("valid");
    assert_eq!(letters(&fasta.load(1).expect("loaded"), 0), b"TTN");
    assert_eq!(letters(&fasta.load(0).expect("loaded"), 0), b"ACGT");
    writer.join().expect("ended").expect("written");
}

#[test]
fn real_references_are_those_of_the_whole_file() {
    let data = std::env::var_os("RIHLA_DATA")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"), PathBuf::from);
    for name in ["grch38-20mb/ref.fa.gz", "hg19-chr20/ref.fa.gz"] {
        let path = data.join(name);
        if !path.exists() {
            let mut stderr = std::io::stderr();
            let _ = stderr.write_all(b"skipped: the real data are not here\n");
            return;
        }
        let (whole, fasta) = (read_fasta(&path).expect("valid"), FastaContigs::open(&path).expect("valid"));
        assert_eq!(fasta.contigs().len(), whole.contigs().len());
        for (id, contig) in whole.contigs().iter().enumerate() {
            let one = fasta.load(id as u32).expect("valid");
            assert_eq!((&contig.name, u64::from(contig.length)), (&one.contigs().get(0).name, one.bases()));
            assert!(one.fetch(0, 0, u32::MAX) == whole.fetch(id as u32, 0, u32::MAX));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn contigs_are_those_of_the_whole_file(
        sequences in prop::collection::vec("[ACGT]{0,70}[ACGTNRacgtnr]{1,90}N{0,40}", 1..6),
        (width, size) in (1usize..80, 1usize..200),
        (has_returns, ends_open, has_index) in any::<(bool, bool, bool)>(),
        storage in 0..3,
    ) {
        let (text, index) = make(&sequences, width, if has_returns { "\r\n" } else { "\n" }, ends_open);
        let stored = match storage {
            0 => text.clone(),
            1 => blocks(&text, size),
            _ => gzip(&text),
        };
        let scene = if has_index { Scene::with_index(&stored, &index) } else { Scene::new(&stored) };
        let found = scene.load().expect("valid");
        prop_assert_eq!(&found, &whole(&text));
        for (sequence, (_, letters)) in sequences.iter().zip(&found) {
            let expected = sequence.to_ascii_uppercase().replace('R', "N");
            prop_assert_eq!(expected.as_bytes(), &letters[..]);
        }
    }

    /// One byte of the text or of the index is another: either nothing changes by it, or it is an error.
    #[test]
    fn a_wrong_index_never_gives_wrong_letters(
        sequences in prop::collection::vec("[ACGT]{1,30}", 1..4),
        width in 1usize..12,
        (at, byte) in any::<(prop::sample::Index, prop::sample::Index)>(),
        in_index: bool,
    ) {
        let (mut text, index) = make(&sequences, width, "\n", false);
        let mut index = index.into_bytes();
        let changed = if in_index { &mut index } else { &mut text };
        let at = at.index(changed.len());
        changed[at] = b"0123456789\t\n>ACc"[byte.index(16)];
        let scene = Scene::with_index(&text, &String::from_utf8(index).expect("ASCII"));
        if let Ok(found) = scene.load() {
            prop_assert_eq!(found, whole(&text));
        }
    }
}
