"""Which isomeric state a reaction leaves behind, where the cross section counts all states together.

In this order: what the cross-section file itself tells apart; the table ``becq/data/isomer_shares.csv`` (each
row with its source); a residual whose excited states all decay to its ground state, within ten minutes and at
most a tenth of its half-life, is counted as ground state, which is right after a short cooling; otherwise the
ground state gets all of it, and results say so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache

import numpy as np

from becq.physics import decay_data
from becq.physics.accelerator.channels import Channel
from becq.physics.accelerator.isotopes import name_of
from becq.physics.accelerator.nuclear_data import NuclearData
from becq.physics.bateman import Array
from becq.physics.elements import read_table
from becq.physics.nuclides import nuclide

UNKNOWN = "no share known: all counted as ground state"
"""What a channel says when the share of the isomers is not known."""
_STATES = ("m", "n")
_SHORT, _SHORT_S = 0.1, 600.0
_ALL = 0.99


def split(
    data: NuclearData, projectile: str, element: str, channel: Channel, energy_mev: Array
) -> Iterator[tuple[str, Array | float, str]]:
    """The states of a residual with their shares by energy, and where the shares come from ("" if moot)."""
    a, z, residual_a = channel
    states = isomers(z, residual_a)
    if not states:
        yield "", 1.0, ""
        return
    filed = data.state_shares(projectile, element, channel, energy_mev)
    if filed:
        for state, share in filed.items():
            if state == "" or state in states:
                yield state, share, "cross-section file"
        return
    rows = _table().get((f"{element}-{a}", projectile, name_of(z, residual_a)))
    if rows is not None:
        rest = np.ones_like(energy_mev)
        for state, (energies, shares, source) in rows.items():
            share = np.interp(energy_mev, energies, shares)
            rest = rest - share
            yield state, share, source
        yield "", rest, next(iter(rows.values()))[2]
        return
    yield "", 1.0, "" if feeds_ground_soon(z, residual_a) else UNKNOWN


@lru_cache(maxsize=4096)
def isomers(z: int, a: int) -> tuple[str, ...]:
    """The excited states ("m", "n") of a nuclide that ICRP-107 knows."""
    return tuple(s for s in _STATES if decay_data.known(name_of(z, a, s)))


@lru_cache(maxsize=4096)
def feeds_ground_soon(z: int, a: int) -> bool:
    """Whether all excited states decay to the ground state, within ten minutes and a tenth of its life."""
    ground = name_of(z, a)
    life = decay_data.half_life_s(ground) if decay_data.known(ground) else float("inf")
    for state in isomers(z, a):
        record = decay_data.record(name_of(z, a, state))
        daughters = {ground, *(name_of(z, a, s) for s in isomers(z, a))}
        inside = sum(b.fraction for b in record.branches if b.daughter in daughters)
        if inside < _ALL or record.half_life_s > min(_SHORT * life, _SHORT_S):
            return False
    return True


@lru_cache(maxsize=1)
def _table() -> Mapping[tuple[str, str, str], Mapping[str, tuple[Array, Array, str]]]:
    """(target, projectile, residual) → state → energies in MeV, shares, source."""
    table: dict[tuple[str, str, str], dict[str, tuple[Array, Array, str]]] = {}
    for row in read_table("isomer_shares.csv"):
        found = nuclide(row["residual"])
        key = row["target"], row["projectile"], name_of(found.z, found.a)
        energies, shares = (np.array(row[c].split(), dtype=np.float64) for c in ("energy_mev", "share"))
        table.setdefault(key, {})[found.state] = energies, shares, row["source"]
    return table
