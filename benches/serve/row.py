"""One row of figures from the output of wrk: row.py NAME BODY TICKS TICKS_PER_SECOND < output"""

import re
import sys

UNITS = {"us": 1, "ms": 1e3, "s": 1e6, "m": 6e7}


def microseconds(text):
    number, unit = re.fullmatch(r"([\d.]+)(us|ms|s|m)", text).groups()
    return float(number) * UNITS[unit]


name, body, ticks, per_second = sys.argv[1:]
output = sys.stdin.read()
requests = int(re.search(r"(\d+) requests in", output)[1])
rate = re.search(r"Requests/sec:\s+([\d.]+)", output)[1]
median, tail = (
    microseconds(re.search(rf"^\s+{share}%\s+(\S+)", output, re.MULTILINE)[1]) for share in (50, 99)
)
cpu = int(ticks) / int(per_second) * 1e6 / max(requests, 1)
error = re.search(r"Non-2xx.*|Socket errors.*", output)
print(name, body, rate, median, tail, cpu, error[0] if error else "-", sep="\t")
