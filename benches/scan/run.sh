#!/usr/bin/env bash
# Times and memory of scanning published packages, in one run: parsing alone beside scanning, a repository cold and warm,
# and a bundle of 20 MB.
#
#   benches/scan/run.sh FOLDER      a folder where `npm install` was run with the packages of the list below
#
#   npm install --ignore-scripts swagger-ui-dist@5 @verdaccio/ui-theme @node-red/editor-client@4 rxjs@7 @mui/material@7 \
#       date-fns@4 monaco-editor@0.52 @grafana/faro-web-sdk@1
set -euo pipefail
cd "$(dirname "$0")/../.."
modules=$(cd "${1:?expected a folder that has node_modules}" && pwd)/node_modules
profile=${PROFILE:-release}
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT

echo "# parsing alone, and scanning, on one thread"
for package in swagger-ui-dist @verdaccio rxjs/dist @mui/material; do
    SCAN_BENCH=$modules/$package cargo bench --quiet --package connect-src-scan --profile "$profile"
done

cargo build --quiet --profile "$profile" --package connect-src-cli
command=$PWD/target/$profile/connect-src

# A repository of 5,000 files: copies, so that times of files are those of a checkout that is not new.
mkdir "$work/repository"
(cd "$modules" && find . -type f \( -name '*.js' -o -name '*.mjs' -o -name '*.cjs' -o -name '*.ts' -o -name '*.tsx' \) \
    ! -name '*.d.ts' ! -name '*.d.mts' ! -name '*.d.cts' -size -200k | LC_ALL=C sort | awk 'NR % 3' | head -5000 |
    tar --create --files-from=- | tar --extract --directory "$work/repository" --touch)
find "$work/repository" -exec touch --date '1 hour ago' {} +
echo "# a repository: $(find "$work/repository" -type f | wc -l) files, $(du --summarize --bytes "$work/repository" | cut --fields=1) bytes, $(nproc) processors"

# scan NAME ARGUMENT...: seconds, processor seconds and the most memory.
scan() {
    local name=$1
    shift
    # The first line of GNU time after what the command says.
    /usr/bin/time --format "$name: %e s, %U s of processor, %M KiB at most" "$command" scan --format json "$@" >/dev/null || true
}
cd "$work"
for round in 1 2 3; do
    rm -rf cache
    scan "cold $round" --cache cache repository
    scan "warm $round" --cache cache repository
    scan "warm $round, again" --cache cache repository
done
du --bytes cache/* | awk '{ print "cache: " $1 " bytes" }'

echo "# a bundle of 20 MB"
bundle=$modules/swagger-ui-dist/swagger-ui-bundle.js
while [[ ! -f bundle.js || $(stat --format=%s bundle.js) -lt 20000000 ]]; do
    { printf '(function(){'; grep --invert-match sourceMappingURL "$bundle"; printf '})();\n'; } >>bundle.js
done
scan "bundle of $(stat --format=%s bundle.js) bytes" --no-cache bundle.js
