# The WDL task, run by miniwdl without a container: S2 of two lanes.
set -euo pipefail
source "$workflows/tests/common.sh"
env=$(environment wdl) || skip 'miniwdl could not be installed'
export PATH=$env/bin:$PATH
dir=$(fresh wdl)
cd "$dir"
miniwdl check --strict --suppress NameCollision "$workflows/wdl/rihla_germline.wdl" >check.log 2>&1 || { cat check.log; fail 'miniwdl check'; }
cat >miniwdl.cfg <<'C'
[scheduler]
container_backend = bare
C
export MINIWDL_CFG=$dir/miniwdl.cfg
miniwdl run --dir "$dir/run" --error-json "$workflows/wdl/rihla_germline.wdl" reference="$data/genome.fa" index="$data/genome.fa.rhx" \
  sample=S2 reads_1="$data/S2/L1_1.fq.gz" reads_1="$data/S2/L2_1.fq.gz" reads_2="$data/S2/L1_2.fq.gz" reads_2="$data/S2/L2_2.fq.gz" \
  threads=2 memory_mb=1000 >outputs.json 2>miniwdl.log || { tail -30 miniwdl.log; fail miniwdl; }
mkdir results
python3 - outputs.json <<'P' | xargs -I{} ln -s {} results/
import json, sys
for value in json.load(open(sys.argv[1]))["outputs"].values():
    if isinstance(value, str) and value.startswith("/"):
        print(value)
P
check_records results
grep -q "\"germline.version\": \"$(rihla --version)\"" outputs.json || { cat outputs.json; fail 'the version is not among the outputs'; }
echo "miniwdl $(miniwdl --version | sed -n '1s/.* v*//p'): S2 of two lanes, the records of rihla by itself"
