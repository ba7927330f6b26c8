//! Optical duplicates: duplicates whose clusters lay side by side on the flow cell.
//!
//! Where a cluster lay is read from the read's name as Picard does by default (its documentation of
//! `READ_NAME_REGEX`): of 5 or 7 fields between colons the last three are tile, x and y.

/// Sets of more duplicates than this are not searched, as in Picard (`MAX_OPTICAL_DUPLICATE_SET_SIZE`).
const LARGEST_SET: usize = 300_000;

/// Place of a cluster on a flow cell; all fields -1 when the name does not tell.
///
/// All three wrap at 16 bits, as in Picard (`PhysicalLocationShort`): the order of two sites breaks ties between
/// duplicates, and clusters on two sides of such a seam are not near.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Site {
    pub(crate) tile: i16,
    pub(crate) x: i16,
    pub(crate) y: i16,
}

impl Site {
    pub(crate) const UNKNOWN: Self = Self { tile: -1, x: -1, y: -1 };

    /// The site in a read name.
    pub(crate) fn of_name(name: &[u8]) -> Self {
        // A colon at the very start opens no field of its own.
        let colons = name.iter().filter(|&&byte| byte == b':').count();
        let fields = colons + usize::from(name.first() != Some(&b':'));
        if fields != 5 && fields != 7 {
            return Self::UNKNOWN;
        }
        let mut last = name.rsplit(|&byte| byte == b':').map(leading_number);
        match (last.next().flatten(), last.next().flatten(), last.next().flatten()) {
            (Some(y), Some(x), Some(tile)) => Self { tile: tile as i16, x: x as i16, y: y as i16 },
            _ => Self::UNKNOWN,
        }
    }

    const fn is_known(self) -> bool {
        self.tile != -1
    }
}

/// The number that a field begins with, wrapped to 32 bits; `None` when it begins with none.
fn leading_number(field: &[u8]) -> Option<i32> {
    let (negative, digits) = match field.strip_prefix(b"-") {
        Some(rest) => (true, rest),
        None => (false, field),
    };
    let end = digits.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(digits.len());
    let push = |value: i32, &digit: &u8| value.wrapping_mul(10).wrapping_add(i32::from(digit - b'0'));
    let value = digits[..end].iter().fold(0, push);
    (end > 0).then_some(if negative { value.wrapping_neg() } else { value })
}

/// How many of the duplicates of one set, of each the read group and the site, are optical: all but one of
/// every cluster, where two are in one cluster when a chain of sites on their tile links them, each within
/// `pixels` of the next in x and in y. A lane is a read group, and tiles of two lanes are two tiles. Sorts the
/// sites.
pub(crate) fn count(sites: &mut [(u16, Site)], pixels: u32) -> u64 {
    if sites.len() < 2 || sites.len() > LARGEST_SET {
        return 0;
    }
    sites.sort_unstable();
    let known = &sites[..];
    let mut parent: Vec<u32> = (0..known.len() as u32).collect();
    let mut merged = 0;
    for (i, (group, site)) in known.iter().enumerate().filter(|(_, (_, site))| site.is_known()) {
        let near_in_x = known[i + 1..].iter().take_while(|(other_group, other)| {
            other_group == group && other.tile == site.tile && u32::from(other.x.abs_diff(site.x)) <= pixels
        });
        for (j, (_, other)) in near_in_x.enumerate() {
            if u32::from(other.y.abs_diff(site.y)) <= pixels {
                let (a, b) = (root(&mut parent, i as u32), root(&mut parent, (i + 1 + j) as u32));
                if a != b {
                    parent[b as usize] = a;
                    merged += 1;
                }
            }
        }
    }
    merged
}

/// The representative of `i` in a forest of sets, halving the path to it.
fn root(parent: &mut [u32], mut i: u32) -> u32 {
    while parent[i as usize] != i {
        let grandparent = parent[parent[i as usize] as usize];
        parent[i as usize] = grandparent;
        i = grandparent;
    }
    i
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn site(tile: i16, x: i16, y: i16) -> Site {
        Site { tile, x, y }
    }

    #[test]
    fn names() {
        for (name, expected) in [
            ("SIM65168:1:FC42:2:1213:28583:44145", site(1213, 28583, -21391)),
            ("HWI-ST1:3:68:290:12#0/1", site(68, 290, 12)),
            ("a:b:-3x:4:5", site(-3, 4, 5)),
            ("a:b:70000:4:5", site(4464, 4, 5)),
            (":a:b:1:2:3", site(1, 2, 3)),
            (":a:1:2:3", Site::UNKNOWN),
            ("a:b:c:1:2:3", Site::UNKNOWN),
            ("a:b:1::3", Site::UNKNOWN),
            ("a:b:one:2:3", Site::UNKNOWN),
            ("SRR1.77", Site::UNKNOWN),
            ("", Site::UNKNOWN),
        ] {
            assert_eq!(Site::of_name(name.as_bytes()), expected, "{name}");
        }
    }

    #[test]
    fn clusters_are_linked_by_chains_and_stay_on_a_tile() {
        let mut chain = [(0, 0), (100, 100), (200, 200), (301, 200)].map(|(x, y)| (7, site(1, x, y)));
        assert_eq!(count(&mut chain, 100), 2);
        let mut tiles = [site(1, 0, 0), site(2, 0, 0), Site::UNKNOWN, Site::UNKNOWN].map(|site| (7, site));
        assert_eq!(count(&mut tiles, 100), 0);
        let mut lanes = [7, 8].map(|group| (group, site(1, 0, 0)));
        assert_eq!(count(&mut lanes, 100), 0);
    }

    proptest! {
        #[test]
        fn as_many_as_by_all_pairs(
            points in prop::collection::vec((0u16..2, 0i16..3, 0i16..60, 0i16..60), 0..40), pixels in 0u32..12,
        ) {
            let mut sites: Vec<(u16, Site)> =
                points.iter().map(|&(group, tile, x, y)| (group, site(tile - 1, x, y))).collect();
            let near = |(one, a): &(u16, Site), (two, b): &(u16, Site)| {
                one == two && a.tile != -1 && a.tile == b.tile && u32::from(a.x.abs_diff(b.x)) <= pixels && u32::from(a.y.abs_diff(b.y)) <= pixels
            };
            let mut label: Vec<usize> = (0..sites.len()).collect();
            for _ in 0..sites.len() {
                for i in 0..sites.len() {
                    for j in 0..sites.len() {
                        if near(&sites[i], &sites[j]) {
                            label[i] = label[i].min(label[j]);
                        }
                    }
                }
            }
            let clusters = label.iter().enumerate().filter(|&(i, &l)| i == l).count();
            prop_assert_eq!(count(&mut sites, pixels), (label.len() - clusters) as u64);
        }
    }
}
