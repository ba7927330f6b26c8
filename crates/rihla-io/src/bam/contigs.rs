//! Contigs of a BAM against those of the reference.

use rihla_core::{Contig, Contigs};

const REMEDY: &str = "give the reference that the reads were aligned to";

/// Contig ids of a file and of the reference, each by the other.
pub(crate) struct IdMap {
    reference_of: Vec<u32>,
    file_of: Vec<Option<u32>>,
}

impl IdMap {
    /// Pairs the contigs by name; the reference may have more.
    ///
    /// # Errors
    /// In words, about the first contig that the reference lacks or has with another length or MD5.
    pub(crate) fn new(file: &Contigs, reference: &Contigs) -> Result<Self, String> {
        let mut map = Self { reference_of: Vec::new(), file_of: vec![None; reference.len()] };
        for (id, contig) in file.iter().enumerate() {
            let known = reference.id(&contig.name).ok_or_else(|| not_there(&contig.name, reference))?;
            check_same(contig, reference.get(known))?;
            map.reference_of.push(known);
            map.file_of[known as usize] = Some(id as u32);
        }
        Ok(map)
    }

    /// The file's id of a reference's contig.
    pub(crate) fn in_file(&self, contig: u32) -> Option<u32> {
        self.file_of.get(contig as usize).copied().flatten()
    }

    /// Changes the contig ids of a packed record, its mate's too, from the file's to the reference's.
    ///
    /// # Errors
    /// In words, about an id that the header lacks.
    pub(crate) fn to_reference(&self, record: &mut [u8]) -> Result<(), String> {
        for at in [0, 20] {
            let field: &mut [u8; 4] = (&mut record[at..at + 4]).try_into().expect("four bytes");
            let Ok(id) = usize::try_from(i32::from_le_bytes(*field)) else { continue };
            let known = self.reference_of.get(id);
            let known =
                known.ok_or_else(|| format!("it names contig number {id}, which the header lacks"))?;
            *field = known.to_le_bytes();
        }
        Ok(())
    }
}

fn not_there(name: &str, reference: &Contigs) -> String {
    match reference.suggestion(name) {
        Some(other) => {
            format!("its contig {name} is called {other} in the reference; the names must be the same")
        }
        None => format!("its contig {name} is not in the reference; {REMEDY}"),
    }
}

fn check_same(contig: &Contig, expected: &Contig) -> Result<(), String> {
    let (name, has, wants) = (&contig.name, contig.length, expected.length);
    if has != wants {
        return Err(format!("its contig {name} has {has} bases, but {wants} in the reference; {REMEDY}"));
    }
    let unknown = [0; 16];
    if contig.md5 != unknown && expected.md5 != unknown && contig.md5 != expected.md5 {
        let (has, wants) = (contig.md5_hex(), expected.md5_hex());
        let problem =
            format!("its contig {name} has another sequence (MD5 {has}) than the reference's (MD5 {wants})");
        return Err(format!("{problem}; {REMEDY}"));
    }
    Ok(())
}
