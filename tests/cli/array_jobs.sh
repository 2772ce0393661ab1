#!/usr/bin/env bash
# The job files of scripts/ with the engines that they are for: a Slurm cluster of one machine in a temporary folder runs the
# array, and the command of the Kubernetes job is run once for each index. Both give the summary of one run, to the byte.
# array_jobs.sh BUILD_FOLDER SOURCE_FOLDER; exit code 77: skipped.
set -euo pipefail
program=$1/rollcast
source=$2
place=$(mktemp -d)
pids=()
end() {
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  for pid in "${pids[@]}"; do wait "$pid" 2>/dev/null || true; done
  rm -rf "$place"
}
trap end EXIT
cd "$place"
cp "$source/scenarios/first.yaml" scenario.yaml
options=(--replications 700 --quiet)
"$program" run scenario.yaml "${options[@]}" --out whole >/dev/null

# Kubernetes: the shell line of the job file, as the container would run it.
line=$(sed -n '/^ *- >-$/,/^ *resources:/p' "$source/scripts/kubernetes-job.yaml" | sed '1d;$d' | tr '\n' ' ')
line=${line//\/study\//$place/}
line=${line//\/parts\//$place/pods/}
line=${line//exec rollcast/$program}
[[ $line == *JOB_COMPLETION_INDEX* ]]
for index in 2 0 1; do
  JOB_COMPLETION_INDEX=$index SHARDS=3 REPLICATIONS=700 sh -c "$line --quiet"
done
"$program" merge pods/* --out from-pods --quiet >/dev/null
cmp whole/summary.json from-pods/summary.json
echo "kubernetes: 3 shards give the summary of one run"

for tool in slurmctld slurmd munged sbatch; do
  command -v "$tool" >/dev/null || { echo "skipped: Slurm is not installed ($tool)"; exit 77; }
done
[ "$(id -u)" -eq 0 ] || { echo "skipped: only root can run a Slurm cluster"; exit 77; }
mkdir -p slurm/state slurm/spool munge
chmod 700 munge
chmod 755 "$place"
head -c 1024 /dev/urandom >munge/key
chmod 600 munge/key
munged --foreground --key-file="$place/munge/key" --socket="$place/munge/socket" --pid-file="$place/munge/pid" \
  --log-file="$place/munge/log" --seed-file="$place/munge/seed" --force >/dev/null 2>&1 &
pids+=($!)
host=$(hostname -s)
cat >slurm/slurm.conf <<CONF
ClusterName=test
SlurmctldHost=$host(localhost)
SlurmctldPort=16817
SlurmdPort=16818
AuthType=auth/munge
AuthInfo=socket=$place/munge/socket
CryptoType=crypto/munge
SlurmUser=root
SlurmdUser=root
StateSaveLocation=$place/slurm/state
SlurmdSpoolDir=$place/slurm/spool
SlurmctldPidFile=$place/slurm/ctld.pid
SlurmdPidFile=$place/slurm/d.pid
SlurmctldLogFile=$place/slurm/ctld.log
SlurmdLogFile=$place/slurm/d.log
ProctrackType=proctrack/pgid
TaskPlugin=task/none
SelectType=select/cons_tres
SwitchType=switch/none
MpiDefault=none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
ReturnToService=2
NodeName=$host NodeAddr=localhost CPUs=$(nproc) State=UNKNOWN
PartitionName=all Nodes=$host Default=YES MaxTime=INFINITE State=UP
CONF
export SLURM_CONF=$place/slurm/slurm.conf
for _ in $(seq 100); do [ -S munge/socket ] && break; sleep 0.1; done
slurmctld -D >slurm/ctld.out 2>&1 &
pids+=($!)
slurmd -D -N "$host" >slurm/d.out 2>&1 &
pids+=($!)
for _ in $(seq 300); do sinfo -h -o %T 2>/dev/null | grep -q idle && break; sleep 0.2; done
sinfo -h -o %T | grep -q idle || { echo "the cluster did not start:"; tail -n 5 slurm/*.log slurm/*.out; exit 1; }
ROLLCAST=$program sbatch --wait --array=1-7 --output=slurm/task-%a.out "$source/scripts/slurm-array" scenario.yaml parts "${options[@]}" >/dev/null || {
  cat slurm/task-*.out
  tail -n 5 slurm/*.log
  exit 1
}
"$program" merge parts/* --out from-slurm --quiet >/dev/null
cmp whole/summary.json from-slurm/summary.json
echo "slurm: an array of 7 gives the summary of one run"
