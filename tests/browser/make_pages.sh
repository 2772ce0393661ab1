#!/usr/bin/env bash
# make_pages.sh FOLDER PROGRAM SAMPLES: pages for the browser tests. FOLDER/*.html from made-up results; FOLDER/shipped/NAME/
# of every shipped scenario, with few runs; FOLDER/compared/page.html of two of them; FOLDER/hostile/ of a scenario whose names
# try to be code.
set -euo pipefail
folder=$1 program=$2 samples=$3
scenarios=$(cd "$(dirname "$0")/../../scenarios" && pwd)
rm -rf "$folder"
"$samples" "$folder"
for scenario in "$scenarios"/*.yaml; do
  "$program" run "$scenario" --replications 40 --quiet --out "$folder/shipped/$(basename "$scenario" .yaml)" >/dev/null
done
"$program" run "$scenarios/small-office.yaml" --replications 40 --quiet --set fleet.office.count=5 --out "$folder/compared/after" >/dev/null
for seed in 1 2; do
  "$program" run "$(dirname "$0")/hostile.yaml" --replications 40 --quiet --seed "$seed" --out "$folder/hostile/$seed" >/dev/null
done
"$program" compare "$folder/hostile/1" "$folder/hostile/2" --page "$folder/hostile/compared.html" >/dev/null
"$program" compare "$folder/shipped/small-office" "$folder/compared/after" --page "$folder/compared/page.html" >/dev/null
"$program" sweep "$scenarios/break-even.yaml" --replications 40 --quiet --out "$folder/explored/lines" >/dev/null
"$program" sweep "$scenarios/break-even.yaml" --replications 20 --quiet --out "$folder/explored/map" --axis 'fleet.office.count=1 to 9 step 2' \
  --axis 'images.own-image.make.test=[4 work h, 8 work h, 16 work h]' >/dev/null
"$program" sweep "$scenarios/break-even.yaml" --replications 20 --quiet --out "$folder/explored/spread" --design sobol --points 16 \
  --axis 'fleet.office.count=1 to 15' --axis 'launch.fails=0 % to 10 %' >/dev/null
"$program" optimize "$scenarios/small-office.yaml" --replications 500 --confirm 500 --quiet --out "$folder/explored/plan" \
  --variable 'fleet.office.count=2 to 8 step 2' >/dev/null
