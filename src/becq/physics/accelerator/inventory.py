"""What the residual nuclei of a target become: growth during the run and decay after it.

A residual that ICRP-107 does not list lives seconds or minutes at most; it is taken to turn at once, by beta
decay or electron capture towards the isobar of less mass (AME2020), into the first one that is listed or
stable.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from becq.physics import decay_data
from becq.physics.accelerator.isotopes import mass_u, name_of, natural_abundances, symbols
from becq.physics.accelerator.thick_target import Channel
from becq.physics.bateman import Array
from becq.physics.decay import decay
from becq.physics.production import produced, produced_atoms

_NEGLIGIBLE = 1e-13


@dataclass(frozen=True, slots=True)
class Made:
    """One residual with its rate: the channel, the nuclide it counts as, nuclei per second and ampere."""

    channel: Channel
    nuclide: str
    rate_per_a: float

    @property
    def identity(self) -> tuple[int, int]:
        """Z and A of the residual."""
        return self.channel.residual_z, self.channel.residual_a


@lru_cache(maxsize=8192)
def settle(z: int, a: int, state: str = "") -> str:
    """The nuclide that a residual counts as: itself, or the isobar it turns into at once."""
    for _ in range(12):
        for name in (name_of(z, a, state), name_of(z, a)):
            if decay_data.known(name):
                return name
        if a in natural_abundances(symbols()[z]):
            return name_of(z, a)
        state = ""
        here, lower, higher = mass_u(z, a), mass_u(z - 1, a) if z > 1 else None, mass_u(z + 1, a)
        if here is None:
            return name_of(z, a)
        down = here - lower if lower is not None else 0.0
        up = here - higher if higher is not None else 0.0
        if max(down, up) <= 0:
            return name_of(z, a)
        z = z - 1 if down > up else z + 1
    return name_of(z, a)


def grow(
    rates_per_s: Mapping[str, float], duration_s: float, cooling_s: float
) -> tuple[dict[str, float], dict[str, float]]:
    """Activities in Bq of all nuclides at the end of a run, and after cooling, by name.

    :param rates_per_s: nuclei made per second, by nuclide; stable ones are passed over.
    """
    names, rates = _radioactive(rates_per_s)
    eob: dict[str, float] = {}
    later: dict[str, float] = {}
    for family in _families(tuple(names)):
        made = tuple(float(rates[names.index(name)]) for name in family)
        end, cold = _grow(family, made, float(duration_s), float(cooling_s))
        eob |= end
        later |= cold
    return eob, later


@lru_cache(maxsize=1024)
def _families(names: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    """Nuclides grouped so that no radionuclide grows from two groups: small chains are quick to solve."""
    groups: list[tuple[set[str], list[str]]] = []
    for name in names:
        reach = set(decay_data.descendants((name,), stable=False))
        joined = [name]
        apart = []
        for members, group in groups:
            if members & reach:
                reach |= members
                joined = group + joined
            else:
                apart.append((members, group))
        groups = [*apart, (reach, joined)]
    return tuple(tuple(group) for _, group in groups)


@lru_cache(maxsize=4096)
def _grow(
    names: tuple[str, ...], rates: tuple[float, ...], duration_s: float, cooling_s: float
) -> tuple[dict[str, float], dict[str, float]]:
    end = produced(names, rates, duration_s)
    eob = dict(zip(end.members, end.activities_bq.tolist(), strict=True))
    if cooling_s == 0:
        return eob, eob
    later = decay(end.members, end.activities_bq, cooling_s)
    return eob, dict(zip(later.members, later.activities_bq.tolist(), strict=True))


def atoms_of_element(symbol: str, rates_per_s: Mapping[str, float], duration_s: float) -> dict[str, float]:
    """Atoms of the isotopes of one element at the end of a run, made directly and by decay."""
    prefix = symbol + "-"
    atoms = {
        name: rate * duration_s
        for name, rate in rates_per_s.items()
        if name.startswith(prefix) and _stable(name) and rate > 0
    }
    names, rates = _radioactive(rates_per_s)
    leading = tuple(i for i, name in enumerate(names) if _leads_to(name, prefix))
    if leading and duration_s > 0:
        made = tuple(float(rates[i]) for i in leading)
        members, numbers = _atoms(tuple(names[i] for i in leading), made, float(duration_s))
        for name, number in zip(members, numbers, strict=True):
            if name.startswith(prefix):
                atoms[name] = atoms.get(name, 0.0) + number
    return atoms


@lru_cache(maxsize=8192)
def _leads_to(name: str, prefix: str) -> bool:
    return any(member.startswith(prefix) for member in decay_data.descendants((name,)))


@lru_cache(maxsize=1024)
def _atoms(
    names: tuple[str, ...], rates: tuple[float, ...], duration_s: float
) -> tuple[tuple[str, ...], tuple[float, ...]]:
    members, numbers = produced_atoms(names, rates, duration_s)
    return members, tuple(numbers.tolist())


def _radioactive(rates_per_s: Mapping[str, float]) -> tuple[list[str], Array]:
    largest = max(rates_per_s.values(), default=0.0)
    names = [n for n, r in rates_per_s.items() if r > _NEGLIGIBLE * largest and not _stable(n)]
    names.sort()
    return names, np.array([rates_per_s[n] for n in names])


def _stable(name: str) -> bool:
    return not decay_data.known(name) or decay_data.record(name).stable
