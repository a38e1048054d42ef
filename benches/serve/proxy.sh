#!/usr/bin/env bash
# What a proxied request costs, beside nginx with add_header: CPU time of the proxy's process for each request,
# requests in a second, latency. One worker each, on loopback, in turn, in one run. `run.sh` says what it needs.
#
# Environment, beside what `run.sh` tells of:
#   OTHERS    more proxies, one on each line, as NAME=COMMAND; {listen} and {upstream} in it are addresses, such as
#             127.0.0.1:19102. The proxy without rollouts is target/release/examples/proxy {listen} http://{upstream}
#   BODIES="1k 100k"
#
# Compare rows of one run only. Where client and upstream share a core, requests in a second say little about a
# fast proxy: judge by the CPU time.
set -euo pipefail
# shellcheck source=benches/serve/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
bodies=${BODIES:-"1k 100k"}

declare -A port
order=()
read -r application nginx others <<<"$(free_ports 14)"

start_application "$application"
fill_in proxy.nginx.conf nginx.conf "UPSTREAM=127.0.0.1:$application" "LISTEN=127.0.0.1:$nginx"
start nginx "${near[@]}" nginx -p "$run" -c "$run/nginx.conf"
port=([direct]=$application [nginx]=$nginx)
pid[direct]=${pid[application]}
for name in connect-src ${BEFORE:+before}; do
    read -r "port[$name]" admin others <<<"$others"
    fill_in server.toml "$name.toml" "LISTEN=${port[$name]}" "UPSTREAM=$application" "ADMIN=$admin" \
        "DATABASE=$run/$name.db" "QUEUE=16 MiB" "STAGE=enforce"
    start_ours "$name" "$name.toml" "${near[@]}"
done
order=(direct nginx connect-src ${BEFORE:+before})
while IFS='=' read -r name command; do
    [[ -n "$name" ]] || continue
    read -r "port[$name]" others <<<"$others"
    command=${command//\{listen\}/127.0.0.1:${port[$name]}}
    # shellcheck disable=SC2086 # a command line is words
    start "$name" "${near[@]}" ${command//\{upstream\}/127.0.0.1:$application}
    order+=("$name")
done <<<"${OTHERS:-}"

# Nobody is measured who does not do the work.
for name in "${order[@]}"; do
    answered "http://127.0.0.1:${port[$name]}/1k"
    for body in $bodies; do
        head=$(curl -sS -o "$run/body" -D - -H "Host: $host" "http://127.0.0.1:${port[$name]}/$body")
        [[ "$name" == direct ]] || grep -qi '^content-security-policy: ' <<<"$head"
        cmp "$run/body" "$run/www/$body"
    done
done

measure() { # measure NAME BODY SECONDS
    local before after output
    before=$(ticks "${pid[$1]}")
    output=$("${far[@]}" wrk -t1 -c"$connections" -d"$3s" --latency -H "Host: $host" \
        "http://127.0.0.1:${port[$1]}/$2" 2>&1)
    after=$(ticks "${pid[$1]}")
    python3 "$here/row.py" "$1" "$2" "$((after - before))" "$(getconf CLK_TCK)" <<<"$output"
}

for name in "${order[@]}"; do
    for body in $bodies; do measure "$name" "$body" 1 >/dev/null; done
done
for _ in $(seq "$rounds"); do
    for body in $bodies; do
        for name in "${order[@]}"; do measure "$name" "$body" "$seconds" >>"$run/rows.tsv"; done
    done
done

printf '\n## Proxy\n\n'
machine
printf '%s rounds of %s s, %s connections\n\n' "$rounds" "$seconds" "$connections"
python3 "$here/table.py" body nginx <"$run/rows.tsv"
for name in "${order[@]}"; do printf 'most resident memory of %s: %s MiB\n' "$name" "$(memory "$name" VmHWM)"; done
