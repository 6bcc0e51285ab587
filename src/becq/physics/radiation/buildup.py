"""Exposure build-up factors of infinite media: the geometric-progression form of ANSI/ANS-6.4.3-1991.

B(E, x) = 1 + (b - 1)(K^x - 1)/(K - 1), or 1 + (b - 1) x where K = 1, with
K(x) = c x^a + d [tanh(x/Xk - 2) - tanh(-2)] / [1 - tanh(-2)], x in mean free paths from a point isotropic
source. The standard gives the five parameters from 15 keV to 15 MeV for x up to 40; they are interpolated
in log E. Deeper than 40 mean free paths K is held. K-edges are steps in lead and tungsten: the standard's
two energies that bracket an edge (88 and 89 keV, 69 and 70 keV) are never interpolated across.

A shield is no infinite medium: behind it nothing scatters photons back or on. :func:`finite_ratio` says how
much of B - 1 is left for a sphere in empty space seen from afar, by the Monte Carlo of
``scripts/build_finite_buildup.py`` for water, concrete and iron; in lead and tungsten it is taken as 1.

Layers of different materials follow Broder, Kayurin & Kutuzov (Soviet J. At. Energy 12 (1962) 26):
B = sum over n of B_n(x_1 + ... + x_n) - B_n(x_1 + ... + x_(n-1)), counted from the source, which gives back
the single-material factor however a slab is cut.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from becq.errors import InputError
from becq.physics.radiation.tables import Array, read

DEEPEST_MFP = 40.0
# whose finite ratio a medium takes: its own or that of the nearest atomic number
_FINITE = {
    "water": "water",
    "concrete": "concrete",
    "aluminium": "concrete",
    "iron": "iron",
    "copper": "iron",
}
_EDGE_KEV = {"lead": (88.0, 89.0, 88.0045), "tungsten": (69.0, 70.0, 69.525)}


@lru_cache(maxsize=1)
def _parameters() -> dict[str, tuple[Array, Array]]:
    rows: dict[str, list[list[float]]] = {}
    for row in read("buildup"):
        rows.setdefault(row["material"], []).append(
            [float(row[k]) for k in ("energy_kev", "b", "c", "a", "xk", "d")]
        )
    tables = {name: np.array(values) for name, values in rows.items()}
    return {name: (table[:, 0], table[:, 1:]) for name, table in tables.items()}


def materials() -> tuple[str, ...]:
    """Media with build-up parameters."""
    return tuple(_parameters())


def parameters(medium: str, energy_kev: ArrayLike) -> Array:
    """b, c, a, Xk and d of a medium at energies E (keV) of shape S: (..., 5)."""
    try:
        energies, table = _parameters()[medium]
    except KeyError:
        raise InputError(f"No build-up factors of {medium!r}; there are {', '.join(materials())}") from None
    energy = np.asarray(energy_kev, dtype=np.float64)
    if medium in _EDGE_KEV:
        low, high, edge = _EDGE_KEV[medium]
        energy = np.where((energy > low) & (energy < edge), low, energy)
        energy = np.where((energy >= edge) & (energy < high), high, energy)
    at = np.log(energy)
    return np.stack([np.interp(at, np.log(energies), column) for column in table.T], axis=-1)


def buildup(medium: str, energy_kev: ArrayLike, mean_free_paths: ArrayLike) -> Array:
    """Exposure build-up factor; energies (keV) and depths (mean free paths, not negative) broadcast.

    :raises InputError: for a medium without parameters or a negative depth.
    """
    energy, depth = np.broadcast_arrays(
        np.asarray(energy_kev, dtype=np.float64), np.asarray(mean_free_paths, dtype=np.float64)
    )
    if not (depth >= 0).all():
        raise InputError("A depth in mean free paths cannot be negative")
    b, c, a, xk, d = np.moveaxis(parameters(medium, energy), -1, 0)
    x = np.minimum(depth, DEEPEST_MFP)
    start = np.tanh(-2.0)
    with np.errstate(divide="ignore", over="ignore"):
        base = np.where(x > 0, np.maximum(x, 1e-12) ** a, 0.0)
    k = c * base + d * (np.tanh(x / xk - 2.0) - start) / (1.0 - start)
    k = np.maximum(k, 1e-6)
    log_k = np.log(k)
    power = np.minimum(depth * log_k, 600.0)  # the beam is gone long before
    growth = np.where(np.abs(log_k) < 1e-9, depth, np.expm1(power) / np.where(k == 1, 1.0, k - 1.0))
    return np.asarray(np.maximum(1.0 + (b - 1.0) * growth, 1.0))


@lru_cache(maxsize=1)
def _finite() -> dict[str, tuple[Array, Array, Array]]:
    rows: dict[str, dict[tuple[float, float], float]] = {}
    for row in read("finite_buildup"):
        at = (float(row["energy_kev"]), float(row["mean_free_paths"]))
        rows.setdefault(row["medium"], {})[at] = float(row["ratio"])
    tables = {}
    for name, values in rows.items():
        energies, depths = sorted({e for e, _ in values}), sorted({x for _, x in values})
        table = np.array([[values[e, x] for x in depths] for e in energies])
        tables[name] = (np.array(energies), np.array(depths), table)
    return tables


def finite_ratio(medium: str, energy_kev: ArrayLike, mean_free_paths: ArrayLike) -> Array:
    """(B - 1) behind a finite shield over that in an infinite medium; energies (keV) and depths broadcast.

    Linear in ln E and ln x between 30 keV and 3 MeV and 0.5 and 10 mean free paths, held outside; 1 for
    media without values (air, lead, tungsten).
    """
    energy, depth = np.broadcast_arrays(
        np.asarray(energy_kev, dtype=np.float64), np.asarray(mean_free_paths, dtype=np.float64)
    )
    if medium not in _FINITE:
        return np.ones(energy.shape)
    energies, depths, table = _finite()[_FINITE[medium]]
    row, up = _place(np.log(energy), np.log(energies))
    column, right = _place(np.log(np.maximum(depth, depths[0])), np.log(depths))
    low = table[row, column] * (1 - right) + table[row, column + 1] * right
    high = table[row + 1, column] * (1 - right) + table[row + 1, column + 1] * right
    return np.asarray(low * (1 - up) + high * up)


def _place(at: Array, grid: Array) -> tuple[Any, Array]:
    """Interval of a rising grid and the share within it, ends held."""
    index = np.clip(np.searchsorted(grid, at, side="right") - 1, 0, len(grid) - 2)
    share = np.clip((at - grid[index]) / (grid[index + 1] - grid[index]), 0.0, 1.0)
    return index, np.asarray(share)
