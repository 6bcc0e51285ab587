"""Photons through shells of several materials by Monte Carlo: what a distant detector sees of them.

An independent check of layers: a point source in a cavity, shells around it, empty space outside. Free electrons
scatter (functions of ``scripts/build_finite_buildup.py``); lead hit above its K edge answers with K X rays, as
often as the step of its attenuation (NISTIR 5632: 1.910 and 7.683 cm2/g) and a fluorescence yield of 0.96 say.
Paths by Woodcock's method: steps in the densest medium, most of whose ends are no collision in a lighter one.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import numpy as np

from becq.physics.radiation.gamma_constants import dose_per_fluence
from becq.physics.radiation.materials import material

Z_OVER_A = {"water": 0.55508, "concrete": 0.50932, "iron": 26 / 55.845, "lead": 82 / 207.2}
K_EDGE_KEV, K_SHARE, K_YIELD = 88.0045, 1 - 1.910 / 7.683, 0.96
K_LINES_KEV, K_WEIGHTS = np.array([74.97, 72.80, 85.0]), np.array([0.46, 0.28, 0.26])
GRID = np.geomspace(12.0, 1500.0, 4000)
LOWEST_KEV = 15.0


def script() -> ModuleType:
    """The script that makes the table of finite shields."""
    path = Path(__file__).parents[3] / "scripts" / "build_finite_buildup.py"
    spec = importlib.util.spec_from_file_location("build_finite_buildup", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def escaping_dose(
    layers: list[tuple[str, float]],
    energy_kev: float,
    count: int,
    seed: int,
    *,
    cavity_cm: float = 3.0,
    quantity: str = "Ka",
) -> float:
    """Dose of what leaves the shells (material, thickness in m), per that of the bare source, below 1.5 MeV."""
    made = script()
    random = np.random.default_rng(seed)
    media = [material(name) for name, _ in layers]
    per_cm = np.array([0 * GRID] + [m.broad_cm2_g(GRID) * m.density_g_cm3 for m in media])
    free = made.klein_nishina_cm2(GRID) * made.AVOGADRO
    scattering = np.array([0 * GRID] + [free * Z_OVER_A[m.name] * m.density_g_cm3 for m in media])
    fluoresces = np.array([False] + [m.name == "lead" for m in media])
    densest = per_cm.max(axis=0)
    radii = cavity_cm + np.cumsum([0.0] + [100 * thickness for _, thickness in layers])
    dose = dose_per_fluence(GRID, quantity) / float(dose_per_fluence(np.array([energy_kev]), quantity)[0])
    place = np.tile([0.0, 0.0, cavity_cm], (count, 1))
    direction = np.tile([0.0, 0.0, 1.0], (count, 1))
    energy = np.full(count, energy_kev)
    total = 0.0
    while len(energy):
        row = np.clip(np.searchsorted(GRID, energy), 0, len(GRID) - 1)
        place = place + direction * (-np.log(random.random(len(energy))) / densest[row])[:, None]
        radius = np.sqrt((place**2).sum(axis=1))
        out = radius >= radii[-1]
        total += float(dose[row[out]].sum())
        place, direction, energy, row, radius = (x[~out] for x in (place, direction, energy, row, radius))
        layer = np.searchsorted(radii, radius, side="right")
        chance = random.random(len(energy)) * densest[row]
        hit = chance < per_cm[layer, row]
        scattered = chance < np.minimum(scattering[layer, row], per_cm[layer, row])
        answered = hit & ~scattered & fluoresces[layer] & (energy > K_EDGE_KEV)
        answered &= random.random(len(energy)) < K_SHARE * K_YIELD
        at = np.interp(np.log(energy), np.log(made.SCATTER_ENERGIES), np.arange(len(made.SCATTER_ENERGIES)))
        at = np.minimum(np.floor(at + random.random(len(at))).astype(int), len(made.SCATTER_ENERGIES) - 1)
        share = random.random(len(at)) * (len(made.SHARES) - 1)
        column = np.minimum(share.astype(int), len(made.SHARES) - 2)
        below, above = made.COSINES[at, column], made.COSINES[at, column + 1]
        cosine = np.where(
            answered, 2 * random.random(len(at)) - 1, below + (share - column) * (above - below)
        )
        goes_on = scattered | answered
        direction = np.where(goes_on[:, None], made.turned(direction, cosine, random), direction)
        line = random.choice(K_LINES_KEV, len(at), p=K_WEIGHTS)
        left = energy / (1 + energy / made.ELECTRON_KEV * (1 - cosine))
        energy = np.where(scattered, left, np.where(answered, line, energy))
        keep = (~hit | goes_on) & (energy > LOWEST_KEV)
        place, direction, energy = place[keep], direction[keep], energy[keep]
    return total / count
