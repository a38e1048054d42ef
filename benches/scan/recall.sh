#!/usr/bin/env bash
# What `connect-src scan` predicts of an application, beside what the running application connects to in Chromium: recall
# and precision. Installs a pinned version, starts it on the loopback interface, records it with a script that uses it,
# scans its front end, and compares. docs/scan-recall.md has the figures and the rules.
#
#   benches/scan/recall.sh APPLICATION FOLDER     node-red (needs Node.js) or jupyterlab (needs Python)
#
# FOLDER keeps what is installed, the recording and the predictions. COMMAND names a built connect-src; without it, one
# is built. RECORDING names a recording to compare with, instead of making one.
set -euo pipefail
cd "$(dirname "$0")/../.."
application=${1:?expected node-red or jupyterlab}
mkdir -p "${2:?expected a folder}"
folder=$(cd "$2" && pwd)
scripts=$PWD/benches/scan/recall
port=${PORT:-18631}
page=
front=$folder/front

if [[ -z ${COMMAND:-} ]]; then
    cargo build --quiet --release --package connect-src-cli
    COMMAND=$PWD/target/release/connect-src
fi

install_node_red() {
    local version=4.1.15
    [[ -d $folder/node_modules/node-red ]] ||
        npm install --prefix "$folder" --no-audit --no-fund --omit=dev "node-red@$version"
    local packages=$folder/node_modules/@node-red
    # What the editor loads: its minified scripts, and the HTML of every node. The scripts beside them that are not
    # minified are the same code.
    rm -rf "$front"
    mkdir -p "$front/nodes"
    cp -r "$packages/editor-client/public/." "$front"
    rm "$front/red/red.js" "$front/red/main.js"
    (cd "$packages/nodes" && find core -name '*.html' -not -path '*/locales/*' -exec cp --parents {} "$front/nodes" ';')
    page=http://127.0.0.1:$port/
}

start_node_red() {
    rm -rf "$folder/user"
    mkdir "$folder/user"
    echo "module.exports = { uiHost: '127.0.0.1', uiPort: $port, telemetry: { enabled: false, updateNotification: false } }" \
        >"$folder/user/settings.js"
    exec node "$folder/node_modules/node-red/red.js" --userDir "$folder/user" --settings "$folder/user/settings.js"
}

install_jupyterlab() {
    local version=4.4.9
    if [[ ! -x $folder/python/bin/jupyter-lab ]]; then
        python3 -m venv "$folder/python"
        "$folder/python/bin/pip" install --quiet "jupyterlab==$version"
    fi
    rm -rf "$front"
    cp -r "$folder/python/share/jupyter/lab/static" "$front"
    page=http://127.0.0.1:$port/lab
}

start_jupyterlab() {
    rm -rf "$folder/user"
    mkdir -p "$folder/user/work"
    export JUPYTER_CONFIG_DIR=$folder/user/config JUPYTER_DATA_DIR=$folder/user/data JUPYTER_RUNTIME_DIR=$folder/user/run
    exec "$folder/python/bin/jupyter-lab" --no-browser --allow-root --ip=127.0.0.1 --port="$port" --ServerApp.port_retries=0 \
        --ServerApp.root_dir="$folder/user/work" --IdentityProvider.token='' --ServerApp.password='' \
        --LabApp.expose_app_in_browser=True
}

record() {
    "start_${application/-/_}" >"$folder/server.log" 2>&1 &
    local server=$!
    trap 'kill $server 2>/dev/null || true' EXIT
    for _ in {1..300}; do
        curl --silent --fail --output /dev/null "$page" && break
        sleep 0.2
    done
    "$COMMAND" record "$page" --script "$scripts/$application.js" --timeout 90 --out "$folder/recording.jsonl"
    kill "$server"
    wait "$server" 2>/dev/null || true
    trap - EXIT
}

"install_${application/-/_}"
if [[ -z ${RECORDING:-} ]]; then
    record
    RECORDING=$folder/recording.jsonl
fi
started=$SECONDS
"$COMMAND" scan "$front" --no-ignore --no-cache --format json >"$folder/scan.json"
echo "scanned in $((SECONDS - started)) s: $(find "$front" -type f \( -name '*.js' -o -name '*.html' \) -printf '%s\n' |
    awk '{ bytes += $1 } END { print NR " scripts and documents, " bytes " bytes" }')"
python3 "$scripts/compare.py" "$RECORDING" "$folder/scan.json" "$front"
