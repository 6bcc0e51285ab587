"""What is measured on waste before it is cleared, and what the rules say of it."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from datetime import datetime

from becq.errors import InputError
from becq.physics.quantities import format_dose_rate
from becq.platform.network import selectors as network
from becq.platform.supervision.rulebook import book_of
from becq.platform.waste.models import WasteEntry
from becq.rules.evaluation import evaluate
from becq.rules.finding import Finding
from becq.rules.holding import place, table
from becq.rules.waste import waste_row


@dataclass(frozen=True, slots=True)
class Measurement:
    """Dose rate on the surface and background in Sv/h, contamination in Bq/cm2, mass in g.

    Dose rate, background and beta contamination are always measured; alpha where alpha emitters are handled,
    and the mass where the concentration is to be compared with the clearance level.
    """

    dose_rate_surface_sv_h: float
    background_sv_h: float
    contamination_beta_bq_cm2: float
    contamination_alpha_bq_cm2: float | None = None
    mass_g: float | None = None

    def __post_init__(self) -> None:
        for each in fields(self):
            value = getattr(self, each.name)
            if value is not None and not (math.isfinite(value) and value >= 0):
                raise InputError(f"What was measured ({each.name}) is a number from 0 upwards, not {value}")

    def __str__(self) -> str:
        background = format_dose_rate(self.background_sv_h)
        parts = [
            f"{format_dose_rate(self.dose_rate_surface_sv_h)} (background {background})",
            f"beta {self.contamination_beta_bq_cm2:g} Bq/cm2",
        ]
        if self.contamination_alpha_bq_cm2 is not None:
            parts.append(f"alpha {self.contamination_alpha_bq_cm2:g} Bq/cm2")
        if self.mass_g is not None:
            parts.append(f"{self.mass_g / 1e3:g} kg")
        return ", ".join(parts)


def clearance_findings(entry: WasteEntry, measurement: Measurement, at: datetime) -> list[Finding]:
    """What the rules of its holder say of clearing a piece of waste at ``at``."""
    site = network.licensed_site(entry.site_code)
    elapsed_s = (at - entry.at).total_seconds()
    row = waste_row(
        (entry.code, entry.code),
        {entry.nuclide: entry.activity_bq},
        stored_s=elapsed_s,
        elapsed_s=elapsed_s,
        mass_g=measurement.mass_g,
        dose_rate_surface_sv_h=measurement.dose_rate_surface_sv_h,
        background_sv_h=measurement.background_sv_h,
        contamination_beta_bq_cm2=measurement.contamination_beta_bq_cm2,
        contamination_alpha_bq_cm2=measurement.contamination_alpha_bq_cm2,
    )
    facts = {"waste": table("waste", [place(site, at.astimezone(site.zone).date()) | row])}
    return evaluate(book_of(entry.organisation), facts).findings(["block", "warn", "note", "ok"])
