//! Numbered work on all threads, results in order.

use std::collections::BTreeMap;
use std::sync::mpsc::{self, SyncSender};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use anyhow::Result;
use rayon::ThreadPool;

/// How far the writer has come; workers wait on it so that at most `window` results are ever held.
#[derive(Default)]
struct Gate {
    written: Mutex<(usize, bool)>,
    moved: Condvar,
}

impl Gate {
    fn lock(&self) -> MutexGuard<'_, (usize, bool)> {
        self.written.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until `ticket` is near enough to the writer; `false` when the run has failed.
    fn pass(&self, ticket: usize, window: usize) -> bool {
        let mut state = self.lock();
        while !state.1 && ticket >= state.0 + window {
            state = self.moved.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        !state.1
    }

    fn advance(&self) {
        self.lock().0 += 1;
        self.moved.notify_all();
    }

    fn fail(&self) {
        self.lock().1 = true;
        self.moved.notify_all();
    }
}

/// Opens the gate when a worker panics, so that the others do not wait for a result that never comes.
struct PanicGuard<'a>(&'a Gate);

impl Drop for PanicGuard<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.fail();
        }
    }
}

/// Runs `work` for `0..count` on the pool and `write` on this thread, in order of the numbers.
///
/// At most twice as many results as there are threads are held at a time. The first error in order
/// ends the run.
///
/// # Errors
/// The error of the lowest failing number, from `work` or `write`.
pub fn for_each_ordered<T: Send>(
    pool: &ThreadPool,
    count: usize,
    work: impl Fn(usize) -> Result<T> + Sync,
    mut write: impl FnMut(usize, T) -> Result<()>,
) -> Result<()> {
    let mut numbers = 0..count;
    let mut written = 0..;
    let next = || Ok(numbers.next());
    map_ordered(pool, next, work, |value| write(written.next().unwrap_or_default(), value))
}

/// Takes parts from `source` until it has none, runs `work` on them on the pool, and `write` on this thread in
/// the order of the parts.
///
/// The source is asked by one worker at a time. At most twice as many results as there are threads, and a
/// part for each thread, are held at a time. The first error in order ends the run.
///
/// # Errors
/// The error of the first failing part, from `source`, `work` or `write`.
pub fn map_ordered<S, T: Send>(
    pool: &ThreadPool,
    source: impl FnMut() -> Result<Option<S>> + Send,
    work: impl Fn(S) -> Result<T> + Sync,
    mut write: impl FnMut(T) -> Result<()>,
) -> Result<()> {
    let window = 2 * pool.current_num_threads();
    let (gate, source) = (Gate::default(), Mutex::new((0, source)));
    // A ticket and its part; after an error there is nothing more.
    let take = || {
        let mut source = source.lock().unwrap_or_else(PoisonError::into_inner);
        let part = (source.1)().transpose()?;
        source.0 += 1;
        Some((source.0 - 1, part))
    };
    let (results, inbox) = mpsc::sync_channel(window);
    let worker = |results: SyncSender<(usize, Result<T>)>| {
        let _guard = PanicGuard(&gate);
        while let Some((ticket, part)) = take() {
            if !gate.pass(ticket, window) || results.send((ticket, part.and_then(&work))).is_err() {
                break;
            }
        }
    };
    pool.in_place_scope(|scope| {
        for _ in 0..pool.current_num_threads() {
            let results = results.clone();
            scope.spawn(|_| worker(results));
        }
        drop(results);
        let mut early = BTreeMap::new();
        let mut wanted = 0;
        let mut outcome = Ok(());
        for (ticket, result) in inbox {
            early.insert(ticket, result);
            while let Some(result) = early.remove(&wanted).filter(|_| outcome.is_ok()) {
                outcome = result.and_then(&mut write);
                if outcome.is_err() {
                    gate.fail();
                }
                wanted += 1;
                gate.advance();
            }
        }
        outcome
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use anyhow::bail;

    fn pool(threads: usize) -> ThreadPool {
        rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool")
    }

    #[test]
    fn results_come_in_order() {
        for threads in [1, 3] {
            let mut seen = Vec::new();
            let work = |i: usize| {
                std::thread::sleep(std::time::Duration::from_micros((i as u64 * 37) % 200));
                Ok(i * i)
            };
            for_each_ordered(&pool(threads), 200, work, |i, square| {
                seen.push((i, square));
                Ok(())
            })
            .expect("no error");
            assert_eq!(seen, (0..200).map(|i| (i, i * i)).collect::<Vec<_>>());
        }
    }

    #[test]
    #[should_panic(expected = "item 7")]
    fn a_panic_ends_the_run() {
        let work = |i: usize| if i == 7 { panic!("item 7") } else { Ok(i) };
        let _ = for_each_ordered(&pool(3), 1000, work, |_, _| Ok(()));
    }

    #[test]
    fn the_lowest_error_wins_and_nothing_hangs() {
        let work = |i: usize| if i == 50 || i == 53 { bail!("item {i}") } else { Ok(i) };
        let mut written = 0;
        let error = for_each_ordered(&pool(4), 1000, work, |_, _| {
            written += 1;
            Ok(())
        });
        assert_eq!(error.expect_err("item 50 fails").to_string(), "item 50");
        assert_eq!(written, 50);
        let stuck = for_each_ordered(&pool(2), 100, Ok, |i, _| if i == 3 { bail!("full") } else { Ok(()) });
        assert_eq!(stuck.expect_err("the writer fails").to_string(), "full");
    }
}
