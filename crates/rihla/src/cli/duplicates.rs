//! How duplicates are told and what becomes of them.

use clap::Args;

/// Options of duplicate marking.
#[derive(Args, Clone)]
#[command(next_help_heading = "Duplicates")]
pub struct DuplicateArgs {
    /// Leave duplicates out of the output instead of flagging them; they are still counted
    #[arg(long)]
    pub remove_duplicates: bool,
    /// Duplicates so near each other on the flow cell are optical: 100 without pattern, 2500 with (NovaSeq, HiSeq X)
    #[arg(long, value_name = "PIXELS", default_value_t = 100, value_parser = clap::value_parser!(u32).range(0..=1_000_000))]
    pub optical_distance: u32,
}

impl Default for DuplicateArgs {
    /// What the command line gives when none of them is used.
    fn default() -> Self {
        #[derive(clap::Parser)]
        struct Alone {
            #[command(flatten)]
            args: DuplicateArgs,
        }
        let Alone { args } = clap::Parser::parse_from(["rihla"]);
        args
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rihla_shard::ShardOptions;

    #[test]
    fn the_options_default_to_the_shards() {
        assert_eq!(DuplicateArgs::default().optical_distance, ShardOptions::OPTICAL_PIXELS);
    }
}
