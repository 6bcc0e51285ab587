"""One million Mo-99/Tc-99m lots, each at its own time: Becq against radioactivedecay in a loop.

The loop is timed over 2,000 lots and extrapolated. Both give the whole chain (Mo-99, Tc-99m, Tc-99), and
the answers of those 2,000 lots are compared.
"""

from __future__ import annotations

import time

import numpy as np
import radioactivedecay as rd

from becq.physics.decay import decay

LOTS = 1_000_000
LOOPED = 2_000


def main() -> None:
    """Print the two times, their ratio, and the largest difference."""
    rng = np.random.default_rng(20150101)
    activities_bq = rng.uniform(1e8, 1e13, (LOTS, 2))
    elapsed_s = rng.uniform(3600.0, 14 * 86400.0, LOTS)
    names = ["Mo-99", "Tc-99m"]

    decay(names, activities_bq[:10], elapsed_s[:10])  # loads the decay data
    times = []
    for _ in range(5):
        start = time.perf_counter()
        ours = decay(names, activities_bq, elapsed_s)
        times.append(time.perf_counter() - start)
    becq_s = float(np.median(times))

    inventories = [dict(zip(names, row, strict=True)) for row in activities_bq[:LOOPED].tolist()]
    rd.Inventory(inventories[0], "Bq").decay(1.0, "s")
    start = time.perf_counter()
    theirs = [
        rd.Inventory(inventory, "Bq").decay(t, "s").activities("Bq")
        for inventory, t in zip(inventories, elapsed_s[:LOOPED].tolist(), strict=True)
    ]
    loop_s = (time.perf_counter() - start) * LOTS / LOOPED

    table = np.array([[row[m] for m in ours.members] for row in theirs])
    difference = np.abs(ours.activities_bq[:LOOPED] / table - 1)
    print(f"Becq, {LOTS:,} lots (median of 5):           {becq_s:9.3f} s")
    print(f"radioactivedecay, from {LOOPED:,} lots:         {loop_s:9.1f} s")
    print(f"ratio:                                     {loop_s / becq_s:9.0f}")
    for member, largest in zip(ours.members, difference.max(axis=0), strict=True):
        print(f"largest relative difference, {member:<7}       {largest:9.1e}")


if __name__ == "__main__":
    main()
