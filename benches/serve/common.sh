# shellcheck shell=bash
# What the scripts here have in common; they source it.

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
binary=${BINARY:-"${CARGO_TARGET_DIR:-$root/target}/release/connect-src"}
rounds=${ROUNDS:-5}
seconds=${SECONDS_EACH:-3}
connections=${CONNECTIONS:-32}
host=app.example.com

run=$(mktemp -d)
declare -A pid=()
near=() far=()
if [[ "${PIN:-1}" == 1 ]] && (($(nproc) >= 2)); then
    near=(taskset -c 0)
    far=(taskset -c 1)
fi

# Whoever does not end within five seconds of being asked is ended.
stop_all() {
    local one
    for one in "${pid[@]}"; do kill "$one" 2>/dev/null || true; done
    for _ in $(seq 50); do
        is_any_left || break
        sleep 0.1
    done
    for one in "${pid[@]}"; do kill -KILL "$one" 2>/dev/null || true; done
    wait 2>/dev/null || true
    rm -rf "$run"
}

is_any_left() {
    local one
    for one in "${pid[@]}"; do
        if kill -0 "$one" 2>/dev/null; then return 0; fi
    done
    return 1
}
trap stop_all EXIT

free_ports() { # free_ports COUNT: as many ports of loopback that nobody has
    python3 -c 'import socket, sys
held = [socket.create_server(("127.0.0.1", 0)) for _ in range(int(sys.argv[1]))]
print(*(one.getsockname()[1] for one in held))' "$1"
}

fill_in() { # fill_in TEMPLATE NAME [KEY=VALUE]...
    local template=$1 out=$run/$2 pair edits=(-e "s#@RUN@#$run#g")
    shift 2
    for pair in "$@"; do edits+=(-e "s#@${pair%%=*}@#${pair#*=}#g"); done
    sed "${edits[@]}" "$here/$template" >"$out"
}

start() { # start NAME COMMAND...
    local name=$1
    shift
    "$@" >"$run/$name.log" 2>&1 &
    pid[$name]=$!
}

# One worker; the threads that judge and store are its own beside it, and count. The one whose name is `before` is the
# binary BEFORE.
start_ours() { # start_ours NAME CONFIG [PREFIX]...
    local name=$1 config=$2 program=$binary
    [[ "$name" != before ]] || program=$BEFORE
    shift 2
    start "$name" env TOKIO_WORKER_THREADS=1 "$@" "$program" serve --config "$run/$config"
}

answered() { # answered URL: waits until somebody answers there
    local _
    for _ in $(seq 200); do
        curl -fsS -o /dev/null -H "Host: $host" "$1" 2>/dev/null && return
        sleep 0.1
    done
    echo "nobody answers at $1:" >&2
    cat "$run"/*.log >&2
    return 1
}

# The application: two pages of 1 KiB and 100 KiB.
start_application() { # start_application PORT
    mkdir -p "$run/www"
    head -c 1024 /dev/zero | tr '\0' a >"$run/www/1k"
    head -c 102400 /dev/zero | tr '\0' b >"$run/www/100k"
    chmod -R a+rX "$run"
    fill_in upstream.nginx.conf upstream.conf "LISTEN=127.0.0.1:$1"
    start application "${far[@]}" nginx -p "$run" -c "$run/upstream.conf"
    answered "http://127.0.0.1:$1/1k"
}

ticks() { # user and system time of a process and its children, in clock ticks
    local sum=0 process
    for process in "$1" $(pgrep -P "$1" || true); do
        # shellcheck disable=SC2046 # fields are words
        set -- $(sed 's/.*) //' "/proc/$process/stat" 2>/dev/null || true)
        (($# > 13)) && sum=$((sum + ${12} + ${13}))
    done
    echo "$sum"
}

memory() { # memory NAME FIELD: VmRSS, RssFile, or VmHWM for the most so far, in MiB
    awk -v field="$2:" '$1 == field { printf "%.1f", $2 / 1024 }' "/proc/${pid[$1]}/status"
}

machine() {
    printf '%s, %s cores (%s), load %s, nginx %s\n' "$(date -u +%FT%TZ)" "$(nproc)" \
        "$(sed -n 's/^model name\s*: //p' /proc/cpuinfo | head -1)" \
        "$(cut -d' ' -f1-3 /proc/loadavg)" "$(nginx -v 2>&1 | sed 's#.*/##')"
}
