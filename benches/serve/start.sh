#!/usr/bin/env bash
# How long a start takes: from exec to the first answer of /healthz, and to the first answer of the application.
# `run.sh` says what it needs.
#
# Environment:
#   STARTS=21
#   DATABASE=FILE   a database to start with (`memory.sh` leaves one at KEEP); without it, one of 100,000 reports of as
#                   many groups is made
set -euo pipefail
# shellcheck source=benches/serve/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

read -r application admin ours <<<"$(free_ports 3)"
start_application "$application"
fill_in server.toml server.toml "LISTEN=$ours" "UPSTREAM=$application" "ADMIN=$admin" "DATABASE=$run/reports.db" \
    "QUEUE=16 MiB" "STAGE=trial"

database=${DATABASE:-}
if [[ -z "$database" ]]; then
    database=$run/filled.db
    REPORTS=100000 GROUPS_OF_REPORTS=100000 OPEN=10 REST=1 SECONDS_EACH=1 KEEP=$database "$here/memory.sh" >"$run/memory.log"
fi

printf '\n## Start\n\n'
machine
printf '\n| database | first answer of | median | range |\n|---|---|--:|--:|\n'
python3 "$here/start.py" "$binary" "$run/server.toml" "$run/reports.db" "$host" "$admin" "$ours" "${STARTS:-21}" \
    "$database"
