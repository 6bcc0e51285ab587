"""The generators of the trade: which pair, what an elution yields, what may break through, how long it lasts.

Table: ``becq/data/generators.csv``, each figure with its source or marked as an assumption. A figure that
no source gives is absent (None) and must be given by whoever computes with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from becq.errors import InputError
from becq.physics.elements import read_table
from becq.physics.nuclides import parse_nuclide


@dataclass(frozen=True, slots=True)
class GeneratorKind:
    """One kind of generator.

    :ivar efficiency: fraction of the daughter on the column that an elution takes.
    :ivar breakthrough: fraction of the parent on the column that leaves with an elution, or None.
    :ivar limit_ratio: largest activity of the parent per activity of the daughter in what is given to a
        patient, or None where no source gives one.
    :ivar eluate_life_s: for how long an eluate may be used, inf where no source says.
    :ivar life_s: for how long the generator may be used, inf where no source says.
    :ivar life_from: what that counts from, "making" or "calibration"; "" where there is no life.
    :ivar rest_s: time since the last complete elution that is supposed where nobody says otherwise.
    :ivar sources: (figure, source) of each figure given.
    :ivar note: what is not modelled of this kind, in English and in Chinese; empty where nothing is said.
    """

    code: str
    parent: str
    daughter: str
    efficiency: float
    breakthrough: float | None
    limit_ratio: float | None
    eluate_life_s: float
    life_s: float
    life_from: str
    rest_s: float
    sources: tuple[tuple[str, str], ...]
    note: tuple[str, str]

    @property
    def name(self) -> str:
        """Parent and daughter as the trade writes them: "Mo-99/Tc-99m"."""
        return f"{self.parent}/{self.daughter}"


@lru_cache(maxsize=1)
def kinds() -> Mapping[str, GeneratorKind]:
    """All kinds by code, in the order of the table."""
    found = {row["code"]: _kind(row) for row in read_table("generators.csv")}
    return MappingProxyType(found)


def kind(name: str) -> GeneratorKind:
    """The kind by code ("mo99"), by pair ("Mo-99/Tc-99m") or by parent, in any spelling ("99Mo", "钼-99").

    :raises InputError: if there is none; the message lists them.
    """
    wanted = name.strip().lower().replace(" ", "")
    for code, found in kinds().items():
        if wanted in {code, found.name.lower(), found.parent.lower()}:
            return found
    spelled = tuple(_canonical(part) for part in name.split("/"))
    for found in kinds().values():
        if spelled in {(found.parent,), (found.parent, found.daughter)}:
            return found
    known = ", ".join(f"{code} ({found.name})" for code, found in kinds().items())
    raise InputError(f'"{name}" is not a generator known here: {known}')


def _canonical(text: str) -> str:
    """Canonical name of a nuclide, "" for what is none."""
    try:
        return parse_nuclide(text).name
    except InputError:
        return ""


def _kind(row: dict[str, str]) -> GeneratorKind:
    figures = ("efficiency", "breakthrough", "limit", "eluate_life", "life", "rest")
    return GeneratorKind(
        row["code"],
        row["parent"],
        row["daughter"],
        float(row["efficiency"]),
        float(row["breakthrough"]) if row["breakthrough"] else None,
        float(row["limit_ratio"]) if row["limit_ratio"] else None,
        float(row["eluate_life_h"] or "inf") * 3600.0,
        float(row["life_d"] or "inf") * 86400.0,
        row["life_from"],
        float(row["rest_h"]) * 3600.0,
        tuple((f, row[f"{f}_source"]) for f in figures if row[f"{f}_source"]),
        (row["note"], row["note_zh"]),
    )
