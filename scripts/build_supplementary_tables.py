"""Make ``supplementary_cross_sections.csv`` of ``becq/data``.

    python scripts/build_supplementary_tables.py FOLDER

FOLDER holds the Parquet files of TENDL-2024 (``<projectile>_<element>.parquet``; nucl-parquet, MIT), which
give residual production, so nothing is lost where several reactions lead to one residual. This script takes
from them the residuals that a folder with the fault of :mod:`becq.physics.accelerator.channels` cannot give,
or not at all energies: those that two protons, an alpha or He-3 less, or a deuteron or triton less, leave
behind. Natural targets, radioactive residuals, up to 30 MeV
(where TENDL-2025 in those folders ends), thinned to 1 % of a value plus 0.2 % of the
maximum, without those that have a recommended curve. For targets that are run above 30 MeV (:data:`WIDE`)
all radioactive residuals, so that impurities are known there.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator
from pathlib import Path

import polars as pl
from build_recommended_tables import SHARES, thinned
from build_yield_table import radioactive

from becq.physics.accelerator import recommended
from becq.physics.accelerator.isotopes import name_of, natural_abundances, threshold_mev
from becq.physics.accelerator.supplement import LOST
from becq.physics.elements import elements

DATA = Path(__file__).resolve().parents[1] / "src" / "becq" / "data"
BEAMS = {"p": (1, 1), "d": (1, 2), "a": (2, 4)}
LAST_MEV, LEAST_MB, RELATIVE, ABSOLUTE = 30.0, 0.05, 0.01, 0.002
WIDE = {("p", "Rb"): 80.0, ("p", "I"): 80.0, ("p", "Ga"): 60.0, ("p", "Tl"): 60.0}
EVERY = tuple((z, a) for z in range(8) for a in range(max(z, 1), 20))


def main(folder: Path) -> None:
    """Write the table."""
    rows: list[tuple[str, ...]] = []
    for path in sorted(folder.glob("[pda]_*.parquet")):
        projectile, _, symbol = path.stem.partition("_")
        if symbol in elements() and natural_abundances(symbol):
            last = WIDE.get((projectile, symbol), LAST_MEV)
            frame = pl.read_parquet(path).filter(pl.col("energy_MeV") <= last)
            for a in natural_abundances(symbol):
                rows += _rows(projectile, symbol, a, frame.filter(pl.col("target_A") == a))
    with (DATA / "supplementary_cross_sections.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(["projectile", "target", "residual", "energy_mev", "cross_section_mb", "source"])
        writer.writerows(sorted(rows))
    print(f"{len(rows)} rows")


def _rows(projectile: str, symbol: str, a: int, target: pl.DataFrame) -> Iterator[tuple[str, ...]]:
    beam_z, beam_a = BEAMS[projectile]
    z = elements()[symbol].z
    known = recommended.totals(projectile, symbol)
    gone = LOST if (projectile, symbol) not in WIDE else EVERY
    for gone_z, gone_a in gone:
        residual = z + beam_z - gone_z, a + beam_a - gone_a
        if residual[0] < 3 or (a, *residual) in known or not radioactive(*residual):
            continue
        curve = (
            target.filter((pl.col("residual_Z") == residual[0]) & (pl.col("residual_A") == residual[1]))
            .group_by("energy_MeV")
            .agg(pl.col("xs_mb").sum())
            .sort("energy_MeV")
        )
        threshold = threshold_mev((z, a), projectile, residual) or 0.0
        curve = curve.filter(pl.col("energy_MeV") > threshold)
        energy, sigma = curve["energy_MeV"].to_numpy(), curve["xs_mb"].to_numpy()
        if len(energy) < 4 or sigma.max() < LEAST_MB:
            continue
        energy, sigma = thinned(energy, sigma, RELATIVE, ABSOLUTE)
        yield (
            projectile,
            f"{symbol}-{a}",
            name_of(*residual),
            " ".join(f"{e:.5g}" for e in energy),
            " ".join(f"{s:.3g}" for s in sigma),
            SHARES,
        )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
