"""Energy spectra of beta-minus particles: Fermi theory for allowed and unique forbidden transitions.

N(W) is proportional to p W (W0 - W)^2 F0(Z, W) C(W), W the total and p the momentum of the electron in
units of its rest mass. F0 is the relativistic Fermi function of a point nucleus taken at the nuclear radius
R (Behrens & Jaenecke 1969; R as in Wilson, Phys. Rev. 169 (1968) 1010); C is 1 for allowed and non-unique
first forbidden transitions (the xi approximation), q^2 + lambda2 p^2 for unique first forbidden and
q^4 + (10/3) lambda2 q^2 p^2 + lambda3 p^4 for unique second forbidden ones, lambda_k from the same Coulomb
functions (Mougeot, Phys. Rev. C 91 (2015) 055504, eqs 4-8). Screening is left out (below 1 % of the mean
energy of what matters here). End points and intensities: ENSDF (NNDC), in ``data/beta_spectra.csv``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from becq.errors import InputError
from becq.physics.radiation.tables import Array, read

ELECTRON_KEV = 510.99895
ALPHA = 7.2973525693e-3
SHAPES = ("allowed", "unique-1", "unique-2")


@dataclass(frozen=True, slots=True)
class BetaBranch:
    """One beta-minus transition: end point in keV, electrons per decay, shape, Z and A of the daughter."""

    end_point_kev: float
    intensity: float
    shape: str
    daughter_z: int
    mass_number: int


@lru_cache(maxsize=1)
def _tables() -> dict[str, tuple[BetaBranch, ...]]:
    found: dict[str, list[BetaBranch]] = {}
    for row in read("beta_spectra"):
        found.setdefault(row["nuclide"], []).append(
            BetaBranch(
                float(row["end_point_kev"]),
                float(row["intensity"]),
                row["shape"],
                int(row["daughter_z"]),
                int(row["nuclide"].split("-")[1].rstrip("mnp")),
            )
        )
    return {name: tuple(branches) for name, branches in found.items()}


def names() -> tuple[str, ...]:
    """Nuclides with beta branches in the table."""
    return tuple(_tables())


def beta_branches(nuclide: str) -> tuple[BetaBranch, ...]:
    """Beta-minus branches of a nuclide, none if the table has none."""
    return _tables().get(nuclide, ())


def _coulomb(k: int, z: int, momentum: Array, energy: Array, radius: float) -> Array:
    """Generalised Fermi function F_(k-1)(Z, W) of a point nucleus."""
    from scipy.special import gammaln, loggamma

    gamma = np.sqrt(k * k - (ALPHA * z) ** 2)
    eta = ALPHA * z * energy / momentum
    log_norm = 2.0 * (gammaln(2 * k + 1) - gammaln(k) - gammaln(1 + 2 * gamma))
    log_f = (
        log_norm
        + 2.0 * (gamma - k) * np.log(2.0 * momentum * radius)
        + np.pi * eta
        + 2.0 * np.real(loggamma(gamma + 1j * eta))
    )
    return np.asarray(np.exp(log_f))


def _shape(branch_shape: str, z: int, p: Array, w: Array, q: Array, radius: float, first: Array) -> Array:
    if branch_shape == "allowed":
        return np.ones_like(p)
    gamma1 = np.sqrt(1 - (ALPHA * z) ** 2)

    def ratio(k: int) -> Array:
        gamma = np.sqrt(k * k - (ALPHA * z) ** 2)
        return np.asarray(_coulomb(k, z, p, w, radius) / first * (k + gamma) / (k * (1 + gamma1)))

    if branch_shape == "unique-1":
        return np.asarray(q**2 + ratio(2) * p**2)
    return np.asarray(q**4 + (10.0 / 3.0) * ratio(2) * q**2 * p**2 + ratio(3) * p**4)


def branch_spectrum(branch: BetaBranch, points: int = 400) -> tuple[Array, Array]:
    """Kinetic energies (keV) and electrons per keV per decay of one transition, both (points,).

    Energies are mid-points of equal steps up to the end point, so that sums times the step are integrals.

    :raises InputError: for an unknown shape or an end point that is not positive.
    """
    if branch.shape not in SHAPES or not branch.end_point_kev > 0:
        raise InputError(f"A beta branch needs a positive end point and a shape out of {', '.join(SHAPES)}")
    step = branch.end_point_kev / points
    kinetic: Array = np.asarray((np.arange(points) + 0.5) * step, dtype=np.float64)
    w: Array = np.asarray(1.0 + kinetic / ELECTRON_KEV)
    p: Array = np.asarray(np.sqrt(w * w - 1.0))
    q = (branch.end_point_kev - kinetic) / ELECTRON_KEV
    third = branch.mass_number ** (1.0 / 3.0)
    radius = 0.0029 * third + 0.0063 / third - 0.017 / branch.mass_number
    first = _coulomb(1, branch.daughter_z, p, w, radius)
    density = p * w * q**2 * first * _shape(branch.shape, branch.daughter_z, p, w, q, radius, first)
    return kinetic, np.asarray(branch.intensity * density / (density.sum() * step))


def mean_energy_kev(branch: BetaBranch) -> float:
    """Mean kinetic energy of one transition in keV."""
    kinetic, density = branch_spectrum(branch)
    return float((kinetic * density).sum() / density.sum())
