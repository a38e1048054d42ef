#!/usr/bin/env bash
# The end-to-end tests: the real binary, real browsers, real applications.
#
#   bash e2e/run.sh                        # all suites, in Chromium and Firefox
#   bash e2e/run.sh rollout demo           # some of them
#   BROWSERS=firefox bash e2e/run.sh       # in one browser
#   CONNECT_SRC=target/release/connect-src bash e2e/run.sh
#
# Expects Node 20 or later, Chromium and Firefox ($CHROMIUM, $FIREFOX; Debian's without them), Xvfb, openssl, certutil, nginx,
# Apache, Caddy and the built binary.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")"

fail() {
    printf 'e2e: %s\n' "$1" >&2
    exit 2
}

binary=$(realpath -m "${CONNECT_SRC:-../target/debug/connect-src}")
[[ -x $binary ]] || fail "$binary: there is no such program; cargo build, or set CONNECT_SRC"
export CONNECT_SRC=$binary
for browser in ${BROWSERS:-chromium,firefox}; do
    case $browser in
        *chromium*) [[ -x ${CHROMIUM:-/usr/bin/chromium} ]] || fail "no Chromium: apt-get install chromium, or set CHROMIUM" ;;&
        *firefox*) [[ -x ${FIREFOX:-/usr/bin/firefox-esr} ]] || fail "no Firefox: apt-get install firefox-esr, or set FIREFOX" ;;
    esac
done

for tool in Xvfb:xvfb openssl:openssl certutil:libnss3-tools nginx:nginx apache2:apache2-bin caddy:caddy; do
    command -v "${tool%:*}" >/dev/null || fail "no ${tool%:*}: apt-get install ${tool#*:}"
done

# Only when it is not what the lock file says: npm ci removes everything first.
if ! cmp --silent package-lock.json node_modules/.for-lock; then
    npm ci --ignore-scripts --no-audit --no-fund
    cp package-lock.json node_modules/.for-lock
fi

suites=()
for name in "$@"; do
    [[ -f suites/$name.test.mjs ]] || fail "$name: there is no such suite; there are: $(cd suites && echo *.test.mjs)"
    suites+=("suites/$name.test.mjs")
done
((${#suites[@]} > 0)) || suites=(suites/*.test.mjs)

# One suite at a time: browsers and the server's debug build need the machine's cores.
exec timeout --signal=TERM --kill-after=30 "${E2E_SECONDS:-1500}" \
    node --test --test-concurrency=1 --test-reporter=spec "${suites[@]}"
