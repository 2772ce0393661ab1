#!/usr/bin/env bash
# check.sh PROGRAM SOURCE README: the program prints what the comment at the end of its source says, and the README quotes the
# whole source, word for word.
set -euo pipefail
printed=$("$1")
promised=$(sed -n '/^\/\/ Prints:$/,$s/^\/\/ //p' "$2" | tail -n +2)
[ -n "$promised" ] || { echo "$2 does not say what it prints"; exit 1; }
diff <(echo "$promised") <(echo "$printed") || { echo "$2 prints something else"; exit 1; }
quote=$(sed -n "\|^<!-- tests/examples/$(basename "$2") -->\$|,/^\`\`\`\$/p" "$3" | sed '1,2d;$d')
diff <(echo "$quote") "$2" || { echo "$3 does not quote $2"; exit 1; }
