//! From an error to the process's exit code (BSD `sysexits.h`).

use std::process::ExitCode;

use rihla_align::IndexError;
use rihla_fastq::{ErrorKind as FastqErrorKind, FastqError, SheetError};
use rihla_io::{IoError, IoErrorKind};
use rihla_shard::ShardError;

use crate::objects;

/// Kinds of failure that a user, or a workflow engine, tells apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// A result is worse than the user said it may be.
    BelowFloor = 1,
    /// An option is wrong.
    Usage = 2,
    /// An input is damaged or inconsistent.
    Data = 65,
    /// An input is missing or cannot be read.
    Missing = 66,
    /// A fault of our own.
    Internal = 70,
    /// An output cannot be created.
    CannotCreate = 73,
    /// Reading or writing failed midway.
    Io = 74,
    /// The network or an object store failed, again and again.
    #[cfg(feature = "object-store")]
    Network = 104,
    /// Ended by a signal; 128 + SIGTERM, as a shell would say.
    Interrupted = 143,
}

impl From<Failure> for ExitCode {
    fn from(failure: Failure) -> Self {
        Self::from(failure as u8)
    }
}

/// An error of the binary itself, with its kind.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct Fault {
    kind: Failure,
    message: String,
}

/// An error of which the user has been told.
#[derive(Debug, thiserror::Error)]
#[error("inputs are not sound")]
struct Told(Failure);

/// An error of this kind.
pub fn fault(kind: Failure, message: impl Into<String>) -> anyhow::Error {
    Fault { kind, message: message.into() }.into()
}

/// Says what went wrong and gives the exit code. A reader of standard output that has gone is no failure.
pub fn report(error: &anyhow::Error) -> ExitCode {
    match classify(error) {
        Some(failure) => {
            if error.downcast_ref::<Told>().is_none() {
                say(error);
            }
            failure.into()
        }
        None => ExitCode::SUCCESS,
    }
}

/// Says what went wrong with one of many things, while the others go on.
pub fn tell(error: &anyhow::Error) -> Failure {
    say(error);
    classify(error).unwrap_or(Failure::Io)
}

/// An error of which [`tell`] has said all.
pub fn told(failure: Failure) -> anyhow::Error {
    Told(failure).into()
}

fn say(error: &anyhow::Error) {
    #[allow(clippy::print_stderr, reason = "the error of a failed run, or of one of its inputs")]
    {
        eprintln!("rihla: {}", one_line(error));
    }
}

/// Says in one line that the program itself is at fault.
pub fn report_panic(panic: &std::panic::PanicHookInfo<'_>) {
    if rihla_io::panic_is_damage() {
        return;
    }
    let place = panic.location().map_or(String::new(), |location| format!(" at {location}"));
    let payload = panic.payload();
    let text = payload.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| payload.downcast_ref::<&str>().copied()).unwrap_or("no message");
    #[allow(clippy::print_stderr, reason = "the one error of a failed run")]
    {
        eprintln!("rihla: internal fault{place}: {text}; please report it with the command");
    }
}

/// The error and those of its causes that it does not name itself, in one line.
pub fn one_line(error: &anyhow::Error) -> String {
    let mut text = String::new();
    for cause in error.chain().map(|cause| cause.to_string()) {
        if text.is_empty() {
            text = cause;
        } else if !text.contains(&cause) {
            text = format!("{text}: {cause}");
        }
    }
    objects::shown(&text).replace('\n', " ")
}

/// The kind of an error, by the first of its causes that we know; `None` for a broken pipe.
fn classify(error: &anyhow::Error) -> Option<Failure> {
    if let Some(failure) = objects::failure(error) {
        return Some(failure);
    }
    for cause in error.chain() {
        if let Some(fault) = cause.downcast_ref::<Fault>() {
            return Some(fault.kind);
        }
        if let Some(Told(failure)) = cause.downcast_ref::<Told>() {
            return Some(*failure);
        }
        if let Some(error) = cause.downcast_ref::<IoError>() {
            return of_io(error.kind());
        }
        if let Some(error) = cause.downcast_ref::<FastqError>() {
            return Some(of_fastq(error.kind()));
        }
        if let Some(error) = cause.downcast_ref::<SheetError>() {
            return Some(of_fastq(error.kind()));
        }
        if let Some(error) = cause.downcast_ref::<IndexError>() {
            return Some(match error {
                IndexError::Io { .. } | IndexError::Source { .. } => Failure::Missing,
                _ => Failure::Data,
            });
        }
        if let Some(error) = cause.downcast_ref::<ShardError>() {
            return Some(if error.is_of_data() { Failure::Data } else { Failure::Io });
        }
    }
    Some(Failure::Internal)
}

const fn of_fastq(kind: FastqErrorKind) -> Failure {
    match kind {
        FastqErrorKind::Usage => Failure::Usage,
        FastqErrorKind::Missing => Failure::Missing,
        FastqErrorKind::Data => Failure::Data,
        FastqErrorKind::Io => Failure::Io,
    }
}

fn of_io(kind: IoErrorKind) -> Option<Failure> {
    Some(match kind {
        IoErrorKind::MissingInput => Failure::Missing,
        IoErrorKind::BadData => Failure::Data,
        IoErrorKind::CannotCreate => Failure::CannotCreate,
        IoErrorKind::Device | IoErrorKind::NoSpace => Failure::Io,
        IoErrorKind::Usage => Failure::Usage,
        IoErrorKind::BrokenPipe => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use anyhow::Context as _;

    #[test]
    fn the_kind_is_found_below_context() {
        let error = Err::<(), _>(fault(Failure::Data, "bad")).context("while reading").expect_err("an error");
        assert_eq!(classify(&error), Some(Failure::Data));
        assert_eq!(one_line(&error), "while reading: bad");
        assert_eq!(one_line(&error.context("while reading: bad, as it is")), "while reading: bad, as it is");
        assert_eq!(classify(&anyhow::anyhow!("odd")), Some(Failure::Internal));
    }
}
