"""What a batch gives at the end of bombardment, by Becq's own physics from target, flux, power and beam."""

from __future__ import annotations

from functools import cache

from becq.physics.accelerator import irradiation as beam
from becq.physics.quantities import parse_duration
from becq.physics.reactor import fission
from becq.physics.reactor.flux import FluxHistory
from becq.physics.reactor.irradiation import irradiate
from build_china.tables import Row

EPITHERMAL_RATIO = 0.02
"""Epithermal over thermal flux at a target in or beside a core: assumption."""
HOURS = 3600.0
WATER_ENRICHMENT = 0.97
"""O-18 in the water of F-18 targets: assumption."""
BEAM_UA = 60.0
"""Beam on one F-18 target, as in the tables of Sichuan."""


def batch_gbq(row: Row, nuclide: str) -> tuple[float, str]:
    """Activity at the end of bombardment in GBq of a row of recipes.csv, and how it was found."""
    seconds = parse_duration(row["duration"])
    if row["power_kw"]:
        run = fission.produce(nuclide, power_w=1e3 * float(row["power_kw"]), duration_s=seconds)
        how = f"Becq's fission yields: {row['power_kw']} kW for {row['duration']}"
        return run.activity_shutdown_bq / 1e9, how
    if row["current_ua"]:
        shot = beam.irradiate(
            row["target"],
            energy_mev=float(row["energy_mev"]),
            exit_mev=float(row["exit_mev"]) if row["exit_mev"] else None,
            current_a=float(row["current_ua"]) * 1e-6,
            duration_s=seconds,
            enrichment=float(row["enrichment"]),
        )
        how = (
            f"Becq's thick-target yield: {row['target']}, {row['energy_mev']} MeV, {row['current_ua']} µA, "
            f"{row['duration']}"
        )
        return shot.activity_eob_bq / 1e9, how
    flux = FluxHistory.constant(float(row["flux_cm2_s"]), seconds, epithermal_ratio=EPITHERMAL_RATIO)
    piece = irradiate(
        row["target"],
        mass_g=float(row["mass_g"]),
        flux=flux,
        material=row["material"] or None,
        enrichment=float(row["enrichment"]) if row["enrichment"] else None,
        product=nuclide,
    )
    how = (
        f"Becq's burn-up: {row['mass_g']} g {row['material'] or row['target']} at {row['flux_cm2_s']} "
        f"cm-2 s-1 for {row['duration']}, no self-shielding"
    )
    return piece.activity_eob_bq / 1e9, how


@cache
def fluorine_gbq(energy_mev: float, hours: float) -> float:
    """F-18 at the end of bombardment from enriched water, GBq."""
    shot = beam.irradiate(
        "O-18(p,n)F-18",
        energy_mev=energy_mev,
        current_a=BEAM_UA * 1e-6,
        duration_s=hours * HOURS,
        enrichment=WATER_ENRICHMENT,
        material="H2O",
    )
    return shot.activity_eob_bq / 1e9
