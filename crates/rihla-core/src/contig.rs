//! Contigs: the named sequences of a reference, in file order.

use std::collections::HashMap;

/// One reference sequence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contig {
    /// Name: the FASTA header up to the first white space.
    pub name: String,
    /// Length in bases.
    pub length: u32,
    /// MD5 of the upper-case sequence (SAM specification, `@SQ M5`); zeros when not known.
    pub md5: [u8; 16],
}

impl Contig {
    /// The digest as 32 lower-case hexadecimal digits.
    #[must_use]
    pub fn md5_hex(&self) -> String {
        self.md5.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// The contigs of a reference; an id is an index into this list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contigs {
    list: Vec<Contig>,
    by_name: HashMap<String, u32>,
}

impl Contigs {
    /// A list of contigs; of two with one name the first is found by name.
    #[must_use]
    pub fn new(list: Vec<Contig>) -> Self {
        let mut by_name = HashMap::with_capacity(list.len());
        for (id, contig) in list.iter().enumerate() {
            by_name.entry(contig.name.clone()).or_insert(id as u32);
        }
        Self { list, by_name }
    }

    /// Number of contigs.
    #[must_use]
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether there is no contig.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// The contig with this id.
    ///
    /// # Panics
    /// If the id is out of range.
    #[must_use]
    pub fn get(&self, id: u32) -> &Contig {
        &self.list[id as usize]
    }

    /// The id of a name.
    #[must_use]
    pub fn id(&self, name: &str) -> Option<u32> {
        self.by_name.get(name).copied()
    }

    /// All contigs, in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Contig> {
        self.list.iter()
    }

    /// What a user may have meant by an unknown name: `chr1` for `1`, `1` for `chr1`, `chrM` for `MT`.
    #[must_use]
    pub fn suggestion(&self, name: &str) -> Option<&str> {
        let bare = name.strip_prefix("chr").unwrap_or(name);
        let mitochondrion = ["M", "MT"].contains(&bare);
        let mut candidates = vec![bare.to_owned(), format!("chr{bare}")];
        if mitochondrion {
            candidates.extend(["MT", "M", "chrM", "chrMT"].map(str::to_owned));
        }
        candidates
            .iter()
            .filter(|candidate| *candidate != name)
            .find_map(|candidate| self.id(candidate).map(|id| self.get(id).name.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contigs(names: &[&str]) -> Contigs {
        Contigs::new(
            names.iter().map(|name| Contig { name: (*name).into(), length: 10, md5: [0; 16] }).collect(),
        )
    }

    #[test]
    fn suggests_the_other_naming() {
        let ucsc = contigs(&["chr1", "chrM"]);
        assert_eq!(ucsc.suggestion("1"), Some("chr1"));
        assert_eq!(ucsc.suggestion("MT"), Some("chrM"));
        assert_eq!(ucsc.suggestion("7"), None);
        assert_eq!(contigs(&["1"]).suggestion("chr1"), Some("1"));
    }
}
