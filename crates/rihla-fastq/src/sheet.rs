//! Sample sheets: which FASTQ files hold the lanes of which sample, in the forms of other pipelines.
//!
//! Three forms are read as they are, told apart by their columns, which may stand in any order:
//!
//! | form | columns |
//! |---|---|
//! | nf-core | `sample`, `fastq_1`, `fastq_2` (empty for single reads) |
//! | nf-core/sarek | the same and `lane`, mostly with `patient`, `sex`, `status` |
//! | DRAGEN `fastq_list.csv` | `RGSM`, `Read1File`, `Read2File`, mostly with `RGID`, `RGLB`, `Lane` |
//!
//! `sex` is read where a sheet has it. Other columns are passed over. Paths that are not absolute are looked for from the current folder, and where
//! that has none beside the sheet.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use csv::{ReaderBuilder, StringRecord, Trim};
use thiserror::Error;

use crate::error::ErrorKind;

/// The reads of one lane of one sample: a row of a sheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SheetRow {
    /// The sample's name.
    pub sample: String,
    /// What the sheet calls the read group, where it does.
    pub read_group: Option<String>,
    /// The library, where the sheet names one.
    pub library: Option<String>,
    /// The lane, where the sheet names one.
    pub lane: Option<String>,
    /// The sample's sex in the sheet's words (`XX`, `XY`, `NA`), where it has any.
    pub sex: Option<String>,
    /// FASTQ of single reads, or of both ends.
    pub reads: Vec<PathBuf>,
}

impl SheetRow {
    /// A lane of which nothing but its files is known.
    #[must_use]
    pub fn of_reads(reads: Vec<PathBuf>) -> Self {
        Self { sample: String::new(), read_group: None, library: None, lane: None, sex: None, reads }
    }
}

/// Why a sheet was refused. Lines count from 1.
#[derive(Debug, Error)]
pub enum SheetError {
    /// The sheet cannot be read.
    #[error("{sheet}: cannot be read: {source}; check the path and its permissions")]
    Read {
        /// The sheet.
        sheet: String,
        /// The system's reason.
        source: io::Error,
    },
    /// It is no table.
    #[error(
        "{sheet}: {problem}; a sheet is UTF-8 text, comma-separated, with a line of column names and as many fields in \
         each other line"
    )]
    Table {
        /// The sheet.
        sheet: String,
        /// What is wrong, and where.
        problem: String,
    },
    /// The columns are of none of the forms.
    #[error(
        "{sheet}: there is no column {missing}; a sheet is comma-separated and has the columns sample,fastq_1,fastq_2 \
         (nf-core; sarek with lane), or RGSM,RGLB,Lane,Read1File,Read2File (DRAGEN)"
    )]
    Column {
        /// The sheet.
        sheet: String,
        /// The first of the columns that are missing.
        missing: &'static str,
    },
    /// Two columns have one name.
    #[error("{sheet}: there are two columns {name}; leave one out")]
    TwoColumns {
        /// The sheet.
        sheet: String,
        /// Their name.
        name: String,
    },
    /// A field that must hold something is empty.
    #[error("{sheet}: line {line}: {column} is empty; every row names a sample and its reads")]
    Empty {
        /// The sheet.
        sheet: String,
        /// The row's line.
        line: u64,
        /// The column.
        column: &'static str,
    },
    /// A file that is not on this machine, nor where a driver may look.
    #[error(
        "{sheet}: line {line}: {file} is an address, but none of s3://, http:// and https://; fetch the file and give its path"
    )]
    Remote {
        /// The sheet.
        sheet: String,
        /// The row's line.
        line: u64,
        /// The address.
        file: String,
    },
    /// There are no rows.
    #[error("{sheet}: there are no rows below the column names")]
    NoRows {
        /// The sheet.
        sheet: String,
    },
    /// A file is named twice.
    #[error("{sheet}: line {line}: {file} is named on line {first} already; its reads would count twice")]
    Twice {
        /// The sheet.
        sheet: String,
        /// The line that names it again.
        line: u64,
        /// The line that names it first.
        first: u64,
        /// The file.
        file: String,
    },
}

impl SheetError {
    /// The class of the error.
    #[must_use]
    pub const fn kind(&self) -> ErrorKind {
        match self {
            Self::Read { .. } => ErrorKind::Missing,
            _ => ErrorKind::Data,
        }
    }
}

/// Where the columns of a form stand.
struct Columns {
    sample: usize,
    first: usize,
    second: Option<usize>,
    lane: Option<usize>,
    library: Option<usize>,
    read_group: Option<usize>,
    sex: Option<usize>,
    /// Names of the columns of sample and first reads, for errors.
    names: [&'static str; 2],
}

impl Columns {
    fn of(header: &StringRecord, sheet: &str) -> Result<Self, SheetError> {
        let mut at = HashMap::new();
        for (i, name) in header.iter().enumerate() {
            if at.insert(name.to_ascii_lowercase(), i).is_some() && !name.is_empty() {
                return Err(SheetError::TwoColumns { sheet: sheet.to_owned(), name: name.to_owned() });
            }
        }
        let column = |name: &str| at.get(&name.to_ascii_lowercase()).copied();
        let names = if column("Read1File").is_some() { ["RGSM", "Read1File"] } else { ["sample", "fastq_1"] };
        let needed =
            |missing| column(missing).ok_or_else(|| SheetError::Column { sheet: sheet.to_owned(), missing });
        Ok(Self {
            sample: needed(names[0])?,
            first: needed(names[1])?,
            second: column("fastq_2").or_else(|| column("Read2File")),
            lane: column("lane"),
            library: column("RGLB"),
            read_group: column("RGID"),
            sex: column("sex"),
            names,
        })
    }
}

/// How addresses begin that a sheet may hold; the driver knows whether it can open them.
const SCHEMES: [&str; 3] = ["s3://", "http://", "https://"];

/// Reads a sheet: a row for each lane, in the sheet's order.
///
/// # Errors
/// What is wrong with the sheet, by line; whether its files are there is not looked at.
pub fn read_sheet(path: &Path) -> Result<Vec<SheetRow>, SheetError> {
    let name = path.display().to_string();
    let refuse = |source| SheetError::Read { sheet: name.clone(), source };
    let mut text = Vec::new();
    File::open(path).and_then(|mut file| file.read_to_end(&mut text)).map_err(refuse)?;
    parse(&text, &name, |file| beside(path, file))
}

/// The path of a file that a sheet names.
fn beside(sheet: &Path, file: &str) -> PathBuf {
    let file = PathBuf::from(file);
    let near = sheet.parent().map_or_else(|| file.clone(), |folder| folder.join(&file));
    if file.is_relative() && !file.exists() && near.exists() { near } else { file }
}

/// What is wrong with a table, by line.
fn problem_of(error: &csv::Error) -> String {
    let line = error.position().map_or(0, csv::Position::line);
    match error.kind() {
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            format!("line {line}: there are {len} fields, not {expected_len}")
        }
        csv::ErrorKind::Utf8 { .. } => format!("line {line}: this is not UTF-8"),
        _ => error.to_string(),
    }
}

fn parse(text: &[u8], sheet: &str, path: impl Fn(&str) -> PathBuf) -> Result<Vec<SheetRow>, SheetError> {
    let sheet_name = || sheet.to_owned();
    let table = |error: csv::Error| SheetError::Table { sheet: sheet_name(), problem: problem_of(&error) };
    let mut reader = ReaderBuilder::new().trim(Trim::All).from_reader(text);
    let columns = Columns::of(reader.headers().map_err(table)?, sheet)?;
    let mut rows = Vec::new();
    let mut seen: HashMap<PathBuf, u64> = HashMap::new();
    for record in reader.records() {
        let record = record.map_err(table)?;
        let line = record.position().map_or(0, csv::Position::line);
        let field = |at: Option<usize>| at.and_then(|at| record.get(at)).filter(|text| !text.is_empty());
        let needed = |at: usize, column| {
            field(Some(at)).ok_or_else(|| SheetError::Empty { sheet: sheet_name(), line, column })
        };
        let sample = needed(columns.sample, columns.names[0])?.to_owned();
        let first = needed(columns.first, columns.names[1])?;
        let mut reads = Vec::new();
        for file in [Some(first), field(columns.second)].into_iter().flatten() {
            if file.contains("://") && !SCHEMES.iter().any(|scheme| file.starts_with(scheme)) {
                return Err(SheetError::Remote { sheet: sheet_name(), line, file: file.to_owned() });
            }
            let path = path(file);
            let real = path.canonicalize().unwrap_or_else(|_| path.clone());
            if let Some(first) = seen.insert(real, line) {
                return Err(SheetError::Twice { sheet: sheet_name(), line, first, file: file.to_owned() });
            }
            reads.push(path);
        }
        let own = |at| field(at).map(str::to_owned);
        rows.push(SheetRow {
            sample,
            read_group: own(columns.read_group),
            library: own(columns.library),
            lane: own(columns.lane),
            sex: own(columns.sex),
            reads,
        });
    }
    if rows.is_empty() { Err(SheetError::NoRows { sheet: sheet_name() }) } else { Ok(rows) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> Result<Vec<SheetRow>, String> {
        parse(text.as_bytes(), "s.csv", |file| file.into()).map_err(|error| error.to_string())
    }

    fn row(sample: &str, lane: Option<&str>, reads: &[&str]) -> SheetRow {
        SheetRow {
            sample: sample.to_owned(),
            read_group: None,
            library: None,
            lane: lane.map(str::to_owned),
            sex: None,
            reads: reads.iter().map(PathBuf::from).collect(),
        }
    }

    #[test]
    fn sheets_of_three_pipelines_are_read() {
        let plain = rows("sample,fastq_1,fastq_2\nA,a_1.fq.gz,a_2.fq.gz\nB,b.fq.gz,\n");
        let expected = vec![row("A", None, &["a_1.fq.gz", "a_2.fq.gz"]), row("B", None, &["b.fq.gz"])];
        assert_eq!(plain, Ok(expected));
        let sarek = rows(
            "\u{feff}patient,sex,status,sample,lane,fastq_1,fastq_2\r\nP,XX,0,A,L1,a,b\r\n\"P\",XX,0, A ,L2,c,d\r\n",
        );
        let of_woman = |row| SheetRow { sex: Some("XX".into()), ..row };
        let expected = [row("A", Some("L1"), &["a", "b"]), row("A", Some("L2"), &["c", "d"])].map(of_woman);
        assert_eq!(sarek, Ok(expected.to_vec()));
        let dragen = rows("RGID,RGSM,RGLB,Lane,Read1File,Read2File\nCGAT.1,A,lib,1,a,b\n");
        let named = SheetRow {
            read_group: Some("CGAT.1".into()),
            library: Some("lib".into()),
            ..row("A", Some("1"), &["a", "b"])
        };
        assert_eq!(dragen, Ok(vec![named]));
    }

    #[test]
    fn faults_are_named_by_line() {
        for (text, expected) in [
            ("", "no column sample"),
            ("sample,fastq_2\nA,x\n", "no column fastq_1"),
            ("RGID,Read1File\n1,x\n", "no column RGSM"),
            ("sample,fastq_1,SAMPLE\nA,x,B\n", "two columns SAMPLE"),
            ("sample,fastq_1\n", "no rows"),
            ("sample,fastq_1\nA,x\n,y\n", "line 3: sample is empty"),
            ("sample,fastq_1,fastq_2\nA,,y\n", "line 2: fastq_1 is empty"),
            ("sample,fastq_1\nA,x,z\n", "line 2"),
            ("sample\tfastq_1\nA\tx\n", "comma-separated"),
            ("sample,fastq_1\nA,gs://b/x.fq.gz\n", "line 2: gs://b/x.fq.gz is an address"),
            ("sample,fastq_1,fastq_2\nA,x,y\nB,z,y\n", "line 3: y is named on line 2 already"),
            ("sample,fastq_1,fastq_2\nA,x,x\n", "line 2: x is named on line 2 already"),
        ] {
            let error = rows(text).expect_err(text);
            assert!(error.contains(expected) && error.starts_with("s.csv"), "{text:?}: {error}");
        }
        assert!(matches!(
            parse(b"sample,fastq_1\nA,\xff\n", "s", |file| file.into()),
            Err(SheetError::Table { .. })
        ));
    }

    #[test]
    fn paths_are_found_beside_the_sheet() {
        let dir = tempfile::tempdir().expect("a folder");
        let sheet = dir.path().join("sheet.csv");
        std::fs::write(&sheet, "sample,fastq_1,fastq_2\nA,one_of_the_sheet.fq,missing.fq\n")
            .expect("written");
        std::fs::write(dir.path().join("one_of_the_sheet.fq"), "").expect("written");
        let rows = read_sheet(&sheet).expect("a sheet");
        assert_eq!(rows[0].reads, [dir.path().join("one_of_the_sheet.fq"), "missing.fq".into()]);
        let error = read_sheet(&dir.path().join("none.csv")).expect_err("no sheet");
        assert_eq!(error.kind(), ErrorKind::Missing);
    }
}
