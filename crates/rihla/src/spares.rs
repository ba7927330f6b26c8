//! Buffers that go round: given back after use, taken again by whoever needs one next.

use std::sync::{Mutex, PoisonError};

/// Spare values of one kind; what is in them never shows in a result.
pub struct Spares<T>(Mutex<Vec<T>>);

impl<T> Default for Spares<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T> Spares<T> {
    /// One that was given back, else a new one.
    pub fn take(&self, new: impl FnOnce() -> T) -> T {
        let spare = self.0.lock().unwrap_or_else(PoisonError::into_inner).pop();
        spare.unwrap_or_else(new)
    }

    /// Gives one back.
    pub fn give(&self, value: T) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_given_is_taken() {
        let spares = Spares::default();
        assert_eq!(spares.take(|| 1), 1);
        spares.give(2);
        assert_eq!(spares.take(|| 1), 2);
        assert_eq!(spares.take(|| 3), 3);
    }
}
