"""Published gamma constants, value layers and build-up factors, recomputed."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from comparison import Comparison, rows_of

from becq.errors import BecqError
from becq.physics.radiation.buildup import buildup
from becq.physics.radiation.dose_rate import emission
from becq.physics.radiation.gamma_constants import dose_per_fluence, gamma_constant
from becq.physics.radiation.photons import photon_lines
from becq.physics.radiation.shielding import spectrum_transmission, value_layer

ROENTGEN_GY = 2.58e-4 * 33.97
"""Air kerma of 1 R without bremsstrahlung loss, with 33.97 J/C."""
R_CM2_PER_MCI_H = ROENTGEN_GY * 1e-4 / 3.7e7
"""One R·cm²/(mCi·h) in Gy·m²/(Bq·h)."""
DEEP = 1e-3


def gamma_constants() -> Iterator[Comparison]:
    """Constants of single nuclides; Cs-137 with its progeny, as every source does."""
    for row in rows_of("gamma_constants.csv"):
        ambient = row["quantity"] == "dose rate constant"
        quantity, delta = "H*(10)" if ambient else "Ka", float(row["cutoff_kev"])
        computed, why = None, ""
        try:
            name, share = row["nuclide"], 1.0
            if name == "Cs-137":
                name, share = "Ba-137m", emission(name, absorber=None).progeny["Ba-137m"]
            constant = share * gamma_constant(name, quantity=quantity, delta_kev=delta)
        except BecqError as error:
            why = f"{error}"
        else:
            computed = (
                constant
                * {
                    "exposure rate constant": 1.0 / R_CM2_PER_MCI_H,
                    "air kerma rate constant": 1e15,
                    "tissue dose rate constant": 1.1e15,  # the authors: 1.1 times the air kerma
                    "dose rate constant": 1e15,
                }[row["quantity"]]
            )
        yield Comparison(
            "gamma_constants.csv",
            row["nuclide"],
            f"{row['quantity']}, from {row['cutoff_kev']} keV",
            float(row["value"]),
            computed,
            row["unit"],
            "calculated",
            row["source"],
            why=why,
        )


def shielding() -> Iterator[Comparison]:
    """Thicknesses, or the transmission where the source gives it for a thickness (AAPM)."""
    for row in rows_of("shielding.csv"):
        lines = photon_lines(row["nuclide"])
        hard = lines.energies_kev >= float(row["cutoff_kev"])
        energies = lines.energies_kev[hard]
        weights = np.asarray(lines.intensities[hard] * dose_per_fluence(energies, "Ka"))
        medium, share, thickness = row["material"], float(row["transmission"]), float(row["thickness"])
        published, unit, label = thickness, row["unit"], f"{medium}, transmission {row['transmission']}"
        if row["source"].startswith("AAPM"):
            published, unit, label = share, "1", f"{medium}, {row['thickness']} mm"
            computed = spectrum_transmission(energies, weights, [(medium, thickness / 1e3)])
        elif row["source"].startswith("ASTM"):  # layers far inside a shield
            first, second = (value_layer(energies, weights, medium, s) for s in (DEEP, DEEP * share))
            computed, label = 1e3 * (second - first), label + ", deep inside"
        else:
            computed = 1e3 * value_layer(energies, weights, medium, share)
        yield Comparison(
            "shielding.csv", row["nuclide"], label, published, computed, unit, "calculated", row["source"]
        )


def buildup_factors() -> Iterator[Comparison]:
    """Build-up factors at single energies and depths."""
    for row in rows_of("buildup_factors.csv"):
        computed, why = None, ""
        try:
            depth = np.array([float(row["mean_free_paths"])])
            computed = float(buildup(row["material"], np.array([float(row["energy_kev"])]), depth)[0])
        except BecqError as error:
            why = str(error)
        yield Comparison(
            "buildup_factors.csv",
            f"{row['material']} {row['energy_kev']} keV",
            f"{row['mean_free_paths']} mean free paths",
            float(row["buildup"]),
            computed,
            "1",
            "calculated",
            row["source"],
            why=why,
        )
