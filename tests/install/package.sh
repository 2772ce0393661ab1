#!/usr/bin/env bash
# Makes the Debian package of the build in $1, and uses what it would install: package.sh BUILD_FOLDER
set -euo pipefail
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
(cd "$1" && cpack -B "$scratch") >"$scratch/log" 2>&1 || { cat "$scratch/log"; exit 1; }
package=$(echo "$scratch"/rollcast_*.deb)
dpkg-deb --extract "$package" "$scratch/root"
depends=$(dpkg-deb --field "$package" Depends)
echo "depends: $depends"
case $depends in *node*|*g++*|*cmake*|*-dev*) echo "a user of the program needs none of the tools that build it"; exit 1 ;; esac
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
echo "the package holds what the program needs"
