"""What goes into the reactor: atoms of each nuclide of a target, from its mass, form and enrichment.

Atomic masses: AME2020 (Wang et al. 2021); natural isotopes: CIAAW 2021; both as carried by the package
``periodictable``. One mole is 6.02214076e23.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from becq.errors import InputError
from becq.physics import decay_data
from becq.physics.constants import AVOGADRO
from becq.physics.formulas import parse_formula

NATURAL_ISOMERS = {"Ta-180": "Ta-180m"}
"""Natural isotopes that are an isomer: Ta-180 itself lives 8 hours."""

URANIUM = {"U-234": 0.000054, "U-235": 0.007204, "U-238": 0.992742}
"""Natural uranium (Meija et al. 2016, Pure Appl. Chem. 88, 293), which ``periodictable`` leaves out."""

_ISOTOPE = re.compile(r"([A-Z][a-z]?)-(\d{1,3})([mn]?)")


@dataclass(frozen=True, slots=True)
class Sample:
    """A target, counted.

    :ivar element: symbol of the element that is irradiated for.
    :ivar isotopes: its isotopes, the wanted one first.
    :ivar atoms: numbers of atoms of every nuclide, those of other elements of the compound included.
    :ivar element_mass_g: mass of the target element in g.
    :ivar mass_g: mass of the whole target material in g.
    """

    element: str
    isotopes: tuple[str, ...]
    atoms: Mapping[str, float]
    element_mass_g: float
    mass_g: float
    notes: tuple[str, ...]


def symbol(nuclide: str) -> str:
    """Element symbol of a canonical name: "Lu-177m" → "Lu"."""
    return nuclide.partition("-")[0]


def mass_number(nuclide: str) -> int:
    """Mass number of a canonical name: "Lu-177m" → 177."""
    match = _ISOTOPE.fullmatch(nuclide)
    if match is None:
        raise InputError(f'"{nuclide}" is not the name of a nuclide, like Lu-177')
    return int(match[2])


@lru_cache(maxsize=4096)
def atomic_mass(nuclide: str) -> float:
    """Atomic mass in g/mol (AME2020); the mass number where the table has no value.

    :raises InputError: for a name that is not one of a nuclide.
    """
    import periodictable

    a = mass_number(nuclide)
    try:
        return float(periodictable.elements.symbol(symbol(nuclide))[a].mass)
    except (ValueError, KeyError, AttributeError):
        return float(a)


def element_density(element: str) -> float | None:
    """Density of the element in g/cm³ as it is at room temperature (periodictable), None if unknown."""
    import periodictable

    density = periodictable.elements.symbol(element).density
    return None if density is None else float(density)


@lru_cache(maxsize=128)
def natural_isotopes(element: str) -> Mapping[str, float]:
    """Atom fractions of the natural isotopes of an element, summing to 1; empty if it has none.

    :raises InputError: if there is no such element.
    """
    import periodictable

    try:
        entry = periodictable.elements.symbol(element)
    except ValueError:
        raise InputError(f'"{element}" is not an element') from None
    found = {f"{element}-{a}": float(entry[a].abundance) for a in entry.isotopes if entry[a].abundance > 0}
    if element == "U":
        found = URANIUM
    total = sum(found.values())
    return {NATURAL_ISOMERS.get(name, name): share / total for name, share in found.items()}


def composition(
    target: str,
    *,
    enrichment: float | None = None,
    isotopes: Mapping[str, float] | None = None,
) -> tuple[dict[str, float], tuple[str, ...]]:
    """Atom fractions of the target element, and remarks on what was taken.

    :param target: isotope ("Yb-176": pure unless told otherwise) or element ("Yb": natural).
    :param enrichment: atom fraction of the target isotope; the rest is natural in proportion.
    :param isotopes: atom fractions of all isotopes, instead; they are normalised if they sum to 0.98–1.02.
    :raises InputError: for names, fractions or sums that make no sense.
    """
    element = symbol(target)
    if isotopes is not None:
        if enrichment is not None:
            raise InputError("Give either an enrichment or a full isotopic composition, not both")
        return _given(target, element, isotopes), ()
    natural = dict(natural_isotopes(element))
    if target == element:
        if enrichment is not None:
            raise InputError(
                f"An enrichment needs an isotope as the target, like {next(iter(natural), 'Yb-176')}"
            )
        if not natural:
            raise InputError(f"{element} has no natural isotopes: name one, like Ra-226")
        source = "Meija et al. 2016" if element == "U" else "CIAAW 2021"
        return natural, (f"natural {element} ({source})",)
    if not _ISOTOPE.fullmatch(target) or not (decay_data.known(target) or target in natural):
        raise InputError(f'"{target}" is no target: name an isotope like Yb-176 or an element like Yb')
    if enrichment is None:
        return {target: 1.0}, (f"pure {target}: no enrichment given",) if target in natural else ()
    if not 0 < enrichment <= 1:
        raise InputError(
            f"An enrichment of {enrichment:g} is out of range: "
            "an atom fraction above 0 and up to 1 (0.98 for 98 %)"
        )
    others = {n: v for n, v in natural.items() if n != target}
    rest = sum(others.values())
    if enrichment == 1 or not others:
        return {target: 1.0}, ()
    shares = {target: enrichment} | {n: (1 - enrichment) * v / rest for n, v in others.items()}
    return shares, (f"the other {1 - enrichment:.3g} of {element} taken in natural proportions (assumption)",)


def _given(target: str, element: str, isotopes: Mapping[str, float]) -> dict[str, float]:
    nature = natural_isotopes(element)
    wrong = [n for n in isotopes if symbol(n) != element or not (n in nature or decay_data.known(n))]
    if wrong:
        raise InputError(f"{', '.join(wrong)}: the composition of {target} lists isotopes of {element}")
    bad = [n for n, share in isotopes.items() if not 0 <= share <= 1.02]
    if bad:
        raise InputError(f"{', '.join(bad)}: an atom fraction lies between 0 and 1")
    total = sum(isotopes.values())
    if not 0.98 <= total <= 1.02:
        raise InputError(f"The atom fractions of {element} sum to {total:.4g}; they should sum to 1")
    if target != element and not isotopes.get(target):
        raise InputError(f"The composition holds no {target}, the target: give its atom fraction")
    return {n: v / total for n, v in isotopes.items() if v > 0}


def sample(
    target: str,
    mass_g: float,
    *,
    material: str | None = None,
    enrichment: float | None = None,
    isotopes: Mapping[str, float] | None = None,
) -> Sample:
    """The atoms in a target of ``mass_g`` g of ``material`` (a formula like "TeO2"; None: the element).

    :raises InputError: for masses not positive, formulas that cannot be read or lack the element.
    """
    if not 0 < mass_g < 1e9:
        raise InputError(f"A target mass of {mass_g:g} g is out of range: a positive number of g")
    element = symbol(target)
    shares, notes = composition(target, enrichment=enrichment, isotopes=isotopes)
    counts = {element: 1.0} if material is None else _formula(material)
    marked = [part for part in counts if "-" in part and symbol(part) == element]
    if marked:
        raise InputError(f"{material}: give the isotopes of {element} as enrichment, not in the formula")
    if element not in counts:
        raise InputError(f"{material} holds no {element}")
    parts: dict[str, float] = {}
    for part, count in counts.items():
        if "-" in part:  # an isotope in the formula, the D of D2O
            parts[part] = parts.get(part, 0.0) + count
            continue
        each = shares if part == element else natural_isotopes(part)
        if not each:
            raise InputError(f"{material}: {part} has no natural isotopes")
        for nuclide, share in each.items():
            parts[nuclide] = parts.get(nuclide, 0.0) + count * share
    molar = sum(count * atomic_mass(n) for n, count in parts.items())
    units = mass_g / molar * AVOGADRO
    own = sum(count * atomic_mass(n) for n, count in parts.items() if symbol(n) == element)
    first = sorted(shares, key=lambda n: (n != target, -shares[n]))
    return Sample(
        element,
        tuple(first),
        {n: count * units for n, count in parts.items()},
        mass_g * own / molar,
        mass_g,
        notes,
    )


def _formula(material: str) -> dict[str, float]:
    counts: dict[str, float] = {}
    for part, a, count in parse_formula(material):
        name = f"{part}-{a}" if a else part
        counts[name] = counts.get(name, 0.0) + count
    return counts
