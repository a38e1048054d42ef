"""What csp-toolkit (PyPI) says of the policies in conformance/policies.jsonl: one line of JSON for each policy.

    python3 toolkit.py POLICIES.jsonl
"""

import json
import sys

from csp_toolkit.analyzer import analyze
from csp_toolkit.parser import parse

for line in open(sys.argv[1], encoding="utf-8"):
    policy = parse(json.loads(line)["policy"])
    findings = [
        {"check": one.title, "severity": str(one.severity.value), "directive": one.directive}
        for one in analyze(policy)
    ]
    print(json.dumps(findings))
