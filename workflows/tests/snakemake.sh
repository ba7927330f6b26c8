# The Snakemake workflow on this machine: a cohort, a deep sample in parts, a job that is killed, the wrappers.
set -euo pipefail
source "$workflows/tests/common.sh"
env=$(environment snakemake) || skip 'Snakemake could not be installed'
export PATH=$env/bin:$PATH
dir=$(fresh snakemake)
cd "$dir"
source "$workflows/tests/cohort.sh"
make_cohort 2 3

# S2 is killed with kill -9 in the middle; Snakemake tries again, and the work goes on.
mkdir shim
ln -s "$workflows/tests/killed-once" shim/rihla
export KILL_SAMPLE=S2 KILL_MARK=$dir/killed KILL_BY=kill
PATH=$dir/shim:$PATH snakemake --snakefile "$workflows/snakemake/Snakefile" --configfile cohort.yaml \
  --profile "$workflows/snakemake/profiles/local" --cores 2 --quiet rules >snakemake.log 2>&1 || { tail -40 snakemake.log; fail 'snakemake'; }
check_cohort

# A second call finds nothing to do.
snakemake --snakefile "$workflows/snakemake/Snakefile" --configfile cohort.yaml --cores 2 --dry-run >again.log 2>&1
grep -q 'Nothing to be done' again.log || { tail -20 again.log; fail 'a second call wants to run jobs'; }
echo 'Snakemake: a cohort of three; a job killed, tried again and resumed; calls in three parts: the bytes of one run'

# The wrappers, each by the rule that it comes with, as the collection of wrappers would run them.
mkdir -p wrappers/master/bio
cd wrappers
ln -s "$workflows/snakemake/wrappers/rihla" master/bio/rihla
ln -s "$data/genome.fa" "$data"/S3/reads_?.fq.gz "$data"/S3/truth.* .
for test in "$workflows"/snakemake/wrappers/rihla/*/test/Snakefile; do echo "include: '$test'"; done >Snakefile
snakemake --wrapper-prefix "file://$PWD/" --cores 2 --quiet rules -- germline/S.bam compare/S.summary.csv report/S.html \
  >snakemake.log 2>&1 || { tail -40 snakemake.log; fail 'the wrappers'; }
for file in genome.fa.rhx germline/S.g.vcf.gz align/S.bam.bai parts/0002.g.vcf.gz gather/S.vcf.gz.tbi compare/S.extended.csv report/S.html; do
  there "$file"
done
# Calls of its own alignments, made in parts, are those of the main job.
diff <(zcat gather/S.vcf.gz | grep -v '^##') <(zcat germline/S.vcf.gz | grep -v '^##') || fail 'calls by wrappers differ'
echo "wrappers: $(ls "$workflows/snakemake/wrappers/rihla" | tr '\n' ' ')"
