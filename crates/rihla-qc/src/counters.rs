//! Sets of counters that add up.

/// Declares a struct of plain sums: merged by adding, packed in the order of the declaration.
macro_rules! counters {
    (
        $(#[$about:meta])*
        pub struct $name:ident { $($(#[$doc:meta])* $field:ident,)* }
    ) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        pub struct $name { $($(#[$doc])* pub $field: u64,)* }

        impl $name {
            /// Adds the counts of others.
            pub fn merge(&mut self, other: &Self) {
                $(self.$field += other.$field;)*
            }
        }

        impl rihla_core::Pack for $name {
            fn pack(&self, out: &mut Vec<u8>) {
                $(self.$field.pack(out);)*
            }

            fn unpack(from: &mut rihla_core::Unpack<'_>) -> Option<Self> {
                Some(Self { $($field: from.read()?,)* })
            }
        }
    };
}

pub(crate) use counters;

/// Adds counts to counts, index by index; makes room for them.
pub(crate) fn add_all(to: &mut Vec<u64>, from: &[u64]) {
    if to.len() < from.len() {
        to.resize(from.len(), 0);
    }
    to.iter_mut().zip(from).for_each(|(mine, more)| *mine += more);
}

/// Counts one at an index; makes room for it.
pub(crate) fn add_at(to: &mut Vec<u64>, index: usize) {
    if to.len() <= index {
        to.resize(index + 1, 0);
    }
    to[index] += 1;
}
