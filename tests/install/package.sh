#!/usr/bin/env bash
# Makes the Debian packages of the build in $1, and uses what they would install: package.sh BUILD_FOLDER
set -euo pipefail
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
(cd "$1" && cpack -B "$scratch") >"$scratch/log" 2>&1 || { cat "$scratch/log"; exit 1; }
package=$(echo "$scratch"/rollcast_*.deb)
dpkg-deb --extract "$package" "$scratch/root"
depends=$(dpkg-deb --field "$package" Depends)
echo "depends: $depends"
case $depends in *node*|*g++*|*cmake*|*-dev*|*mpi*) echo "a user of the program needs none of the tools that build it"; exit 1 ;; esac
case $depends in *libsqlite3-0*tzdata*|*tzdata*libsqlite3-0*) ;; *) echo "libraries are missing from the dependencies"; exit 1 ;; esac
rollcast=$scratch/root/usr/bin/rollcast
share=$scratch/root/usr/share
for scenario in "$share"/rollcast/*.yaml; do "$rollcast" check "$scenario" >/dev/null; done
cd "$scratch"
"$rollcast" init >/dev/null
"$rollcast" run scenario.yaml --replications 100 --quiet >"$scratch/table"
grep -q 'Report: *results/scenario/report.html' "$scratch/table"
[ -s results/scenario/report.html ]
gzip --test "$share/man/man1/rollcast.1.gz"
bash -n "$share/bash-completion/completions/rollcast"
[ -s "$share/zsh/vendor-completions/_rollcast" ] && [ -s "$share/fish/vendor_completions.d/rollcast.fish" ]
"$rollcast" --version | grep -q 'without MPI'
if [ -f "$1/rollcast_mpi.so" ]; then
  module=$(echo "$scratch"/rollcast-mpi_*.deb)
  dpkg-deb --extract "$module" "$scratch/root"
  "$rollcast" --version | grep -q 'with MPI'
  case $(dpkg-deb --field "$module" Depends) in *rollcast*openmpi-bin*libopenmpi*) ;; *) echo "the module does not ask for Open MPI"; exit 1 ;; esac
fi
echo "the packages hold what the program needs"
