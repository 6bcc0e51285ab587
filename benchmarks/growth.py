"""How the planner grows with the country: from a sixteenth of the hospitals to all of them.

    python benchmarks/growth.py [--seconds 70] [--out benchmarks/growth.csv] [SHARE ...]

Each size is planned in a process of its own (``bench_china.py``, first stage; ``thinning.py`` says what a
share of the country is) and written to the table as soon as it is measured. A lot keeps as few ways to a
receiver in every size as in the whole, and every size is solved in parts, so that sizes can be compared.
``scripts/plot_growth.py`` draws the table.
"""

from __future__ import annotations

import argparse
import csv
import json
import subprocess
import sys
from pathlib import Path

SHARES = (1 / 16, 1 / 8, 1 / 4, 1 / 2, 1.0)
TABLE = Path(__file__).parent / "growth.csv"
COLUMNS = (
    "share", "hospitals", "orders", "options", "columns", "rows", "wall_s", "cpu_s", "build_cpu_s",
    "peak_gib", "served_fraction", "gap", "cost_gap",
)  # fmt: skip


def main() -> None:
    """Measure the sizes, the smallest first."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=70.0)
    parser.add_argument("--out", type=Path, default=TABLE)
    parser.add_argument("shares", type=float, nargs="*", default=SHARES)
    chosen = parser.parse_args()
    program = Path(__file__).parent / "bench_china.py"
    rows = []
    for share in sorted(chosen.shares):
        command = [sys.executable, str(program), "--stage", "plan", "--alike", "--share", repr(share)]
        command += ["--seconds", str(chosen.seconds)]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
        found = json.loads(done.stdout.splitlines()[-1]) | {"share": share}
        rows.append([f"{found[name]:.6g}" for name in COLUMNS])
        print(", ".join(f"{name} {value}" for name, value in zip(COLUMNS, rows[-1], strict=True)), flush=True)
        with chosen.out.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows([COLUMNS, *rows])


if __name__ == "__main__":
    main()
