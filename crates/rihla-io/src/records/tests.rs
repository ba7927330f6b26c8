use super::*;
use crate::IoErrorKind;

#[test]
fn names_promise_a_format() {
    let of = |name: &str| FileFormat::of_name(Path::new(name));
    let formats = [("a.sam", FileFormat::Sam), ("b/a.SAM", FileFormat::Sam), ("a.b.BAM", FileFormat::Bam)];
    for (name, format) in formats.into_iter().chain([("a.cram", FileFormat::Cram)]) {
        assert_eq!(of(name).expect("written"), Some(format), "{name}");
    }
    for name in ["-", "a", "/dev/null", "/dev/stdout"] {
        assert_eq!(of(name).expect("written"), None, "{name}");
    }
    assert_eq!(of("a.sam.gz").expect_err("not written").kind(), IoErrorKind::Usage);
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
