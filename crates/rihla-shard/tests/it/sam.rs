//! Records as SAM text, to talk to other programs.

use rihla_core::record::Placement;
use rihla_core::{Cigar, Contig, Contigs, RecordArena, RecordBuilder, RecordRef};

/// A whole SAM file of records in coordinate order.
pub fn write(contigs: &Contigs, records: &RecordArena) -> String {
    let mut text = String::from("@HD\tVN:1.6\tSO:coordinate\n");
    for contig in contigs.iter() {
        text += &format!("@SQ\tSN:{}\tLN:{}\n", contig.name, contig.length);
    }
    text += "@RG\tID:g\tSM:s\tLB:l\n";
    records.iter().for_each(|record| text += &line(contigs, &record));
    text
}

fn line(contigs: &Contigs, record: &RecordRef<'_>) -> String {
    let name = |contig: Option<u32>| contig.map_or("*", |id| &contigs.get(id).name);
    let place = |position: Option<u32>| position.map_or(0, |position| position + 1);
    let mut codes = Vec::new();
    record.sequence_into(&mut codes);
    let letters: String = codes.iter().map(|&code| char::from(b"ACGTN"[usize::from(code)])).collect();
    let qualities: String = record.qualities().iter().map(|&q| char::from(q + 33)).collect();
    format!(
        "{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\tRG:Z:g\n",
        String::from_utf8_lossy(record.name()),
        record.flags(),
        name(record.contig()),
        place(record.position()),
        record.mapq(),
        record.cigar().collect::<Cigar>(),
        name(record.mate_contig()),
        place(record.mate_position()),
        record.template_length(),
        letters,
        qualities,
    )
}

/// The contigs of a SAM header.
pub fn contigs(text: &str) -> Contigs {
    let contig = |line: &str| {
        let field = |tag: &str| line.split('\t').find_map(|field| field.strip_prefix(tag)).expect("present");
        Contig { name: field("SN:").into(), length: field("LN:").parse().expect("a number"), md5: [0; 16] }
    };
    Contigs::new(text.lines().filter(|line| line.starts_with("@SQ")).map(contig).collect())
}

/// Parses the lines of a SAM file that is grouped by name; returns the records and, for every
/// template, where its records end. Tags are dropped.
pub fn parse(contigs: &Contigs, text: &str) -> (RecordArena, Vec<u32>) {
    let (mut records, mut ends) = (RecordArena::new(), Vec::new());
    let mut last = "";
    for line in text.lines().filter(|line| !line.starts_with('@')) {
        let fields: Vec<&str> = line.split('\t').collect();
        if fields[0] != last && !last.is_empty() {
            ends.push(records.len() as u32);
        }
        last = fields[0];
        push(&mut records, contigs, &fields);
    }
    if !last.is_empty() {
        ends.push(records.len() as u32);
    }
    (records, ends)
}

fn push(records: &mut RecordArena, contigs: &Contigs, fields: &[&str]) {
    let number = |i: usize| fields[i].parse::<i64>().expect("a number");
    let place = |contig: &str, position: i64| {
        contigs.id(contig).map(|contig| (contig, u32::try_from(position - 1).expect("a position")))
    };
    let mate = if fields[6] == "=" { fields[2] } else { fields[6] };
    let placement = Placement {
        flags: number(1) as u16,
        place: place(fields[2], number(3)),
        mapq: number(4) as u8,
        mate: place(mate, number(7)),
        template_length: number(8) as i32,
    };
    let code = |letter: u8| b"ACGT".iter().position(|&base| base == letter).unwrap_or(4) as u8;
    let codes: Vec<u8> = fields[9].bytes().map(code).collect();
    let qualities: Vec<u8> = fields[10].bytes().map(|byte| byte - 33).collect();
    let cigar = Cigar::parse(fields[5]).expect("a CIGAR");
    RecordBuilder::start(records, &placement, fields[0].as_bytes(), cigar.ops(), &codes, &qualities).finish();
}
