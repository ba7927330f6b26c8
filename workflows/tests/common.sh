# What the tests of all engines share. Sourced, with the folder of the workflows in $workflows and that of the tests' files in $work.

export workflows work root

# Ends the test of an engine.
skip() { echo "skipped: $*"; exit 77; }
fail() { echo "failed: $*" >&2; exit 1; }

# A Python environment with what a list of requirements names, made once. Prints its folder.
environment() {
  local name=$1 dir=$work/envs/$1 list=$workflows/requirements/$1.txt
  if ! cmp -s "$list" "$dir/installed.txt"; then
    rm -rf "$dir"
    { python3 -m venv "$dir" && "$dir/bin/pip" install --quiet --disable-pip-version-check --requirement "$list"; } >&2 ||
      return 1
    cp "$list" "$dir/installed.txt"
  fi
  echo "$dir"
}

# An empty folder for the files of an engine. Prints it.
fresh() {
  rm -rf "${work:?}/run/$1"
  mkdir -p "$work/run/$1"
  echo "$work/run/$1"
}

# That two files are the same.
same() { cmp -- "$1" "$2" || fail "$1 is not $2"; }

# That a file is there and holds something.
there() { [ -s "$1" ] || fail "$1 is missing or empty"; }

find_rihla() {
  local found=${RIHLA-}
  if [ -z "$found" ]; then
    for candidate in "$root/target/release/rihla" "$root/target/debug/rihla"; do
      [ -x "$candidate" ] || continue
      if [ -z "$found" ] || [ "$candidate" -nt "$found" ]; then found=$candidate; fi
    done
  fi
  [ -x "$found" ] || fail 'no rihla: build it first (cargo build --release), or name it in $RIHLA'
  realpath "$found"
}

# The program on PATH, and the cohort in $work/data: a genome of 300 kb; S1 of one lane, S2 and S3 of two.
prepare() {
  local real
  real=$(find_rihla)
  mkdir -p "$work/bin"
  ln -sfn "$real" "$work/bin/rihla"
  export PATH=$work/bin:$PATH RIHLA_REAL=$real data=$work/data
  echo "program: $real"
  if [ "$data/made" -nt "$real" ] && [ "$data/made" -nt "$workflows/tests/common.sh" ]; then return; fi
  rm -rf "$data"
  mkdir -p "$data"
  python3 - "$data/genome.fa" <<'P'
import random, sys
rng = random.Random(11)
with open(sys.argv[1], "w") as out:
    for name, length in (("chr1", 200_000), ("chr2", 100_000)):
        print(f">{name}", file=out)
        print("".join(rng.choices("ACGT", k=length)), file=out)
P
  rihla index -q "$data/genome.fa"
  local sample
  for sample in S1:12 S2:30 S3:40; do
    local name=${sample%:*} depth=${sample#*:}
    rihla simulate -q --ref "$data/genome.fa" --out-dir "$data/$name" --sample "$name" --depth "$depth" --seed "${name#S}"
  done
  python3 - "$data" <<'P'
import gzip, sys
data = sys.argv[1]
rows = ["sample,fastq_1,fastq_2", "S1,S1/reads_1.fq.gz,S1/reads_2.fq.gz"]
for sample in ("S2", "S3"):
    for mate in (1, 2):
        lines = gzip.open(f"{data}/{sample}/reads_{mate}.fq.gz", "rt").readlines()
        middle = len(lines) // 8 * 4
        for lane, part in ((1, lines[:middle]), (2, lines[middle:])):
            with gzip.open(f"{data}/{sample}/L{lane}_{mate}.fq.gz", "wt", 1) as out:
                out.writelines(part)
    rows += [f"{sample},{sample}/L{lane}_1.fq.gz,{sample}/L{lane}_2.fq.gz" for lane in (1, 2)]
open(f"{data}/samples.csv", "w").write("\n".join(rows) + "\n")
P
  touch "$data/made"
}

# That the files of S2 in a folder hold the records of rihla by itself. Headers say where the inputs were, so those may differ.
check_records() {
  local end
  "$RIHLA_REAL" germline -q --ref "$data/genome.fa" --sheet "$data/samples.csv" --sample S2 --gvcf --out-dir alone
  for end in vcf.gz g.vcf.gz; do
    there "$1/S2.$end"
    cmp <(zcat "$1/S2.$end" | grep -v '^##') <(zcat "alone/S2.$end" | grep -v '^##') || fail "$1/S2.$end has other records"
  done
  for end in bam report.html metrics.json manifest.json; do there "$1/S2.$end"; done
  cmp <(bam_records "$1/S2.bam") <(bam_records alone/S2.bam) || fail "$1/S2.bam has other records"
}

# What follows upon the header and the contigs of a BAM.
bam_records() {
  python3 - "$1" <<'P'
import gzip, sys
bam = gzip.open(sys.argv[1]).read()
number = lambda at: int.from_bytes(bam[at : at + 4], "little")
at = 8 + number(4)
contigs, at = number(at), at + 4
for _ in range(contigs):
    at += 8 + number(at)
sys.stdout.buffer.write(bam[at:])
P
}
