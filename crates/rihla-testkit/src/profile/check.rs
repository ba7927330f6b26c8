//! Whether a profile from a file can be used.

use crate::TestkitError;
use crate::gc::GcBias;
use crate::lengths::FragmentLengths;
use crate::repeats::MAX_PERIOD;

use super::errors::{ErrorTables, IndelTables, MAX_RUN};
use super::qualities::{MateQualities, QualityTables, TAIL_STEPS};
use super::{MAX_QUALITY, ReadProfile};

/// Cycles that a profile may have.
const MAX_CYCLES: u16 = 2000;
/// Highest weight of a row.
const MAX_WEIGHT: u32 = 1 << 24;
/// Classes of reads that a profile may have.
const MAX_CLASSES: usize = 16;

/// Refuses what does not hold.
fn ensure(holds: bool, problem: impl FnOnce() -> String) -> Result<(), TestkitError> {
    if holds { Ok(()) } else { Err(TestkitError::Profile { problem: problem() }) }
}

/// Refuses numbers out of `0..=most` (NaN too).
fn numbers(field: &str, values: &[f64], most: f64) -> Result<(), TestkitError> {
    let odd = values.iter().find(|&&value| !(0.0..=most).contains(&value));
    ensure(odd.is_none(), || {
        let bound = if most < f64::MAX { format!("from 0 to {most}") } else { "0 or more".to_owned() };
        format!("{field} holds {}, but every value must be {bound}", odd.copied().unwrap_or(f64::NAN))
    })
}

/// Refuses a list of another length.
fn length(field: &str, found: usize, expected: usize) -> Result<(), TestkitError> {
    ensure(found == expected, || format!("{field} has {found} entries, but must have {expected}"))
}

impl ReadProfile {
    /// Checks lengths and ranges.
    ///
    /// # Errors
    /// [`TestkitError::Profile`] for the first field that is wrong.
    pub fn validate(&self) -> Result<(), TestkitError> {
        qualities(&self.qualities)?;
        if let Some(errors) = &self.errors {
            substitutions(errors, &self.qualities)?;
        }
        if let Some(indels) = &self.indels {
            slips(indels)?;
        }
        if let Some(shares) = &self.fragments {
            FragmentLengths::counted(shares.first, shares.width, &shares.shares).map_err(in_profile)?;
        }
        if let Some(curve) = &self.gc_coverage {
            GcBias::from_curve(curve).map_err(in_profile)?;
        }
        for letters in &self.adapters.sequences {
            let fine = letters.bytes().all(|letter| b"ACGT".contains(&letter));
            ensure(fine, || {
                format!("adapters.sequences holds {letters:?}, but must hold A, C, G and T only")
            })?;
        }
        ensure("ACGT".contains(self.adapters.filler), || {
            format!("adapters.filler is {:?}, but must be A, C, G or T", self.adapters.filler)
        })?;
        numbers("adapters.share", self.adapters.share.as_slice(), 1.0)?;
        numbers("duplicates", self.duplicates.as_slice(), 1.0)
    }
}

/// The same fault, as one of a profile.
fn in_profile(error: TestkitError) -> TestkitError {
    TestkitError::Profile { problem: error.to_string() }
}

fn qualities(tables: &QualityTables) -> Result<(), TestkitError> {
    let alphabet = &tables.alphabet;
    let fine = !alphabet.is_empty()
        && alphabet.windows(2).all(|two| two[0] < two[1])
        && alphabet.iter().all(|&quality| quality <= MAX_QUALITY);
    ensure(fine, || {
        format!("qualities.alphabet must list qualities up to {MAX_QUALITY}, ascending, and at least one")
    })?;
    length("qualities.groups", tables.groups.len(), alphabet.len())?;
    ensure(tables.groups.iter().all(|&group| usize::from(group) < alphabet.len()), || {
        "qualities.groups must number fewer groups than there are qualities".to_owned()
    })?;
    ensure(tables.unknown_quality <= MAX_QUALITY, || {
        format!("qualities.unknown_quality must be at most {MAX_QUALITY}")
    })?;
    ensure((1..=2).contains(&tables.mates.len()), || {
        "qualities.mates must have one or two entries".to_owned()
    })?;
    let classes = tables.class_pairs.len();
    ensure((1..=MAX_CLASSES).contains(&classes), || {
        format!("qualities.class_pairs must have from 1 to {MAX_CLASSES} rows")
    })?;
    for row in &tables.class_pairs {
        length("a row of qualities.class_pairs", row.len(), classes)?;
        numbers("qualities.class_pairs", row, f64::MAX)?;
    }
    let total: f64 = tables.class_pairs.iter().flatten().sum();
    ensure(total > 0.0 && total.is_finite(), || "qualities.class_pairs must not be all zero".to_owned())?;
    tables.mates.iter().try_for_each(|mate| one_mate(mate, tables))
}

fn one_mate(mate: &MateQualities, tables: &QualityTables) -> Result<(), TestkitError> {
    let ends = &mate.bin_ends;
    let fine = (1..=MAX_CYCLES).contains(&mate.cycles)
        && ends.first().is_some_and(|&end| end > 0)
        && ends.windows(2).all(|two| two[0] < two[1])
        && ends.last() == Some(&mate.cycles);
    ensure(fine, || format!("bin_ends must ascend and end with cycles, from 1 to {MAX_CYCLES}"))?;
    length("classes of a mate", mate.classes.len(), tables.class_pairs.len())?;
    for class in &mate.classes {
        row(&class.first, tables.alphabet.len())?;
        ensure(!class.first.is_empty(), || "first must not be empty".to_owned())?;
        length("next", class.next.len(), ends.len())?;
        length("unknown", class.unknown.len(), ends.len())?;
        numbers("unknown", &class.unknown, 1.0)?;
        length("tails", class.tails.len(), TAIL_STEPS + 1)?;
        let fine =
            class.tails.iter().any(|&weight| weight > 0) && class.tails.iter().all(|&w| w <= MAX_WEIGHT);
        ensure(fine, || format!("tails must hold a weight above 0, and none above {MAX_WEIGHT}"))?;
        for groups in &class.next {
            length("next of a bin", groups.len(), tables.group_count())?;
            groups.iter().try_for_each(|weights| row(weights, tables.alphabet.len()))?;
        }
    }
    length("next of a tail", mate.tail.next.len(), tables.group_count())?;
    mate.tail.next.iter().try_for_each(|weights| row(weights, tables.alphabet.len()))?;
    numbers("unknown of a tail", &[mate.tail.unknown], 1.0)
}

/// A row of weights fits the alphabet and is not all zero.
fn row(row: &[u32], alphabet: usize) -> Result<(), TestkitError> {
    let fine = match row.split_first() {
        None => true,
        Some((&first, weights)) => {
            (first as usize).saturating_add(weights.len()) <= alphabet
                && weights.iter().any(|&weight| weight > 0)
                && weights.iter().all(|&weight| weight <= MAX_WEIGHT)
        }
    };
    ensure(fine, || {
        format!(
            "a row of weights must be empty, or begin with a place in the alphabet of {alphabet} qualities, \
             stay within it, and hold a weight above 0"
        )
    })
}

fn substitutions(errors: &ErrorTables, tables: &QualityTables) -> Result<(), TestkitError> {
    length("errors.by_quality", errors.by_quality.len(), tables.alphabet.len())?;
    numbers("errors.by_quality", &errors.by_quality, 1.0)?;
    length("errors.by_cycle", errors.by_cycle.len(), tables.mates.len())?;
    for (factors, mate) in errors.by_cycle.iter().zip(&tables.mates) {
        length("errors.by_cycle of a mate", factors.len(), mate.bin_ends.len())?;
        numbers("errors.by_cycle", factors, 1000.0)?;
    }
    length("errors.by_context", errors.by_context.len(), 64)?;
    numbers("errors.by_context", &errors.by_context, 1000.0)?;
    length("errors.by_run", errors.by_run.len(), MAX_RUN)?;
    numbers("errors.by_run", &errors.by_run, 1000.0)?;
    length("errors.substitutions", errors.substitutions.len(), 16)?;
    for (place, weights) in errors.substitutions.iter().enumerate() {
        numbers("errors.substitutions", weights, f64::MAX)?;
        let wrong: f64 = weights.iter().enumerate().filter(|(i, _)| *i != place % 4).map(|(_, w)| w).sum();
        ensure(wrong > 0.0 && wrong.is_finite(), || {
            "errors.substitutions needs a weight above 0 for a wrong letter in every row".to_owned()
        })?;
    }
    Ok(())
}

fn slips(indels: &IndelTables) -> Result<(), TestkitError> {
    numbers("indels.background", &indels.background, 0.1)?;
    let mut before = 0;
    for table in &indels.repeats {
        ensure((before + 1..=MAX_PERIOD).contains(&table.period), || {
            format!("indels.repeats must be sorted by period, from 1 to {MAX_PERIOD}")
        })?;
        before = table.period;
        ensure(!table.loss.is_empty(), || "indels.repeats has a period without rates".to_owned())?;
        length("gain of a repeat", table.gain.len(), table.loss.len())?;
        length("reads of a repeat", table.reads.len(), table.loss.len())?;
        numbers("loss of a repeat", &table.loss, 0.5)?;
        numbers("gain of a repeat", &table.gain, 0.5)?;
    }
    Ok(())
}
