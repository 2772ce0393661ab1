#!/usr/bin/env bash
# Runs over the processes of mpirun: 1, 2 and 4 of them give the files of a plain run, to the byte; one that is killed, or
# mpirun itself, costs nothing that was finished. mpi.sh BUILD_FOLDER SOURCE_FOLDER; exit code 77: skipped.
set -euo pipefail
program=$1/rollcast
source=$2
[ -f "$1/rollcast_mpi.so" ] || { echo "skipped: built without MPI"; exit 77; }
command -v mpirun >/dev/null || { echo "skipped: mpirun is not installed"; exit 77; }
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
cd "$place"
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 OMPI_MCA_rmaps_base_oversubscribe=1
ranks() {  # ranks NUMBER rollcast's arguments
  local number=$1
  shift
  mpirun --bind-to none -n "$number" "$program" "$@"
}
fail() { echo "$1"; shift; for file in "$@"; do echo "--- $file"; cat "$file"; done; exit 1; }

cp "$source/scenarios/first.yaml" plain.yaml
{ cat plain.yaml; printf 'uncertain:\n  images.golden.bad: 1 %% to 10 %%\nsampling: antithetic\n'; } >uncertain.yaml
{ cat plain.yaml; printf 'precision: {ready_time p50: 2 %%}\n'; } >precise.yaml
for scenario in plain uncertain precise; do
  "$program" run $scenario.yaml -n 600 --quiet --out $scenario-alone >/dev/null
  for number in 1 2 4; do
    ranks $number run $scenario.yaml -n 600 --quiet --out $scenario-$number >table-$number 2>errors ||
      fail "$scenario with $number ranks ended with $?" errors
    cmp $scenario-alone/summary.json $scenario-$number/summary.json
    "$program" export $scenario-alone >alone.csv
    "$program" export $scenario-$number | cmp alone.csv -
    [ "$(grep -c 'Report:' table-$number)" = 1 ] || fail "not one rank, and one only, printed the table" table-$number
  done
  # What looks closer at a run is simulated by all ranks, too: it was not left out.
  if [ $scenario = uncertain ]; then
    grep -q '"turns"' uncertain-alone/summary.json && grep -q '"p5_p95_of_luck"' uncertain-alone/summary.json ||
      fail "no condition was tried, or luck and ignorance were not told apart" uncertain-alone/summary.json
  fi
  echo "$scenario: $(sha256sum <$scenario-alone/summary.json | cut -c1-16) for 1, 2 and 4 ranks, as for a plain run"
done

begin() {  # begin RANKS REPLICATIONS FOLDER: a run in the background, until some of it is kept
  mpirun --bind-to none -n "$1" "$program" run plain.yaml -n "$2" --no-conditions --quiet --out "$3" >/dev/null 2>errors &
  launcher=$!
  for _ in $(seq 3000); do
    [ -f "$3/run.sqlite-wal" ] && [ "$(stat -c %s "$3/run.sqlite-wal")" -gt 400000 ] && break
    sleep 0.01
  done
}

# A rank that is killed ends the run; the next one goes on, with other ranks or none.
"$program" run plain.yaml -n 4000 --no-conditions --quiet --out undisturbed >/dev/null
for number in 2 4; do
  begin $number 4000 killed-$number
  victim=$(pgrep -P $launcher | tail -n 1)
  kill -9 "$victim"
  wait $launcher && fail "a run of which a rank was killed ended well" errors
  kept=$("$program" export killed-$number | wc -l)
  [ "$kept" -gt 1 ] || fail "nothing was kept" errors
  [ "$kept" -lt 12001 ] || fail "the run had ended before the rank was killed" errors
done
ranks 3 run plain.yaml -n 4000 --no-conditions --quiet --out killed-2 --resume >/dev/null 2>errors || fail "did not go on" errors
"$program" run plain.yaml -n 4000 --no-conditions --quiet --out killed-4 --resume >/dev/null 2>errors || fail "did not go on" errors
cmp undisturbed/summary.json killed-2/summary.json
cmp undisturbed/summary.json killed-4/summary.json
echo "a killed rank of 2 and of 4: gone on with by 3 ranks and by none, to the same bytes"

lives() {  # not one that has ended and that nobody has asked about
  local state
  state=$(ps -o stat= -p "$1") && [[ $state != Z* ]]
}

# The launcher is killed, or asked to stop: its ranks end by themselves, and the run is gone on with.
"$program" run plain.yaml -n 12000 --no-conditions --quiet --out longer >/dev/null
for signal in KILL TERM; do
  begin 3 12000 launcher-$signal
  members=$(pgrep -P $launcher)
  kill -$signal $launcher
  wait $launcher && fail "mpirun ended well after SIG$signal" errors
  for member in $members; do
    for _ in $(seq 600); do
      lives "$member" || break
      sleep 0.1
    done
    if lives "$member"; then fail "a rank lives on without mpirun after SIG$signal" errors; fi
  done
  kept=$("$program" export launcher-$signal | wc -l)
  [ "$kept" -gt 1 ] || fail "nothing was kept" errors
  [ "$kept" -lt 36001 ] || echo "the run had ended before SIG$signal"
done
ranks 2 run plain.yaml -n 12000 --no-conditions --quiet --out launcher-KILL --resume >/dev/null 2>errors || fail "did not go on" errors
"$program" run plain.yaml -n 12000 --no-conditions --quiet --out launcher-TERM --resume >/dev/null 2>errors || fail "did not go on" errors
cmp longer/summary.json launcher-KILL/summary.json
cmp longer/summary.json launcher-TERM/summary.json
echo "mpirun killed and stopped: its ranks end, and the run goes on to the same bytes"

# What goes wrong is told once, and ends all.
code=0
ranks 2 run missing.yaml >/dev/null 2>errors || code=$?
[ $code = 2 ] && [ "$(grep -c '^missing.yaml: error' errors)" = 1 ] || fail "a missing scenario: exit code $code" errors
code=0
ranks 2 check plain.yaml >/dev/null 2>errors || code=$?
[ $code = 2 ] && grep -q 'only `run` spreads over them' errors || fail "check by two: exit code $code" errors
code=0
mpirun --bind-to none -n 1 "$program" run plain.yaml --seed 1 --quiet --out other : -n 1 "$program" run plain.yaml --seed 2 --quiet \
  >/dev/null 2>errors || code=$?
[ $code = 3 ] && grep -q 'rank 1 is about to simulate something else' errors || fail "two seeds: exit code $code" errors
echo "failures are told by one rank"
