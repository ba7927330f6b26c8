//! Metrics that may not fall below a limit: what makes a comparison a regression test.

use std::fmt::{self, Display, Formatter};
use std::str::FromStr;

use thiserror::Error;

use crate::report::{Report, Stratum, WHOLE};
use crate::tally::{Cell, Slice, subtypes};
use crate::{Filter, Kind, Subtype};

/// A floor that is not well written, or about something that is not there.
#[derive(Clone, Debug, Error, PartialEq)]
pub enum FloorError {
    /// No `=`.
    #[error("`{0}` is no floor: write METRIC=VALUE, such as snp.f1=0.995")]
    Form(String),
    /// No such metric.
    #[error(
        "`{0}` is no metric: write snp or indel, perhaps a subtype, then recall, precision or f1, such as \
         snp.f1 or indel.D1_5.recall; subtypes of snp are {snp}; of indel {indel}",
        snp = labels(Kind::Snp),
        indel = labels(Kind::Indel)
    )]
    Metric(String),
    /// Not a number from 0 to 1.
    #[error("`{value}` is no floor for {metric}: a number from 0 to 1 would be, such as 0.995")]
    Value {
        /// Whose floor it should be.
        metric: String,
        /// As it was given.
        value: String,
    },
    /// No such stratum.
    #[error("there is no stratum `{name}` to hold to a floor; there are {known}", known = listed(.known))]
    Stratum {
        /// The name.
        name: String,
        /// Those that exist.
        known: Vec<String>,
    },
}

/// What a floor is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Metric {
    Recall,
    Precision,
    F1,
}

impl Metric {
    const fn label(self) -> &'static str {
        match self {
            Self::Recall => "recall",
            Self::Precision => "precision",
            Self::F1 => "f1",
        }
    }

    fn of(self, cell: &Cell) -> Option<f64> {
        match self {
            Self::Recall => cell.recall(),
            Self::Precision => cell.precision(),
            Self::F1 => cell.f1(),
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
struct Limit {
    /// [`WHOLE`] or the name of a stratum.
    stratum: String,
    kind: Kind,
    subtype: Option<Subtype>,
    metric: Metric,
    floor: f64,
}

/// Floors of metrics under PASS, parsed from `snp.f1=0.995,indel.f1=0.98`: before the `=` stand `snp` or
/// `indel`, perhaps a subtype (`indel.D1_5.recall`), and `recall`, `precision` or `f1`; and before all that
/// perhaps the name of a stratum and a colon (`lowmap:snp.f1`).
#[derive(Clone, Debug, PartialEq)]
pub struct Floor {
    limits: Vec<Limit>,
}

/// A metric that is below its floor, or that counted nothing.
#[derive(Clone, Debug, PartialEq)]
pub struct Shortfall {
    /// Its name, as in the floor.
    pub metric: String,
    /// Its value; `None`: there was nothing to count.
    pub value: Option<f64>,
    /// Its floor.
    pub floor: f64,
}

impl Floor {
    /// Refuses floors for strata that are not among these: before the comparison, for an early answer.
    ///
    /// # Errors
    /// [`FloorError::Stratum`] for the first of them.
    pub fn validate(&self, strata: &[Stratum]) -> Result<(), FloorError> {
        let unknown = |limit: &&Limit| {
            limit.stratum != WHOLE && strata.iter().all(|stratum| stratum.name != limit.stratum)
        };
        match self.limits.iter().find(unknown) {
            None => Ok(()),
            Some(limit) => Err(FloorError::Stratum {
                name: limit.stratum.clone(),
                known: strata.iter().map(|stratum| stratum.name.clone()).collect(),
            }),
        }
    }

    /// The metrics that are below their floors, in the order of the floors. One that has nothing to count is
    /// among them, also when its stratum does not exist: a test that compares nothing must not pass.
    #[must_use]
    pub fn check(&self, report: &Report) -> Vec<Shortfall> {
        let short = |limit: &Limit| {
            let value = limit.measure(report);
            let holds = value.is_some_and(|value| value >= limit.floor);
            (!holds).then(|| Shortfall { metric: limit.name(), value, floor: limit.floor })
        };
        self.limits.iter().filter_map(short).collect()
    }
}

impl Limit {
    fn measure(&self, report: &Report) -> Option<f64> {
        let stratum = report.stratum(&self.stratum)?;
        let whole = Slice::whole(Filter::Pass, self.kind);
        self.metric.of(&report.cell(&Slice { stratum, subtype: self.subtype, ..whole }))
    }

    fn name(&self) -> String {
        let stratum = if self.stratum == WHOLE { String::new() } else { format!("{}:", self.stratum) };
        let subtype = self.subtype.map(|subtype| format!(".{}", subtype.label())).unwrap_or_default();
        let kind = self.kind.label().to_lowercase();
        format!("{stratum}{kind}{subtype}.{}", self.metric.label())
    }
}

impl FromStr for Floor {
    type Err = FloorError;

    fn from_str(text: &str) -> Result<Self, FloorError> {
        let limits = text.split(',').map(str::parse).collect::<Result<_, _>>()?;
        Ok(Self { limits })
    }
}

impl FromStr for Limit {
    type Err = FloorError;

    fn from_str(text: &str) -> Result<Self, FloorError> {
        let text = text.trim();
        let (name, value) = text.rsplit_once('=').ok_or_else(|| FloorError::Form(text.to_owned()))?;
        let (name, value) = (name.trim(), value.trim());
        let (stratum, path) = name.rsplit_once(':').unwrap_or((WHOLE, name));
        let (kind, subtype, metric) =
            parse_metric(path).ok_or_else(|| FloorError::Metric(path.to_owned()))?;
        let floor = value.parse().ok().filter(|floor| (0.0..=1.0).contains(floor));
        let floor =
            floor.ok_or_else(|| FloorError::Value { metric: name.to_owned(), value: value.to_owned() })?;
        Ok(Self { stratum: stratum.to_owned(), kind, subtype, metric, floor })
    }
}

fn parse_metric(path: &str) -> Option<(Kind, Option<Subtype>, Metric)> {
    let parts: Vec<&str> = path.split('.').collect();
    let (kind, subtype, metric) = match parts[..] {
        [kind, metric] => (kind, None, metric),
        [kind, subtype, metric] => (kind, Some(subtype), metric),
        _ => return None,
    };
    let kind = [Kind::Snp, Kind::Indel].into_iter().find(|known| known.label().eq_ignore_ascii_case(kind))?;
    let subtype = match subtype {
        None => None,
        Some(name) => Some(*subtypes(kind).iter().find(|known| known.label().eq_ignore_ascii_case(name))?),
    };
    let metrics = [Metric::Recall, Metric::Precision, Metric::F1];
    let metric = metrics.into_iter().find(|known| known.label().eq_ignore_ascii_case(metric))?;
    Some((kind, subtype, metric))
}

fn labels(kind: Kind) -> String {
    subtypes(kind).iter().map(|subtype| subtype.label()).collect::<Vec<_>>().join(", ")
}

fn listed(names: &[String]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

impl Display for Shortfall {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self { metric, value, floor } = self;
        let Some(value) = value else {
            return write!(f, "{metric} has nothing to count, and a floor of {floor:.4}");
        };
        // As many decimals as it takes to see the difference.
        let differ = |&decimals: &usize| format!("{value:.decimals$}") != format!("{floor:.decimals$}");
        let decimals = (4..17).find(differ).unwrap_or(17);
        write!(f, "{metric} is {value:.decimals$}, below the floor of {floor:.decimals$}")
    }
}

#[cfg(test)]
mod tests;
