"""Counts the policies in which csp_evaluator, csp-toolkit and `connect-src lint` find the same, and in which only one of them does.

    python3 compare.py CONNECT_SRC EVALUATOR.jsonl TOOLKIT.jsonl POLICIES.jsonl [--show]

The two files of findings are what evaluate.mjs and toolkit.py print. With --show, the lines of the policies stand behind each count.
"""

import json
import subprocess
import sys

# What a peer calls it (the beginning is enough), and our rules about the same.
EVALUATOR = [
    (["SCRIPT_ALLOWLIST_BYPASS"], ["bypassable-script-host", "host-list-scripts"]),
    (["MISSING_DIRECTIVES"], ["missing-object-src", "missing-script-src", "missing-base-uri"]),
    (["SCRIPT_UNSAFE_INLINE"], ["unsafe-inline-script"]),
    (["SCRIPT_UNSAFE_EVAL"], ["unsafe-eval"]),
    (["OBJECT_ALLOWLIST_BYPASS"], []),
    (["SRC_HTTP"], ["plaintext-source", "foreign-report-uri"]),
    (["PLAIN_URL_SCHEMES", "PLAIN_WILDCARD"], ["any-host-script"]),
    (["INVALID_KEYWORD"], ["unquoted-keyword", "invalid-source", "placeholder-source", "malformed-nonce-or-hash"]),
    (["IGNORED"], ["ignored-beside-strict-dynamic"]),
    (["IP_SOURCE"], ["ip-address-source", "local-source"]),
    (["NONCE_LENGTH"], ["short-nonce"]),
    (["SCRIPT_UNSAFE_HASHES"], ["unsafe-hashes"]),
    (["UNKNOWN_DIRECTIVE"], ["unknown-directive"]),
    (["THROWS"], []),
]
TOOLKIT = [
    (["Missing navigate-to"], []),
    (["Missing require-trusted-types-for"], ["missing-trusted-types"]),
    (["Missing form-action"], ["missing-form-action"]),
    (["Missing base-uri"], ["missing-base-uri"]),
    (["Missing frame-ancestors"], []),
    (["object-src is not"], []),
    (["Missing object-src"], ["missing-object-src"]),
    (["'unsafe-inline' in style-src"], ["unsafe-inline-style"]),
    (["'unsafe-inline' allows", "'unsafe-inline' with", "'unsafe-eval'"], ["unsafe-inline-script", "unsafe-eval"]),
    (["No script-src or default-src"], ["missing-script-src"]),
    (["https: scheme in script-src"], ["any-host-script"]),
    (["Wildcard '*'"], ["any-host-source", "any-host-script", "open-channel"]),
    (["data: URI in script-src"], ["any-host-script"]),
    (["data: URI in child-src", "data: URI in frame-src", "data: URI in object-src"], []),
    (["blob: URI in script-src"], []),
    (["Missing worker-src"], []),
    (["IP address source"], ["ip-address-source", "local-source"]),
    (["'unsafe-hashes'"], ["unsafe-hashes"]),
    (["http: scheme"], ["plaintext-source"]),
    (["Broad wildcard domain"], ["bypassable-script-host", "host-list-scripts"]),
]
# Off by themselves with us.
MORE = ["host-list-scripts", "missing-trusted-types", "missing-inline-fallback"]


def ours(binary, policy):
    words = [binary, "lint", "--format", "json", *(word for rule in MORE for word in ("--warn", rule)), "--", policy]
    result = subprocess.run(words, capture_output=True, text=True, check=False)
    if result.returncode not in (0, 1):
        sys.exit(f"{policy}: {result.stderr}")
    return {json.loads(line)["rule"] for line in result.stdout.splitlines()}


def lines_of(file):
    return [json.loads(line) for line in open(file, encoding="utf-8")]


def table(name, kinds, theirs, found, is_shown):
    print(f"\n| {name} | both | it alone | ours alone |\n|---|--:|--:|--:|")
    known = [beginning for beginnings, _ in kinds for beginning in beginnings]
    others = {check for checks in theirs for check in checks if not check.startswith(tuple(known))}
    if others:
        sys.exit(f"{name}: no row for {sorted(others)}")
    for beginnings, rules in kinds:
        cells = {"both": [], "it": [], "ours": []}
        for number, (checks, own) in enumerate(zip(theirs, found, strict=True), 1):
            has = any(check.startswith(tuple(beginnings)) for check in checks)
            have = bool(own & set(rules))
            if has or have:
                cells["both" if has and have else "it" if has else "ours"].append(number)
        counts = " | ".join(f"{len(cell)}{f' {cell}' if is_shown and cell else ''}" for cell in cells.values())
        print(f"| {', '.join(beginnings)} | {counts} |")


def main():
    binary, evaluator, toolkit, policies = sys.argv[1:5]
    is_shown = "--show" in sys.argv
    found = [ours(binary, one["policy"]) for one in lines_of(policies)]
    print(f"{len(found)} policies")
    for name, kinds, file in (("csp_evaluator", EVALUATOR, evaluator), ("csp-toolkit", TOOLKIT, toolkit)):
        theirs = [{finding["check"] for finding in findings} for findings in lines_of(file)]
        table(name, kinds, theirs, found, is_shown)


main()
