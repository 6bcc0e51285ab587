"""Published yields of accelerators, stopping powers and charged-particle cross sections, recomputed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from comparison import HERE, HOUR_S, Comparison, rows_of

from becq.errors import BecqError
from becq.physics.accelerator import nuclear_data
from becq.physics.accelerator.irradiation import BeamIrradiation, irradiate
from becq.physics.accelerator.materials import target_material
from becq.physics.accelerator.photon_irradiation import irradiate_photons
from becq.physics.accelerator.reactions import parse_reaction
from becq.physics.accelerator.stopping import stopping

MICRO = 1e-6
BQ = {"Ci": 3.7e10, "GBq": 1e9}
_BESIDE = HERE.parents[2] / "shared" / "data" / "nuclear"


@lru_cache(maxsize=1)
def nuclear_folder() -> Path | None:
    """The folder of evaluated nuclear data: the one of the environment, else beside the checkout, or None."""
    if not os.environ.get(nuclear_data.VARIABLE) and _BESIDE.is_dir():
        os.environ[nuclear_data.VARIABLE] = str(_BESIDE)
    return nuclear_data.folder()


def accelerator_yields() -> Iterator[Comparison]:
    """Yields of beams, from the folder of nuclear data."""
    nuclear_folder()
    for row in rows_of("accelerator_yields.csv"):
        got, why = _yield(row)
        computed = None
        if got is not None:
            computed = {
                "physical_yield": got.physical_yield_bq_per_c * HOUR_S * MICRO * 1e-6,
                "saturation_yield": got.saturation_yield_bq_per_a * MICRO * 1e-6,
                "activity_eob": got.activity_eob_bq * 1e-6,
            }[row["quantity"]]
        material = f", {row['material']}" if row["material"] else ""
        yield Comparison(
            "accelerator_yields.csv",
            row["reaction"],
            f"{row['quantity'].replace('_', ' ')}, {row['energy_mev']} → {row['exit_mev'] or '?'} MeV{material}",
            float(row["value"]),
            computed,
            row["unit"],
            row["kind"],
            row["source"],
            row["note"],
            why,
            "; ".join(got.sources + got.notes) if got else "",
        )


def _yield(row: dict[str, str]) -> tuple[BeamIrradiation | None, str]:
    """The irradiation of a row, or None and why it cannot be recomputed."""
    if row["kind"] == "practical":
        return None, "practical yield: with losses, or the target is not fully described"
    if not row["energy_mev"] or not row["exit_mev"]:
        return None, "energies are not printed"
    if "(g," in row["reaction"]:
        return None, "electron machine: converter and geometry are not printed"
    try:
        return irradiate(
            row["reaction"],
            energy_mev=float(row["energy_mev"]),
            exit_mev=float(row["exit_mev"]) or None,
            current_a=float(row["current_ua"] or 1.0) * MICRO,
            duration_s=float(row["duration_h"] or 1.0) * HOUR_S,
            enrichment=float(row["enrichment"]) if row["enrichment"] not in {"", "1"} else None,
            material=row["material"] or None,
        ), ""
    except BecqError as error:
        text = str(error)
        if "cross sections are known" in text:
            return None, "the cross sections end below the energy of the beam"
        return None, "no evaluated cross section for this projectile and element"


def stopping_powers() -> Iterator[Comparison]:
    """Mass stopping powers and ranges. PSTAR and ASTAR are the tables used: a check of reading them."""
    folder = nuclear_folder()
    for row in rows_of("stopping_powers.csv"):
        formula = {"N2": "N", "O2": "O"}.get(row["formula"], row["formula"])
        element = next(
            c for c in (formula[:2], formula[:1]) if c.isalpha() and (len(c) == 1 or c[1].islower())
        )
        material = target_material(element, None, formula=formula)
        slowing = stopping(material, row["projectile"], folder)  # type: ignore[arg-type]
        energy = float(row["energy_mev"])
        of = slowing.range_of if row["unit"] == "g/cm2" else slowing.mass_stopping_power
        same = row["source"].startswith("NIST") and slowing.sources[0].startswith("NIST")
        yield Comparison(
            "stopping_powers.csv",
            f"{row['projectile']} in {row['formula']}",
            f"{row['quantity'].replace('_', ' ')}, {row['energy_mev']} MeV",
            float(row["value"]),
            float(of(energy)),
            row["unit"],
            "same tables" if same else "independent",
            row["source"],
            row["note"],
            basis="; ".join(slowing.sources),
        )


def monitor_cross_sections() -> Iterator[Comparison]:
    """Evaluated cross sections of whole elements or isotopes at single energies, from very thin targets."""
    nuclear_folder()
    for row in rows_of("monitor_cross_sections.csv"):
        computed, why, basis = None, "", ""
        try:
            computed, basis = _cross_section_mb(row["reaction"], float(row["energy_mev"]))
        except BecqError as error:
            known = "cross sections are known" in str(error)
            why = (
                "the cross sections end below this energy"
                if known
                else "no evaluated cross section for this projectile and element"
            )
        yield Comparison(
            "monitor_cross_sections.csv",
            row["reaction"],
            f"{row['energy_mev']} MeV",
            float(row["value"]),
            computed,
            "mb",
            row["kind"],
            row["source"],
            row["note"],
            why,
            basis,
        )


def _cross_section_mb(reaction: str, energy_mev: float) -> tuple[float, str]:
    """Cross section from the nuclei made between two energies 2 keV apart, mb."""
    route = parse_reaction(reaction)
    out = energy_mev - 0.002
    thin = irradiate(route, energy_mev=energy_mev, exit_mev=out, current_a=MICRO, duration_s=1.0)
    charge = {"p": 1, "d": 1, "a": 2, "h": 2}[route.projectile] * 1.602176634e-19
    material = target_material(route.element, route.target_a)
    atoms = thin.thickness_g_cm2 / material.molar_mass_g_mol * 6.02214076e23
    return thin.saturation_yield_bq_per_a * charge / atoms * 1e27, "; ".join(thin.sources)


def photonuclear_yields() -> Iterator[Comparison]:
    """Activities of electron machines whose converter and target are printed."""
    nuclear_folder()
    for row in rows_of("photonuclear_yields.csv"):
        bare = "no converter" in row["geometry"]
        made = row["quantity"].startswith("activity_eob")
        complete = bool(made and row["thickness_g_cm2"] and (bare or row["converter_g_cm2"]))
        computed, basis = None, ""
        if complete:
            got = irradiate_photons(
                row["reaction"],
                energy_mev=float(row["energy_mev"]),
                current_a=float(row["current_a"]),
                duration_s=float(row["duration_s"]),
                converter=row["converter"] or None,
                converter_g_cm2=None if bare else float(row["converter_g_cm2"]),
                thickness_g_cm2=float(row["thickness_g_cm2"]),
                enrichment=0.98 if "TECDOC-2051" in row["source"] else None,
            )
            computed = got.activity_eob_bq / BQ[row["unit"]]
            basis = "; ".join(got.sources + got.notes)
        why = "electron machine: converter and geometry are not printed" if made else "another quantity"
        yield Comparison(
            "photonuclear_yields.csv",
            row["reaction"],
            f"{row['quantity'].replace('_', ' ')}, {row['energy_mev']} MeV, {row['geometry']}",
            float(row["value"]),
            computed,
            row["unit"],
            row["kind"],
            row["source"],
            row["note"],
            "" if complete else why,
            basis,
        )
