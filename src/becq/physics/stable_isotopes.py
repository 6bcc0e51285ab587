"""Target isotopes: how much of them nature holds, and what is made from them.

Table: ``becq/data/stable_isotopes.csv``, one row per isotope with its sources. Abundances are those of CIAAW
2021 (Meija et al. 2016 with its later revisions), uncertainties included. The calculations take theirs from
:mod:`becq.physics.accelerator.isotopes`; a test holds the two together, docs/radiopharmaceuticals.md lists
where they differ. Long-lived natural isotopes (Lu-176, Re-187) are in the table as well as two targets that
are no stable isotopes at all, Ra-226 and Th-232: ``radioactive`` tells.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from becq.errors import InputError
from becq.physics.accelerator.reactions import Reaction, parse_reaction
from becq.physics.elements import read_table
from becq.physics.nuclides import parse_nuclide


@dataclass(frozen=True, slots=True)
class TargetIsotope:
    """One isotope that radionuclides are made from.

    :ivar abundance: atom fraction in nature, None for Ra-226.
    :ivar abundance_u: its uncertainty (half width where nature varies), None if it is the only one.
    :ivar reactions: of accelerators, photons included.
    :ivar reactor_products: nuclides made from it by neutrons (``becq/data/reactor_routes.csv``).
    :ivar form: chemical form of a target that was measured, "" where no source of the project says.
    :ivar enrichment: atom fraction of such a target, None where no source says.
    """

    isotope: str
    radioactive: bool
    abundance: float | None
    abundance_u: float | None
    use_en: str
    use_zh: str
    reactions: tuple[Reaction, ...]
    reactor_products: tuple[str, ...]
    form: str
    enrichment: float | None
    source: str
    note_en: str
    note_zh: str

    @property
    def products(self) -> tuple[str, ...]:
        """Everything made from it, by accelerators first, each nuclide once."""
        made = [reaction.product for reaction in self.reactions]
        return tuple(dict.fromkeys([*made, *self.reactor_products]))


@lru_cache(maxsize=1)
def target_isotopes() -> Mapping[str, TargetIsotope]:
    """All target isotopes by canonical name, in order of Z and A."""
    rows = (
        TargetIsotope(
            row["isotope"],
            row["state"] == "radioactive",
            _fraction(row["abundance_percent"]),
            _fraction(row["abundance_u_percent"]),
            row["use_en"],
            row["use_zh"],
            tuple(parse_reaction(text) for text in row["accelerator_routes"].split(";") if text),
            tuple(filter(None, row["reactor_products"].split(";"))),
            row["form"],
            _fraction(row["enrichment_percent"]),
            row["source"],
            row["note_en"],
            row["note_zh"],
        )
        for row in read_table("stable_isotopes.csv")
    )
    return MappingProxyType({target.isotope: target for target in rows})


def target_isotope(name: str) -> TargetIsotope:
    """The row of one isotope, in any spelling ("Yb-176", "镱-176").

    :raises InputError: for a name that is no nuclide, or an isotope the table lacks.
    """
    isotope = parse_nuclide(name).name
    try:
        return target_isotopes()[isotope]
    except KeyError:
        raise InputError(
            f"{isotope} is not among the target isotopes: docs/radiopharmaceuticals.md says which are"
        ) from None


def targets_for(product: str) -> tuple[TargetIsotope, ...]:
    """The isotopes a nuclide is made from; empty if none is in the table.

    :param product: in any spelling.
    :raises InputError: for a name that is no nuclide.
    """
    wanted = parse_nuclide(product).name
    return tuple(target for target in target_isotopes().values() if wanted in target.products)


def _fraction(percent: str) -> float | None:
    return float(percent) / 100.0 if percent else None
