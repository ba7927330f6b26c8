//! What the machine gives: instructions, cores, memory, pages.

use std::fs;
use std::path::Path;

use rihla_kernels::SimdLevel;

use super::finding::Finding;
use crate::context::Context;
use crate::memory::{available_bytes, gigabytes, limit_bytes};
use crate::pipeline::room;

/// The kernels that will be used.
pub fn kernels(context: &Context) -> Finding {
    let available: Vec<String> = SimdLevel::available().iter().map(ToString::to_string).collect();
    let chosen = context.simd.level();
    let found = format!("kernels {chosen}, of {} that this CPU runs", available.join(", "));
    match chosen {
        SimdLevel::Scalar => Finding::warn(
            "cpu",
            found,
            "results are the same, but a run takes several times as long; use a machine with AVX2 or NEON, and leave \
             --simd out",
        ),
        SimdLevel::Sse41 => {
            Finding::warn("cpu", found, "results are the same, but slower than with AVX2; leave --simd out")
        }
        _ => Finding::ok("cpu", found),
    }
}

/// Cores that this process may use: affinity and control groups are heeded.
pub fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// Threads against cores.
pub fn threads(context: &Context, cores: usize) -> Finding {
    let threads = context.threads();
    let found = format!("{threads}, on {cores} cores that this process may use");
    if threads > cores {
        return Finding::warn("threads", found, format!("they wait for each other; give --threads {cores}"));
    }
    Finding::ok("threads", found)
}

/// `--memory` and the index against what there is.
pub fn memory(context: &Context, index_bytes: u64) -> Vec<Finding> {
    let mut findings = Vec::new();
    let least = room::least(context.threads());
    if context.memory < least {
        findings.push(Finding::warn(
            "memory",
            format!("--memory {}M is less than {} threads take", context.memory >> 20, context.threads()),
            format!("give {}M or more, or fewer --threads", least >> 20),
        ));
    }
    let Some(limit) = limit_bytes() else {
        findings.push(Finding::ok("memory", "the system does not tell its limits"));
        return findings;
    };
    let wanted = context.memory.saturating_add(index_bytes);
    let found = format!(
        "--memory {}M and {} of index, of {} that this process may have",
        context.memory >> 20,
        gigabytes(index_bytes),
        gigabytes(limit)
    );
    findings.push(if wanted > limit {
        let rest = limit.saturating_sub(index_bytes) / 10 * 9;
        let remedy = if rest > least {
            format!("a large run would be killed; give --memory {}M or less", rest >> 20)
        } else {
            "use a larger machine, or raise the job's limit of memory".to_owned()
        };
        Finding::fail("memory", found, remedy)
    } else if let Some(free) = available_bytes().filter(|&free| free < wanted) {
        let remedy = format!("only {} are free now; wait, or give less", gigabytes(free));
        Finding::warn("memory", found, remedy)
    } else {
        Finding::ok("memory", found)
    });
    findings
}

/// Whether an index may lie on huge pages, and how much of this one, which was read, does.
pub fn huge_pages(index: Option<&Path>) -> Finding {
    const TOPIC: &str = "huge pages";
    const PATH: &str = "/sys/kernel/mm/transparent_hugepage/enabled";
    let Ok(text) = fs::read_to_string(PATH) else { return Finding::ok(TOPIC, "none on this system") };
    let chosen = text.split(['[', ']']).nth(1).unwrap_or("unknown").to_owned();
    match chosen.as_str() {
        "never" => Finding::warn(
            TOPIC,
            "switched off",
            format!("look-ups in a large index are slower; as root: echo madvise > {PATH}"),
        ),
        _ => match index.and_then(share_on_huge_pages) {
            Some(share) => Finding::ok(TOPIC, format!("{chosen}, {:.0} % of the index", 100.0 * share)),
            None => Finding::ok(TOPIC, chosen),
        },
    }
}

fn share_on_huge_pages(file: &Path) -> Option<f64> {
    let path = fs::canonicalize(file).ok()?;
    share_in(&fs::read_to_string("/proc/self/smaps").ok()?, path.to_str()?)
}

/// The share of a mapped file's resident memory that lies on huge pages, by the text of `smaps` (Linux, proc(5)).
fn share_in(smaps: &str, path: &str) -> Option<f64> {
    let (mut inside, mut resident, mut huge) = (false, 0u64, 0u64);
    for line in smaps.lines() {
        match line.split_once(':') {
            Some((name, size))
                if name.bytes().all(|letter| letter.is_ascii_alphanumeric() || letter == b'_') =>
            {
                let kilobytes =
                    || size.split_whitespace().next().and_then(|number| number.parse::<u64>().ok());
                match name {
                    "Rss" if inside => resident += kilobytes()?,
                    "FilePmdMapped" if inside => huge += kilobytes()?,
                    _ => {}
                }
            }
            // The head of a mapping: addresses, rights, offset, device, inode, path.
            _ => {
                inside = line
                    .split_whitespace()
                    .nth(5)
                    .is_some_and(|first| line[line.find(first).unwrap_or(0)..] == *path)
            }
        }
    }
    (resident > 0).then(|| huge as f64 / resident as f64)
}

#[cfg(test)]
mod tests {
    use super::super::finding::State;
    use super::*;
    use crate::cli::{BriefRunArgs, RunArgs};
    use crate::memory::ByteSize;

    fn context(memory: u64) -> Context {
        let brief = BriefRunArgs { threads: Some(2), quiet: true };
        let args = RunArgs { memory: ByteSize(memory), ..RunArgs::from(&brief) };
        Context::new(&args).expect("valid")
    }

    #[test]
    fn more_threads_than_cores_are_told() {
        let two = context(1 << 30);
        assert_eq!((threads(&two, 2).state, threads(&two, 1).state), (State::Ok, State::Warn));
    }

    #[test]
    fn huge_pages_of_a_file_are_told_from_others() {
        let mapping = |path: &str, resident: u32, huge: u32| {
            format!(
                "7f0000200000-7f0000400000 r--s 00000000 fe:00 53                         {path}\nSize: 2048 kB\nRss: {resident} kB\n\
                 FilePmdMapped: {huge} kB\nVmFlags: rd mr me ms hg\n"
            )
        };
        let all = [
            mapping("/a/ref 1.fa.rhx", 3072, 2048),
            mapping("/a/ref", 9, 9),
            mapping("", 5, 0),
            mapping("/a/ref 1.fa.rhx", 1024, 0),
            mapping("/b", 8, 0),
        ]
        .concat();
        assert_eq!(share_in(&all, "/a/ref 1.fa.rhx"), Some(0.5));
        assert_eq!(share_in(&all, "/b"), Some(0.0));
        assert_eq!(share_in(&all, "/c"), None);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn memory_that_is_not_there_fails_and_little_warns() {
        let states = |memory, index| memory_states(&context(memory), index);
        assert_eq!(states(1 << 50, 0), [State::Fail]);
        assert_eq!(states(1 << 30, 1 << 50), [State::Fail]);
        assert_eq!(states(100 << 20, 0), [State::Warn, State::Ok]);
    }

    fn memory_states(context: &Context, index: u64) -> Vec<State> {
        memory(context, index).iter().map(|finding| finding.state).collect()
    }
}
