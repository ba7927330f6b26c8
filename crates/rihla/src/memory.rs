//! Sizes such as `8G` on the command line, and what the process has used.

use std::fs;
use std::path::Path;
use std::str::FromStr;

/// A number of bytes, written `512M`, `8G` or plain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ByteSize(pub u64);

impl FromStr for ByteSize {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let lower = text.trim().to_ascii_lowercase();
        let lower = lower.trim_end_matches('b').trim_end_matches('i');
        let digits = lower.trim_end_matches(|c: char| c.is_ascii_alphabetic());
        let factor: u64 = match &lower[digits.len()..] {
            "" => 1,
            "k" => 1 << 10,
            "m" => 1 << 20,
            "g" => 1 << 30,
            "t" => 1 << 40,
            unit => return Err(format!("unknown unit {unit:?} in {text:?}: write 512M or 8G")),
        };
        let number: f64 = digits.parse().map_err(|_| format!("{text:?} is no size: write 512M or 8G"))?;
        if !(number > 0.0 && number.is_finite()) {
            return Err(format!("{text:?} is no size: it must be above zero"));
        }
        Ok(Self((number * factor as f64) as u64))
    }
}

/// Highest resident memory of this process in bytes, where the system tells.
#[must_use]
pub fn peak_bytes() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: u64 = line.trim().strip_suffix(" kB")?.trim().parse().ok()?;
    Some(kilobytes * 1024)
}

/// User and system CPU seconds of this process so far, where the system tells.
#[must_use]
pub fn cpu_seconds() -> Option<f64> {
    let stat = fs::read_to_string("/proc/self/stat").ok()?;
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks: u64 = fields.get(11)?.parse::<u64>().ok()? + fields.get(12)?.parse::<u64>().ok()?;
    // Linux fixes the clock tick that user space sees (USER_HZ) at 100 on every architecture we build for.
    Some(ticks as f64 / 100.0)
}

/// Memory in bytes that this process may have: the machine's, or that of the control groups that it is in (a container's,
/// a batch system's), whichever is least. `None` where the system does not tell.
#[must_use]
pub fn limit_bytes() -> Option<u64> {
    let groups = fs::read_to_string("/proc/self/cgroup").unwrap_or_default();
    [group_limit(&groups, Path::new("/sys/fs/cgroup")), fact("MemTotal:")].into_iter().flatten().min()
}

/// Memory in bytes that is not in use on this machine, where the system tells.
#[must_use]
pub fn available_bytes() -> Option<u64> {
    fact("MemAvailable:")
}

/// A number of /proc/meminfo, in bytes.
fn fact(name: &str) -> Option<u64> {
    let facts = fs::read_to_string("/proc/meminfo").ok()?;
    let line = facts.lines().find_map(|line| line.strip_prefix(name))?;
    Some(line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()? << 10)
}

/// The least limit of the control groups that `/proc/self/cgroup` lists, of either version, and of those above them.
/// Inside a container the own group is mounted as the root.
fn group_limit(groups: &str, root: &Path) -> Option<u64> {
    let number = |path: &Path| fs::read_to_string(path).ok()?.trim().parse::<u64>().ok();
    let mut limits = Vec::new();
    for line in groups.lines() {
        let mut parts = line.splitn(3, ':').skip(1);
        let (Some(controllers), Some(path)) = (parts.next(), parts.next()) else { continue };
        let (base, name) = match controllers {
            "" => (root.to_owned(), "memory.max"),
            text if text.split(',').any(|one| one == "memory") => {
                (root.join("memory"), "memory.limit_in_bytes")
            }
            _ => continue,
        };
        let own = base.join(path.trim_start_matches('/'));
        let up = own.ancestors().take_while(|folder| folder.starts_with(&base));
        limits.extend(up.filter_map(|folder| number(&folder.join(name))));
    }
    limits.into_iter().min()
}

/// Bytes in words.
#[must_use]
pub fn gigabytes(bytes: u64) -> String {
    match bytes as f64 {
        bytes if bytes < 1e9 => format!("{:.1} MB", bytes / 1e6),
        bytes => format!("{:.1} GB", bytes / 1e9),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_limit_of_nested_groups_counts() {
        let root = tempfile::tempdir().expect("a folder");
        let job = root.path().join("slurm/job_7/step_0");
        fs::create_dir_all(&job).expect("made");
        let write = |path: &str, text: &str| fs::write(root.path().join(path), text).expect("written");
        write("slurm/job_7/step_0/memory.max", "max\n");
        assert_eq!(group_limit("0::/slurm/job_7/step_0\n", root.path()), None);
        write("slurm/job_7/memory.max", "4000000000\n");
        assert_eq!(group_limit("0::/slurm/job_7/step_0\n", root.path()), Some(4_000_000_000));
        write("memory.max", "1000\n");
        assert_eq!(group_limit("0::/slurm/job_7/step_0\n", root.path()), Some(1_000));
        fs::create_dir_all(root.path().join("memory/docker/x")).expect("made");
        write("memory/docker/x/memory.limit_in_bytes", "77\n");
        assert_eq!(group_limit("5:cpu,memory:/docker/x\n3:pids:/y\n", root.path()), Some(77));
        assert_eq!(group_limit("5:memory:/elsewhere\n", root.path()), None);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn this_machine_has_memory() {
        assert!(limit_bytes() > Some(100 << 20) && available_bytes() > Some(0));
    }

    #[test]
    fn sizes() {
        assert_eq!("8G".parse(), Ok(ByteSize(8 << 30)));
        assert_eq!("512MiB".parse(), Ok(ByteSize(512 << 20)));
        assert_eq!("1.5k".parse(), Ok(ByteSize(1536)));
        assert_eq!("100".parse(), Ok(ByteSize(100)));
        for bad in ["", "G", "8X", "-1G", "0"] {
            assert!(bad.parse::<ByteSize>().is_err(), "{bad}");
        }
    }
}
