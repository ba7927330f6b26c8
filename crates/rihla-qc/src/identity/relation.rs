//! What two samples are to each other.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Relations that are told apart, by the share of the genome in which none, one or both copies are in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Relation {
    /// One person (or identical twins).
    Same,
    /// Parent and child.
    ParentChild,
    /// Full siblings.
    Siblings,
    /// Grandparent, aunt or uncle, half-sibling.
    SecondDegree,
    /// Strangers.
    Unrelated,
}

impl Relation {
    /// All, the closest first.
    pub const ALL: [Self; 5] =
        [Self::Same, Self::ParentChild, Self::Siblings, Self::SecondDegree, Self::Unrelated];

    /// Shares of the genome with no, one and two copies in common. One person's samples may differ in a few places: cells
    /// change, and alleles are missed.
    pub(super) const fn shares(self) -> [f64; 3] {
        match self {
            Self::Same => [0.002, 0.018, 0.98],
            Self::ParentChild => [0.002, 0.998, 0.0],
            Self::Siblings => [0.25, 0.5, 0.25],
            Self::SecondDegree => [0.5, 0.5, 0.0],
            Self::Unrelated => [1.0, 0.0, 0.0],
        }
    }
}

impl fmt::Display for Relation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Same => "same",
            Self::ParentChild => "parent-child",
            Self::Siblings => "siblings",
            Self::SecondDegree => "second-degree",
            Self::Unrelated => "unrelated",
        })
    }
}

/// What can be said of two samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Conclusion {
    /// They are of one person.
    Same,
    /// They are of two relatives.
    Related,
    /// They are of two people.
    Different,
    /// Too little is known.
    Inconclusive,
}

impl Conclusion {
    /// By the logarithms to base 10 of the likelihoods of all relations, in the order of [`Relation::ALL`]; `surely` is
    /// by how much one must exceed another.
    pub(super) fn of(likelihoods: [f64; 5], surely: f64) -> (Self, Relation) {
        let most = likelihoods.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let best = Relation::ALL.into_iter().zip(likelihoods).find(|(_, one)| *one == most);
        let best = best.map_or(Relation::Unrelated, |(relation, _)| relation);
        let [same, _, _, _, unrelated] = likelihoods;
        let relatives = likelihoods[1..4].iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let conclusion = match best {
            // That it is not a relative is said by fewer blocks than that it is no stranger.
            Relation::Same if same - unrelated >= surely && same - relatives >= surely / 2.0 => Self::Same,
            Relation::Same | Relation::Unrelated if unrelated - same >= surely && unrelated >= relatives => {
                Self::Different
            }
            Relation::ParentChild | Relation::Siblings | Relation::SecondDegree
                if relatives - same >= surely / 2.0 && relatives - unrelated >= surely =>
            {
                Self::Related
            }
            // No one person's; that it is a stranger's and not a distant relative's is not sure.
            _ if unrelated - same >= surely => Self::Different,
            _ => Self::Inconclusive,
        };
        (conclusion, best)
    }
}

impl fmt::Display for Conclusion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Same => "same",
            Self::Related => "related",
            Self::Different => "different",
            Self::Inconclusive => "inconclusive",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conclusions_need_a_margin() {
        let of = |likelihoods| Conclusion::of(likelihoods, 5.0);
        assert_eq!(of([90.0, 40.0, 50.0, 10.0, 0.0]), (Conclusion::Same, Relation::Same));
        assert_eq!(of([4.0, 2.0, 2.0, 1.0, 0.0]).0, Conclusion::Inconclusive);
        assert_eq!(of([-80.0, -20.0, -9.0, -4.0, 0.0]), (Conclusion::Different, Relation::Unrelated));
        assert_eq!(of([-30.0, 25.0, 20.0, 15.0, 0.0]), (Conclusion::Related, Relation::ParentChild));
        assert_eq!(of([-30.0, 1.0, 2.0, 2.5, 0.0]), (Conclusion::Different, Relation::SecondDegree));
        assert_eq!(of([0.0; 5]).0, Conclusion::Inconclusive);
    }
}
