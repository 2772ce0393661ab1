#!/usr/bin/env bash
# A result must not depend on the time of day: only the date in a run's record, the progress bar, the lock's wait and how long
# rank 0 waits for the others at the end may ask a clock of the machine. clocks.sh SOURCE_FOLDER
set -euo pipefail
cd "$1"
allowed='^(sim/cli/run\.cpp|sim/experiment/runner\.cpp|sim/experiment/ranks\.cpp|sim/cli/progress\.cpp):'
found=$(grep -rnE 'system_clock|steady_clock|high_resolution_clock|gettimeofday|clock_gettime|[^_a-z]time\((NULL|nullptr|0)\)|localtime|random_device|[^_a-z]rand\(' \
  sim include --include='*.cpp' --include='*.hpp' | grep -vE "$allowed" || true)
if [ -n "$found" ]; then
  echo "A clock of the machine, or its randomness, outside of $allowed"
  echo "$found"
  exit 1
fi
grep -q system_clock sim/cli/run.cpp || { echo "the pattern finds nothing: it has gone stale"; exit 1; }
