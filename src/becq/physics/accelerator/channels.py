"""Which residual a filed curve belongs to: mending a known fault of converted cross-section files.

The nucl-parquet files of TENDL-2025, ENDF/B-VIII.1 and IAEA-medical that circulated until mid-2026 were made
with a table that gives some ENDF reaction numbers (MT) the wrong ejectiles: the residual of (z,4n) is filed
as that of (z,5n), (z,d+alpha) under (3,7) instead of (3,6), and so on (the project's own test of the
corrected table lists them). Where several reactions then shared one residual, only the one of lowest MT was
kept at each energy. So in such a file

- curves filed under another residual are put back (:data:`_MEANT`);
- a residual that several reactions lead to is trusted only up to the threshold of the reaction whose small
  cross section replaces the large one of a higher MT (:data:`_REPLACED`): (z,alpha) to the threshold of
  (z,n He-3), (z,t) and (z,2np) to that of the latter;
- points below the threshold are of some other reaction, or of an isomeric target, and are dropped, with
  those just above it that are still larger than what follows.

(z,2p), (z,n2p), (z,pd) and (z,pt) cannot be recovered. A file is taken for faulty when it shows the fault:
cross section filed under (z,5n) or its like at energies where there can be none.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from becq.physics.accelerator.isotopes import LIGHT, threshold_mev
from becq.physics.bateman import Array

Channel = tuple[int, int, int]
"""Mass number of the target, Z and A of the residual."""
Points = tuple[Array, Array]
"""Energies in MeV, ascending, and cross sections."""

# what is missing between compound nucleus and filed residual (protons, nucleons) → what was meant
_MEANT = {
    (0, 5): (0, 4),  # MT 37, 4n
    (0, 4): (2, 7),  # MT 25, 3n alpha
    (2, 9): (3, 6),  # MT 45, n p alpha
    (3, 7): (3, 6),  # MT 117, d alpha
    (2, 8): (4, 9),  # MT 29, n 2 alpha
    (2, 7): (6, 13),  # MT 23, n 3 alpha
    (4, 11): (6, 12),  # MT 109, 3 alpha
    (3, 8): (5, 11),  # MT 113, t 2 alpha
}
_REPLACED: Mapping[tuple[int, int], Mapping[str, int]] = {
    (2, 4): {"n": 1, "h": 1},
    (1, 3): {"n": 2, "p": 1},
    (1, 4): {"n": 3, "p": 1},
    (2, 3): {"p": 1, "d": 1},
}
_BELOW_MEV = 0.25
_SIGNIFICANT = 0.01


def missing(channel: Channel, projectile: str, z: int) -> tuple[int, int]:
    """Protons and nucleons that leave the compound nucleus."""
    beam_z, beam_a = LIGHT[projectile]
    return z + beam_z - channel[1], channel[0] + beam_a - channel[2]


def starts_too_low(points: Points, threshold: float) -> bool:
    """Whether a curve has more than a hundredth of its maximum where energy forbids it."""
    energy, sigma = points
    below = energy < threshold - _BELOW_MEV
    return bool(below.any() and sigma[below].max() > _SIGNIFICANT * sigma.max())


def is_faulty(raw: Mapping[Channel, Points], projectile: str, z: int) -> bool:
    """Whether a file shows the fault described above."""
    for channel, points in raw.items():
        if missing(channel, projectile, z) in _MEANT:
            threshold = threshold_mev((z, channel[0]), projectile, channel[1:])
            if threshold is not None and points[1].max() > 1e-3 and starts_too_low(points, threshold):
                return True
    return False


def mend(raw: Mapping[Channel, Points], projectile: str, z: int) -> dict[Channel, Points]:
    """The curves of a faulty file under the residuals they belong to."""
    beam_z, beam_a = LIGHT[projectile]
    mended: dict[Channel, Points] = {}
    for channel, points in raw.items():
        meant = _MEANT.get(missing(channel, projectile, z))
        if meant is None:
            place = channel
        else:
            place = (channel[0], z + beam_z - meant[0], channel[0] + beam_a - meant[1])
            if place[1] < 1 or place[2] < place[1]:
                continue
        mended[place] = add(mended[place], points) if place in mended else points
    return mended


def last_trusted_mev(channel: Channel, projectile: str, z: int) -> float:
    """Energy in MeV above which a faulty file holds another reaction under this residual; inf if never."""
    ejectiles = _REPLACED.get(missing(channel, projectile, z))
    if ejectiles is None:
        return float("inf")
    threshold = threshold_mev((z, channel[0]), projectile, channel[1:], ejectiles)
    return threshold if threshold is not None else float("inf")


def without_strangers(points: Points, threshold: float) -> Points:
    """Points above the threshold, less the first ones if they belong to the reaction seen below it."""
    energy, sigma = points
    polluted = starts_too_low(points, threshold)
    above = energy > threshold
    energy, sigma = energy[above], sigma[above]
    while polluted and len(sigma) > 1 and sigma[0] > sigma[1]:
        energy, sigma = energy[1:], sigma[1:]
    return energy, sigma


def add(one: Points, other: Points) -> Points:
    """The sum of two curves on the energies of both; each is zero outside its range."""
    energy = np.union1d(one[0], other[0])
    total = sum(np.interp(energy, e, s, left=0.0, right=0.0) for e, s in (one, other))
    return energy, np.asarray(total)
