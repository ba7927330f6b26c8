//! Sizes such as `8G` on the command line, and what the process has used.

use std::fs;
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

#[cfg(test)]
mod tests {
    use super::*;

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
