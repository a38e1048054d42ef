#!/usr/bin/env bash
# Resident memory of one server: after its start, while millions of reports of many groups come in, and then with 1,000
# connections; how large its database is then, and how fast its pages. `run.sh` says what it needs.
#
# Environment:
#   REPORTS=10000000  GROUPS_OF_REPORTS=100000  OPEN=1000
#   REST=10     seconds without work before memory is looked at again
#   KEEP=FILE   where the database is moved to in the end
set -euo pipefail
# shellcheck source=benches/serve/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
reports=${REPORTS:-10000000}
groups=${GROUPS_OF_REPORTS:-100000}
open=${OPEN:-1000}

read -r application admin ours <<<"$(free_ports 3)"
start_application "$application"
fill_in server.toml server.toml "LISTEN=$ours" "UPSTREAM=$application" "ADMIN=$admin" "DATABASE=$run/reports.db" \
    "QUEUE=16 MiB" "STAGE=trial"
start_ours connect-src server.toml
answered "http://127.0.0.1:$ours/1k"

printf '\n## Memory\n\n'
machine
printf '\n| when | resident, MiB | of it the program itself | most so far, MiB |\n|---|--:|--:|--:|\n'
row() {
    printf '| %s | %s | %s | %s |\n' "$1" "$(memory connect-src VmRSS)" "$(memory connect-src RssFile)" \
        "$(memory connect-src VmHWM)"
}
row "started"
python3 "$here/flood.py" "127.0.0.1:$ours" "127.0.0.1:$admin" "$host" "${pid[connect-src]}" "$reports" "$groups"
sleep "${REST:-10}"
row "${REST:-10} s later"
python3 "$here/hold.py" "127.0.0.1:$ours" "$host" "$open" >"$run/held" 2>&1 &
pid[hold]=$!
until grep -q held "$run/held"; do
    sleep 0.2
    kill -0 "${pid[hold]}"
done
row "$open connections open, each served once"
kill "${pid[hold]}"
for body in 1k 100k; do
    wrk -t1 -c"$open" -d"${seconds}s" -H "Host: $host" "http://127.0.0.1:$ours/$body" >"$run/wrk.$body" 2>&1
    row "$open connections with requests of $body, $(sed -n 's/^ *\([0-9]* requests\) in.*/\1/p' "$run/wrk.$body")"
done
sleep "${REST:-10}"
row "${REST:-10} s later"

stored_groups=$(python3 -c 'import sqlite3, sys
print(sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True).execute("SELECT count(*) FROM groups").fetchone()[0])' \
    "$run/reports.db")
printf '\ndatabase: %s groups, %s MiB, and a log beside it of %s MiB\n' "$stored_groups" \
    "$(($(stat -c %s "$run/reports.db") / 1048576))" "$(($(stat -c %s "$run/reports.db-wal") / 1048576))"
printf '\n| page | median | slowest |\n|---|--:|--:|\n'
token=$(sed -n 's/^ *token *\(csrc_[^ ]*\).*/\1/p' "$run/connect-src.log")
python3 "$here/pages.py" "127.0.0.1:$admin" "$token" "$host" 9
kill "${pid[connect-src]}"
wait "${pid[connect-src]}" || true
[[ -z "${KEEP:-}" ]] || mv "$run/reports.db" "$KEEP"
