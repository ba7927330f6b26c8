//! Text taken in parts, whose blocks are inflated by somebody else, is the text of the stream itself.

use rihla_fastq::{FastqReader, Inflater, Input, ReadOptions, StreamFault, TextPart, TextStream};

use crate::{OwnedRead, bgzip, gzip, owned, records, zstd};

/// A stream read part by part.
struct InParts {
    stream: Box<dyn TextStream>,
    part: TextPart,
    given: usize,
    end: Option<Result<usize, StreamFault>>,
    inflater: Inflater,
}

impl InParts {
    fn over(stream: Box<dyn TextStream>) -> Box<dyn TextStream> {
        let (part, inflater) = (TextPart::default(), Inflater::default());
        Box::new(Self { stream, part, given: 0, end: None, inflater })
    }
}

impl TextStream for InParts {
    fn read(&mut self, out: &mut [u8]) -> Result<usize, StreamFault> {
        while self.given == self.part.text().len() {
            if let Some(end) = self.end.take() {
                return end;
            }
            let more = self.stream.read_part(&mut self.part);
            self.given = 0;
            let inflated = self.part.inflate(&mut self.inflater);
            self.end = match (inflated, more) {
                (Err(fault), _) | (_, Err(fault)) => Some(Err(fault)),
                (_, Ok(false)) => Some(Ok(0)),
                _ => None,
            };
        }
        let text = &self.part.text()[self.given..];
        let count = out.len().min(text.len());
        out[..count].copy_from_slice(&text[..count]);
        self.given += count;
        Ok(count)
    }

    fn unmarked_end(&self) -> bool {
        self.stream.unmarked_end()
    }
}

/// The reads of the whole batches, then what was said of the rest.
fn outcome(file: &[u8], in_parts: bool) -> (Vec<OwnedRead>, Result<Vec<String>, String>) {
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("reads");
    std::fs::write(&path, file).expect("written");
    // Batches of one read, so that all reads before a fault are seen.
    let options = ReadOptions { batch_bases: 1, ..ReadOptions::default() };
    let wrap = |stream| if in_parts { InParts::over(stream) } else { stream };
    let mut reader = FastqReader::open_with(&[Input::from(&path)], options, wrap).expect("opened");
    let unnamed = |text: String| text.replace(&path.display().to_string(), "reads");
    let (mut reads, mut fault) = (Vec::new(), None);
    for batch in reader.by_ref() {
        match batch {
            Ok(batch) => reads.extend(owned(&[batch])),
            Err(error) => fault = Some(unnamed(error.to_string())),
        }
    }
    let warnings = reader.warnings().into_iter().map(|warning| unnamed(warning.to_string())).collect();
    (reads, fault.map_or(Ok(warnings), Err))
}

#[test]
fn parts_are_the_stream() {
    // Enough text for several parts.
    let text = records(20_000, "");
    let half = text.len() / 2;
    let files = [
        text.clone(),
        gzip(&text),
        text.chunks(70_000).flat_map(gzip).collect(),
        bgzip(&text, 65_280),
        bgzip(&text, 7_000),
        zstd(&text),
        [bgzip(b"", 9).repeat(3_000), bgzip(&text, 65_280)].concat(),
        [bgzip(&text[..half], 65_280), gzip(&text[half..])].concat(),
        [gzip(&text[..half]), bgzip(&text[half..], 65_280)].concat(),
        [
            gzip(&text[..half]),
            gzip(b""),
            bgzip(b"", 9),
            bgzip(&text[half..half + 9], 5),
            gzip(&text[half + 9..]),
        ]
        .concat(),
    ];
    for (i, file) in files.iter().enumerate() {
        let (reads, said) = outcome(file, true);
        assert_eq!((reads.len(), &said), (20_000, &Ok(vec![])), "file {i}");
        assert!(reads == outcome(file, false).0, "file {i}");
    }
}

#[test]
fn faults_are_told_as_the_stream_tells_them() {
    let text = records(3_000, "");
    let half = text.len() / 2;
    let block = 3_333;
    let mixed = [bgzip(&text[..half], block), gzip(&text[half..])].concat();
    for whole in [bgzip(&text, block), mixed, [bgzip(&text, block), b"@r".to_vec()].concat()] {
        let step = whole.len() / 97;
        for at in (0..whole.len()).step_by(step) {
            let cut = &whole[..at];
            assert!(outcome(cut, true) == outcome(cut, false), "cut at {at}");
            let mut bad = whole.clone();
            bad[at] ^= 4;
            assert!(outcome(&bad, true) == outcome(&bad, false), "flipped at {at}");
        }
    }
}
