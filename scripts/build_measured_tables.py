"""Make ``measured_cross_sections.csv`` of ``becq/data``.

    python scripts/build_measured_tables.py FOLDER

FOLDER is a checkout of EXFOR (``exforall/A02/A0244.x4`` ...; Otuka et al. 2014, Nucl. Data Sheets 120, 272).
For light targets, where the statistical model of TENDL does not hold, this script joins published data sets
of one reaction end to end: each is used between the energies given here, and nothing is scaled. The choice
is that of sets which agree where they meet; docs/accelerators.md tells why.
"""

from __future__ import annotations

import csv
import sys
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

DATA = Path(__file__).resolve().parents[1] / "src" / "becq" / "data"
WIDTH = 11
_SCALE = {"MEV": 1.0, "KEV": 1e-3, "MB": 1.0, "B": 1e3}


@dataclass(frozen=True)
class Piece:
    """One data set and the energies in MeV between which it is used.

    ``relative``: its uncertainty where every point has the same; None takes that of the points.
    """

    subentry: str
    from_mev: float
    to_mev: float
    relative: float | None = None


@dataclass(frozen=True)
class Joined:
    """A reaction, its pieces and the works they come from; ``scatter``: whether points are averaged."""

    target: str
    residual: str
    pieces: tuple[Piece, ...]
    source: str
    uncertain: bool


JOINED = (
    Joined(
        "Li-7",
        "Be-7",
        (Piece("T0010010", 0.0, 2.06), Piece("A0244004", 2.07, 26.0)),
        "evaluation of Abramovich et al. 1984 (Yad. Konst. 4/58, 17; EXFOR A0244.004), below 2.07 MeV "
        "measured: Gibbons & Macklin 1959 (Phys. Rev. 114, 571; T0010.010)",
        uncertain=False,
    ),
    Joined(
        "C-12",
        "C-11",
        (
            Piece("P0051003", 0.0, 27.5, 0.054),
            Piece("P0051002", 27.5, 41.9, 0.036),
            Piece("E2501002", 42.0, 68.0, 0.04),
        ),
        "measured: Whitehead & Foster 1958 (Can. J. Phys. 36, 1276; EXFOR P0051.002 and 003), above 42 MeV "
        "Matsushita et al. 2016 (Nucl. Phys. A 946, 104; E2501.002)",
        uncertain=True,
    ),
    Joined(
        "C-13",
        "N-13",
        (
            Piece("C0070003", 0.0, 3.87),
            Piece("T0010008", 3.87, 5.3),
            Piece("D0095003", 5.3, 6.4),
            Piece("T0015002", 6.4, 13.5),
            Piece("O0065003", 13.5, 31.0),
        ),
        "measured: Ramstroem 1979 (NFL-6; EXFOR C0070.003), Gibbons & Macklin 1959 (Phys. Rev. 114, 571; "
        "T0010.008), Blaser et al. 1951 (Helv. Phys. Acta 24, 465; D0095.003), Wong et al. 1961 (Phys. Rev. "
        "123, 598; T0015.002), Kitwanga et al. 1989 (Phys. Rev. C 40, 35; O0065.003)",
        uncertain=False,
    ),
)


def main(folder: Path) -> None:
    """Write the table."""
    with (DATA / "measured_cross_sections.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        head = ["projectile", "target", "residual", "energy_mev", "cross_section_mb", "uncertainty_mb"]
        writer.writerow([*head, "source"])
        for joined in JOINED:
            points = sorted(p for piece in joined.pieces for p in _points(folder, piece))
            points = [p for p, following in pairwise(points) if following[0] > p[0]] + points[-1:]
            columns = (
                [f"{e:.5g}" for e, _, _ in points],
                [f"{s:.4g}" for _, s, _ in points],
                [f"{u:.3g}" for _, _, u in points] if joined.uncertain else [],
            )
            texts = (" ".join(column) for column in columns)
            writer.writerow(["p", joined.target, joined.residual, *texts, joined.source])


def _points(folder: Path, piece: Piece) -> list[tuple[float, float, float]]:
    """Energies, cross sections and uncertainties in MeV and mb."""
    number = piece.subentry
    text = (folder / "exforall" / number[:3] / f"{number[:5]}.x4").read_text(errors="replace")
    heads, units, rows = _data(text, number)
    energy = next(i for i, head in enumerate(heads) if head.startswith("EN"))
    sigma = next(i for i, head in enumerate(heads) if head.split() in (["DATA"], ["DATA", "1"]))
    found = []
    for row in rows:
        if not row[sigma]:
            continue
        e, s = (float(row[i]) * _SCALE[units[i]] for i in (energy, sigma))
        if piece.from_mev <= e <= piece.to_mev and s > 0:
            found.append((e, s, s * (piece.relative or 0.0)))
    return found


def _data(text: str, number: str) -> tuple[list[str], list[str], list[list[str]]]:
    """Headings, units and rows of the DATA section of a subentry: fields of 11 columns, six a line."""
    lines = iter(text.splitlines())
    for line in lines:
        if line.startswith("SUBENT") and line.split()[1] == number:
            break
    for line in lines:
        if line.startswith("DATA "):
            count = int(line[WIDTH : 2 * WIDTH])
            break
    fields: list[str] = []
    for line in lines:
        if line.startswith("ENDDATA"):
            break
        padded = line[:66].ljust(66)
        fields += [padded[i : i + WIDTH].strip() for i in range(0, 66, WIDTH)]
    step = -(-count // 6) * 6
    table = [fields[i : i + step][:count] for i in range(0, len(fields), step)]
    return table[0], table[1], table[2:]


if __name__ == "__main__":
    main(Path(sys.argv[1]))
