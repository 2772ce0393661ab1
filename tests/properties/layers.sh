#!/usr/bin/env bash
# The layers of rollcast: which folder may include which. Fails with every include that points the wrong way.
set -euo pipefail
cd "${1:-$(dirname "$0")/../..}"

allowed() {  # allowed FROM TO
  case "$1" in
    base) [ "$2" = base ] ;;
    random) [[ "$2" =~ ^(base|random)$ ]] ;;
    kernel) [[ "$2" =~ ^(base|random|kernel)$ ]] ;;
    stats) [[ "$2" =~ ^(base|random|stats)$ ]] ;;
    model) [[ "$2" =~ ^(base|random|kernel|model)$ ]] ;;
    scenario) [[ "$2" =~ ^(base|random|scenario)$ ]] ;;
    experiment) [[ "$2" =~ ^(base|random|kernel|stats|model|scenario|experiment)$ ]] ;;
    report) [[ "$2" =~ ^(base|stats|experiment|report)$ ]] ;;
    cli) true ;;
    *) false ;;
  esac
}
# Plain data of the model, and the tools' pure arithmetic, that the outer layers may name.
plain_model() { [[ "$1" =~ ^model/(basics|scenario|metrics|outcome|trace|rollout(_policy|_presets)?)\.hpp$ ]]; }

bad=0
while IFS=: read -r file line included; do
  from=$(sed -E 's#^(include/rollcast|sim)/([^/]+)/.*#\2#' <<<"$file")
  target=$(sed -E 's/.*"rollcast\/([^"]+)".*/\1/' <<<"$included")
  to=${target%%/*}
  allowed "$from" "$to" && continue
  if [[ "$from" =~ ^(scenario|report)$ ]] && plain_model "$target"; then continue; fi
  echo "$file:$line: layer $from must not include $to ($target)"
  bad=1
done < <(grep -rnE '^ *#include "rollcast/' include sim --include='*.hpp' --include='*.cpp')
[ "$bad" = 0 ] && echo "every include points downward"
exit "$bad"
