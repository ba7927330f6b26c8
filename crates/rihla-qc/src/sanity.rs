//! No read may be lost on the way.

use thiserror::Error;

use crate::records::RecordCounts;

/// Counts that do not agree. The outputs are wrong then and must not get their final names.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum QcError {
    /// Reads of the input without a primary record, or primary records without a read.
    #[error(
        "{reads} reads were read but {primary} primary records were written; each read must have one. \
         This is an error in the program, not in the data: please report it"
    )]
    Reads {
        /// Reads of the input.
        reads: u64,
        /// Primary records.
        primary: u64,
    },
    /// Reads of pairs that are not two by two.
    #[error(
        "{paired} primary records belong to pairs, but {expected} reads of the input do. \
         This is an error in the program, not in the data: please report it"
    )]
    Pairs {
        /// Primary records of paired reads.
        paired: u64,
        /// Reads of the input that come in pairs.
        expected: u64,
    },
}

/// Checks that each read of the input has exactly one primary record, and that as many are paired as the
/// `paired` of them that came in pairs.
///
/// # Errors
/// The numbers that differ.
pub fn reconcile(reads: u64, paired: u64, written: &RecordCounts) -> Result<(), QcError> {
    if reads != written.primary {
        return Err(QcError::Reads { reads, primary: written.primary });
    }
    if written.paired != paired {
        return Err(QcError::Pairs { paired: written.paired, expected: paired });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lost_doubled_and_unpaired_reads_are_found() {
        let written = |primary, paired| RecordCounts { primary, paired, ..RecordCounts::default() };
        assert_eq!(reconcile(10, 10, &written(10, 10)), Ok(()));
        assert_eq!(reconcile(7, 0, &written(7, 0)), Ok(()));
        for primary in [9, 11] {
            let error = reconcile(10, 10, &written(primary, 10)).expect_err("a read is missing or doubled");
            assert_eq!(error, QcError::Reads { reads: 10, primary });
            assert!(error.to_string().contains(&format!("{primary} primary records")), "{error}");
        }
        assert_eq!(reconcile(10, 10, &written(10, 8)), Err(QcError::Pairs { paired: 8, expected: 10 }));
        assert_eq!(reconcile(2, 0, &written(2, 2)), Err(QcError::Pairs { paired: 2, expected: 0 }));
    }
}
