#!/usr/bin/env bash
# What a proxied request costs, measured beside nginx with add_header: CPU time of the proxy's process for each
# request, requests in a second, latency. One worker each, on loopback, in turn, in one run.
#
#   cargo build --release -p connect-src-server --example proxy
#   benches/serve/proxy.sh
#
# Needs nginx, wrk, curl and python3 (Debian: nginx-light wrk curl python3).
#
# Environment:
#   OURS      the command that is measured; {listen} and {upstream} are addresses, such as 127.0.0.1:19102
#             (default: target/release/examples/proxy {listen} http://{upstream})
#   OTHERS    more commands, one on each line, as NAME=COMMAND
#   ROUNDS=5  SECONDS_EACH=3  CONNECTIONS=32  BODIES="1k 100k"
#   PIN=1     the proxy on core 0, client and upstream on core 1; 0 leaves it to the system
#
# Compare rows of one run only. Where client and upstream share a core, requests in a second say little about a
# fast proxy: judge by the CPU time. Writes the table to standard output.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
ours=${OURS:-"${CARGO_TARGET_DIR:-$root/target}/release/examples/proxy {listen} http://{upstream}"}
rounds=${ROUNDS:-5}
seconds=${SECONDS_EACH:-3}
connections=${CONNECTIONS:-32}
bodies=${BODIES:-"1k 100k"}

upstream_port=19100
run=$(mktemp -d)
declare -A port pid
order=()
near=() far=()
if [[ "${PIN:-1}" == 1 ]] && (($(nproc) >= 2)); then
    near=(taskset -c 0)
    far=(taskset -c 1)
fi

stop_all() {
    for one in "${pid[@]}"; do kill "$one" 2>/dev/null || true; done
    wait 2>/dev/null || true
    rm -rf "$run"
}
trap stop_all EXIT

configure() { # configure TEMPLATE NAME PORT
    sed -e "s#@RUN@#$run#g" -e "s#@UPSTREAM@#127.0.0.1:$upstream_port#g" -e "s#@LISTEN@#127.0.0.1:$3#g" \
        "$here/$1" >"$run/$2.conf"
}

start() { # start NAME PORT COMMAND...
    local name=$1
    port[$name]=$2
    shift 2
    "$@" >"$run/$name.log" 2>&1 &
    pid[$name]=$!
    order+=("$name")
}

start_command() { # start_command NAME PORT TEXT
    local text=${3//\{listen\}/127.0.0.1:$2}
    # shellcheck disable=SC2086 # a command line is words
    start "$1" "$2" "${near[@]}" ${text//\{upstream\}/127.0.0.1:$upstream_port}
}

mkdir -p "$run/www"
head -c 1024 /dev/zero | tr '\0' a >"$run/www/1k"
head -c 102400 /dev/zero | tr '\0' b >"$run/www/100k"
chmod -R a+rX "$run"

configure upstream.nginx.conf upstream "$upstream_port"
start direct "$upstream_port" "${far[@]}" nginx -p "$run" -c "$run/upstream.conf"
configure proxy.nginx.conf nginx 19101
start nginx 19101 "${near[@]}" nginx -p "$run" -c "$run/nginx.conf"
start_command connect-src 19102 "$ours"
next=19103
while IFS='=' read -r name command; do
    [[ -n "$name" ]] || continue
    start_command "$name" "$next" "$command"
    next=$((next + 1))
done <<<"${OTHERS:-}"
sleep 2

# Nobody is measured who does not do the work.
for name in "${order[@]}"; do
    for body in $bodies; do
        head=$(curl -sS -o "$run/body" -D - "http://127.0.0.1:${port[$name]}/$body")
        [[ "$name" == direct ]] || grep -qi '^content-security-policy: ' <<<"$head"
        cmp "$run/body" "$run/www/$body"
    done
done

ticks() { # user and system time of a process and its children, in clock ticks
    local sum=0 process
    for process in "$1" $(pgrep -P "$1" || true); do
        # shellcheck disable=SC2046 # fields are words
        set -- $(sed 's/.*) //' "/proc/$process/stat" 2>/dev/null || true)
        (($# > 13)) && sum=$((sum + ${12} + ${13}))
    done
    echo "$sum"
}

measure() { # measure NAME BODY SECONDS
    local before after output
    before=$(ticks "${pid[$1]}")
    output=$("${far[@]}" wrk -t1 -c"$connections" -d"$3s" --latency "http://127.0.0.1:${port[$1]}/$2" 2>&1)
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

printf '%s, %s cores, load %s\n' "$(date -u +%FT%TZ)" "$(nproc)" "$(cut -d' ' -f1-3 /proc/loadavg)"
printf 'nginx %s, wrk, %s x %s s, %s connections\n' \
    "$(nginx -v 2>&1 | sed 's#.*/##')" "$rounds" "$seconds" "$connections"
python3 "$here/table.py" nginx <"$run/rows.tsv"
for name in "${order[@]}"; do
    printf 'resident memory of %s: %s KiB\n' "$name" "$(awk '/VmHWM/{print $2}' "/proc/${pid[$name]}/status")"
done
