"""Yields of 25 routes by Becq, with a folder of nuclear data and with its own table, and by hyrr.

Each route is one irradiation of an enriched target: product, impurities and chains, four hours at 50 µA. Cold
counts reading and tabulating the data, warm is a later irradiation of the same target at another energy.
hyrr (PyPI, MIT) runs on the same folder with its library TENDL; it needs Python 3.12 and version 0.2.0, whose
computing is in Python (the wheels of later versions came without their compiled part). Where it is missing
the benchmark says so and measures Becq alone.

    BECQ_NUCLEAR_DATA=FOLDER python benchmarks/bench_yield.py
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from becq.physics.accelerator import (
    isomers,
    nuclear_data,
    recommended,
    stopping,
    tabulated_stopping,
    tabulated_target,
    thick_target,
    yield_table,
)
from becq.physics.accelerator.irradiation import BeamIrradiation, irradiate
from becq.physics.accelerator.isotopes import AVOGADRO, ELEMENTARY_CHARGE_C
from becq.physics.accelerator.materials import target_material
from becq.physics.accelerator.reactions import Reaction, parse_reaction
from becq.physics.elements import elements
from becq.physics.nuclides import nuclide

CURRENT_A, DURATION_S = 50e-6, 4 * 3600.0
REPEATS = 3
BESIDE = Path(__file__).resolve().parents[2] / "shared" / "data" / "nuclear"
# Route, energy in and out (MeV), atom fraction of the isotope, chemical form.
Route = tuple[str, float, float, float | None, str | None]
ROUTES: list[Route] = [
    ("O-18(p,n)F-18", 17.0, 0.0, 0.97, "H2O"),
    ("N-14(p,a)C-11", 16.0, 4.0, None, "N2"),
    ("O-16(p,a)N-13", 16.0, 6.0, None, "H2O"),
    ("N-15(p,n)O-15", 11.0, 0.0, 0.99, "N2"),
    ("Ca-44(p,n)Sc-44", 14.0, 5.0, 0.97, "CaO"),
    ("Cr-52(p,n)Mn-52", 16.0, 6.0, None, None),
    ("Ni-61(p,n)Cu-61", 14.0, 5.0, 0.95, None),
    ("Ni-64(p,n)Cu-64", 12.0, 4.0, 0.98, None),
    ("Zn-68(p,n)Ga-68", 13.0, 5.0, 0.99, None),
    ("Zn-68(p,2n)Ga-67", 26.0, 18.0, 0.99, None),
    ("Zn-70(p,a)Cu-67", 28.0, 10.0, 0.95, None),
    ("Ga-69(p,2n)Ge-68", 28.0, 12.0, 0.98, None),
    ("Se-76(p,n)Br-76", 16.0, 8.0, 0.97, None),
    ("Sr-86(p,n)Y-86", 14.0, 6.0, 0.97, "SrO"),
    ("Y-89(p,n)Zr-89", 13.0, 5.0, None, None),
    ("Mo-100(p,2n)Tc-99m", 22.0, 10.0, 0.99, None),
    ("Rh-103(p,n)Pd-103", 16.0, 5.0, None, None),
    ("Cd-112(p,2n)In-111", 25.0, 15.0, 0.97, None),
    ("Te-123(p,n)I-123", 14.0, 8.0, 0.99, "TeO2"),
    ("Te-124(p,2n)I-123", 25.0, 18.0, 0.99, "TeO2"),
    ("Te-124(p,n)I-124", 14.0, 8.0, 0.99, "TeO2"),
    ("Gd-155(p,n)Tb-155", 11.0, 5.0, 0.95, "Gd2O3"),
    ("W-186(p,n)Re-186", 18.0, 6.0, 0.99, None),
    ("Bi-209(a,2n)At-211", 28.0, 20.0, None, None),
    ("Ra-226(p,2n)Ac-225", 16.0, 8.0, None, None),
]


def main() -> None:
    """Print times, their ratios, and the ratios of the yields."""
    if not os.environ.get(nuclear_data.VARIABLE):
        if not BESIDE.is_dir():
            sys.exit(f"Set {nuclear_data.VARIABLE} to a folder of nuclear data")
        os.environ[nuclear_data.VARIABLE] = str(BESIDE)
    folder = nuclear_data.folder()
    assert folder is not None
    table_s, table = without_folder()
    print(f"Becq, own table:   cold {table_s[0]:7.3f} s, warm {table_s[1]:7.3f} s for {len(ROUTES)} routes")
    cold_s, ours = timed(lambda route, shift: becq(*route, shift))
    print(f"Becq, folder:      cold {cold_s[0]:7.3f} s, warm {cold_s[1]:7.3f} s")
    hyrr = load_hyrr()
    theirs: list[float | None] = [None] * len(ROUTES)
    if hyrr is not None:
        hyrr_s, theirs = timed(hyrr_runner(hyrr, folder), repeats=1)
        print(f"hyrr {version('hyrr')}:        cold {hyrr_s[0]:7.3f} s, warm {hyrr_s[1]:7.3f} s")
        print(f"times faster than hyrr, cold {hyrr_s[0] / cold_s[0]:.1f}, warm {hyrr_s[1] / cold_s[1]:.1f}")
    report(ours, table, theirs, folder)


def report(
    ours: list[BeamIrradiation], table: list[BeamIrradiation], theirs: list[float | None], folder: Path
) -> None:
    """Print the saturation yields and their ratios, with the source of the cross section."""
    print(f"\n{'':22} {'':9} {'':8} {'table':>8} {'hyrr':>8} {'hyrr/Becq,':>11}")
    print(
        f"{'route':22} {'MeV':>9} {'GBq/µA':>8} {'/Becq':>8} {'/Becq':>8} {'same curve':>11}  cross section"
    )
    columns: dict[str, list[float]] = {"table/Becq": [], "hyrr/Becq": [], "hyrr/Becq, same curve": []}
    for route, mine, own, foreign in zip(ROUTES, ours, table, theirs, strict=True):
        text, energy, out, enrichment, material = route
        here = mine.saturation_yield_bq_per_a
        same = on_tendl(folder, text, energy, out, enrichment, material)
        ratios = own.saturation_yield_bq_per_a / here, foreign and foreign / here, foreign and foreign / same
        for values, ratio in zip(columns.values(), ratios, strict=True):
            if ratio is not None:
                values.append(ratio)
        told = [f"{r:8.3f}" if r is not None else f"{'-':>8}" for r in ratios]
        source = mine.sources[0].split(" (")[0]
        print(f"{text:22} {energy:4g}-{out:<4g} {here * 1e-15:8.3f} {' '.join(told):>29}  {source}")
    for what, values in columns.items():
        if values:
            print(f"{what}: median {statistics.median(values):.4f}, {min(values):.4f} to {max(values):.4f}")


def on_tendl(
    folder: Path, text: str, energy: float, out: float, enrichment: float | None, material: str | None
) -> float:
    """Becq's integral of the curve that hyrr uses, as it stands in the file of TENDL, in Bq/A."""
    import polars as pl

    route, product = parse_reaction(text), nuclide(parse_reaction(text).product)
    frame = pl.read_parquet(folder / "tendl-2025" / "xs" / f"{route.projectile}_{route.element}.parquet")
    matter = target_material(route.element, route.target_a, formula=material, enrichment=enrichment)
    slowing = stopping.stopping(matter, route.projectile, folder)
    grid = np.linspace(max(out, 0.01), energy, 20001)
    part = matter.part(route.element)
    total = np.zeros(len(grid))
    for a, share in part.isotopes:
        of_isotope = frame.filter(
            (pl.col("target_A") == a)
            & (pl.col("residual_Z") == product.z)
            & (pl.col("residual_A") == product.a)
        )
        for _, curve in of_isotope.sort("energy_MeV").group_by("state", maintain_order=True):
            points = curve["energy_MeV"].to_numpy(), curve["xs_mb"].to_numpy() * 1e-27
            total += share * np.interp(grid, *points, left=0.0, right=0.0)
    per_mole = slowing.mass_stopping_power(grid) * matter.molar_mass_g_mol
    nuclei = AVOGADRO * part.count * np.trapezoid(total / per_mole, grid)
    return float(nuclei / (stopping.CHARGE[route.projectile] * ELEMENTARY_CHARGE_C))


def becq(
    text: str, energy: float, out: float, enrichment: float | None, material: str | None, shift: float
) -> BeamIrradiation:
    """One irradiation; ``shift`` MeV less on entry, so that no answer can be remembered."""
    return irradiate(
        text,
        energy_mev=energy - shift,
        exit_mev=out,
        current_a=CURRENT_A,
        duration_s=DURATION_S,
        enrichment=enrichment,
        material=material,
    )


Run = Callable[[Route, float], Any]


def timed(run: Run, repeats: int = REPEATS) -> tuple[tuple[float, float], list[Any]]:
    """Sums over the routes of the first and of the least later time, s, and the answers of the first."""
    forget()
    cold = warm = 0.0
    answers = []
    for route in ROUTES:
        start = time.perf_counter()
        answers.append(run(route, 0.0))
        cold += time.perf_counter() - start
        later = []
        for number in range(repeats):
            start = time.perf_counter()
            run(route, 0.01 * (number + 1))
            later.append(time.perf_counter() - start)
        warm += min(later)
    return (cold, warm), answers


def without_folder() -> tuple[tuple[float, float], list[BeamIrradiation]]:
    """The same from Becq's own table."""
    named = os.environ.pop(nuclear_data.VARIABLE)
    try:
        return timed(lambda route, shift: becq(*route, shift))
    finally:
        os.environ[nuclear_data.VARIABLE] = named


def forget() -> None:
    """Empty what remembers data."""
    for module in (
        nuclear_data,
        recommended,
        stopping,
        thick_target,
        isomers,
        tabulated_stopping,
        tabulated_target,
        thick_target,
        yield_table,
    ):
        for value in vars(module).values():
            if hasattr(value, "cache_clear") and value.__module__ == module.__name__:
                value.cache_clear()


def load_hyrr() -> Any | None:
    """The package, if it is there and can compute; otherwise None after saying what to do."""
    advice = "use Python 3.12 or newer and `pip install hyrr==0.2.0` in the environment of this benchmark"
    try:
        import hyrr
        import hyrr.compute
    except ImportError as error:
        print(f"hyrr cannot be compared ({error}): {advice}")
        return None
    return hyrr


def hyrr_runner(hyrr: Any, folder: Path) -> Run:
    """A function that runs a route in hyrr and returns its saturation yield in Bq/A."""
    stores: list[Any] = []

    def run(route: Route, shift: float) -> float | None:
        if not stores:
            stores.append(hyrr.DataStore(folder, library="tendl-2025"))
        return of_hyrr(hyrr, stores[0], *route, shift)

    return run


def of_hyrr(
    hyrr: Any,
    store: Any,
    text: str,
    energy: float,
    out: float,
    enrichment: float | None,
    material: str | None,
    shift: float,
) -> float | None:
    """Saturation yield in Bq/A of the product's residual; None where hyrr does not make it."""
    route = parse_reaction(text)
    matter = target_material(route.element, route.target_a, formula=material, enrichment=enrichment)
    atoms = sum(part.count for part in matter.parts)
    parts = [
        (hyrr.Element(symbol=p.symbol, Z=elements()[p.symbol].z, isotopes=dict(p.isotopes)), p.count / atoms)
        for p in matter.parts
    ]
    stack = hyrr.TargetStack(
        beam=hyrr.Beam(projectile=route.projectile, energy_MeV=energy - shift, current_mA=CURRENT_A * 1e3),
        layers=[hyrr.Layer(density_g_cm3=1.0, elements=parts, energy_out_MeV=max(out, 0.01))],
        irradiation_time_s=DURATION_S,
        cooling_time_s=0.0,
    )
    found = hyrr.compute.compute_stack(store, stack).layer_results[0].isotope_results
    return _residual(route, found)


def _residual(route: Reaction, found: dict[str, Any]) -> float | None:
    product = nuclide(route.product)
    rates = [r.production_rate for r in found.values() if (product.z, product.a) == (r.Z, r.A)]
    return sum(rates) / CURRENT_A if rates and sum(rates) > 0 else None


if __name__ == "__main__":
    main()
