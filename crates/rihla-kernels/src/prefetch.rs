//! Asking for memory before it is needed.
//!
//! A table of gigabytes answers each look-up with a cache miss of some 100 ns. Asked for one after the
//! other, a batch of look-ups has ten or more of them in flight at once.

/// Asks for the cache line of `slice[index]`, to be read soon and more than once. Only a hint: it changes
/// nothing that can be seen but time, and does nothing where `index` is out of range or the CPU has no
/// such instruction.
#[inline(always)]
pub fn prefetch<T>(slice: &[T], index: usize) {
    if let Some(item) = slice.get(index) {
        hint(item);
    }
}

#[cfg(target_arch = "x86_64")]
#[inline(always)]
fn hint<T>(item: &T) {
    use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
    // SAFETY: SSE, which has the instruction, is part of x86-64. The address is that of a live reference,
    // and a prefetch neither faults nor changes memory whatever the address.
    unsafe { _mm_prefetch::<_MM_HINT_T0>(std::ptr::from_ref(item).cast()) };
}

#[cfg(target_arch = "aarch64")]
#[inline(always)]
fn hint<T>(item: &T) {
    // SAFETY: the address is that of a live reference, and a prefetch neither faults nor changes memory,
    // registers or flags whatever the address.
    unsafe {
        std::arch::asm!(
            "prfm pldl1keep, [{address}]",
            address = in(reg) std::ptr::from_ref(item),
            options(nostack, preserves_flags, readonly)
        );
    }
}

#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
#[inline(always)]
fn hint<T>(_item: &T) {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_index_is_taken_and_nothing_changes() {
        let words: Vec<u64> = (0..1000).collect();
        for index in [0, 1, 999, 1000, 1 << 40, usize::MAX] {
            prefetch(&words, index);
            prefetch::<u64>(&[], index);
            prefetch(&[(), ()], index);
        }
        assert!(words.iter().copied().eq(0..1000));
    }
}
