#!/usr/bin/env bash
# What `connect-src serve` costs: CPU time beside nginx, memory, start. Everything on loopback, one worker each, in turn,
# and ratios only of what ran in the same round. Writes its tables to standard output.
#
#   benches/serve/run.sh [proxy] [collector] [memory] [start]      all of them without an argument
#
# Needs nginx, wrk, curl and python3, and installs none of them: apt-get install nginx-light wrk curl python3
# Builds the command line in release mode, once; BINARY=FILE measures another one and builds nothing.
#
# Environment (the scripts of the parts have more):
#   ROUNDS=5  SECONDS_EACH=3  CONNECTIONS=32
#   BEFORE=FILE   another binary of ours, measured beside in `proxy` and `collector`
#   PIN=1     the server on core 0, client and application on core 1; 0 leaves it to the system
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)

missing=()
for tool in nginx wrk curl python3; do command -v "$tool" >/dev/null || missing+=("$tool"); done
if ((${#missing[@]})); then
    echo "expected ${missing[*]}, found none; apt-get install nginx-light wrk curl python3" >&2
    exit 2
fi

parts=("$@")
((${#parts[@]})) || parts=(proxy collector memory start)
for part in "${parts[@]}"; do
    if [[ ! "$part" =~ ^(proxy|collector|memory|start)$ ]]; then
        echo "$part: expected proxy, collector, memory or start" >&2
        exit 2
    fi
done

if [[ -z "${BINARY:-}" ]]; then
    (cd "$root" && cargo build --release --locked -p connect-src-cli)
    export BINARY="${CARGO_TARGET_DIR:-$root/target}/release/connect-src"
fi

kept=$(mktemp -d)
trap 'rm -rf "$kept"' EXIT
for part in "${parts[@]}"; do
    case $part in
        memory) KEEP=$kept/reports.db "$here/memory.sh" ;;
        start)
            # What `memory` left, if it ran before.
            [[ ! -e "$kept/reports.db" ]] || export DATABASE=$kept/reports.db
            "$here/start.sh"
            ;;
        *) "$here/$part.sh" ;;
    esac
done
