#!/bin/sh
# Compares expected.json with what coreutils find in the same text. A word is a run of ASCII letters,
# in lower case; equally frequent words come in the order of their letters.
set -eu
export LC_ALL=C
cd "$(dirname "$0")"

words=$(mktemp)
trap 'rm -f "$words"' EXIT
tr -cs 'A-Za-z' '\n' <package/data/austen.txt | tr 'A-Z' 'a-z' | grep . >"$words"

counted=$(
    printf '{"total_words":%d,"distinct_words":%d,"top":[' "$(wc -l <"$words")" "$(sort -u "$words" | wc -l)"
    sort "$words" | uniq -c | sort -k1,1nr -k2,2 | head -n 10 |
        awk '{ printf "%s{\"word\":\"%s\",\"count\":%d}", (NR > 1 ? "," : ""), $2, $1 }'
    printf ']}'
)
expected=$(tr -d ' \n' <expected.json)
if [ "$counted" != "$expected" ]; then
    printf 'expected.json  %s\ncoreutils      %s\n' "$expected" "$counted" >&2
    exit 1
fi
echo "expected.json is what coreutils count"
