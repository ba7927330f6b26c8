//! Trains the model that scores calls (`rihla_call::score`), and writes it as source; see `docs/model.md`.
//!
//! ```sh
//! cargo run --release --package rihla-benches --example train-score -- OUT.rs REF.fa,CALLS.vcf.gz,TRUTH.vcf.gz,TRUTH.bed,WEIGHT ...
//! ```
//!
//! The calls are made with `--score features`. Every other megabase is trained on; those of the others that pass the hard
//! filters tell how well the model does where it has not been, beside the one that is compiled in.

#![allow(clippy::print_stdout, reason = "what it says is its output")]

mod boosting;
mod calls;

use std::fmt::Write;
use std::path::PathBuf;

use boosting::{Cases, Fit, fit, loss};
use calls::{LabelledCall, Set, is_trained_on};
use rihla_call::options::FilterOptions;
use rihla_call::score::features::{COUNT, NAMES};
use rihla_call::score::table;
use rihla_call::score::trees::{Ensemble, Tree};

const ROUNDS: usize = 240;
const RATE: f64 = 0.05;
const RIDGE: f64 = 20.0;
const LEAST: f64 = 5.0;
/// Natural logarithm of the factor by which a sample's slips are blurred.
const BLUR: f64 = 0.7;

/// More of these may only speak for a call, or only against it.
const DIRECTIONS: [(&str, i8); 9] = [
    ("quality", 1),
    ("genotype_quality", 1),
    ("alternate_reads", 1),
    ("alternate_mapping_quality", 1),
    ("alternate_edits", -1),
    ("alternate_base_quality", 1),
    ("strand_odds_ratio", -1),
    ("mapping_quality_rank_sum", 1),
    ("run_slips", -1),
];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let out = PathBuf::from(arguments.next().ok_or("give the file to write, then the sets")?);
    let mut all = Vec::new();
    let arguments: Vec<String> = arguments.collect();
    for (number, argument) in arguments.iter().enumerate() {
        let parts: Vec<&str> = argument.split(',').collect();
        let [reference, calls, truth, bed, weight] = parts[..] else {
            return Err(format!("{argument}: give REF.fa,CALLS.vcf.gz,TRUTH.vcf.gz,TRUTH.bed,WEIGHT").into());
        };
        let [reference, calls, truth, bed] = [reference, calls, truth, bed].map(PathBuf::from);
        let calls = calls::read(&Set { number, reference, calls, truth, bed, weight: weight.parse()? })?;
        let wrong = calls.iter().filter(|call| !call.has_allele).count();
        let passing = calls.iter().filter(|call| call.is_pass).count();
        println!(
            "{argument}: {} calls, of which {passing} pass and {wrong} have a false allele",
            calls.len()
        );
        all.extend(calls);
    }
    // What hard filters refuse is false for the same causes as what they let pass, and there is more of it to learn from; what
    // the model is for is judged by what they let pass.
    let (mut trained, mut kept): (Vec<_>, Vec<_>) =
        all.into_iter().partition(|call| is_trained_on(call.contig, call.position));
    trained.iter_mut().for_each(blur_slips);
    kept.retain(|call| call.is_pass);
    let alleles = train("alleles", [&trained, &kept], |call| call.has_allele);
    say_by_set(&arguments, &kept, |call| call.has_allele, [&table::ALLELES, &ensemble(&alleles)]);
    let genotype = train("genotype", [&trained, &kept], |call| call.has_genotype);
    say_by_set(&arguments, &kept, |call| call.has_genotype, [&table::GENOTYPE, &ensemble(&genotype)]);
    let mut text = String::from(
        "//! The model's trees; written by `train-score`, not by hand.\n\n#![allow(clippy::all, clippy::pedantic)]\n\n\
         use super::trees::{Ensemble, Tree};\n",
    );
    write_model(&mut text, "ALLELES", "Whether the ALT alleles are there.", &alleles)?;
    write_model(&mut text, "GENOTYPE", "Whether the genotype is right.", &genotype)?;
    std::fs::write(&out, text)?;
    Ok(())
}

/// How often a sample's reads slip is one number for all of its calls, and there are few samples: between those that slip seldom and
/// those that do often a tree would make one step. In libraries slips go along with other errors only so far: each call has the
/// number times or divided by something about two, drawn by its place.
fn blur_slips(call: &mut LabelledCall) {
    let slips = NAMES.iter().position(|&name| name == "run_slips").expect("a known feature");
    let seed = (call.set as u64) << 40 ^ u64::from(call.contig) << 32 ^ u64::from(call.position);
    // SplitMix64; the sum of twelve uniform draws, less six, is nearly normal.
    let draw = |i: u64| {
        let mut z = seed.wrapping_mul(12).wrapping_add(i).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        z = (z ^ z >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ z >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ z >> 31) as f64 / u64::MAX as f64
    };
    let normal = (0..12).map(draw).sum::<f64>() - 6.0;
    call.features[slips] *= (BLUR * normal).exp() as f32;
}

type Model = (f32, Vec<Tree>);

fn train(name: &str, [trained, kept]: [&[LabelledCall]; 2], answer: impl Fn(&LabelledCall) -> bool) -> Model {
    let mut directions = [0; COUNT];
    for (feature, direction) in DIRECTIONS {
        let at = NAMES.iter().position(|&name| name == feature).expect("a known feature");
        directions[at] = direction;
    }
    let [cases, held] = [trained, kept].map(|calls| cases_of(calls.iter(), &answer));
    let options = Fit { rounds: ROUNDS, rate: RATE, ridge: RIDGE, least: LEAST, directions: &directions };
    let (base, trees) = fit(&cases, options);
    let model = Ensemble { base, trees: &trees };
    println!("\n{name}: loss on the {} trained on {:.5}", cases.rows.len(), loss(&cases, &model));
    for rounds in (0..=trees.len()).step_by(40) {
        let part = Ensemble { base, trees: &trees[..rounds] };
        println!(
            "  {rounds} trees: loss on the {} not trained on {:.5}",
            held.rows.len(),
            loss(&held, &part)
        );
    }
    say_refused(&held, &model);
    say_borne_out(&held, &model);
    say_used(&trees);
    (base, trees)
}

fn ensemble((base, trees): &Model) -> Ensemble<'_> {
    Ensemble { base: *base, trees }
}

fn cases_of<'a>(
    calls: impl Iterator<Item = &'a LabelledCall> + Clone,
    answer: impl Fn(&LabelledCall) -> bool,
) -> Cases {
    Cases {
        rows: calls.clone().map(|call| call.features.clone()).collect(),
        answers: calls.clone().map(answer).collect(),
        weights: calls.map(|call| call.weight).collect(),
    }
}

/// The model that is compiled in beside the new one on what was not trained on, set by set.
fn say_by_set(
    sets: &[String],
    kept: &[LabelledCall],
    answer: impl Fn(&LabelledCall) -> bool,
    models: [&Ensemble<'_>; 2],
) {
    let limit = FilterOptions::default().min_score;
    println!(
        "  set: calls held out, wrong; of the model that is compiled in and of this one: loss, refused true and false"
    );
    for (number, set) in sets.iter().enumerate() {
        let held = cases_of(kept.iter().filter(|call| call.set == number), &answer);
        let wrong = held.answers.iter().filter(|&&answer| !answer).count();
        let of = |model: &Ensemble<'_>| {
            let [right, wrong] = refused(&held, model, limit);
            format!("{:.5}, {right} {wrong}", loss(&held, model))
        };
        let [old, new] = models.map(of);
        let name = set.split(',').nth(1).unwrap_or_default();
        println!("  {name}: {}, {wrong}; {old}; {new}", held.rows.len());
    }
}

/// True and false ones below a limit.
fn refused(held: &Cases, model: &Ensemble<'_>, limit: f64) -> [usize; 2] {
    [true, false].map(|answer| {
        let below = (0..held.rows.len()).filter(|&i| model.probability(&held.rows[i]) < limit);
        below.filter(|&i| held.answers[i] == answer).count()
    })
}

/// What a limit would refuse.
fn say_refused(held: &Cases, model: &Ensemble<'_>) {
    for limit in [0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7] {
        let [right, wrong] = refused(held, model, limit);
        println!("  below {limit}: {right} true, {wrong} false");
    }
}

/// Claimed against borne out.
fn say_borne_out(held: &Cases, model: &Ensemble<'_>) {
    let phred = |wrong: f64| -10.0 * wrong.log10();
    for low in (0..50).step_by(5) {
        let of = |i: &usize| phred(1.0 - model.probability(&held.rows[*i]).min(1.0 - 1e-9));
        let range = f64::from(low)..f64::from(low + 5);
        let here: Vec<usize> = (0..held.rows.len()).filter(|i| range.contains(&of(i))).collect();
        let wrong = here.iter().filter(|&&i| !held.answers[i]).count();
        let seen = phred((wrong as f64 + 0.5) / (here.len() as f64 + 1.0));
        println!("  {low} to {}: {} calls, {wrong} wrong, borne out {seen:.1}", low + 5, here.len());
    }
}

/// How often each feature is looked at.
fn say_used(trees: &[Tree]) {
    for (feature, name) in NAMES.iter().enumerate() {
        let splits = trees.iter().flat_map(|tree| &tree.splits);
        let used = splits.filter(|split| usize::from(split.0) == feature && split.1 < f32::MAX).count();
        println!("  {name}: {used} splits");
    }
}

fn write_model(text: &mut String, name: &str, what: &str, (base, trees): &Model) -> std::fmt::Result {
    writeln!(text, "\n/// {what}")?;
    writeln!(text, "#[rustfmt::skip]")?;
    writeln!(text, "pub static {name}: Ensemble<'static> = Ensemble {{ base: {base:?}, trees: &[")?;
    for Tree { splits, leaves } in trees {
        let splits: Vec<String> =
            splits.iter().map(|(feature, at)| format!("({feature},{})", number(*at))).collect();
        let leaves: Vec<String> = leaves.iter().map(|&leaf| number(leaf)).collect();
        writeln!(text, "Tree {{ splits: [{}], leaves: [{}] }},", splits.join(","), leaves.join(","))?;
    }
    writeln!(text, "] }};")
}

fn number(value: f32) -> String {
    if value == f32::MAX { "f32::MAX".to_owned() } else { format!("{value:?}") }
}
