//! Sizes that a container claims, looked at before the decoder allocates by them.
//!
//! A few bytes can claim gigabytes, and checksums do not help against who makes them. So a container is read as its
//! bytes come, and what its blocks and their codecs say of themselves is compared with limits that no CRAM of
//! short reads comes near (CRAM 3.1, sections 7 and 8; CRAM codecs 3.1).

use std::io::{self, Read};

/// Bytes of a container, and of all its blocks together when they are decompressed.
const MOST_BYTES: usize = 1 << 30;
/// Bytes of one block.
const MOST_BLOCK_BYTES: usize = 1 << 28;
/// Records of a container: `samtools` puts 10,000 into a slice, its archive profile 100,000.
const MOST_RECORDS: usize = 1 << 18;
/// Slices of a container.
const MOST_SLICES: usize = 1 << 14;

/// Content type of a slice's header.
const SLICE_HEADER: u8 = 2;
/// A stream of rANS Nx16 or of the arithmetic coder that does not say its size.
const NO_SIZE: u8 = 0x10;
/// One that is a set of streams.
const STRIPES: u8 = 0x08;
/// Bit of a name tokenizer's stream that is a copy of another.
const COPY: u8 = 0x40;

/// Reads the bytes of the next container, its header included, once its claims are looked at.
///
/// # Errors
/// `InvalidData` when it claims too much, `UnexpectedEof` when it is cut off.
pub(super) fn read_container(reader: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut head = Head { reader, bytes: &mut bytes };
    let length = head.take(4)?.try_into().map(u32::from_le_bytes).unwrap_or_default() as usize;
    (0..3).try_for_each(|_| head.itf8().map(drop))?;
    within("records", head.itf8()?, MOST_RECORDS)?;
    (0..2).try_for_each(|_| head.ltf8())?;
    head.itf8()?;
    let slices = within("slices", head.itf8()?, MOST_SLICES)?;
    (0..slices).try_for_each(|_| head.itf8().map(drop))?;
    head.take(4)?;
    within("bytes of a container", length, MOST_BYTES)?;
    let start = bytes.len();
    reader.by_ref().take(length as u64).read_to_end(&mut bytes)?;
    if bytes.len() - start < length {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    check_blocks(Fields(&bytes[start..]))?;
    Ok(bytes)
}

fn check_blocks(mut blocks: Fields<'_>) -> io::Result<()> {
    let mut sum = 0;
    // What is no block any more the decoder refuses.
    while let Some(block) = next_block(&mut blocks) {
        sum += within("bytes of a block", block.size, MOST_BLOCK_BYTES)?;
        within("bytes of all blocks", sum, MOST_BYTES)?;
        block.check()?;
    }
    Ok(())
}

struct Block<'a> {
    method: u8,
    content_type: u8,
    size: usize,
    data: &'a [u8],
}

fn next_block<'a>(from: &mut Fields<'a>) -> Option<Block<'a>> {
    let (method, content_type) = (from.byte()?, from.byte()?);
    from.itf8()?;
    let (packed, size) = (from.itf8()?, from.itf8()?);
    let data = from.take(packed)?;
    from.take(4)?;
    Some(Block { method, content_type, size, data })
}

impl Block<'_> {
    fn check(&self) -> io::Result<()> {
        let mut data = Fields(self.data);
        let claimed = match self.method {
            0 if self.content_type == SLICE_HEADER => {
                let records = (0..4).map_while(|_| data.itf8()).nth(3);
                return within("records", records.unwrap_or(0), MOST_RECORDS).map(drop);
            }
            4 => data.take(5).and_then(|_| data.u32()),
            5 | 6 => return check_stream(data, MOST_BLOCK_BYTES),
            7 => data.uint7(),
            8 => return check_names(data),
            _ => None,
        };
        within("bytes of a block", claimed.unwrap_or(0), MOST_BLOCK_BYTES).map(drop)
    }
}

/// A stream of rANS Nx16 or of the arithmetic coder.
fn check_stream(mut data: Fields<'_>, most: usize) -> io::Result<()> {
    let Some(kind) = data.byte() else { return Ok(()) };
    if kind & NO_SIZE == 0 {
        within("bytes of a stream", data.uint7().unwrap_or(0), most)?;
    }
    if kind & STRIPES == 0 {
        return Ok(());
    }
    let count = data.byte().unwrap_or(0);
    let sizes: Vec<usize> = (0..count).map_while(|_| data.uint7()).collect();
    for size in sizes {
        let Some(stripe) = data.take(size) else { break };
        // Stripes of stripes are not allowed; they would not say more here.
        if stripe.first().is_some_and(|kind| kind & STRIPES == 0) {
            check_stream(Fields(stripe), most)?;
        }
    }
    Ok(())
}

/// Streams of names by the name tokenizer.
fn check_names(mut data: Fields<'_>) -> io::Result<()> {
    within("bytes of a block", data.u32().unwrap_or(0), MOST_BLOCK_BYTES)?;
    within("names", data.u32().unwrap_or(0), MOST_RECORDS)?;
    data.byte();
    while let Some(kind) = data.byte() {
        if kind & COPY != 0 {
            data.take(2);
            continue;
        }
        let Some(stream) = data.uint7().and_then(|size| data.take(size)) else { break };
        check_stream(Fields(stream), MOST_BLOCK_BYTES)?;
    }
    Ok(())
}

fn within(what: &str, claimed: usize, most: usize) -> io::Result<usize> {
    if claimed <= most {
        return Ok(claimed);
    }
    let problem = format!("it claims {claimed} {what}, where {most} are the most");
    Err(io::Error::new(io::ErrorKind::InvalidData, problem))
}

/// The header of a container, as it is read.
struct Head<'a, R> {
    reader: &'a mut R,
    bytes: &'a mut Vec<u8>,
}

impl<R: Read> Head<'_, R> {
    fn take(&mut self, count: usize) -> io::Result<&[u8]> {
        let start = self.bytes.len();
        self.bytes.resize(start + count, 0);
        self.reader.read_exact(&mut self.bytes[start..])?;
        Ok(&self.bytes[start..])
    }

    fn itf8(&mut self) -> io::Result<usize> {
        let first = self.take(1)?[0];
        let more = (first.leading_ones() as usize).min(4);
        self.take(more)?;
        let start = self.bytes.len() - more - 1;
        Ok(Fields(&self.bytes[start..]).itf8().unwrap_or(0))
    }

    fn ltf8(&mut self) -> io::Result<()> {
        let more = self.take(1)?[0].leading_ones() as usize;
        self.take(more).map(drop)
    }
}

/// Numbers and bytes in a row.
struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn byte(&mut self) -> Option<u8> {
        self.take(1).map(|byte| byte[0])
    }

    fn u32(&mut self) -> Option<usize> {
        self.take(4)?.try_into().ok().map(|bytes| u32::from_le_bytes(bytes) as usize)
    }

    /// A negative number is a very large one.
    fn itf8(&mut self) -> Option<usize> {
        let first = self.byte()?;
        let more = (first.leading_ones() as usize).min(4);
        let rest = self.take(more)?;
        let value = match more {
            4 => {
                let upper =
                    rest[..3].iter().fold(u32::from(first & 15), |value, &byte| value << 8 | u32::from(byte));
                upper << 4 | u32::from(rest[3] & 15)
            }
            _ => rest
                .iter()
                .fold(u32::from(first) & (0xff >> more), |value, &byte| value << 8 | u32::from(byte)),
        };
        Some(value as usize)
    }

    fn uint7(&mut self) -> Option<usize> {
        let mut value = 0u64;
        for _ in 0..10 {
            let byte = self.byte()?;
            value = value << 7 | u64::from(byte & 0x7f);
            if byte & 0x80 == 0 {
                break;
            }
        }
        usize::try_from(value).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::super::number::{push_itf8, push_ltf8, push_uint7};
    use super::*;

    /// A container of one block.
    fn container(records: i32, (method, content_type): (u8, u8), size: i32, data: &[u8]) -> Vec<u8> {
        let mut block = vec![method, content_type, 0];
        push_itf8(data.len() as i32, &mut block);
        push_itf8(size, &mut block);
        block.extend_from_slice(data);
        block.extend([0; 4]);
        let mut out = (block.len() as u32).to_le_bytes().to_vec();
        [0, 1, 100, records].into_iter().for_each(|value| push_itf8(value, &mut out));
        [300, 5_000_000_000].into_iter().for_each(|value| push_ltf8(value, &mut out));
        push_itf8(1, &mut out);
        push_itf8(1, &mut out);
        push_itf8(0, &mut out);
        out.extend([0; 4]);
        out.extend(block);
        out
    }

    fn refused(bytes: &[u8]) -> String {
        read_container(&mut &bytes[..]).expect_err("refused").to_string()
    }

    fn with_uint7(first: &[u8], value: u32) -> Vec<u8> {
        let mut out = first.to_vec();
        push_uint7(value, &mut out);
        out
    }

    #[test]
    fn what_is_usual_comes_as_it_is() {
        let bytes = container(100_000, (0, 4), 5, b"names");
        let behind = [&bytes[..], b"next"].concat();
        let mut reader = &behind[..];
        assert_eq!(read_container(&mut reader).expect("fine"), bytes);
        assert_eq!(reader, b"next");
        for end in 0..bytes.len() {
            let error = read_container(&mut &bytes[..end]).expect_err("cut off");
            assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof, "at {end}");
        }
    }

    #[test]
    fn claims_without_bound_are_refused() {
        assert!(refused(&container(300_000, (0, 4), 1, b"x")).contains("300000 records"));
        assert!(refused(&container(-1, (0, 4), 1, b"x")).contains("records"));
        assert!(refused(&container(1, (1, 4), 1 << 29, b"x")).contains("bytes of a block"));
        let mut slice = Vec::new();
        [0, 1, 100, 1 << 28].into_iter().for_each(|value| push_itf8(value, &mut slice));
        assert!(refused(&container(1, (0, SLICE_HEADER), slice.len() as i32, &slice)).contains("records"));
        let large = (1u32 << 30).to_le_bytes();
        assert!(
            refused(&container(1, (4, 4), 9, &[&[0; 5][..], &large].concat())).contains("bytes of a block")
        );
        assert!(refused(&container(1, (8, 4), 9, &[&[9, 0, 0, 0][..], &large].concat())).contains("names"));
        for (method, kind) in [(5, 0), (6, 1)] {
            let stream = with_uint7(&[kind], 1 << 30);
            assert!(refused(&container(1, (method, 4), 9, &stream)).contains("bytes of a stream"));
            let size = stream.len() as u8;
            let stripes = [&with_uint7(&[STRIPES], 9)[..], &[1, size], &stream].concat();
            assert!(refused(&container(1, (method, 4), 9, &stripes)).contains("bytes of a stream"));
            let names = [&[9, 0, 0, 0, 1, 0, 0, 0, 0, 1, size][..], &stream].concat();
            assert!(refused(&container(1, (8, 4), 9, &names)).contains("bytes of a stream"));
        }
        assert!(refused(&container(1, (7, 4), 9, &with_uint7(&[], 1 << 30))).contains("bytes of a block"));
    }
}
