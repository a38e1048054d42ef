#!/usr/bin/env bash
# What a report costs from the socket to the database, beside nginx that answers 204 and throws it away: CPU time of
# the server's process for each report, until the last of them is committed. One report in each post, half of them
# in each of the two formats. `run.sh` says what it needs.
#
# Environment, beside what `run.sh` tells of:
#   MIXES="spread skewed loop"   what is posted; `posts.lua` says what they are
#
# Nothing is shed: it is checked that the posts that were answered with 204 and the reports that are stored are as many.
set -euo pipefail
# shellcheck source=benches/serve/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
mixes=${MIXES:-"spread skewed loop"}

read -r application nginx others <<<"$(free_ports 6)"
start_application "$application"
fill_in collector.nginx.conf nginx.conf "LISTEN=$nginx"
start nginx "${near[@]}" nginx -p "$run" -c "$run/nginx.conf"
declare -A port=([nginx]=$nginx) admin=() path=() policy=()
order=(nginx connect-src ${BEFORE:+before})
answered "http://127.0.0.1:$nginx/"
for name in "${order[@]:1}"; do
    read -r "port[$name]" "admin[$name]" others <<<"$others"
    fill_in server.toml "$name.toml" "LISTEN=${port[$name]}" "UPSTREAM=$application" "ADMIN=${admin[$name]}" \
        "DATABASE=$run/$name.db" "QUEUE=1 GiB" "STAGE=trial"
    start_ours "$name" "$name.toml" "${near[@]}"
    answered "http://127.0.0.1:${port[$name]}/1k"
done

# Reports are about the policy that pages carry, and are posted to where it says.
for name in "${!admin[@]}"; do
    policy[$name]=$(curl -sS -o /dev/null -D - -H "Host: $host" "http://127.0.0.1:${port[$name]}/1k" |
        sed -n 's/\r$//; s/^content-security-policy-report-only: //Ip' | grep api.example.com)
    path[$name]=$(sed 's/.*report-uri \([^; ]*\).*/\1/' <<<"${policy[$name]}")
done
path[nginx]=${path[connect-src]} policy[nginx]=${policy[connect-src]}

counted() { # counted SERVER NAME: the sum of a counter
    curl -fsS "http://127.0.0.1:${admin[$1]}/metrics" | awk -v name="connect_src_$2_total" \
        'index($1, name) == 1 { sum += $2 } END { printf "%d", sum }'
}

# The posts that wrk did not wait for are posts, too.
all_stored() { # all_stored SERVER
    local posts stored
    for _ in $(seq 300); do
        posts=$(counted "$1" posts) stored=$(counted "$1" reports)
        ((posts == stored)) && return
        sleep 0.3
    done
    echo "$posts posts, but $stored reports are stored and $(counted "$1" shed_reports) shed" >&2
    return 1
}

measure() { # measure NAME MIX SECONDS
    local before after output posts=0
    before=$(ticks "${pid[$1]}")
    [[ "$1" == nginx ]] || posts=$(counted "$1" posts)
    output=$("${far[@]}" wrk -t1 -c"$connections" -d"$3s" --latency -H "Host: $host" -s "$here/posts.lua" \
        "http://127.0.0.1:${port[$1]}${path[$1]}" -- "$2" "${policy[$1]}" 2>&1)
    if [[ "$1" != nginx ]]; then
        all_stored "$1"
        check_number "$output" "$(($(counted "$1" posts) - posts))"
    fi
    after=$(ticks "${pid[$1]}")
    python3 "$here/row.py" "$1" "$2" "$((after - before))" "$(getconf CLK_TCK)" <<<"$output"
}

check_number() { # check_number OUTPUT COUNT: as many as wrk saw answered, and those that it did not wait for
    local answered
    answered=$(sed -n 's/^ *\([0-9]*\) requests in.*/\1/p' <<<"$1")
    if (($2 < answered || $2 > answered + connections)); then
        echo "$answered posts were answered, but $2 reports are stored" >&2
        return 1
    fi
}

for name in "${order[@]}"; do
    for mix in $mixes; do measure "$name" "$mix" 1 >/dev/null; done
done
for _ in $(seq "$rounds"); do
    for mix in $mixes; do
        for name in "${order[@]}"; do measure "$name" "$mix" "$seconds" >>"$run/rows.tsv"; done
    done
done

printf '\n## Collector\n\n'
machine
printf '%s rounds of %s s, %s connections\n\n' "$rounds" "$seconds" "$connections"
python3 "$here/table.py" posts nginx <"$run/rows.tsv"
for name in "${!admin[@]}"; do
    printf '%s: %s reports stored, %s shed, %s MiB of memory at most\n' "$name" "$(counted "$name" reports)" \
        "$(counted "$name" shed_reports)" "$(memory "$name" VmHWM)"
done
