# The same cohort on a real SLURM of one node, which is started here and stopped at the end; a job is ended with scancel.
set -euo pipefail
source "$workflows/tests/common.sh"
for program in slurmctld slurmd sbatch munged; do
  command -v "$program" >/dev/null || [ -x "/usr/sbin/$program" ] || skip "$program is not installed (scripts/setup --pipelines)"
done
[ "$(id -u)" = 0 ] || skip 'SLURM is started by root alone'
mark='# written by the tests of rihla'
conf=/etc/slurm/slurm.conf
# Steps of a job look for the configuration there, and nowhere else.
if [ -e "$conf" ] && ! grep -qx "$mark" "$conf"; then skip "this machine has a SLURM of its own ($conf)"; fi
env=$(environment snakemake) || skip 'Snakemake could not be installed'
export PATH=$env/bin:$PATH:/usr/sbin
source "$workflows/tests/cluster.sh"
# What a test left that was killed.
dir=$work/run/slurm
stop_cluster
dir=$(fresh slurm)
trap stop_cluster EXIT
start_cluster || { tail -5 "$dir"/cluster/*.log; skip 'SLURM does not start on this machine'; }
cd "$dir"
source "$workflows/tests/cohort.sh"
make_cohort 1 2
# The index is there already, and small jobs go together: each job waits for its place in the queue.
ln -s "$data/genome.fa.rhx" .
groups=(join_lanes=join scatter_S3=join gather_vcf=gather gather_gvcf=gather)

mkdir shim
ln -s "$workflows/tests/killed-once" shim/rihla
export KILL_SAMPLE=S2 KILL_MARK=$dir/killed KILL_BY=scancel
PATH=$dir/shim:$PATH snakemake --snakefile "$workflows/snakemake/Snakefile" --configfile cohort.yaml \
  --profile "$workflows/snakemake/profiles/slurm" --slurm-no-account --slurm-status-command squeue --latency-wait 5 \
  --slurm-init-seconds-before-status-checks 1 --seconds-between-status-checks 1 --groups "${groups[@]}" --quiet rules -- all >snakemake.log 2>&1 ||
  { tail -60 snakemake.log; fail 'snakemake on SLURM'; }
jobs=$(grep -c '^JobId' cluster/jobs.log)
grep -q 'JobState=CANCELLED' cluster/jobs.log || { cat cluster/jobs.log; fail 'no job was cancelled'; }
[ "$jobs" -ge 9 ] || fail "only $jobs jobs went through SLURM"
check_cohort
echo "SLURM $(sinfo --version | cut -d' ' -f2): $jobs jobs; one cancelled, tried again and resumed; calls in two parts: the bytes of one run"
