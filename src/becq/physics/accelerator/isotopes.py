"""Masses and natural abundances of isotopes, and the energetics of a reaction.

Atomic masses: AME2020 (Wang et al. 2021, Chinese Phys. C 45, 030003, doi:10.1088/1674-1137/abddaf).
Natural abundances: CIAAW, isotopic compositions of the elements 2021. Standard atomic weights: Prohaska et
al. 2022, Pure Appl. Chem. 94, 573. All three as the package ``periodictable`` ships them.

With atomic masses on both sides the electrons cancel as long as protons are counted as H-1 atoms,
deuterons as H-2 and alphas as He-4, so Q = (M_target + M_projectile − M_product − ΣM_ejectiles)·c². A
reaction whose ejectiles are not given (p,x) is taken at its lowest threshold: nucleons leave bound in
those clusters (n, p, d, t, He-3, alpha) that cost the least.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import lru_cache

from becq.errors import InputError
from becq.physics.elements import elements

U_MEV = 931.49410242
"""Energy of one atomic mass unit in MeV (CODATA 2018)."""
LIGHT = {"n": (0, 1), "p": (1, 1), "d": (1, 2), "t": (1, 3), "h": (2, 3), "a": (2, 4), "g": (0, 0)}
"""(Z, A) of the light particles."""


@lru_cache(maxsize=1)
def symbols() -> tuple[str, ...]:
    """Symbols of the elements by Z; index 0 is the neutron."""
    return ("n", *(e.symbol for e in elements().values()))


def name_of(z: int, a: int, state: str = "") -> str:
    """Canonical name of a nuclide by Z, A and state: (43, 99, "m") → "Tc-99m"."""
    return f"{symbols()[z]}-{a}{state}"


@lru_cache(maxsize=8192)
def mass_u(z: int, a: int) -> float | None:
    """Atomic mass of an isotope in u (the neutron for z=0, a=1); None where AME2020 has none."""
    import periodictable

    if (z, a) == (0, 0):
        return 0.0
    if z == 0:
        return float(periodictable.n.mass) if a == 1 else None
    if not 0 < z < len(symbols()):
        return None
    try:
        return float(periodictable.elements.symbol(symbols()[z])[a].mass)
    except KeyError:
        return None


def atomic_weight_g_mol(symbol: str) -> float:
    """Molar mass of an element of natural composition (conventional, or of the longest-lived isotope)."""
    import periodictable

    return float(periodictable.elements.symbol(symbol).mass)


@lru_cache(maxsize=128)
def natural_abundances(symbol: str) -> Mapping[int, float]:
    """Natural atom fractions of an element by mass number, summing to 1; empty for e.g. Ra, Ac, Tc.

    Tests and reports use the same numbers: an element whose isotopes do not occur in nature has none, and
    a target of it must be named as an isotope.
    """
    import periodictable

    element = periodictable.elements.symbol(symbol)
    found = {int(a): float(element[a].abundance) for a in element.isotopes if element[a].abundance > 0}
    total = sum(found.values())
    return {a: share / total for a, share in found.items()}


@lru_cache(maxsize=4096)
def best_mass_u(dz: int, da: int) -> float | None:
    """Least total mass in u of ``dz`` protons and ``da − dz`` neutrons, bound in clusters as they like.

    The alphas go first, then the largest pieces: checked against the full search in the tests.
    """
    if dz < 0 or da < 0 or dz > da:
        return None
    if da == 0:
        return 0.0
    best = math.inf
    for particle in ("a", "h", "t", "d", "p", "n"):
        z, a = LIGHT[particle]
        if z <= dz and a <= da and da - a >= dz - z:
            rest = best_mass_u(dz - z, da - a)
            mass = mass_u(z, a)
            if rest is not None and mass is not None:
                best = min(best, mass + rest)
            if particle == "a" and best < math.inf:
                break
    return best if best < math.inf else None


def q_value_mev(
    target: tuple[int, int], projectile: str, product: tuple[int, int], ejectiles: Mapping[str, int] | None
) -> float | None:
    """Q value in MeV from the ground states of AME2020, None where a mass is missing.

    :param target: Z and A of the target. :param product: of the product (ground state).
    :param projectile: a key of :data:`LIGHT`.
    :param ejectiles: how many of which particle; None takes the cheapest clusters.
    :raises InputError: if the projectile is unknown.
    """
    if projectile not in LIGHT:
        raise InputError(f'"{projectile}" is no projectile: use p, d, a (alpha), h (He-3), t or g (photon)')
    z, a = LIGHT[projectile]
    if ejectiles is None:
        out = best_mass_u(target[0] + z - product[0], target[1] + a - product[1])
    else:
        pieces = [(mass_u(*LIGHT[name]), count) for name, count in ejectiles.items()]
        out = sum((m or 0.0) * count for m, count in pieces)
    before, beam, after = mass_u(*target), mass_u(z, a), mass_u(*product)
    if before is None or beam is None or after is None or out is None:
        return None
    return (before + beam - after - out) * U_MEV


def threshold_mev(
    target: tuple[int, int],
    projectile: str,
    product: tuple[int, int],
    ejectiles: Mapping[str, int] | None = None,
) -> float | None:
    """Laboratory threshold in MeV (0 for an exoergic reaction): −Q·(1 + m/M − Q/2M), relativistic."""
    q = q_value_mev(target, projectile, product, ejectiles)
    if q is None:
        return None
    if q >= 0:
        return 0.0
    beam, heavy = mass_u(*LIGHT[projectile]), mass_u(*target)
    assert beam is not None
    assert heavy is not None
    return -q * (1.0 + beam / heavy - q / (2.0 * heavy * U_MEV))
