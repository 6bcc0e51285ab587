"""Derive by Monte Carlo how much less a finite sphere builds up than an infinite medium.

    python scripts/build_finite_buildup.py

A point source sits in the middle of a homogeneous sphere of x mean free paths in empty space; what a distant
detector sees is the air kerma of all photons that leave, whatever way they go. Written is
R = (B_finite - 1)/(B_infinite - 1), B_infinite the factor of ANSI/ANS-6.4.3, for media of low atomic number
(above that fluorescence matters, and R comes near 1). Photons scatter on free electrons (Klein & Nishina,
Z. Phys. 52 (1929) 853) and are absorbed otherwise, as in the standard; above 1.5 MeV what is left of the
attenuation is pair production, whose two photons of 511 keV start anew. Survival weights, Russian roulette
below 0.1.

The statistical noise (1-3 %) is smoothed by a cubic surface in ln E and ln x for each medium.
"""

from __future__ import annotations

import csv
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np

from becq.physics.constants import AVOGADRO
from becq.physics.radiation.buildup import buildup
from becq.physics.radiation.gamma_constants import air_kerma_gy_m2
from becq.physics.radiation.materials import material

TARGET = Path(__file__).resolve().parent.parent / "src" / "becq" / "data" / "finite_buildup.csv"
ELECTRON_KEV = 510.99895
RADIUS_CM = 2.8179403262e-13  # classical electron radius, CODATA 2018
Z_OVER_A = {"water": 0.55508, "concrete": 0.50932, "iron": 26 / 55.845}  # NISTIR 5632, tables 1 and 2
ENERGIES_KEV = (30.0, 60.0, 100.0, 150.0, 250.0, 500.0, 1000.0, 2000.0, 3000.0)
DEPTHS = (0.5, 1.0, 2.0, 4.0, 7.0, 10.0)
LOWEST_KEV = 15.0

GRID = np.geomspace(10.0, 4000.0, 3000)
SCATTER_ENERGIES = np.geomspace(10.0, 4000.0, 150)
SHARES = np.linspace(0.0, 1.0, 257)


def klein_nishina_cm2(energy: np.ndarray) -> np.ndarray:
    """Cross section per free electron in cm2."""
    a = energy / ELECTRON_KEV
    log = np.log1p(2 * a)
    return (
        (1 + a) / a**2 * (2 * (1 + a) / (1 + 2 * a) - log / a)
        + log / (2 * a)
        - (1 + 3 * a) / (1 + 2 * a) ** 2
    ) * (2 * np.pi * RADIUS_CM**2)


def cosine_table() -> np.ndarray:
    """Inverse distribution of the cosine of the scattering angle, (energies, shares)."""
    cosine = np.linspace(-1, 1, 2001)
    rows = []
    for energy in SCATTER_ENERGIES:
        k = 1 / (1 + energy / ELECTRON_KEV * (1 - cosine))
        density = k * k * (k + 1 / k - (1 - cosine**2))
        total = np.concatenate([[0.0], np.cumsum((density[1:] + density[:-1]) / 2)])
        rows.append(np.interp(SHARES, total / total[-1], cosine))
    return np.array(rows)


COSINES = cosine_table()


def turned(direction: np.ndarray, cosine: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Unit vectors at the given cosines to ``direction``, azimuth by chance."""
    angle = 2 * np.pi * random.random(len(cosine))
    sine = np.sqrt(np.maximum(1 - cosine**2, 0))
    u, v, w = direction.T
    flat = np.sqrt(np.maximum(1 - w * w, 1e-20))
    x, y = np.cos(angle), np.sin(angle)
    new = np.stack(
        [
            u * cosine + sine * (u * w * x - v * y) / flat,
            v * cosine + sine * (v * w * x + u * y) / flat,
            w * cosine - sine * flat * x,
        ],
        axis=1,
    )
    pole = np.abs(w) > 0.999999
    new[pole] = np.stack([sine * x, sine * y, cosine * np.sign(w)], axis=1)[pole]
    return new / np.linalg.norm(new, axis=1, keepdims=True)


def escaping_kerma(name: str, energy_kev: float, depth: float, count: int, seed: int) -> float:
    """Air kerma of what leaves the sphere, per that of the bare source."""
    random = np.random.default_rng(seed)
    medium = material(name)
    log_grid = np.log(GRID)
    total = np.log(medium.broad_cm2_g(GRID) * medium.density_g_cm3)
    scatter = np.log(klein_nishina_cm2(GRID) * Z_OVER_A[name] * AVOGADRO * medium.density_g_cm3)
    kerma = air_kerma_gy_m2(GRID) / float(air_kerma_gy_m2(energy_kev))
    radius = depth / float(np.exp(np.interp(np.log(energy_kev), log_grid, total)))
    place, energy, weight = np.zeros((count, 3)), np.full(count, energy_kev), np.ones(count)
    direction = np.tile([0.0, 0.0, 1.0], (count, 1))
    sum_kerma = 0.0
    while len(energy):
        at = np.log(energy)
        per_cm = np.exp(np.interp(at, log_grid, total))
        place = place + direction * (-np.log(random.random(len(energy))) / per_cm)[:, None]
        out = (place**2).sum(axis=1) >= radius**2
        sum_kerma += float((weight[out] * np.interp(at[out], log_grid, kerma)).sum())
        place, direction, energy, weight, at, per_cm = (
            part[~out] for part in (place, direction, energy, weight, at, per_cm)
        )
        survive = np.minimum(np.exp(np.interp(at, log_grid, scatter)) / per_cm, 1.0)
        pairs = np.where(energy > 1500.0, 2 * (1 - survive), 0.0)
        pair = random.random(len(energy)) * (survive + pairs) < pairs
        weight = weight * (survive + pairs)
        row = np.interp(at, np.log(SCATTER_ENERGIES), np.arange(len(SCATTER_ENERGIES)))
        row = np.minimum(np.floor(row + random.random(len(row))).astype(int), len(SCATTER_ENERGIES) - 1)
        share = random.random(len(row)) * (len(SHARES) - 1)
        column = np.minimum(share.astype(int), len(SHARES) - 2)
        below, above = COSINES[row, column], COSINES[row, column + 1]
        cosine = below + (share - column) * (above - below)
        cosine = np.where(pair, 2 * random.random(len(cosine)) - 1, cosine)
        direction = turned(direction, cosine, random)
        energy = np.where(pair, ELECTRON_KEV, energy / (1 + energy / ELECTRON_KEV * (1 - cosine)))
        light = weight < 0.1
        lost = light & (random.random(len(weight)) > weight / 0.2)
        weight = np.where(light & ~lost, 0.2, weight)
        keep = ~lost & (energy > LOWEST_KEV)
        place, direction, energy, weight = (part[keep] for part in (place, direction, energy, weight))
    return sum_kerma / count


def one(task: tuple[str, float, float, int]) -> tuple[float, float]:
    """R and the weight of that value, the reciprocal of its statistical uncertainty to a factor."""
    name, energy, depth, seed = task
    count = int(150_000 * max(1.0, depth / 2.0))
    escaping = escaping_kerma(name, energy, depth, count, seed)
    infinite = float(buildup(name, energy, depth))
    ratio = (escaping * np.exp(depth) - 1.0) / (infinite - 1.0)
    return float(ratio), float((infinite - 1.0) / infinite * np.sqrt(count * escaping))


def smooth(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Least-squares cubic surface in ln E and ln x through (energies, depths), within 0 and 1."""
    e = np.log(np.array(ENERGIES_KEV) / 300.0)[:, None] + 0 * np.log(np.array(DEPTHS))[None, :]
    x = np.log(np.array(DEPTHS))[None, :] + 0 * e
    powers = [(i, j) for i in range(4) for j in range(4) if i + j <= 3]
    terms = np.stack([(e**i * x**j).ravel() for i, j in powers], axis=1)
    w = weights.ravel()
    fit, *_ = np.linalg.lstsq(terms * w[:, None], values.ravel() * w, rcond=None)
    return np.clip(terms @ fit, 0.0, 1.0).reshape(values.shape)


def main() -> None:
    tasks = [
        (name, e, x, 1000 * i + j)
        for i, name in enumerate(Z_OVER_A)
        for j, (e, x) in enumerate((e, x) for e in ENERGIES_KEV for x in DEPTHS)
    ]
    with ProcessPoolExecutor(int(sys.argv[1]) if len(sys.argv) > 1 else None) as pool:
        done = np.array(list(pool.map(one, tasks, chunksize=4)))
    raw, weights = done.T.reshape(2, len(Z_OVER_A), len(ENERGIES_KEV), len(DEPTHS))
    with TARGET.open("w", newline="") as stream:
        out = csv.writer(stream, lineterminator="\n")
        out.writerow(["medium", "energy_kev", "mean_free_paths", "ratio", "raw", "source"])
        for name, values, weight in zip(Z_OVER_A, raw, weights, strict=True):
            fitted = smooth(values, weight)
            spread = np.sqrt(np.sum(weight**2 * (fitted - values) ** 2) / np.sum(weight**2))
            print(f"{name}: the fit is off by {spread:.3f}")
            for e, line, before in zip(ENERGIES_KEV, fitted, values, strict=True):
                for x, ratio, was in zip(DEPTHS, line, before, strict=True):
                    source = "scripts/build_finite_buildup.py"
                    out.writerow([name, f"{e:g}", f"{x:g}", f"{ratio:.4f}", f"{was:.4f}", source])


if __name__ == "__main__":
    main()
