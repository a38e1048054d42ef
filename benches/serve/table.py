"""A table of medians from rows of row.py, with ratios to one of the names: table.py WHAT NAME < rows

A ratio is one of two figures of the same round; its range is that of all rounds."""

import statistics
import sys

what, rival = sys.argv[1:]
rows = [line.rstrip("\n").split("\t") for line in sys.stdin]
names = list(dict.fromkeys(row[0] for row in rows))
loads = list(dict.fromkeys(row[1] for row in rows))


def column(name, load, index):
    return [float(row[index]) for row in rows if row[:2] == [name, load]]


print(f"| {what} | target | CPU µs/request | x {rival} | range | requests/s | p50 µs | p99 µs | errors |")
print("|---|---|--:|--:|---|--:|--:|--:|---|")
for load in loads:
    for name in names:
        cpu = column(name, load, 5)
        ratios = [ours / theirs for ours, theirs in zip(cpu, column(rival, load, 5))]
        errors = ", ".join(sorted({row[6] for row in rows if row[:2] == [name, load]}))
        figures = [
            load,
            name,
            f"{statistics.median(cpu):.1f}",
            f"{statistics.median(ratios):.2f}",
            f"{min(ratios):.2f}–{max(ratios):.2f}",
            f"{statistics.median(column(name, load, 2)):.0f}",
            f"{statistics.median(column(name, load, 3)):.0f}",
            f"{statistics.median(column(name, load, 4)):.0f}",
            errors,
        ]
        print("| " + " | ".join(figures) + " |")
