# The Nextflow workflow and its modules, run by Nextflow: the cohort, a job that is killed, calls in parts, and stubs.
set -euo pipefail
source "$workflows/tests/common.sh"
nextflow=$("$workflows/nextflow/get-nextflow") || skip 'Nextflow cannot be had here'
dir=$(fresh nextflow)
cd "$dir"
main=$workflows/nextflow/main.nf
options=(-profile test --input "$data/samples.csv" --fasta "$data/genome.fa")

# S2 is killed with kill -9 in the middle; Nextflow tries again in a fresh folder, and the work goes on.
mkdir shim
ln -s "$workflows/tests/killed-once" shim/rihla
export KILL_SAMPLE=S2 KILL_MARK=$dir/killed KILL_BY=kill KILL_KEPT=$dir/kept/S2.resume
PATH=$dir/shim:$PATH "$nextflow" -log run.log run "$main" "${options[@]}" --resume_dir "$dir/kept" >nextflow.log 2>&1 ||
  { tail -40 nextflow.log; fail nextflow; }
[ -e killed ] || fail 'no job was killed'
grep -q 'terminated with an error exit status (137) -- Execution is retried (1)' nextflow.log || { cat nextflow.log; fail 'the killed job was not tried again'; }
grep -rhs 'took over [1-9][0-9,]* aligned batches' work/*/*/.command.err || fail 'S2 was not resumed'
there results/batch.report.html
grep -qx "RIHLA_GERMLINE: {rihla: $(rihla --version | sed 's/rihla //')}" results/versions.yml || { cat results/versions.yml; fail versions; }
check_records results/S2

# The calls of each sample in two parts are the bytes of one run.
"$nextflow" -log parts.log run "$main" "${options[@]}" --index "$data/genome.fa.rhx" --parts 2 --outdir parts -work-dir work-parts >parts.out 2>&1 ||
  { tail -40 parts.out; fail 'nextflow, in parts'; }
for sample in S1 S2 S3; do
  mkdir -p "alone/$sample"
  ln -s "$data"/genome.fa* "alone/$sample"
  ln -s "$dir/parts/$sample/$sample".bam* "alone/$sample"
  (cd "alone/$sample" && "$RIHLA_REAL" call -q --ref genome.fa --bam "$sample.bam" --out call.vcf.gz --gvcf call.g.vcf.gz)
  for end in vcf.gz vcf.gz.tbi g.vcf.gz g.vcf.gz.tbi; do same "parts/$sample/$sample.$end" "alone/$sample/call.$end"; done
done

# Every module has a stub that makes what it declares.
for parts in 1 2; do
  "$nextflow" -log stub.log run "$main" "${options[@]}" --parts "$parts" --outdir stub -work-dir work-stub -stub-run >stub.out 2>&1 ||
    { tail -20 stub.out; fail 'nextflow, stubs'; }
done
echo "Nextflow $("$nextflow" -version | sed -n 's/.*version \([^ ]*\) build.*/\1/p'): a cohort of three; a job killed, tried again in a fresh folder and resumed; calls in two parts: the bytes of one run; stubs"
