"""Put the fission-spectrum averages of threshold reactions into ``neutron_cross_sections.csv``.

    python scripts/build_threshold_averages.py FOLDER

FOLDER holds evaluated libraries in the open nucl-parquet layout (exoma-ch/nucl-parquet, MIT), one subfolder
each (``irdff-2``, ``endfb-8.1``, ``jendl-5``, ...), as such or with ``xs`` below. Reaction by reaction:

1. An evaluation counts if its curve is complete. Where an (n,p) or (n,a) curve of a target of A >= 40 holds
   nothing but the first level of the residual (MT 600 or 800 instead of MT 103 or 107), the cross section
   at 14.5 MeV has fallen below a quarter of its maximum; no complete curve of any library does that.
2. IRDFF-II (Trkov et al. 2020) wins. Its uncertainty is that of the covariances of ENDF/B-VIII.1 where this
   took over the same evaluation (averages within 1 %), else the median distance of the others, times 1.48.
3. Else ENDF/B-VIII.1, where it has covariances and stays within a factor 1.5 of the others.
4. Else the median of the evaluations that differ (by more than 0.5 %), their spread as its uncertainty.
   One that is more than a factor of three off the median of four or more does not count. Where the rest
   differs by more than a factor of two (standard deviation of the logarithm), nothing is given and the row
   says so.
5. Where half of the reactions happen above 12 MeV, 25 % is added to the uncertainty for the spectrum, whose
   tail is too weak: there the averages are 2 to 25 % below those measured in fission spectra (EXFOR, at least
   three measurements each: (n,2n) of As-75, Mn-55, Co-59, Y-89, Zr-90; Zn-64 63 %). Below 12 MeV the median
   ratio of 40 reactions to what was measured is 1.03, half of them within 10 %.

Folded with the Watt spectrum of U-235 above 10 keV; what happens below belongs to the thermal rows.
``scripts/threshold_covariances.csv``: relative uncertainties of the averages from MF33 of ENDF/B-VIII.1.
"""

from __future__ import annotations

import csv
import math
import statistics
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import periodictable
import polars as pl

from becq.physics import decay_data
from becq.physics.reactor.sample import NATURAL_ISOMERS

HERE = Path(__file__).resolve().parent
TABLE = HERE.parent / "src" / "becq" / "data" / "neutron_cross_sections.csv"
LIBRARIES = {
    "irdff-2": "IRDFF-II",
    "endfb-8.1": "ENDF/B-VIII.1",
    "jendl-ad-2017": "JENDL/AD-2017",
    "jendl-5": "JENDL-5",
    "jeff-4.0": "JEFF-4.0",
    "eaf-2010": "EAF-2010",
    "tendl-2025": "TENDL-2025",
    "cendl-3.2": "CENDL-3.2",
}
"""In the order in which equal values are credited."""
REACTIONS = {(1, 0): "n,p", (2, 3): "n,a", (0, 1): "n,2n"}
ORDER = ("n,g", "n,p", "n,t", "n,a", "n,2n", "n,n'", "n,f")
WATT_MEV, WATT_PER_MEV = 0.988, 2.249
FIRST_MEV, PROBE_MEV, HEAVY = 0.01, 14.5, 40
LEAST_SHARE, SAME, FACTOR, OUTLIER, APART, LEAST_B = 0.25, 1.005, 1.5, 3.0, 2.0, 1e-5
HARD_MEV, HARD_SHARE = 12.0, 0.25
HARD_SPECTRUM = "25 % of uncertainty added for the fission spectrum above 12 MeV"
SPREAD = "average over the fission spectrum: its uncertainty is the spread of evaluations"
FOLDED = "folded with the Watt spectrum of U-235"
IRDFF = f"IRDFF-II (Trkov et al. 2020, Nucl. Data Sheets 163, 1; {FOLDED})"
COBALT_M = 0.0354 / 0.111
COBALT_SOURCE = (
    "share of the isomer (0.0354/0.111) from IAEA Technical Reports Series 273 by way of periodictable"
)

SYMBOLS = {periodictable.elements[z].symbol for z in range(3, 84)}

Key = tuple[str, str, str]


@dataclass(frozen=True)
class Average:
    """An average over the fission spectrum in b, whether its curve is complete, and where half of it lies."""

    value_b: float
    complete: bool
    half_mev: float = 0.0


@dataclass(frozen=True)
class Choice:
    """What the table gets: value and uncertainty in b (None: left out, or not known), source and remarks."""

    value_b: float | None
    uncertainty_b: float | None
    source: str
    note: str = ""
    assumption: str = ""


def main(folder: Path) -> None:
    """Replace every (n,p), (n,a) and (n,2n) average of the table."""
    with (HERE / "threshold_covariances.csv").open(encoding="utf-8") as file:
        covariances = {
            (r["target"], r["reaction"], r["product"]): float(r["relative_uncertainty"])
            for r in csv.DictReader(file)
        }
    chosen: dict[Key, Choice] = {}
    for key, found in averages(folder).items():
        choice = choose(found, covariances.get(key))
        if choice is not None:
            chosen |= _split(key, _with_spectrum(choice, found))
    with TABLE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    columns = list(rows[0])
    _write(columns, merge(rows, chosen))


def averages(folder: Path) -> dict[Key, dict[str, Average]]:
    """Averages by library for every reaction of a natural isotope that leads to something radioactive."""
    grid = np.linspace(0.0, 20.0, 40_001)
    watt = np.exp(-grid / WATT_MEV) * np.sinh(np.sqrt(WATT_PER_MEV * grid))
    watt *= (grid > FIRST_MEV) / np.trapezoid(watt, grid)
    found: dict[Key, dict[str, Average]] = {}
    for library in LIBRARIES:
        for path in sorted(
            [*(folder / library).glob("n_*.parquet"), *(folder / library / "xs").glob("n_*.parquet")]
        ):
            if path.stat().st_size == 0:
                continue
            for key, energies, barns, a in _curves(path):
                weighed = np.interp(grid, energies, barns, left=0.0, right=barns[-1]) * watt
                summed = np.cumsum(weighed)
                half = float(grid[np.searchsorted(summed, 0.5 * summed[-1])])
                whole = complete(key[1], a, energies, barns)
                average = Average(float(np.trapezoid(weighed, grid)), whole, half)
                if average.value_b > 0:
                    found.setdefault(key, {})[library] = average
    return found


def complete(reaction: str, a: int, energies_mev: np.ndarray, barns: np.ndarray) -> bool:
    """False for a curve of one level of the residual only (rule 1)."""
    if reaction == "n,2n" or a < HEAVY:
        return True
    fast = (energies_mev > 0.5) & (energies_mev <= PROBE_MEV)
    if not fast.any():
        return True
    at_probe = float(np.interp(PROBE_MEV, energies_mev, barns))
    return at_probe >= LEAST_SHARE * max(float(barns[fast].max()), at_probe)


def choose(found: Mapping[str, Average], covariance: float | None) -> Choice | None:
    """Rules 2 to 4 for one reaction; None if it is not worth a row."""
    whole = {name: a.value_b for name, a in found.items() if a.complete}
    if not whole:
        low = max(a.value_b for a in found.values())
        note = "left out: the evaluations hold a part of its levels only"
        return Choice(None, None, "", note) if low >= LEAST_B else None
    endf = whole.get("endfb-8.1")
    if "irdff-2" in whole:
        value = whole.pop("irdff-2")
        if value < LEAST_B:
            return None
        if covariance and endf and abs(endf / value - 1.0) < 0.01:
            return Choice(value, covariance * value, f"{IRDFF}, uncertainty: covariances of ENDF/B-VIII.1")
        others = _distinct({n: v for n, v in whole.items() if max(v / value, value / v) > SAME})
        doubt = _scatter(list(others.values()), value)
        if doubt is None:
            return Choice(value, None, IRDFF)
        said = f"uncertainty: spread of {_named(others)}"
        return Choice(value, doubt * value, f"{IRDFF}, {said}", assumption=SPREAD)
    different = _agreeing(_distinct(whole))
    middle = _middle(different)
    if middle < LEAST_B:
        return None
    if endf and covariance and 1 / FACTOR < endf / middle < FACTOR:
        return Choice(endf, covariance * endf, f"ENDF/B-VIII.1 ({FOLDED}, with its covariances)")
    if len(different) == 1:
        return Choice(middle, None, f"{_named(different)} ({FOLDED})") if endf else None
    spread = _spread(list(different.values()), middle)
    if spread > math.log(APART):
        limits = f"{1e3 * min(different.values()):.2g} to {1e3 * max(different.values()):.2g} mb"
        note = f"left out: the evaluations disagree ({limits} in the fission spectrum)"
        return Choice(None, None, _named(different), note)
    source = f"median of {_named(different)} ({FOLDED})"
    return Choice(middle, spread * middle, source, assumption=SPREAD)


def _with_spectrum(choice: Choice, found: Mapping[str, Average]) -> Choice:
    """Rule 5."""
    if choice.value_b is None or choice.uncertainty_b is None:
        return choice
    if statistics.median(a.half_mev for a in found.values() if a.complete) < HARD_MEV:
        return choice
    doubt = math.hypot(choice.uncertainty_b, HARD_SHARE * choice.value_b)
    assumption = "; ".join(filter(None, (choice.assumption, HARD_SPECTRUM)))
    return replace(choice, uncertainty_b=doubt, assumption=assumption)


def merge(rows: list[dict[str, str]], chosen: Mapping[Key, Choice]) -> list[dict[str, str]]:
    """The rows of the table with the new averages, sorted as before."""
    kept: dict[Key, dict[str, str]] = {}
    for row in rows:
        key = (row["target"], row["reaction"], row["product"])
        if row["reaction"] in REACTIONS.values():
            if not (row["thermal_b"] or row["resonance_b"]):
                continue
            row["fission_b"] = row["fission_u_b"] = ""
            row["source"] = row["source"].split("fission spectrum: ")[0].rstrip("; ")
            row["assumption"] = row["assumption"].removesuffix(SPREAD).rstrip("; ")
        kept[key] = row
    for key, choice in chosen.items():
        if choice.value_b is None and key in kept:
            continue
        row = kept.setdefault(
            key, dict.fromkeys(rows[0], "") | dict(zip(("target", "reaction", "product"), key, strict=True))
        )
        row["fission_b"] = _digits(choice.value_b, 4)
        row["fission_u_b"] = _digits(choice.uncertainty_b, 3)
        if choice.source:
            row["source"] = "; ".join(filter(None, (row["source"], f"fission spectrum: {choice.source}")))
        remarks = [choice.assumption]
        alone = choice.value_b is not None and not (row["thermal_b"] or row["resonance_b"])
        if alone and _isomers(key[2]) and COBALT_SOURCE not in choice.source:
            remarks.append("all taken to the ground state: the libraries do not split isomers")
        row["note"] = "; ".join(filter(None, (row["note"], choice.note)))
        row["assumption"] = "; ".join(filter(None, (row["assumption"], *remarks)))
    return sorted(kept.values(), key=_place)


def _curves(path: Path) -> Iterator[tuple[Key, np.ndarray, np.ndarray, int]]:
    symbol = path.stem.removeprefix("n_")
    if symbol not in SYMBOLS:
        return
    element = periodictable.elements.symbol(symbol)
    frame = pl.read_parquet(path).sort("energy_MeV")
    for (a, z_left, a_left), curve in frame.group_by("target_A", "residual_Z", "residual_A"):
        reaction = REACTIONS.get((element.number - z_left, a - a_left))
        if reaction is None or a not in element.isotopes or not element[a].abundance > 0:
            continue
        product = f"{periodictable.elements[z_left].symbol}-{a_left}"
        if not decay_data.known(product) or (decay_data.record(product).stable and not _isomers(product)):
            continue
        target = f"{element.symbol}-{a}"
        key = (NATURAL_ISOMERS.get(target, target), reaction, product)
        yield key, curve["energy_MeV"].to_numpy(), 1e-3 * curve["xs_mb"].to_numpy(), a


def _isomers(product: str) -> bool:
    return any(decay_data.known(product + state) for state in "mn")


def _distinct(values: Mapping[str, float]) -> dict[str, float]:
    """One of each group of equal averages: libraries take evaluations from each other."""
    found: dict[str, float] = {}
    for name in LIBRARIES:
        if name in values and all(max(values[name] / v, v / values[name]) > SAME for v in found.values()):
            found[name] = values[name]
    return found


def _agreeing(values: dict[str, float]) -> dict[str, float]:
    """Without those a factor of three off the median, if there are four or more."""
    if len(values) < 4:
        return values
    middle = _middle(values)
    near = {name: v for name, v in values.items() if 1 / OUTLIER < v / middle < OUTLIER}
    return near if len(near) > 1 else values


def _middle(values: Mapping[str, float]) -> float:
    return math.exp(statistics.median(math.log(v) for v in values.values()))


def _spread(values: list[float], middle: float) -> float:
    """Standard deviation of the logarithms around their median."""
    return math.sqrt(sum(math.log(v / middle) ** 2 for v in values) / (len(values) - 1))


def _scatter(values: list[float], chosen: float) -> float | None:
    """Median distance of other evaluations (logarithms), as a standard deviation; None if there are none."""
    return 1.4826 * statistics.median(abs(math.log(v / chosen)) for v in values) if values else None


def _named(values: Mapping[str, float]) -> str:
    return ", ".join(LIBRARIES[name] for name in values)


def _split(key: Key, choice: Choice) -> dict[Key, Choice]:
    """Ni-58(n,p): a share is known of the isomer Co-58m."""
    if key[:2] != ("Ni-58", "n,p") or choice.value_b is None:
        return {key: choice}
    share, said = COBALT_M, COBALT_SOURCE
    parts = {}
    for product, factor in (("Co-58", 1 - share), ("Co-58m", share)):
        doubt = choice.uncertainty_b and choice.uncertainty_b * factor
        source = f"{choice.source}; {said}"
        parts[(*key[:2], product)] = Choice(choice.value_b * factor, doubt, source, "", choice.assumption)
    return parts


def _digits(value: float | None, count: int) -> str:
    if value is None:
        return ""
    rounded = float(f"{value:.{count}g}")
    return repr(rounded) if abs(rounded) >= 1e-3 else f"{rounded:g}"


def _place(row: Mapping[str, str]) -> tuple[int, int, str, int, str]:
    symbol, _, a = row["target"].partition("-")
    number = int(a.rstrip("mn"))
    return (
        periodictable.elements.symbol(symbol).number,
        number,
        a,
        ORDER.index(row["reaction"]),
        row["product"],
    )


def _write(columns: list[str], rows: list[dict[str, str]]) -> None:
    with TABLE.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
