//! Where the records of a file went: as many as were read.

/// What happened to a record of an input file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs, reason = "the description says it")]
pub enum Fate {
    Compared,
    Outside,
    Filtered,
    HomRef,
    NoCall,
    Symbolic,
    Structural,
    Ploidy,
}

impl Fate {
    /// All, in the order of the tables.
    pub const ALL: [Self; 8] = [
        Self::Compared,
        Self::Outside,
        Self::Filtered,
        Self::HomRef,
        Self::NoCall,
        Self::Symbolic,
        Self::Structural,
        Self::Ploidy,
    ];

    /// Its name in the JSON.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Compared => "compared",
            Self::Outside => "outside",
            Self::Filtered => "filtered",
            Self::HomRef => "hom_ref",
            Self::NoCall => "no_call",
            Self::Symbolic => "symbolic",
            Self::Structural => "structural",
            Self::Ploidy => "ploidy",
        }
    }

    /// What it means, as a phrase.
    #[must_use]
    pub const fn description(self) -> &'static str {
        match self {
            Self::Compared => "compared and judged",
            Self::Outside => "outside the confident regions: matched, not judged",
            Self::Filtered => {
                "FILTER is neither PASS nor `.`: true variants are left out, calls judged under ALL alone"
            }
            Self::HomRef => "the genotype has no ALT allele, or only `*` or one that equals REF",
            Self::NoCall => "the genotype is missing",
            Self::Symbolic => "the genotype has a symbolic allele or a breakend",
            Self::Structural => "an allele's length differs from that of REF by 50 bases or more",
            Self::Ploidy => "the genotype is neither haploid nor diploid",
        }
    }
}

/// How many records of one input file had which fate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Accounting {
    counts: [u64; Fate::ALL.len()],
}

impl Accounting {
    /// Counts a record.
    pub fn add(&mut self, fate: Fate) {
        self.counts[fate as usize] += 1;
    }

    /// Adds the counts of another part of the file.
    pub fn merge(&mut self, other: &Self) {
        self.counts.iter_mut().zip(other.counts).for_each(|(mine, theirs)| *mine += theirs);
    }

    /// Records with this fate.
    #[must_use]
    pub const fn count(&self, fate: Fate) -> u64 {
        self.counts[fate as usize]
    }

    /// Records read: the sum over all fates.
    #[must_use]
    pub fn read(&self) -> u64 {
        self.counts.iter().sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_out_as_in() {
        let mut whole = Accounting::default();
        for (i, fate) in Fate::ALL.into_iter().enumerate() {
            assert_eq!(fate as usize, i);
            let mut part = Accounting::default();
            (0..=i).for_each(|_| part.add(fate));
            whole.merge(&part);
        }
        assert_eq!(whole.read(), (1..=8).sum::<u64>());
        assert_eq!(whole.count(Fate::Outside), 2);
        assert_eq!(whole.count(Fate::Ploidy), 8);
    }
}
