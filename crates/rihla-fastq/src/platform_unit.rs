//! The platform unit of a read group: which flow cell and lane a read comes from.

/// Flow cell and lane in a read's name, as `FLOWCELL.LANE`, the platform unit of its read group; `None` where the
/// name is of another form.
///
/// Names since Casava 1.8 have seven fields between colons: instrument, run, flow cell, lane, tile, x, y. Older ones
/// have five: instrument, lane, tile, x, y; for these the instrument stands for the flow cell.
#[must_use]
pub fn platform_unit(name: &[u8]) -> Option<String> {
    let name = std::str::from_utf8(name).ok()?;
    let fields: Vec<&str> = name.split(':').collect();
    let (cell, lane, [tile, x, y]) = match fields[..] {
        [_, _, cell, lane, tile, x, y] => (cell, lane, [tile, x, y]),
        [instrument, lane, tile, x, y] => (instrument, lane, [tile, x, y]),
        _ => return None,
    };
    let is_number = |text: &&str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    // Behind y old names have the index.
    let is_place = [lane, tile, x].iter().all(is_number) && y.starts_with(|c: char| c.is_ascii_digit());
    (is_place && !cell.is_empty()).then(|| format!("{cell}.{lane}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_illumina_tell_the_lane() {
        for (name, expected) in [
            ("A00:12:HXXDSX:3:1101:1000:2000", Some("HXXDSX.3")),
            ("HWI-ST1:7:1101:1000:2000", Some("HWI-ST1.7")),
            ("HWI-ST1:7:1101:1000:2000#ACGT", Some("HWI-ST1.7")),
            ("A00:12::3:1101:1000:2000", None),
            ("chr20_1201944_1201833_1_0_0_0_0:0:0_0:1:0_0", None),
            ("a:b:c:d:e:f:g", None),
            ("SRR1.77", None),
            ("", None),
        ] {
            assert_eq!(platform_unit(name.as_bytes()).as_deref(), expected, "{name}");
        }
    }
}
