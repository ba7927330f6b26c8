# The CWL tool, run by cwltool without a container: S2 of two lanes.
set -euo pipefail
source "$workflows/tests/common.sh"
env=$(environment cwl) || skip 'cwltool could not be installed'
export PATH=$env/bin:$PATH
command -v node >/dev/null || command -v nodejs >/dev/null || skip 'cwltool wants node for the expressions (scripts/setup --pipelines)'
dir=$(fresh cwl)
cd "$dir"
file() { printf '{class: File, path: %s}' "$1"; }
cat >job.yaml <<J
reference: {class: File, path: $data/genome.fa}
reads_1: [$(file "$data/S2/L1_1.fq.gz"), $(file "$data/S2/L2_1.fq.gz")]
reads_2: [$(file "$data/S2/L1_2.fq.gz"), $(file "$data/S2/L2_2.fq.gz")]
sample: S2
threads: 2
memory_mb: 1000
resume: $dir/kept
J
cwltool --validate "$workflows/cwl/rihla-germline.cwl" >validate.log 2>&1 || { cat validate.log; fail 'the description is not valid'; }
cwltool --no-container --outdir results "$workflows/cwl/rihla-germline.cwl" job.yaml >outputs.json 2>cwltool.log ||
  { tail -30 cwltool.log; fail cwltool; }
check_records results
[ -d kept ] && [ -z "$(ls kept)" ] || fail 'resume was not given to the command, or work is left'
# A fault of the inputs ends the job for good.
head -c 1000 "$data/S2/L1_1.fq.gz" >cut.fq.gz
sed "s|$data/S2/L1_1.fq.gz|$dir/cut.fq.gz|" job.yaml >cut.yaml
if cwltool --no-container --outdir cut "$workflows/cwl/rihla-germline.cwl" cut.yaml >/dev/null 2>cut.log; then fail 'a cut input is no failure'; fi
grep -q 'permanentFail' cut.log || { tail -5 cut.log; fail 'a cut input is no permanent failure'; }
echo "cwltool $(cwltool --version | tr -d '\n' | sed 's/.* //'): S2 of two lanes, the records of rihla by itself; a cut FASTQ fails for good"
