"""The tables: balance of every reaction, sense of every number, and the physics of the Westcott factors."""

from __future__ import annotations

import re

import numpy as np
import pytest

from becq.physics import decay_data
from becq.physics.elements import elements, natural_isotopes, read_table
from becq.physics.reactor.cross_sections import (
    ONE_OVER_V,
    NeutronReaction,
    reactions,
    remarks,
    sub_cadmium_integral_b,
    targets,
    westcott_factor,
)
from becq.physics.reactor.routes import routes, usual_product

EVERY = [r for t in targets() for r in reactions(t)]
EMITTED = {"n,g": (0, 0), "n,n'": (0, 1), "n,p": (1, 1), "n,a": (2, 4), "n,t": (1, 3), "n,2n": (0, 2)}
PATHS = """
P-31 S-32 Cr-50 Fe-58 Co-59 Co-60 Ni-62 Ni-63 Cu-63 Cu-65 Zn-64 Zn-67 Zn-68 Ti-47 N-14 Na-23 Se-74 Se-75
Kr-84 Sr-88 Sr-89 Sr-90 Y-89 Y-90 Mo-98 Mo-99 Pd-102 Rh-103 Ag-109 Sn-112 Sn-116 Sn-117 Te-130 I-125 I-126
I-131 Xe-124 Xe-125 Sm-152 Sm-153 Eu-153 Eu-154 Gd-160 Tb-159 Dy-164 Dy-165 Dy-165m Ho-165 Ho-166 Er-168 Er-170
Tm-169 Yb-168 Yb-174 Yb-176 Lu-175 Lu-176 Lu-177 Lu-177m W-180 W-182 W-183 W-184 W-186 W-187 W-188 Re-185
Re-187 Re-188 Os-184 Os-190 Os-192 Ir-191 Ir-192 Ir-193 Ir-194 Pt-194 Pt-195 Au-197 Au-198 Hg-196 Hg-202
Ra-226 Ac-227 Th-228 Th-229 Th-230 Th-232 U-235 Cm-244 Cm-248 Bk-249 Cf-250 Cf-251 Cf-252
"""


def numbers(nuclide: str) -> tuple[int, int]:
    symbol, _, rest = nuclide.partition("-")
    return elements()[symbol].z, int(re.match(r"\d+", rest)[0])  # type: ignore[index]


def exists(nuclide: str) -> bool:
    symbol, _, rest = nuclide.partition("-")
    return decay_data.known(nuclide) or (rest.isdigit() and int(rest) in natural_isotopes().get(symbol, ()))


def test_every_reaction_balances() -> None:
    """Z and A add up, but for products that are skipped because they live minutes (the note says so)."""
    for r in EVERY:
        assert exists(r.target), r
        if not r.product:
            assert r.reaction == "n,f" or "loss of the target" in r.note, r
            continue
        assert exists(r.product), r
        z, a = numbers(r.target)
        away_z, away_a = EMITTED[r.reaction]
        if "decayed at once" in r.note:
            assert numbers(r.product) == (z + 1, a + 1), r
        elif r.target in ("Li-6", "Be-7", "He-3", "B-10"):
            continue  # two charged products; the row follows one of them
        else:
            assert numbers(r.product) == (z - away_z, a + 1 - away_a), r


def test_numbers_make_sense() -> None:
    for r in EVERY:
        for value, doubt in (
            (r.thermal_b, r.thermal_u_b),
            (r.resonance_b, r.resonance_u_b),
            (r.fission_b, r.fission_u_b),
        ):
            assert value is None or 0 <= value < 3e6, r
            assert doubt is None or (value is not None and doubt > 0), r
        assert r.source, r
        assert r.fission_b is None or r.fission_b < 2, r


def test_no_reaction_twice() -> None:
    rows = [(r["target"], r["reaction"], r["product"]) for r in read_table("neutron_cross_sections.csv")]
    assert len(rows) == len(set(rows)) > 1000


@pytest.mark.parametrize("target", PATHS.split())
def test_paths_of_interest_are_covered(target: str) -> None:
    assert any(r.reaction == "n,g" for r in reactions(target))


def test_what_is_left_out_is_said() -> None:
    assert reactions("Tb-161") == ()
    assert "libraries disagree" in remarks("Tb-161")[0]


def test_routes_lead_somewhere() -> None:
    for route in routes():
        assert exists(route.target), route
        assert not decay_data.record(route.product).stable, route
    assert usual_product("Yb-176") == "Lu-177"
    assert usual_product("Lu") == "Lu-177"
    assert usual_product("Re") is None  # Re-186 and Re-188
    assert usual_product("Zn-67") is None
    assert usual_product("Zn-67", fast=True) == "Cu-67"


def test_westcott_factors() -> None:
    """1 for 1/v absorbers; 1.71 at 20 °C for Lu-176, the value of resonancetables (1.7116); falling for Gd."""
    assert float(westcott_factor("Na-23", 320.0)) == 1.0
    assert float(westcott_factor("Lu-176", 293.6)) == pytest.approx(1.7116, rel=0.003)
    temperatures = np.array([293.6, 350.0, 450.0])
    assert (np.diff(westcott_factor("Lu-176", temperatures)) > 0).all()
    assert (np.diff(westcott_factor("Gd-157", temperatures)) < 0).all()
    assert float(sub_cadmium_integral_b("Lu-176", 293.6)) > 1000
    assert float(sub_cadmium_integral_b("Na-23", 293.6)) == 0.0


def test_resonance_integral_for_an_inclined_spectrum() -> None:
    """A pure 1/v absorber: ∫σ0√(E0/E)·E^−(1+α) dE from 0.55 eV; a resonance at Er scales like Er^−α."""
    alpha = 0.08
    rows = dict.fromkeys(("thermal_u_b", "resonance_u_b", "fission_b", "fission_u_b"))
    plain = NeutronReaction(
        target="X",
        reaction="n,g",
        product="Y",
        thermal_b=1.0,
        resonance_b=ONE_OVER_V,
        resonance_energy_ev=100.0,
        source="",
        note="",
        assumption="",
        **rows,
    )
    energies = np.logspace(np.log10(0.55), 9, 200_001)
    shape = np.sqrt(0.0253 / energies) * energies ** -(1 + alpha)
    assert plain.integral_b(alpha) == pytest.approx(float(np.trapezoid(shape, energies)), rel=1e-3)
    assert plain.integral_b() == pytest.approx(ONE_OVER_V)
    gold = next(r for r in reactions("Au-197") if r.product == "Au-198")
    assert gold.integral_b(alpha) / gold.integral_b() == pytest.approx(5.6**-alpha, rel=0.02)


@pytest.mark.parametrize(
    ("target", "barn", "doubt", "source"),
    [
        ("Pd-102", 1.82, 0.2, "Mughabghab 2006"),  # RIPL-3: 3.2 b
        ("Ru-103", 1.2, 0.5, "Sukhoruchkin 2015"),  # RIPL-3: 20 b
        ("Se-75", 330.0, 100.0, "RIPL-3"),  # nothing later
        ("Na-22", 251.6, None, "ENDF/B-VIII.1"),  # 35.9 kb of the others is the whole absorption
    ],
)
def test_later_compilations_with_uncertainty_win(
    target: str, barn: float, doubt: float | None, source: str
) -> None:
    row = next(r for r in reactions(target) if r.reaction == "n,g")
    assert (row.thermal_b, row.thermal_u_b) == (barn, doubt)
    assert row.source.split("; resonance")[0].count(source) == 1
