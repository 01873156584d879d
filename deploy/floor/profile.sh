#!/bin/bash
# Where the time goes: records the hub and the busiest backend of its database
# with perf and writes the functions that took most of it.
#
#   profile.sh FOLDER NAME HUB POSTMASTER SECONDS
set -euo pipefail

folder=$1 name=$2 hub=$3 postmaster=$4 seconds=$5

# Ticks of each child of the postmaster, as lines of number and ticks.
ticks() {
    local stat rest
    for stat in /proc/[0-9]*/stat; do
        { read -r rest <"$stat"; } 2>/dev/null || continue
        # shellcheck disable=SC2206 # fields between blanks, after the name
        local fields=(${rest##*) })
        [[ ${fields[1]:-} == "$postmaster" ]] || continue
        rest=${stat#/proc/}
        printf '%s %s\n' "${rest%/stat}" "$((fields[11] + fields[12]))"
    done
}

# The warm-up is not looked at.
sleep 2
before=$(ticks)
sleep 1
busiest=$(awk 'NR == FNR { seen[$1] = $2; next } { print $2 - seen[$1], $1 }' <(printf '%s\n' "$before") \
    <(ticks) | sort -n | awk 'END { print $2 }')

recorded=$(mktemp -d)
trap 'rm -rf -- "$recorded"' EXIT
record() { perf record --quiet --freq 997 --pid "$2" --output "$recorded/$1" -- sleep "$seconds" 2>"$recorded/$1.log"; }
record hub "$hub" &
record backend "$busiest" &
wait || true

demangled() { if command -v swift >/dev/null; then swift demangle --simplified; else cat; fi; }
for part in hub backend; do
    # All of it is read: who writes must not meet a closed pipe.
    if [[ -s $recorded/$part ]]; then
        perf report --stdio --no-children --input "$recorded/$part" --sort dso,symbol 2>/dev/null |
            awk '!/^#/ && NF && ++lines <= 40 { sub(/[ -]+$/, ""); print }' | demangled >"$folder/$name.$part.txt"
    fi
    if [[ ! -s $folder/$name.$part.txt ]]; then
        printf 'perf recorded nothing of the %s in %s %s / perf未能记录\n' "$part" "$name" \
            "$(tail -n 1 "$recorded/$part.log")" | tee "$folder/$name.$part.txt" >&2
    fi
done
