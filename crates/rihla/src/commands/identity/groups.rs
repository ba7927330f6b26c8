//! Which samples are of one person: `--groups`.

use std::collections::BTreeMap;
use std::path::Path;
use std::{fs, io};

use anyhow::Result;
use rihla_io::IoError;
use rihla_qc::identity::Expected;

use crate::exit::{Failure, fault};
use crate::progress::Progress;

/// People by sample.
pub struct Groups {
    people: BTreeMap<String, String>,
    name: String,
}

impl Groups {
    /// Reads a table of two columns, sample and person, between tabs or commas; a first line `sample person` and those that begin with `#`
    /// are passed over.
    ///
    /// # Errors
    /// A file that cannot be read; a line of other columns, or a sample that has two people.
    pub fn read(path: &Path) -> Result<Self> {
        let text = fs::read_to_string(path).map_err(|error| {
            let kind =
                if error.kind() == io::ErrorKind::InvalidData { Failure::Data } else { Failure::Missing };
            fault(kind, format!("{}: cannot be read: {error}", path.display()))
        })?;
        let people = parse(&text).map_err(|(line, problem)| IoError::record(path, line, problem))?;
        Ok(Self { people, name: path.display().to_string() })
    }

    /// What two samples should be, where both are listed.
    pub fn expected(&self, samples: [&str; 2]) -> Option<Expected> {
        let [a, b] = samples.map(|sample| self.people.get(sample));
        Some(if a? == b? { Expected::Same } else { Expected::Different })
    }

    /// Says which samples are in none of the files, or not in the table.
    pub fn tell_absent<'a>(&self, samples: impl Iterator<Item = &'a str> + Clone, progress: &Progress) {
        for sample in samples.clone().filter(|&sample| !self.people.contains_key(sample)) {
            progress.warn(&format!("{}: does not list {sample}; nothing is expected of it", self.name));
        }
        let is_absent = |listed: &&String| !samples.clone().any(|sample| sample == **listed);
        for sample in self.people.keys().filter(is_absent) {
            progress.warn(&format!("{}: lists {sample}, which none of the files has", self.name));
        }
    }
}

fn parse(text: &str) -> Result<BTreeMap<String, String>, (u64, String)> {
    let mut people = BTreeMap::new();
    for (number, line) in (1..).zip(text.lines()) {
        if line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        let columns: Vec<&str> = line.split(['\t', ',']).map(str::trim).collect();
        let [sample, person] = columns[..] else {
            return Err((number, format!("{} columns; a line is: sample, person", columns.len())));
        };
        if sample.is_empty() || person.is_empty() {
            return Err((number, "a name is missing; a line is: sample, person".into()));
        }
        if number == 1 && sample.eq_ignore_ascii_case("sample") {
            continue;
        }
        if let Some(other) =
            people.insert(sample.to_owned(), person.to_owned()).filter(|other| other != person)
        {
            return Err((
                number,
                format!("sample {sample} is {other}'s in a line before, and {person}'s here"),
            ));
        }
    }
    Ok(people)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_have_one_person() {
        let people =
            parse("sample,person\n# c\nclone1\tdonor\n\nclone2,donor\nother , else\n").expect("valid");
        let groups = Groups { people, name: "g".into() };
        assert_eq!(groups.expected(["clone1", "clone2"]), Some(Expected::Same));
        assert_eq!(groups.expected(["clone1", "other"]), Some(Expected::Different));
        assert_eq!(groups.expected(["clone1", "unlisted"]), None);
        for (text, line) in [("a\tb\tc\n", 1), ("a\tb\na\n", 2), ("a\tb\n\na\tc\n", 3), ("a,\n", 1)] {
            assert_eq!(parse(text).expect_err("a fault").0, line, "{text}");
        }
    }
}
