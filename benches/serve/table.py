"""A table of medians from rows of row.py, with ratios to one of the names: table.py NAME < rows"""

import statistics
import sys

rival = sys.argv[1]
rows = [line.rstrip("\n").split("\t") for line in sys.stdin]
names = list(dict.fromkeys(row[0] for row in rows))
bodies = list(dict.fromkeys(row[1] for row in rows))


def median(name, body, column):
    return statistics.median(float(row[column]) for row in rows if row[:2] == [name, body])


print("| body | target | CPU µs/request | x " + rival + " | range | requests/s | p50 µs | p99 µs | errors |")
print("|---|---|--:|--:|---|--:|--:|--:|---|")
for body in bodies:
    for name in names:
        cpu = [float(row[5]) for row in rows if row[:2] == [name, body]]
        errors = ", ".join(sorted({row[6] for row in rows if row[:2] == [name, body]}))
        figures = [
            body,
            name,
            f"{statistics.median(cpu):.1f}",
            f"{statistics.median(cpu) / median(rival, body, 5):.2f}",
            f"{min(cpu):.1f}–{max(cpu):.1f}",
            f"{median(name, body, 2):.0f}",
            f"{median(name, body, 3):.0f}",
            f"{median(name, body, 4):.0f}",
            errors,
        ]
        print("| " + " | ".join(figures) + " |")
