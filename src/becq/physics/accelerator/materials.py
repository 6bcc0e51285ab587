"""Target materials: a chemical form and the isotopes of each of its elements.

A formula such as "H2O", "Zn(NO3)2", "MoO3" or "Ga4Ni" gives atoms per formula unit. The target element has
the isotopes that enrichment or an analysis says; every other element is natural. Enrichment is the atom
fraction of one isotope; what remains is shared among the other isotopes in their natural proportions, which
a certificate of analysis (``composition``) replaces where there is one.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from becq.errors import InputError
from becq.physics.accelerator.isotopes import atomic_weight_g_mol, mass_u, natural_abundances
from becq.physics.elements import elements
from becq.physics.formulas import parse_formula

_SUM_TOLERANCE = 0.01


@dataclass(frozen=True, slots=True)
class Part:
    """One element of a material: atoms per formula unit and atom fractions by mass number (sum 1)."""

    symbol: str
    count: float
    isotopes: tuple[tuple[int, float], ...]

    @property
    def molar_mass_g_mol(self) -> float:
        """Mass of a mole of atoms with these isotopes in g."""
        z = elements()[self.symbol].z
        return sum(share * (mass_u(z, a) or float(a)) for a, share in self.isotopes)


@dataclass(frozen=True, slots=True)
class Material:
    """A target material: its formula as written and its elements."""

    formula: str
    parts: tuple[Part, ...]

    @property
    def molar_mass_g_mol(self) -> float:
        """Mass of a mole of formula units in g, with the isotopes as they are."""
        return sum(part.count * part.molar_mass_g_mol for part in self.parts)

    def part(self, symbol: str) -> Part:
        """The element ``symbol`` of the material. Raises InputError if it is not in it."""
        for part in self.parts:
            if part.symbol == symbol:
                return part
        there = ", ".join(part.symbol for part in self.parts)
        raise InputError(f"{self.formula} contains no {symbol}; its elements are {there}")


def target_material(
    element: str,
    target_a: int | None,
    *,
    formula: str | None = None,
    enrichment: float | None = None,
    composition: Mapping[int, float] | None = None,
) -> Material:
    """The material of a target.

    :param element: symbol of the element that the beam is meant for.
    :param target_a: its isotope; None for natural composition.
    :param formula: chemical form; None for the element itself.
    :param enrichment: atom fraction of the isotope, 0 to 1; None is the pure isotope.
    :param composition: atom fractions by mass number, instead of ``enrichment``; they are scaled to sum 1.
    :raises InputError: for a formula without the element, fractions out of range, or a remainder that
        natural proportions do not tell.
    """
    isotopes = _isotopes(element, target_a, enrichment, composition)
    parts: list[Part] = []
    atoms = parse_formula(formula) if formula is not None else ((element, None, 1.0),)
    for symbol, a, count in atoms:
        if symbol == element:
            if a is not None:
                raise InputError(
                    f"{formula}: give the isotopes of the target element {element} as target and enrichment"
                )
            own = isotopes
        elif a is not None:
            own = ((a, 1.0),)
        else:
            own = tuple(natural_abundances(symbol).items())
            if not own:
                raise InputError(f"{formula}: {symbol} has no natural composition")
        parts.append(Part(symbol, count, own))
    material = Material(formula or element, tuple(parts))
    material.part(element)
    return material


def _isotopes(
    element: str, target_a: int | None, enrichment: float | None, composition: Mapping[int, float] | None
) -> tuple[tuple[int, float], ...]:
    natural = natural_abundances(element)
    if composition is not None:
        if enrichment is not None:
            raise InputError("Give either the enrichment or the whole isotopic composition, not both")
        return _scaled(element, composition)
    if target_a is None:
        if enrichment is not None:
            raise InputError(f"Enrichment of natural {element}: name the enriched isotope as the target")
        return tuple(natural.items())
    try:
        share = 1.0 if enrichment is None else float(enrichment)
    except (TypeError, ValueError):
        raise InputError(
            f'Enrichment "{enrichment}": write an atom fraction as a number, 0.98 for 98 %'
        ) from None
    if not 0.0 < share <= 1.0:
        hint = f"; did you mean {share / 100:g}?" if 1.0 < share <= 100.0 else ""
        raise InputError(f"Enrichment {share:g}: an atom fraction lies between 0 and 1{hint}")
    others = {a: x for a, x in natural.items() if a != target_a}
    if share < 1.0 and not others:
        raise InputError(
            f"Enrichment {share:g} of {element}-{target_a}: what the rest is does not follow from nature; "
            "give the whole isotopic composition"
        )
    rest = sum(others.values())
    isotopes = {target_a: share} | {a: (1.0 - share) * x / rest for a, x in others.items() if share < 1.0}
    return tuple(sorted(isotopes.items()))


def _scaled(element: str, composition: Mapping[int, float]) -> tuple[tuple[int, float], ...]:
    total = sum(composition.values())
    if not math.isfinite(total) or abs(total - 1.0) > _SUM_TOLERANCE or min(composition.values()) < 0:
        raise InputError(f"Isotopic composition of {element}: atom fractions sum to {total:g}, not to 1")
    z = elements()[element].z
    unknown = [a for a in composition if mass_u(z, a) is None]
    if unknown:
        raise InputError(f"There is no isotope {element}-{unknown[0]}")
    return tuple(sorted((a, x / total) for a, x in composition.items() if x > 0))


def natural_mass_g_mol(material: Material) -> float:
    """Mass of a mole of formula units in g if every element were natural: stopping tables refer to it."""
    return sum(part.count * atomic_weight_g_mol(part.symbol) for part in material.parts)
