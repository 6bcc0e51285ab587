"""Progeny that belongs to its parent: natural proportions, and what a limit of the parent contains.

A chain in its natural proportions whose progeny live neither longer than the parent nor longer than 10 days
counts as one radionuclide, with the activity of the parent (IAEA SSR-6, 403; GB 11806-2019, 5.2.2; ADR/RID
2025, 2.2.7.2.2.3). For listed parents the table names the progeny that their limits contain. In transient
equilibrium the progeny exceed the parent, Bi-213 over Ac-225 by 0.3 %: that excess belongs to the chain too.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from becq.physics import decay_data

LONGEST_S = 10 * 86400.0
"""Half-life above which progeny is a radionuclide of its own."""


@lru_cache(maxsize=256)
def equilibrium_ratios(parent: str) -> Mapping[str, float]:
    """Progeny → its activity over that of the parent in transient equilibrium: the most that ingrowth yields.

    Only progeny that lives shorter than the parent and is reached through such progeny: with the rest there
    is no equilibrium. From the Bateman equations, A(j)·(1 - T(j)/T(parent)) = sum over i of b(i→j)·A(i).

    :raises InputError: for an unknown nuclide.
    """
    life_s = decay_data.half_life_s(parent)
    ratios: dict[str, float] = {parent: 1.0}
    for name in decay_data.descendants([parent], stable=False):
        if name == parent or decay_data.half_life_s(name) >= life_s:
            continue
        fed = sum(
            ratio * branch.fraction
            for source, ratio in ratios.items()
            for branch in decay_data.record(source).branches
            if branch.daughter == name
        )
        if fed > 0:
            ratios[name] = fed / (1.0 - decay_data.half_life_s(name) / life_s)
    del ratios[parent]
    return MappingProxyType(ratios)


def short_lived_progeny(parent: str) -> tuple[str, ...]:
    """Progeny that makes one radionuclide with its parent: not longer-lived than it, nor than 10 days."""
    return tuple(name for name in equilibrium_ratios(parent) if decay_data.half_life_s(name) <= LONGEST_S)


def nearest(parents: list[str]) -> list[str]:
    """Of several parents of one nuclide those that no other one of them descends from.

    Ac-225 stands for Bi-213, not Ra-225 above it: what Ra-225 contains is there already with Ac-225.
    """
    return [
        name
        for name in parents
        if not any(other != name and other in decay_data.descendants([name]) for other in parents)
    ]
