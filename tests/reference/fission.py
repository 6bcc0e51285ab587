"""Published fission yields, fuel inventories and energies per fission, recomputed."""

from __future__ import annotations

import re
from collections.abc import Iterator

from comparison import HOUR_S, Comparison, rows_of

from becq.errors import BecqError
from becq.physics import decay_data
from becq.physics.reactor.fission import ENERGY_PER_FISSION_MEV, activities_at_shutdown, fission_rate
from becq.physics.reactor.fission_yields import yields

POWER_REACTORS = ("LWR", "power reactor fuel")
LONG_S = 3 * 365.25 * 86400.0
"""Run taken for "long irradiation"."""


def fission_production() -> Iterator[Comparison]:
    """Yields, activities and energies; fuel with plutonium is not computed: U-235 alone is another fuel."""
    for row in rows_of("fission_production.csv"):
        computed, why = None, ""
        try:
            computed, why = _computed(row)
        except BecqError as error:
            why = str(error)
        parts = (
            row["quantity"].replace("_", " "),
            row["fuel"],
            f"{row['duration_h']} h" if row["duration_h"] else "",
            f"{row['cooling_h']} h later" if row["cooling_h"] else "",
        )
        yield Comparison(
            "fission_production.csv",
            row["product"] or "fission",
            ", ".join(p for p in parts if p),
            float(row["value"]),
            computed,
            row["unit"],
            row["kind"],
            row["source"],
            f"± {row['uncertainty']}; {row['note']}" if row["uncertainty"] else row["note"],
            why,
        )


def _computed(row: dict[str, str]) -> tuple[float | None, str]:
    quantity, product, fuel = row["quantity"], row["product"], row["fuel"]
    if quantity == "cumulative_fission_yield":
        fissile = fuel.partition(",")[0]
        if fissile == "U-233":
            return None, "no yields of U-233 in the table"
        table = yields(fissile)
        return (table[product].cumulative, "") if product in table else (None, "not in the table of yields")
    if quantity == "fissions_per_joule":
        return float(fission_rate(1.0, _energy(row))), ""
    if quantity == "saturation_activity_per_power_per_yield":
        return float(fission_rate(1.0, _energy(row))), ""
    if quantity == "energy_per_fission":
        if fuel.startswith("U-235"):
            return ENERGY_PER_FISSION_MEV * 1e6, ""
        return None, "of another nuclide or a mixture"
    if "LMFBR" in fuel or "LMFBR" in row["note"]:
        return None, "fast fission of plutonium and U-238"
    if any(word in fuel for word in POWER_REACTORS):
        return None, "fuel in which plutonium fissions too; U-235 alone would be another fuel"
    if quantity in {"activity_per_tonne", "activity_per_power"}:
        if product not in yields("U-235"):
            return None, "not a product of thermal fission in the table"
        power = float(row["power_w"]) if quantity == "activity_per_tonne" else 1.0
        run = float(row["duration_h"]) * HOUR_S if row["duration_h"] else LONG_S
        cooling = float(row["cooling_h"] or 0.0) * HOUR_S
        return float(activities_at_shutdown(product, power_w=power, duration_s=run, cooling_s=cooling)), ""
    if quantity == "activity_per_energy":
        if product not in yields("U-235"):
            return None, "not a product of thermal fission in the table"
        return float(fission_rate(1.0)) * yields("U-235")[product].cumulative * decay_data.decay_const(
            product
        ), ""
    if quantity == "production_rate":
        return float(fission_rate(float(row["power_w"]))) * yields("U-235")[product].cumulative, ""
    return None, "power, time or amount is not printed"


def _energy(row: dict[str, str]) -> float:
    """MeV per fission that the row itself takes."""
    said = re.search(r"(\d{3}) MeV", row["note"])
    return float(said[1]) if said else ENERGY_PER_FISSION_MEV
