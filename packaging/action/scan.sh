#!/usr/bin/env bash
# What the action runs. Its inputs are in the environment, so that nothing of them is read as a command.
set -euo pipefail

command=${BINARY:-connect-src}
mapfile -t paths <<<"${PATHS:-.}"
options=(--mode "${MODE:-production}")
[[ -z "${POLICY:-}" ]] || options+=("--policy=$POLICY")
[[ -z "${PAGE:-}" ]] || options+=("--page=$PAGE")
[[ -z "${BASELINE:-}" ]] || options+=("--baseline=$BASELINE")

if [[ -n "${SARIF:-}" ]]; then
    "$command" scan "${options[@]}" --fail-on never --format sarif -- "${paths[@]}" >"$SARIF"
fi
"$command" scan "${options[@]}" --fail-on "${FAIL_ON:-blocked}" --format github -- "${paths[@]}"
