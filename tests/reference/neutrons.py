"""Published reactor activities and neutron cross sections, recomputed."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

from comparison import DAY_S, HOUR_S, Comparison, rows_of

from becq.errors import BecqError
from becq.physics import decay_data
from becq.physics.constants import AVOGADRO
from becq.physics.reactor.cross_sections import NeutronReaction, reactions, westcott_factor
from becq.physics.reactor.flux import FluxHistory, fission_equivalent, join
from becq.physics.reactor.irradiation import ReactorIrradiation, irradiate
from becq.physics.reactor.sample import atomic_mass, sample, symbol
from becq.physics.reactor.self_shielding import UNSHIELDED, Geometry, Shielding, shield

DENSITIES = {"Ir": 22.56, "Au": 19.3, "Lu": 9.84, "Yb": 6.90}
"""Densities in g/cm³ from which the masses of the rows were made."""
SHORT = 0.01
"""Length of the run, in half-lives, from which a saturation activity is extrapolated."""


def reactor_yields() -> Iterator[Comparison]:
    """Activities made in reactors; where no epithermal share is given there is none."""
    for row in rows_of("reactor_yields.csv"):
        why = _not_recomputable(row)
        got, computed = None, None
        if not why:
            try:
                computed, got = _irradiated(row)
            except BecqError as error:
                why = str(error)
        hours = f"{row['duration_h']} h" if row["duration_h"] else ""
        cooling = f"{row['cooling_h']} h later" if row["cooling_h"] not in {"", "0"} else ""
        ratio = (
            f"epithermal {row['epithermal_ratio']}"
            if row["epithermal_ratio"]
            else "epithermal share not given"
        )
        parts = (
            f"{row['quantity'].replace('_', ' ')} of {row['of']}",
            row["material"],
            f"{row['thermal_flux_cm2_s']}/cm²/s" if row["thermal_flux_cm2_s"] else "",
            row["history"] or hours,
            cooling,
            ratio,
        )
        yield Comparison(
            "reactor_yields.csv",
            f"{row['target'].replace(' (natural)', '')} → {row['of']}",
            ", ".join(p for p in parts if p),
            float(row["value"]),
            computed,
            row["unit"],
            "another code"
            if "periodictable" in row["source"] or "ISOTOPIA 2" in row["source"]
            else row["kind"],
            row["source"],
            row["note"],
            why,
            "; ".join(got.sources + got.notes) if got else "",
        )


def _not_recomputable(row: dict[str, str]) -> str:
    saturation = row["quantity"] == "saturation_activity"
    if row["quantity"] == "mass":
        return ""
    if "lower bound" in row["note"]:
        return "a bound, not a value"
    if not (row["thermal_flux_cm2_s"] or row["fast_flux_cm2_s"]):
        return "the flux is not printed"
    if not (row["duration_h"] or saturation):
        return "the time is not printed"
    if "chemical yield included" in row["note"]:
        return "with chemical losses; time and flux only as ranges"
    if "enrichment of the ruthenium" in row["note"] or "microspheres" in row["unit"]:
        return "composition of the target is not printed"
    if not row["mass_g"] and row["quantity"] == "activity":
        return "the mass is not printed"
    return ""


def _irradiated(row: dict[str, str]) -> tuple[float, ReactorIrradiation | None]:
    of, quantity = row["of"], row["quantity"]
    if quantity == "mass":  # of the activity in the row beside it
        beside = next(
            r for r in rows_of("reactor_yields.csv") if r["of"] == of and r["quantity"] == "activity"
        )
        return float(beside["value"]) / decay_data.decay_const(of) / AVOGADRO * atomic_mass(of), None
    target = row["target"].replace(" (natural)", "")
    material = _formula(row)
    enrichment = float(row["enrichment"]) if row["enrichment"] not in {"", "1"} else None
    mass = float(row["mass_g"] or 1e-3)
    flux = _flux(row)
    got = irradiate(
        target,
        mass_g=mass,
        flux=flux,
        material=material,
        enrichment=enrichment,
        cooling_s=float(row["cooling_h"] or 0.0) * HOUR_S,
        product=of,
        shielding=_shielding(row, target, mass),
    )
    if quantity == "saturation_activity":
        grown = -math.expm1(-decay_data.decay_const(of) * flux.duration_s)
        return got.activity_eob_bq / grown / mass, got
    if quantity == "impurity_ratio":  # of the reaction constants: activities per saturation factor
        rates = {n: got.activities_bq[n] / -math.expm1(-decay_data.decay_const(n) * flux.duration_s)
                 for n in (of, of.rstrip("m"))}  # fmt: skip
        return rates[of] / rates[of.rstrip("m")], got
    return (got.specific_activity_bq_g if quantity == "specific_activity" else got.activity_bq), got


def _formula(row: dict[str, str]) -> str | None:
    """The compound that the mass is of, None for the element: rows of one source give it for the compound."""
    if row["material"].startswith("Lu2O3 ("):
        return "Lu2O3"
    plain = re.sub(r"\[\d+\]", "", row["material"])
    compound = len(re.findall(r"[A-Z]", plain)) > 1
    return plain if compound and "periodictable" in row["source"] else None


def _flux(row: dict[str, str]) -> FluxHistory:
    thermal = float(row["thermal_flux_cm2_s"] or 0.0)
    fast = float(row["fast_flux_cm2_s"] or 0.0)
    if "above 1 MeV" in row["note"]:
        fast = float(fission_equivalent(fast))
    ratio = float(row["epithermal_ratio"] or 0.0)
    steps = re.findall(r"([\d.]+) d( up| down)?", row["history"])
    if len(steps) > 1:
        pieces = [
            FluxHistory.constant(0.0 if way == " down" else thermal, float(days) * DAY_S,
                                 epithermal_ratio=ratio, fast_cm2_s=0.0 if way == " down" else fast)
            for days, way in steps
        ]  # fmt: skip
        return join(pieces)
    duration = float(row["duration_h"] or 0.0) * HOUR_S
    if row["quantity"] == "saturation_activity":
        duration = SHORT * decay_data.half_life_s(row["of"])
    return FluxHistory.constant(thermal, duration, epithermal_ratio=ratio, fast_cm2_s=fast)


def _shielding(row: dict[str, str], target: str, mass_g: float) -> Shielding:
    """Self-shielding where the row says the shape of the target."""
    text, element = row["material"], symbol(target)
    disc = re.search(r"disc ([\d.]+) mm x ([\d.]+) mm", text)
    sphere = re.search(r"sphere ([\d.]+) nm", text)
    slab = re.search(r"slab ([\d.]+) cm", text)
    if disc:
        shape = Geometry("cylinder", radius_cm=float(disc[1]) / 20.0, height_cm=float(disc[2]) / 10.0)
    elif sphere:
        shape = Geometry("sphere", radius_cm=float(sphere[1]) / 2.0 * 1e-7)
    elif slab:
        shape = Geometry("foil", thickness_cm=float(slab[1]))
    else:
        return UNSHIELDED
    return shield(sample(target, mass_g), shape, DENSITIES[element])


def cross_sections_published() -> Iterator[Comparison]:
    """Cross sections of other compilations and of experiments against the table that is shipped."""
    for row in rows_of("cross_sections_published.csv"):
        computed, why, basis = _cross_section_b(row)
        yield Comparison(
            "cross_sections_published.csv",
            f"{row['target']}{row['reaction']}",
            row["quantity"].replace("_", " "),
            float(row["value_b"]),
            computed,
            "b",
            row["kind"],
            row["source"],
            f"± {row['uncertainty_b']} b; {row['note']}" if row["uncertainty_b"] else row["note"],
            why,
            basis,
        )


_FIELDS = {
    "thermal_cross_section": ("thermal_b", "thermal"),
    "resonance_integral": ("resonance_b", "resonance"),
    "fission_average_cross_section": ("fission_b", "fission spectrum"),
}
_SAME = ("RIPL-3", "Technical Reports Series 273", "Mirzadeh", "Sukhoruchkin")


def _cross_section_b(row: dict[str, str]) -> tuple[float | None, str, str]:
    if "Mughabghab" in row["source"] and row["year"] == "2018":
        return None, "the compilation that the table is taken from", ""
    if row["quantity"] not in _FIELDS:
        return None, "an effective cross section in one reactor", ""
    if row["reaction"] == "burn-up":
        return None, "the reaction is not named", ""
    field, label = _FIELDS[row["quantity"]]
    parts = _parts(row["target"], row["reaction"], field)
    values = [getattr(p, field) for p in parts]
    if not parts or any(v is None for v in values):
        return None, "not in the table", ""
    basis = "; ".join(dict.fromkeys(_source(p, label) for p in parts))
    atlas = "Mughabghab" in row["source"] and f"Mughabghab {row['year']}" in basis
    if atlas or any(word in row["source"] and word in basis for word in _SAME):
        return None, "the compilation that the table is taken from", basis
    total = sum(values)
    if field == "thermal_b" and "Maxwellian" in row["note"]:
        total *= float(westcott_factor(row["target"], 293.6))
    return total, "", basis


def _parts(target: str, reaction: str, field: str) -> list[NeutronReaction]:
    """Rows of the table for "(n,g)" (all states), "(n,g)m" or "(n,g)g"."""
    found = re.fullmatch(r"\((n,.+)\)([mg]?)", reaction)
    if found is None:
        return []
    rows = [r for r in reactions(target) if r.reaction == found[1] and getattr(r, field) is not None]
    if found[2] == "m":
        return [r for r in rows if r.product.endswith("m")]
    if found[2] == "g":
        return [r for r in rows if not r.product.endswith(("m", "n"))]
    return rows


def _source(reaction: NeutronReaction, label: str) -> str:
    for part in reaction.source.split("; "):
        if label in part.partition(":")[0]:
            return part
    return reaction.source
