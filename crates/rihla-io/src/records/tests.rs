use super::*;
use crate::IoErrorKind;

#[test]
fn names_promise_a_format() {
    let of = |name: &str| RecordFormat::of_name(Path::new(name), 3);
    let bam = RecordFormat::Bam { level: 3 };
    for (name, format) in [("a.sam", RecordFormat::Sam), ("b/a.SAM", RecordFormat::Sam), ("a.b.BAM", bam)] {
        assert_eq!(of(name).expect("written"), Some(format), "{name}");
    }
    for name in ["-", "a", "/dev/null", "/dev/stdout"] {
        assert_eq!(of(name).expect("written"), None, "{name}");
    }
    for name in ["a.cram", "a.sam.gz"] {
        assert_eq!(of(name).expect_err("not written").kind(), IoErrorKind::Usage, "{name}");
    }
}

#[test]
fn an_unfinished_file_has_no_name() {
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("a.sam");
    let mut writer = RecordWriter::create(&path, &BamHeader::default(), RecordFormat::Sam).expect("created");
    writer.append(b"line\n").expect("written");
    drop(writer);
    assert_eq!(std::fs::read_dir(dir.path()).expect("a folder").count(), 0);
    let mut writer = RecordWriter::create(&path, &BamHeader::default(), RecordFormat::Sam).expect("created");
    writer.append(b"line\n").expect("written");
    writer.finish().expect("named");
    assert_eq!(std::fs::read(&path).expect("there"), b"@HD\tVN:1.6\tSO:coordinate\nline\n");
}
