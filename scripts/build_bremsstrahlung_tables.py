"""Derive the beta branches and thick-target bremsstrahlung yields that Becq ships.

    python scripts/build_bremsstrahlung_tables.py FOLDER SECTIONS

FOLDER has the nucl-parquet layout (`meta/ensdf/radiation`, `stopping/stopping.parquet` with ESTAR).
SECTIONS holds the bremsstrahlung cross sections of Tessier & Kawrakow (Nucl. Instr. Meth. B 266 (2008)
625), distributed with EGSnrc: `nrc_brems_grid` and one file `nrc_brems_<Z>` per element, in mb,
(beta^2/Z^2) k dsigma/dk over 49 electron energies and 54 fractions k/T.

Yield of an electron of kinetic energy T that stops in the material (continuous slowing down):
dn/dk = N_A integral from k to T of [sum_i (w_i/A_i) dsigma_i/dk](T') / S(T') dT', S the total mass stopping
power of ESTAR, compounds by Bragg's rule. Written is k dn/dk on a grid of T and k/T.

Shapes of beta branches (allowed or unique forbidden) are not in the radiation files, but the evaluators'
mean energies are, and they were computed for the shape: the one that comes nearest is written.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import numpy as np
import polars as pl
from build_radiation_tables import NUCLIDES, read_state, split

from becq.physics import decay_data
from becq.physics.constants import AVOGADRO
from becq.physics.radiation.beta_spectra import SHAPES, BetaBranch, mean_energy_kev

DATA = Path(__file__).resolve().parent.parent / "src" / "becq" / "data"
ELECTRON_MEV = 0.51099895
# (Z, relative atomic mass, mass fraction); fractions of NISTIR 5632 table 2
ABSORBERS = {
    "water": [(1, 1.008, 0.111898), (8, 15.999, 0.888102)],
    "pmma": [(1, 1.008, 0.080541), (6, 12.011, 0.599846), (8, 15.999, 0.319613)],
    "air": [(6, 12.011, 0.000124), (7, 14.007, 0.755268), (8, 15.999, 0.231781), (18, 39.948, 0.012827)],
    "aluminium": [(13, 26.982, 1.0)],
    "iron": [(26, 55.845, 1.0)],
    "tungsten": [(74, 183.84, 1.0)],
    "lead": [(82, 207.2, 1.0)],
}
ENERGIES_MEV = (
    0.015, 0.02, 0.03, 0.045, 0.07, 0.1, 0.15, 0.2, 0.3, 0.4, 0.55, 0.75, 1.0, 1.3, 1.7, 2.2, 2.8, 3.5, 4.5,
    6.0,
)  # fmt: skip
FRACTIONS = (
    0.002, 0.005, 0.01, 0.02, 0.035, 0.06, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.88, 0.94,
    0.98, 1.0,
)  # fmt: skip


def read_sections(folder: Path, z: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Electron energies (MeV), fractions k/T and scaled cross sections in mb of one element."""
    words = (folder / "nrc_brems_grid").read_text().split()
    energies, fractions = int(words[1]), int(words[2])
    grid = np.array(words[3:], dtype=float)
    table = np.array((folder / f"nrc_brems_{z}").read_text().split(), dtype=float)
    return grid[:energies], grid[energies : energies + fractions], table.reshape(energies, fractions)


def mass_section(folder: Path, parts: list[tuple[int, float, float]], t: np.ndarray, k: float) -> np.ndarray:
    """k times the bremsstrahlung cross section per mass and photon energy, in cm2/g, at energies t."""
    from scipy.interpolate import RectBivariateSpline

    gamma = 1.0 + t / ELECTRON_MEV
    beta2 = 1.0 - 1.0 / gamma**2
    total = np.zeros_like(t)
    for z, mass, fraction in parts:
        energies, fractions, table = read_sections(folder, z)
        use = energies <= 20.0
        spline = RectBivariateSpline(np.log(energies[use]), fractions, table[use], kx=3, ky=1)
        scaled = spline.ev(np.log(t), np.clip(k / t, 0.0, 1.0))
        total += fraction / mass * z * z / beta2 * scaled * 1e-27 * AVOGADRO
    return total


def stopping(folder: Path, parts: list[tuple[int, float, float]], t: np.ndarray) -> np.ndarray:
    """Total mass stopping power for electrons in MeV cm2/g."""
    rows = pl.read_parquet(folder / "stopping/stopping.parquet").filter(pl.col("source") == "ESTAR")
    total = np.zeros_like(t)
    for z, _, fraction in parts:
        own = rows.filter(pl.col("target_Z") == z).sort("energy_MeV")
        e, s = own["energy_MeV"].to_numpy(), own["dedx"].to_numpy()
        total += fraction * np.exp(np.interp(np.log(t), np.log(e), np.log(s)))
    return total


def thick_target(folder: Path, sections: Path, parts: list[tuple[int, float, float]]) -> list[list[float]]:
    rows = []
    for top in ENERGIES_MEV:
        row = []
        for fraction in FRACTIONS:
            k = fraction * top
            edges = np.geomspace(max(k, 1e-3), top, 161)
            t = np.sqrt(edges[1:] * edges[:-1])
            integrand = mass_section(sections, parts, t, k) / stopping(folder, parts, t)
            row.append(float(np.sum(integrand * np.diff(edges))) if fraction < 1 else 0.0)
        rows.append(row)
    return rows


def beta_rows(folder: Path) -> list[list[str]]:
    rows = []
    worst = 0.0
    for name in NUCLIDES:
        state = read_state(folder, name)
        if state.is_empty() or decay_data.record(name).stable:
            continue
        z = int(state["Z"][0])
        betas = state.filter((pl.col("rad_type") == "beta-") & pl.col("end_point_keV").is_not_null())
        found = [
            (e, i / 100, m)
            for e, i, m in betas.select("end_point_keV", "intensity_pct", "energy_keV").rows()
            if e and i and e > 15
        ]
        weight = sum(i * e * e for e, i, _ in found)
        for end, intensity, mean in sorted(found):
            if intensity * end * end < 2e-3 * weight:
                continue
            means = {s: mean_energy_kev(BetaBranch(end, intensity, s, z + 1, split(name)[1])) for s in SHAPES}
            best = min(means, key=lambda s: abs(means[s] - mean)) if mean else "allowed"
            off = abs(means[best] / mean - 1) if mean else 0.0
            if off > 0.01 and mean and intensity * end * end > 0.05 * weight:
                print(f"{name} {end:g} keV: mean {means[best]:.1f} against {mean:.1f} keV ({best})")
            if best != "allowed" and abs(means["allowed"] / mean - 1) < 0.005:
                best = "allowed"
            worst = max(worst, off)
            rows.append([name, f"{end:.6g}", f"{intensity:.5g}", best, str(z + 1), "ENSDF (NNDC)"])
    return rows


def main() -> None:
    if len(sys.argv) != 3:
        raise SystemExit(__doc__)
    folder, sections = Path(sys.argv[1]), Path(sys.argv[2])
    header = ["nuclide", "end_point_kev", "intensity", "shape", "daughter_z", "source"]
    with (DATA / "beta_spectra.csv").open("w", newline="") as stream:
        csv.writer(stream, lineterminator="\n").writerows([header, *beta_rows(folder)])
    with (DATA / "bremsstrahlung.csv").open("w", newline="") as stream:
        out = csv.writer(stream, lineterminator="\n")
        out.writerow(["absorber", "electron_kev", *(f"{f:g}" for f in FRACTIONS), "source"])
        for name, parts in ABSORBERS.items():
            for top, row in zip(ENERGIES_MEV, thick_target(folder, sections, parts), strict=True):
                source = "Tessier & Kawrakow (2008), ESTAR"
                out.writerow([name, f"{top * 1000:g}", *(f"{y:.4g}" for y in row), source])


if __name__ == "__main__":
    main()
