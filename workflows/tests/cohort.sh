# The cohort as a Snakemake workflow has it: S3 is the deep sample, called in parts; S1 has a truth. Sourced.

# Writes the configuration: threads of a job, parts of S3.
make_cohort() {
  ln -s "$data"/genome.fa "$data"/S1 "$data"/S2 "$data"/S3 "$data"/samples.csv .
  cat >cohort.yaml <<C
samples: samples.csv
reference: genome.fa
scatter: {S3: $2}
truth: {S1: {vcf: S1/truth.vcf.gz, bed: S1/truth.bed}}
threads: $1
mem_mb: 1000
runtime: 10
retries: 2
extra: {germline: "--gvcf", align: "", call: "", report: "", compare: "--fail-below snp.f1=0.9"}
C
}

# Compares what the workflow wrote with what the commands write by themselves.
check_cohort() {
  [ -e "$KILL_MARK" ] || fail 'no job was killed'
  there results/batch.report.html
  there results/S1/S1.truth.summary.csv
  local end
  # S2 was killed and went on.
  grep -h 'took over [1-9][0-9,]* aligned batches' logs/germline/S2.log || { cat logs/germline/S2.log; fail 'S2 was not resumed'; }
  [ ! -e results/S2/S2.resume ] || fail 'kept work is left'
  for sample in S1 S2; do
    "$RIHLA_REAL" germline -q --ref genome.fa --sheet samples.csv --sample "$sample" --gvcf --out-dir "alone/$sample"
    for end in bam bam.bai vcf.gz vcf.gz.tbi g.vcf.gz g.vcf.gz.tbi; do
      same "results/$sample/$sample.$end" "alone/$sample/$sample.$end"
    done
    "$RIHLA_REAL" verify -q "results/$sample" >/dev/null || fail "the files of $sample are not as its manifest says"
  done
  # S3: lanes apart, calls in parts.
  mkdir -p alone/S3
  "$RIHLA_REAL" germline -q --ref genome.fa --sheet samples.csv --sample S3 --gvcf --out-dir alone/S3/all
  "$RIHLA_REAL" call -q --ref genome.fa --bam results/S3/S3.bam --out alone/S3/S3.vcf.gz --gvcf alone/S3/S3.g.vcf.gz
  for end in vcf.gz vcf.gz.tbi g.vcf.gz g.vcf.gz.tbi; do
    same "results/S3/S3.$end" "alone/S3/S3.$end"
  done
  for end in vcf.gz g.vcf.gz; do
    cmp <(zcat "results/S3/S3.$end" | grep -v '^##') <(zcat "alone/S3/all/S3.$end" | grep -v '^##') || fail "S3.$end: other lines than those of all lanes at once"
  done
}
