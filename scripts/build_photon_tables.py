"""Makes the small tables that photonuclear yields need: bremsstrahlung spectra, stopping and attenuation.

    BECQ_NUCLEAR_DATA=FOLDER python scripts/build_photon_tables.py BREMX.DAT

``BREMX.DAT`` is the table of Seltzer and Berger (1986) as distributed with Monte Carlo codes (its header
names BREMSPEC-2, S. M. Seltzer, National Bureau of Standards, 1984). The folder gives ESTAR and XCOM.
The output depends on the input only: running it twice gives the same bytes.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import numpy as np

DATA = Path(__file__).resolve().parents[1] / "src" / "becq" / "data"
LIGHT = (*range(1, 5), 6, *range(8, 11), 13, *range(16, 21), *range(22, 25), *range(26, 29), 30, 36, 42, 47)
HEAVY = (50, *range(54, 57), 58, 62, 66, *range(70, 76), 78, 79, 82, 85, 86, 88, 90, 92)
ELEMENTS = LIGHT + HEAVY  # between them the spectra are smooth in Z
LOWEST_MEV, HIGHEST_MEV, ATTENUATION_FROM_MEV = 1.0, 150.0, 1.0
SHARES = 25  # photon energy / electron energy: the first 22 of the table, then 0.99, 0.999 and 1
BREMSSTRAHLUNG = "Seltzer & Berger 1986 At. Data Nucl. Data Tables 35 345 doi:10.1016/0092-640X(86)90014-8"
MATERIALS = "stopping: NIST ESTAR (total); attenuation: NIST XCOM"


def bremsstrahlung(path: Path) -> str:
    """The scaled spectra (beta^2/Z^2) k dsigma/dk in mb for some elements and electrons of 1 to 150 MeV."""
    numbers = np.array(path.read_text().rstrip("\x1a\n ").split("\n", 4)[4].split(), dtype=float)
    energies, shares = int(numbers[0]), int(numbers[1])
    electron_mev, share = numbers[2 : 2 + energies], numbers[2 + energies : 2 + energies + shares]
    table = numbers[2 + energies + shares :].reshape(100, energies, shares)
    columns = [i for i in range(shares) if share[i] <= 0.97 or share[i] in (0.99, 0.999, 1.0)]
    assert len(columns) == SHARES, columns
    heads = ",".join(f"share_{share[c]:g}" for c in columns)
    lines = [f"atomic_number,electron_energy_mev,{heads},source"]
    for z in ELEMENTS:
        for i, energy in enumerate(electron_mev):
            if LOWEST_MEV <= energy <= HIGHEST_MEV:
                values = ",".join(f"{table[z - 1, i, c]:.5g}" for c in columns)
                lines.append(f"{z},{energy:g},{values},{BREMSSTRAHLUNG}")
    return "\n".join(lines) + "\n"


def materials(folder: Path) -> str:
    """Stopping power of electrons and attenuation of photons, per element, cm2/g."""
    import polars as pl

    stopping = pl.read_parquet(folder / "stopping" / "stopping.parquet").filter(
        (pl.col("source") == "ESTAR") & pl.col("energy_MeV").is_between(LOWEST_MEV, HIGHEST_MEV)
    )
    attenuation = pl.read_parquet(folder / "meta" / "xcom_elements.parquet").filter(
        pl.col("energy_MeV") >= ATTENUATION_FROM_MEV
    )
    lines = [
        "atomic_number,electron_energy_mev,stopping_mev_cm2_g,photon_energy_mev,attenuation_cm2_g,source"
    ]
    for z in range(1, 93):
        s = stopping.filter(pl.col("target_Z") == z).sort("energy_MeV")
        m = attenuation.filter(pl.col("Z") == z).sort("energy_MeV").unique("energy_MeV", maintain_order=True)
        columns = [
            " ".join(f"{v:.6g}" for v in frame[name])
            for frame, name in (
                (s, "energy_MeV"),
                (s, "dedx"),
                (m, "energy_MeV"),
                (m, "mu_rho_cm2_g"),
            )
        ]
        lines.append(f"{z},{','.join(columns)},{MATERIALS}")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Writes both tables into the package."""
    if len(sys.argv) != 2 or not os.environ.get("BECQ_NUCLEAR_DATA"):
        sys.exit(__doc__)
    (DATA / "bremsstrahlung_spectra.csv").write_text(bremsstrahlung(Path(sys.argv[1])))
    (DATA / "photon_materials.csv").write_text(materials(Path(os.environ["BECQ_NUCLEAR_DATA"])))


if __name__ == "__main__":
    main()
