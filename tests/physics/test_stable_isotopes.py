"""Target isotopes: abundances against two other readings, routes against the tables of routes.

``isotope_abundances_2013.csv`` holds the best measurements of the IUPAC report of 2013 (Meija et al. 2016,
table 1) as the package pyciaaw 1.3.2 has them: another column of another copy than our table.
"""

from __future__ import annotations

import csv
import math
import re
from pathlib import Path

import pytest

from becq.chain.policy import policy_isotopes
from becq.errors import InputError
from becq.physics import decay_data
from becq.physics.accelerator.isotopes import natural_abundances
from becq.physics.elements import natural_isotopes, read_table
from becq.physics.nuclides import nuclide
from becq.physics.reactor import sample
from becq.physics.stable_isotopes import TargetIsotope, target_isotope, target_isotopes, targets_for

BEST = Path(__file__).with_name("isotope_abundances_2013.csv")
# Here the calculations use the best measurement, the table the representative composition.
BEST_USED: dict[str, float] = {"Yb-168": 0.00126, "Yb-174": 0.31896, "Yb-176": 0.12887}
NAMED = ["Ir-191", "Yb-176", "Gd-160", "Xe-124", "Mo-100", "Ge-72", "Si-28", "C-13", "B-11", "He-3"]
WANTED = [
    "Mo-98",
    "Ni-64",
    "Zn-66",
    "Zn-67",
    "Zn-68",
    "Zn-70",
    "O-18",
    "N-14",
    "N-15",
    "Te-123",
    "Te-124",
    "Te-130",
    "Lu-176",
    "Re-185",
    "Re-187",
    "W-186",
    "Dy-164",
    "Sm-152",
    "Sr-88",
    "Y-89",
    "Rh-103",
    "Pd-102",
    "Cd-112",
    "Tl-203",
    "Ga-69",
    "Ca-44",
    "Ca-46",
    "Ca-48",
    "Ti-47",
    "Ti-48",
    "Ti-49",
    "Ti-50",
    "Sc-45",
    "Cu-65",
    "Ho-165",
    "Cr-50",
    "Ra-226",
]

ALL = list(target_isotopes().values())


def by_name(target: TargetIsotope) -> str:
    return target.isotope


def test_the_isotopes_of_the_programmes_and_of_the_trade_are_there() -> None:
    assert {i.nuclide for i in policy_isotopes() if i.stable} == set(NAMED)
    assert set(NAMED + WANTED) <= set(target_isotopes())


def test_order_is_by_z_and_a() -> None:
    keys = [(nuclide(n).z, nuclide(n).a) for n in target_isotopes()]
    assert keys == sorted(keys)
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize("target", ALL, ids=by_name)
def test_every_isotope_is_natural_or_said_to_be_radioactive(target: TargetIsotope) -> None:
    found = nuclide(target.isotope)
    assert target.radioactive == (not found.stable)
    assert (target.abundance is None) == (target.isotope == "Ra-226")
    if target.abundance is not None:
        assert found.a in natural_isotopes()[found.symbol]
        assert 0 < target.abundance <= 1
        only_one = natural_isotopes()[found.symbol] == (found.a,)
        assert (target.abundance_u is None) == (only_one and target.isotope != "Ta-181")  # beside Ta-180m
        assert (target.abundance == 1) == (target.abundance_u is None)


@pytest.mark.parametrize("target", [t for t in ALL if t.abundance is not None], ids=by_name)
def test_abundances_are_those_the_calculations_use(target: TargetIsotope) -> None:
    found = nuclide(target.isotope)
    used = natural_abundances(found.symbol)[found.a]
    assert sample.natural_isotopes(found.symbol)[target.isotope] == pytest.approx(used, rel=1e-9)
    assert target.abundance is not None
    allowed = max(target.abundance_u or 0.0, 1e-4 * target.abundance)
    if target.isotope in BEST_USED:
        assert used == pytest.approx(BEST_USED[target.isotope], rel=2e-4)
        assert abs(used - target.abundance) <= 2 * allowed
    else:
        assert abs(used - target.abundance) <= allowed


def test_abundances_agree_with_the_best_measurements() -> None:
    with BEST.open(encoding="utf-8") as file:
        best = {row["isotope"]: row for row in csv.DictReader(file)}
    ours = {t.isotope: t for t in ALL if t.abundance is not None}
    assert set(best) == set(ours)
    for name, row in best.items():
        target = ours[name]
        assert target.abundance is not None
        both = math.hypot(target.abundance_u or 0.0, float(row["abundance_u_percent"]) / 100)
        assert abs(target.abundance - float(row["abundance_percent"]) / 100) <= 2 * both + 1e-12, name


def test_isotopes_of_an_element_do_not_exceed_it() -> None:
    sums: dict[str, float] = {}
    for target in ALL:
        symbol = target.isotope.partition("-")[0]
        sums[symbol] = sums.get(symbol, 0.0) + (target.abundance or 0.0)
    assert {s: v for s, v in sums.items() if v > 1.0005} == {}


@pytest.mark.parametrize("target", ALL, ids=by_name)
def test_routes_start_from_the_isotope_and_end_in_radionuclides(target: TargetIsotope) -> None:
    for reaction in target.reactions:
        assert reaction.target == target.isotope
    reactor = {(r["target"], r["product"]) for r in read_table("reactor_routes.csv")}
    for product in target.reactor_products:
        assert (target.isotope, product) in reactor
    for product in target.products:
        assert decay_data.known(product)
        assert f" {product}" in target.use_en
        assert nuclide(product).name_zh in target.use_zh
    if not target.products:
        assert target.isotope in NAMED


def test_no_route_of_the_other_tables_is_missing() -> None:
    for row in read_table("reactor_routes.csv"):
        assert row["product"] in target_isotope(row["target"]).reactor_products
    for row in read_table("accelerator_routes.csv"):
        text = row["reaction"]
        if re.match(r"[A-Z][a-z]?-\d", text):
            name = re.split(r"\(", text)[0]
            assert any(r.product in text for r in target_isotope(name).reactions), text


@pytest.mark.parametrize("target", ALL, ids=by_name)
def test_sources_cover_what_is_given(target: TargetIsotope) -> None:
    assert ("abundance: CIAAW" in target.source) == (target.abundance is not None)
    assert "production: " in target.source
    assert ("form and enrichment: " in target.source) == bool(target.form or target.enrichment)
    assert bool(target.note_en) == bool(target.note_zh)
    if target.enrichment is not None:
        assert target.abundance is not None
        assert target.abundance < target.enrichment < 1


def test_an_isotope_is_found_in_any_spelling() -> None:
    assert target_isotope("镱-176").isotope == "Yb-176"
    assert target_isotope("100Mo").products == ("Tc-99m", "Mo-99")
    with pytest.raises(InputError, match="U-235 is not among the target isotopes"):
        target_isotope("U-235")


def test_targets_for_a_product() -> None:
    assert [t.isotope for t in targets_for("Lu-177")] == ["Yb-176", "Lu-176", "Hf-178"]
    assert [t.isotope for t in targets_for("18F")] == ["O-18"]
    assert {t.isotope for t in targets_for("Ac-225")} == {"Ra-226"}
    assert targets_for("Cf-252") == ()
