"""Decay at scale: against radioactivedecay, against plain NumPy, and ten million lots in bounded memory.

1. One million lots of Mo-99/Tc-99m/Tc-99, each at its own time, against radioactivedecay inventories in a
   loop (timed over 2,000 lots and extrapolated; their answers are compared). Required: 1,000 times faster.
2. One nuclide without progeny, against ``a * np.exp(-lam * t)`` over the same arrays. Required: at most twice
   as slow.
3. Ten million lots of Mo-99 with their progeny: lots per second and peak memory, of ``decay()`` over arrays
   and of ``decayed_blocks()`` over frames. Each runs in a process of its own, so that its peak is its own.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import radioactivedecay as rd

from becq.physics import decay_data
from becq.physics.decay import decay

LOTS = 1_000_000
LOOPED = 2_000
MANY = 10_000_000
BLOCK = 500_000
DAY_S = 86400.0


def main() -> None:
    """Run what the arguments name; without arguments everything."""
    if len(sys.argv) > 1:
        {"arrays": arrays, "frames": frames}[sys.argv[1]](int(sys.argv[2]))
        return
    against_radioactivedecay()
    against_numpy()
    ten_million()


def against_radioactivedecay() -> None:
    """Print the two times, their ratio, and the largest difference."""
    rng = np.random.default_rng(20150101)
    activities_bq = rng.uniform(1e8, 1e13, (LOTS, 2))
    elapsed_s = rng.uniform(3600.0, 14 * DAY_S, LOTS)
    names = ["Mo-99", "Tc-99m"]
    decay(names, activities_bq[:10], elapsed_s[:10])  # loads the decay data
    (becq_s,) = medians_s(lambda: decay(names, activities_bq, elapsed_s))
    ours = decay(names, activities_bq[:LOOPED], elapsed_s[:LOOPED])

    inventories = [dict(zip(names, row, strict=True)) for row in activities_bq[:LOOPED].tolist()]
    rd.Inventory(inventories[0], "Bq").decay(1.0, "s")
    start = time.perf_counter()
    theirs = [
        rd.Inventory(inventory, "Bq").decay(t, "s").activities("Bq")
        for inventory, t in zip(inventories, elapsed_s[:LOOPED].tolist(), strict=True)
    ]
    loop_s = (time.perf_counter() - start) * LOTS / LOOPED

    table = np.array([[row[m] for m in ours.members] for row in theirs])
    difference = np.abs(ours.activities_bq / table - 1)
    print(f"Becq, {LOTS:,} lots, 3 members (median of 7): {becq_s:9.3f} s")
    print(f"radioactivedecay, from {LOOPED:,} lots:           {loop_s:9.1f} s")
    print(f"times faster:                                {loop_s / becq_s:9.0f}   (required: 1000)")
    for member, largest in zip(ours.members, difference.max(axis=0), strict=True):
        print(f"largest relative difference, {member:<7}         {largest:9.1e}")


def against_numpy() -> None:
    """Print how much longer decay() takes than the plain formula over the same arrays."""
    rng = np.random.default_rng(20150102)
    for lots in (LOTS, MANY):
        activities_bq, elapsed_s = rng.uniform(1e8, 1e13, lots), rng.uniform(0.0, 14 * DAY_S, lots)
        for name in ("F-18", "Mo-99"):
            rate = decay_data.decay_const(name)

            def plain(a: np.ndarray = activities_bq, t: np.ndarray = elapsed_s, rate: float = rate) -> object:
                return a * np.exp(-rate * t)

            def ours(a: np.ndarray = activities_bq, t: np.ndarray = elapsed_s, name: str = name) -> object:
                return decay(name, a, t, members=[name])

            plain_s, becq_s = medians_s(plain, ours)
            print(
                f"{name:<6}alone, {lots:>10,} lots: NumPy {plain_s:.4f} s, Becq {becq_s:.4f} s,"
                f" ratio {becq_s / plain_s:.2f}   (required: 2)"
            )


def ten_million() -> None:
    """Print lots per second and peak memory of processes that decay one and ten million lots."""
    for what in ("arrays", "frames"):
        for lots in (LOTS, MANY):
            command = [sys.executable, __file__, what, str(lots)]
            print(subprocess.run(command, capture_output=True, text=True, check=True).stdout, end="")


def arrays(lots: int) -> None:
    """decay() over arrays: everything at once, each lot at its own time."""
    rng = np.random.default_rng(20150103)
    activities_bq, elapsed_s = rng.uniform(1e8, 1e13, lots), rng.uniform(3600.0, 14 * DAY_S, lots)
    decay("Mo-99", activities_bq[:10], elapsed_s[:10])
    before = peak_mb()
    start = time.perf_counter()
    result = decay("Mo-99", activities_bq, elapsed_s)
    seconds = time.perf_counter() - start
    out = result.activities_bq.nbytes / 1e6
    put_in = (activities_bq.nbytes + elapsed_s.nbytes) / 1e6
    print(
        f"decay(), {lots:>10,} lots: {lots / seconds / 1e6:.1f} million lots/s; input {put_in:.0f} MB,"
        f" output {out:.0f} MB, peak growth {peak_mb() - before:.0f} MB"
    )


def frames(lots: int) -> None:
    """decayed_blocks() over frames that come one by one and are not kept."""
    from becq.physics.inventory_blocks import decayed_blocks

    noon = datetime(2026, 3, 2, 12, tzinfo=UTC)
    start = time.perf_counter()
    rows = sum(block.height for block in decayed_blocks(stock(lots), noon, form="wide", block_rows=BLOCK))
    seconds = time.perf_counter() - start
    print(
        f"decayed_blocks(), {rows:>10,} lots: {rows / seconds / 1e6:.1f} million lots/s (made as well);"
        f" peak {peak_mb():.0f} MB with blocks of {BLOCK:,}"
    )


def stock(lots: int) -> Iterator[object]:
    """Frames of Mo-99 lots."""
    import polars as pl

    rng = np.random.default_rng(20150104)
    for first in range(0, lots, BLOCK):
        moments = pl.Series(1_772_000_000_000_000 + rng.integers(0, 86_400_000_000, BLOCK))
        yield pl.DataFrame(
            {
                "lot": np.arange(first, first + BLOCK),
                "nuclide": pl.repeat("Mo-99", BLOCK, eager=True),
                "activity_bq": rng.uniform(1e8, 1e13, BLOCK),
                "reference_time": moments.cast(pl.Datetime("us", "UTC")),
            }
        )


def medians_s(*calls: Callable[[], object]) -> list[float]:
    """Median times of seven rounds of these calls, taken in turn so that a busy machine hits all alike."""
    times: list[list[float]] = [[] for _ in calls]
    for _ in range(7):
        for call, taken in zip(calls, times, strict=True):
            start = time.perf_counter()
            result = call()
            taken.append(time.perf_counter() - start)
            del result
    return [float(np.median(taken)) for taken in times]


def peak_mb() -> float:
    """Largest resident memory of this process so far (Linux)."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1e3
    return float("nan")


if __name__ == "__main__":
    main()
