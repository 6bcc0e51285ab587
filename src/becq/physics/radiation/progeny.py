"""Activities of progeny per activity of the nuclide that was asked for."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from becq.errors import InputError
from becq.physics import decay_data
from becq.physics.decay import decay

LONGEST_S = 60 * 86400.0


def equilibrium(nuclide: str, *, longest_s: float = LONGEST_S) -> dict[str, float]:
    """Progeny activity per parent activity when parent and progeny decay together (transient equilibrium).

    Only progeny counts that lives shorter than the parent and at most ``longest_s`` (60 d), as does every
    member between: what grows in over years (Pb-210 under Ra-226, U-234 under U-238) is not there by
    itself; :func:`after` has it. A member's ratio is the sum over its branches of fraction x feeder's ratio
    x lambda / (lambda - lambda of the parent), Bateman's solution when the parent's term alone is left.

    :raises InputError: for a stable or unknown nuclide.
    """
    parent = decay_data.record(nuclide)
    if parent.stable:
        raise InputError(f"{nuclide} is stable")
    ratios = {nuclide: 1.0}
    for name in decay_data.descendants([nuclide], stable=False):
        if name not in ratios:
            continue
        for branch in decay_data.record(name).branches:
            daughter = branch.daughter
            if not daughter or decay_data.record(daughter).stable:
                continue
            life = decay_data.half_life_s(daughter)
            if life >= parent.half_life_s * 0.999 or life > longest_s:
                continue
            rate = decay_data.decay_const(daughter)
            grown = branch.fraction * ratios[name] * rate / (rate - parent.decay_const)
            ratios[daughter] = ratios.get(daughter, 0.0) + grown
    del ratios[nuclide]
    return ratios


def after(nuclide: str, age_s: float) -> dict[str, float]:
    """Progeny activity per activity the nuclide still has ``age_s`` after it was pure.

    :raises InputError: for a stable or unknown nuclide, a negative age, or an age that leaves nothing.
    """
    if decay_data.record(nuclide).stable:
        raise InputError(f"{nuclide} is stable")
    if not (np.isfinite(age_s) and age_s >= 0):
        raise InputError(f"The age of {nuclide} must be a time in s that is not negative")
    inventory = decay(nuclide, 1.0, age_s)
    left = float(inventory.of(nuclide))
    if not left > 1e-280:
        raise InputError(f"After that age nothing is left of {nuclide} to refer to")
    return {
        name: float(inventory.of(name)) / left
        for name in inventory.members
        if name != nuclide and float(inventory.of(name)) > 0
    }


def ratios(nuclide: str, progeny: bool | Mapping[str, float], age_s: float | None = None) -> dict[str, float]:
    """Activity of each member per activity of ``nuclide``, itself (1) first.

    :param progeny: True for :func:`equilibrium`, False for none, or the ratios themselves.
    :param age_s: time in s since the nuclide was pure; then :func:`after` is taken instead of equilibrium.
    :raises InputError: for unknown nuclides, negative ratios, or ratios together with an age.
    """
    if isinstance(progeny, Mapping):
        if age_s is not None:
            raise InputError("Give the progeny's ratios or an age, not both")
        for name, ratio in progeny.items():
            decay_data.record(name)
            if not (np.isfinite(ratio) and ratio >= 0):
                raise InputError(f"The ratio of {name} must be a number that is not negative")
        found = {name: float(ratio) for name, ratio in progeny.items() if name != nuclide}
    elif not progeny:
        found = {}
    else:
        found = equilibrium(nuclide) if age_s is None else after(nuclide, age_s)
    decay_data.record(nuclide)
    return {nuclide: 1.0, **found}
