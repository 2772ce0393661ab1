#!/usr/bin/env bash
# Installs the build in $1 into a folder of its own and builds a small project against it: run.sh BUILD_FOLDER SOURCE_FOLDER
set -euo pipefail
prefix=$(mktemp -d)
trap 'rm -rf "$prefix"' EXIT
cmake --install "$1" --prefix "$prefix/usr" >"$prefix/log" 2>&1 || { cat "$prefix/log"; exit 1; }
cmake -S "$2" -B "$prefix/build" -DCMAKE_PREFIX_PATH="$prefix/usr" -DCMAKE_BUILD_TYPE=Release >"$prefix/log" 2>&1 || { cat "$prefix/log"; exit 1; }
cmake --build "$prefix/build" >"$prefix/log" 2>&1 || { cat "$prefix/log"; exit 1; }
"$prefix/build/queue"
"$prefix/usr/bin/rollcast" --version
