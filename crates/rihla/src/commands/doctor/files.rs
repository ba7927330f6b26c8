//! How many files a process may have open.

use std::fs;

use super::finding::Finding;

/// Fewer end a run of one lane, which takes 24 (`ulimit -n 24; rihla demo`), or one of two.
const LEAST: u64 = 32;

/// What a run of many lanes may want.
const COMFORTABLE: u64 = 256;

/// The limit of this process, as Linux tells it.
pub fn limit() -> Finding {
    judge(fs::read_to_string("/proc/self/limits").ok().as_deref())
}

fn judge(limits: Option<&str>) -> Finding {
    const TOPIC: &str = "open files";
    let line = limits.and_then(|text| text.lines().find_map(|line| line.strip_prefix("Max open files")));
    let Some(soft) = line.and_then(|line| line.split_whitespace().next()) else {
        return Finding::ok(TOPIC, "the system does not tell its limit");
    };
    let found = format!("{soft} at once");
    match soft.parse::<u64>() {
        Ok(limit) if limit < LEAST => {
            Finding::fail(TOPIC, found, format!("a run takes {LEAST} or more; ulimit -n {COMFORTABLE}"))
        }
        Ok(limit) if limit < COMFORTABLE => Finding::warn(
            TOPIC,
            found,
            format!("a sample of many lanes may want more; ulimit -n {COMFORTABLE}"),
        ),
        _ => Finding::ok(TOPIC, found),
    }
}

#[cfg(test)]
mod tests {
    use super::super::finding::State;
    use super::*;

    #[test]
    fn few_files_fail() {
        let state = |soft: &str| {
            judge(Some(&format!("Max processes  1 1\nMax open files   {soft}   4096  files\n"))).state
        };
        let states = ["20", "100", "1024", "unlimited"].map(state);
        assert_eq!(states, [State::Fail, State::Warn, State::Ok, State::Ok]);
        assert_eq!(judge(None).state, State::Ok);
    }
}
