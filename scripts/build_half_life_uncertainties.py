"""Writes src/becq/data/half_life_uncertainties.csv from the electronic table of NUBASE2020.

    python scripts/build_half_life_uncertainties.py nubase_1.mas20

NUBASE2020: F.G. Kondev, M. Wang, W.J. Huang, S. Naimi, G. Audi, Chinese Physics C 45 (2021) 030001,
doi:10.1088/1674-1137/abddae (open access, CC BY 3.0); the Atomic Mass Data Center publishes the table. Only
measured half-lives with a symmetric numerical uncertainty are taken: no limits, no systematics ("#").

NUBASE and ICRP-107 do not name isomers alike (ICRP's Lu-177m is NUBASE's 177Lup, and some orders are
reversed). States of one nuclide are matched one to one, nearest half-life first: a ground state with a ground
state up to a factor of three, an isomer with an isomer within 15 %, and across within 5 %; the last kind gets
a note. What finds no partner is left out.
"""

from __future__ import annotations

import csv
import math
import sys
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from becq.physics import decay_data
from becq.physics.nuclides import nuclide

TARGET = Path(__file__).parents[1] / "src" / "becq" / "data" / "half_life_uncertainties.csv"
SOURCE = "NUBASE2020, Kondev et al. 2021, doi:10.1088/1674-1137/abddae"
YEARS = {"": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18, "Z": 21, "Y": 24}
UNIT_S = {"ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0} | {
    prefix + "y": 10.0**power * decay_data.YEAR_S for prefix, power in YEARS.items()
}
ACROSS = 0.15  # what a match of a ground state with an isomer costs, in units of ln(ratio)


@dataclass(frozen=True)
class State:
    """One line of the table: its own name of the state, whether it is the ground state, and the half-life."""

    name: str
    ground: bool
    half_life_s: float
    uncertainty_s: float


def states(path: Path) -> dict[tuple[int, int], list[State]]:
    """By (Z, A). Fixed columns, as the head of the table describes them."""
    found: dict[tuple[int, int], list[State]] = defaultdict(list)
    for line in path.read_text(encoding="ascii").splitlines():
        if line.startswith("#") or line[7] in "89" or line[78:80].strip() not in UNIT_S:
            continue
        unit = UNIT_S[line[78:80].strip()]
        try:
            half_life, uncertainty = float(line[69:78]) * unit, float(line[81:88]) * unit
        except ValueError:  # systematics, limits, stable, none
            continue
        name = line[8:17].replace(" ", "")
        found[int(line[4:7]), int(line[:3])].append(State(name, line[7] == "0", half_life, uncertainty))
    return found


def matched(names: list[str], candidates: list[State]) -> dict[str, tuple[State, str]]:
    """State and note for those of ``names`` (all of one Z and A) that have a partner."""
    pairs = []
    for name in names:
        ground = not name[-1].isalpha()
        for state in candidates:
            distance = abs(math.log(state.half_life_s / decay_data.half_life_s(name)))
            alike = ground == state.ground
            if distance <= ((math.log(3.0) if ground else 0.15) if alike else 0.05):
                pairs.append((distance + (0.0 if alike else ACROSS), name, state, alike))
    result: dict[str, tuple[State, str]] = {}
    for _, name, state, alike in sorted(pairs, key=lambda p: p[0]):
        if name not in result and all(state != taken for taken, _ in result.values()):
            result[name] = (state, "" if alike else f"matched by half-life with the state {state.name}")
    return result


def main() -> None:
    """Match, write, and say what was left out."""
    table = states(Path(sys.argv[1]))
    names: dict[tuple[int, int], list[str]] = defaultdict(list)
    for name in decay_data.names():
        if not decay_data.record(name).stable:
            names[nuclide(name).z, nuclide(name).a].append(name)
    rows, missing = [], []
    for key in sorted(names):
        found = matched(names[key], table[key])
        for name in names[key]:
            if name not in found:
                missing.append(name)
                continue
            state, note = found[name]
            rows.append(
                [name, f"{state.half_life_s:.9g}", f"{state.uncertainty_s:.7g}", SOURCE, state.name, note]
            )
    with TARGET.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["nuclide", "half_life_s", "uncertainty_s", "source", "state", "note"])
        writer.writerows(rows)
    print(f"{len(rows)} rows; left out: {', '.join(missing)}")


if __name__ == "__main__":
    main()
