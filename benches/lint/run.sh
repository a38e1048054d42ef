#!/usr/bin/env bash
# Times of our linter and of csp_evaluator (npm), in one run, for the policy of policy-60.txt.
#
#   benches/lint/run.sh FOLDER      a folder where `npm install csp_evaluator` was run
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
folder=${1:?expected a folder that has node_modules/csp_evaluator}
echo "csp_evaluator, parse + evaluate: $(node "$here/evaluate.mjs" "$folder/node_modules/csp_evaluator" --time "$here/policy-60.txt") µs"
cargo bench --package connect-src-lint
echo "csp_evaluator, again: $(node "$here/evaluate.mjs" "$folder/node_modules/csp_evaluator" --time "$here/policy-60.txt") µs"
