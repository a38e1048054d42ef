#!/usr/bin/env bash
# How long a start takes: from exec to the first answer of /healthz, and to the first answer of the application.
# `run.sh` says what it needs.
#
# Environment:
#   STARTS=21
#   DATABASE=FILE   a database to start with (`memory.sh` leaves one at KEEP); without it there is no such row
set -euo pipefail
# shellcheck source=benches/serve/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

read -r application admin ours <<<"$(free_ports 3)"
start_application "$application"
fill_in server.toml server.toml "LISTEN=$ours" "UPSTREAM=$application" "ADMIN=$admin" "DATABASE=$run/reports.db" \
    "QUEUE=16 MiB" "STAGE=trial"

printf '\n## Start\n\n'
machine
printf '\n| database | first answer of | median | range |\n|---|---|--:|--:|\n'
python3 "$here/start.py" "$binary" "$run/server.toml" "$run/reports.db" "$host" "$admin" "$ours" "${STARTS:-21}" \
    "${DATABASE:-}"
