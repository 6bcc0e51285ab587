"""Make ``recommended_cross_sections.csv`` and ``isomer_shares.csv`` of ``becq/data``.

    python scripts/build_recommended_tables.py FOLDER

FOLDER holds the Parquet files of TENDL-2024 (``<projectile>_<element>.parquet``; nucl-parquet, MIT), which
give residual production with isomeric states, and in which the IAEA recommended cross sections for medical
radioisotopes stand in steps of 0.1 MeV beside the coarser grid of TALYS. This script takes from them

- the recommended curves: the energies off the grid that all other residuals of the target share, and those on
  it that fit between them (others are of TALYS), thinned to what linear interpolation needs (0.3 % of a value
  plus 0.05 % of the maximum);
- for natural targets, the share of the first isomeric state in the cross section of a residual, by energy,
  where ICRP-107 knows that state and no other, and where it is not moot.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from becq.physics.accelerator.isomers import feeds_ground_soon, isomers
from becq.physics.accelerator.isotopes import name_of, natural_abundances
from becq.physics.elements import elements

Array = NDArray[np.float64]
DATA = Path(__file__).resolve().parents[1] / "src" / "becq" / "data"
RECOMMENDED = "IAEA recommended cross sections for medical radioisotopes (www-nds.iaea.org/medical)"
SHARES = "TENDL-2024 (Koning et al. 2019, Nucl. Data Sheets 155, 1)"
GRID = {*np.arange(1.0, 20.5), *np.arange(20.0, 31.0, 2.0), *np.arange(35.0, 80.0, 5.0)}
GRID |= {*np.arange(80.0, 160.0, 10.0), 160.0, 180.0, 200.0, 0.125, 0.25, 0.5}
FINE_MEV = 0.09
LEAST_POINTS, SHARED_BY, LAST_SHARE_MEV, LEAST_MB = 20, 8, 40.0, 5.0


def main(folder: Path) -> None:
    """Write both tables."""
    recommended, shares = [], []
    for path in sorted(folder.glob("[pda]_*.parquet")):
        projectile, _, symbol = path.stem.partition("_")
        if symbol.startswith("Z") and symbol[1:].isdigit():
            symbol = next(e.symbol for e in elements().values() if e.z == int(symbol[1:]))
        frame = pl.read_parquet(path)
        for a in sorted(frame["target_A"].unique().to_list()):
            target = frame.filter(pl.col("target_A") == a)
            recommended += list(_recommended(projectile, f"{symbol}-{a}", target))
            if a in natural_abundances(symbol):
                shares += list(_shares(projectile, f"{symbol}-{a}", target))
    _write("recommended_cross_sections.csv", "energy_mev,cross_section_mb", recommended)
    _write("isomer_shares.csv", "energy_mev,share", shares)


def _recommended(projectile: str, target: str, rows: pl.DataFrame) -> Iterator[tuple[str, ...]]:
    shared = rows.group_by("energy_MeV").agg(pl.struct("residual_Z", "residual_A").n_unique().alias("n"))
    grid = GRID | set(shared.filter(pl.col("n") >= SHARED_BY)["energy_MeV"].to_list())
    for (z, a, state), curve in rows.group_by("residual_Z", "residual_A", "state", maintain_order=True):
        points = curve.sort("energy_MeV").filter(pl.col("xs_mb") > 0)
        energy, sigma = points["energy_MeV"].to_numpy(), points["xs_mb"].to_numpy()
        off = np.array([e not in grid for e in energy])
        if off.sum() < LEAST_POINTS:
            continue
        tenths = np.isclose(energy * 10, np.round(energy * 10), atol=1e-6)
        fine = np.median(np.diff(energy[off])) < FINE_MEV or (off & tenths).sum() < LEAST_POINTS
        own = off if fine else off & tenths
        kept = own | _between(energy, sigma, own)
        energy, sigma = thinned(energy[kept], sigma[kept], 0.003, 0.0005)
        name = name_of(z, a, "" if state == "g" else state)
        yield projectile, target, name, "ground" if state == "g" else "", *_texts(energy, sigma), RECOMMENDED


def _between(energy: Array, sigma: Array, off: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which points on the grid lie between their neighbours off it, and so may be of the curve."""
    low = np.interp(energy - 0.1, energy[off], sigma[off])
    high = np.interp(energy + 0.1, energy[off], sigma[off])
    inside = (energy > energy[off][0]) & (energy < energy[off][-1])
    return inside & ~off & (sigma >= 0.98 * np.minimum(low, high)) & (sigma <= 1.02 * np.maximum(low, high))


def _shares(projectile: str, target: str, rows: pl.DataFrame) -> Iterator[tuple[str, ...]]:
    for (z, a), curve in rows.group_by("residual_Z", "residual_A", maintain_order=True):
        if isomers(z, a) != ("m",) or feeds_ground_soon(z, a):
            continue
        wide = (
            curve.filter((pl.col("energy_MeV") <= LAST_SHARE_MEV) & pl.col("state").is_in(["g", "m"]))
            .pivot(on="state", index="energy_MeV", values="xs_mb")
            .sort("energy_MeV")
        )
        if {"g", "m"} - set(wide.columns):
            continue
        wide = wide.drop_nulls().filter(pl.col("g") + pl.col("m") > 0)
        total = (wide["g"] + wide["m"]).to_numpy()
        if not total.size or total.max() < LEAST_MB:
            continue
        share = wide["m"].to_numpy() / total
        energy, share = thinned(wide["energy_MeV"].to_numpy(), share, 0.0, 0.01, scale=1.0)
        yield projectile, target, name_of(z, a, "m"), "", *_texts(energy, share, 3), SHARES


def thinned(
    energy: Array, value: Array, relative: float, absolute: float, *, scale: float | None = None
) -> tuple[Array, Array]:
    """The fewest points (found greedily) between which linear interpolation keeps within tolerance."""
    allowed = relative * value + absolute * (value.max() if scale is None else scale)
    kept = {0, len(energy) - 1}
    waiting = [(0, len(energy) - 1)]
    while waiting:
        low, high = waiting.pop()
        between = np.arange(low + 1, high)
        if not between.size:
            continue
        line = np.interp(energy[between], energy[[low, high]], value[[low, high]])
        excess = np.abs(line - value[between]) / allowed[between]
        worst = int(excess.argmax())
        if excess[worst] > 1:
            middle = int(between[worst])
            kept.add(middle)
            waiting += [(low, middle), (middle, high)]
    chosen = sorted(kept)
    return energy[chosen], value[chosen]


def _texts(energy: Array, value: Array, digits: int = 4) -> tuple[str, str]:
    return " ".join(f"{e:.6g}" for e in energy), " ".join(f"{v:.{digits}g}" for v in value)


def _write(name: str, columns: str, rows: list[tuple[str, ...]]) -> None:
    with (DATA / name).open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(["projectile", "target", "residual", "states", *columns.split(","), "source"])
        writer.writerows(sorted(rows))
    print(f"{name}: {len(rows)} rows")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
