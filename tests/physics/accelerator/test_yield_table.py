"""Becq's own table against the integration it was made from, and what it answers without a folder."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from becq.errors import InputError
from becq.physics.accelerator import yield_table
from becq.physics.accelerator.irradiation import BeamIrradiation, irradiate
from becq.physics.accelerator.materials import target_material
from becq.physics.accelerator.nuclear_data import NuclearData
from becq.physics.accelerator.reactions import parse_reaction
from becq.physics.accelerator.tabulated_stopping import tabulated_stopping
from becq.physics.accelerator.tabulated_target import tabulated_target
from becq.physics.accelerator.thick_target import thick_target

ROOT = Path(__file__).resolve().parents[3]
# The elements, and compounds and enrichments people use; every projectile of the table.
TARGETS = [
    ("p", "O", 18, "H2O", 0.97),
    ("p", "N", None, "N2", None),
    ("p", "Ni", 64, None, 0.98),
    ("p", "Zn", 68, "ZnO", 0.99),
    ("p", "Y", None, None, None),
    ("p", "Cu", None, None, None),  # its Zn-62, Zn-63, Zn-65 have curves of the natural element
    ("p", "Te", 124, "TeO2", 0.998),
    ("p", "Rb", None, "RbCl", None),
    ("p", "Mo", 100, "MoO3", 0.995),
    ("d", "N", 14, None, None),
    ("d", "W", 186, None, 0.99),
    ("a", "Bi", None, None, None),
    ("p", "Ra", 226, "RaCl2", None),
]


def test_at_least_thirty_routes_each_with_source_and_range() -> None:
    routes = yield_table.routes()
    assert len(routes) >= 30
    assert {r.reaction.projectile for r in routes} == {"p", "d", "a"}
    for route in routes:
        assert 0.0 <= route.lowest_mev < route.highest_mev <= 100.0
        assert route.sources
        assert all(("TENDL" in s or "IAEA" in s or "ENDF" in s) for s in route.sources), route


def test_the_range_of_a_route_is_that_of_its_isotope() -> None:
    # In-111 comes of Cd-111(p,n) from 1.7 MeV on, of Cd-112(p,2n) from its threshold of 11.1 MeV.
    ranges = {str(r.reaction): r.lowest_mev for r in yield_table.routes()}
    assert ranges["Cd-112(p,2n)In-111"] == pytest.approx(11.14, abs=0.1)
    assert ranges["Cd-111(p,n)In-111"] < 3.0


def test_every_listed_route_of_charged_particles_is_tabulated() -> None:
    listed = {str(r) for r in yield_table.listed() if r.projectile != "g"}
    assert listed == {str(r.reaction) for r in yield_table.routes()}


@pytest.mark.parametrize(("projectile", "element", "a", "formula", "enrichment"), TARGETS)
def test_interpolation_agrees_with_integration_within_one_per_cent(
    data: NuclearData,
    projectile: str,
    element: str,
    a: int | None,
    formula: str | None,
    enrichment: float | None,
) -> None:
    material = target_material(element, a, formula=formula, enrichment=enrichment)
    table, whole = (
        tabulated_target(material, projectile, element),
        thick_target(material, projectile, data, element),
    )
    places = {
        (c.element, c.target_a, c.residual_z, c.residual_a, c.state): i for i, c in enumerate(whole.channels)
    }
    rng = np.random.default_rng(20261125)
    enter = rng.uniform(6.0, 29.0, 200)
    leave = np.maximum(enter - rng.uniform(1.0, 20.0, 200), 0.0)
    mine, exact = table.nuclei_per_particle(enter, leave), whole.nuclei_per_particle(enter, leave)
    thick = whole.nuclei_per_particle(29.0)
    compared = 0
    for i, channel in enumerate(table.channels):
        if channel.element != element:
            continue  # partners in a compound have coarser steps
        key = channel.element, channel.target_a, channel.residual_z, channel.residual_a, channel.state
        expected = exact[:, places[key]]
        # A sliver at the threshold is as sure as the steps are fine: 0.05 % of the thick yield.
        off = np.abs(mine[:, i] - expected)
        # What is made a million times less than the strongest residual may be what it likes.
        sliver = 5e-4 * thick[places[key]] + 1e-6 * thick.max()
        assert (off <= 0.01 * expected + sliver).all(), key
        compared += int((expected > 0.05 * thick[places[key]]).sum())
    assert compared > 50


@pytest.mark.parametrize(("projectile", "element", "a", "formula", "enrichment"), TARGETS)
def test_nothing_that_matters_is_left_out(
    data: NuclearData,
    projectile: str,
    element: str,
    a: int | None,
    formula: str | None,
    enrichment: float | None,
) -> None:
    material = target_material(element, a, formula=formula, enrichment=enrichment)
    table, whole = (
        tabulated_target(material, projectile, element),
        thick_target(material, projectile, data, element),
    )
    there = {(c.element, c.target_a, c.residual_z, c.residual_a) for c in table.channels}
    builder = _builder()
    yields = whole.nuclei_per_particle(29.0)
    for channel, made in zip(whole.channels, yields, strict=True):
        key = channel.element, channel.target_a, channel.residual_z, channel.residual_a
        if channel.element == element and builder.radioactive(channel.residual_z, channel.residual_a):
            assert key in there or made < 1e-4 * yields.max(), key


def test_stopping_and_ranges_are_those_of_the_folder(data: NuclearData) -> None:
    from becq.physics.accelerator.stopping import stopping

    for projectile, formula in (("p", "H2O"), ("p", "TeO2"), ("d", "Ni"), ("a", "Bi"), ("a", "H2O")):
        element = {"H2O": "O", "TeO2": "Te"}.get(formula, formula)
        material = target_material(element, None, formula=formula)
        mine, exact = tabulated_stopping(material, projectile), stopping(material, projectile, data.folder)
        energy = np.array([1.0, 3.0, 10.0, 29.0, 80.0])
        assert mine.mass_stopping_power(energy) == pytest.approx(exact.mass_stopping_power(energy), rel=3e-3)
        assert mine.range_of(energy) == pytest.approx(exact.range_of(energy), rel=3e-3)
        assert mine.sources


def test_a_rebuilt_sample_is_what_is_shipped(data: NuclearData) -> None:
    builder = _builder()
    for name, rows in (
        ("accelerator_stopping.csv", builder.stopping_rows),
        ("photonuclear_cross_sections.csv", builder.photon_rows),
        ("accelerator_yields.csv", builder.yield_rows),
    ):
        shipped = (ROOT / "src" / "becq" / "data" / name).read_text(encoding="utf-8").splitlines()[1:]
        assert list(rows(data)) == shipped, name


@given(
    st.floats(0.0, 30.0), st.floats(0.0, 30.0), st.floats(0.0, 30.0), st.sampled_from(["Ni", "NiO", "NiCl2"])
)
def test_yields_add_up_and_never_fall(one: float, two: float, three: float, formula: str) -> None:
    low, middle, high = sorted((one, two, three))
    table = yield_table.require("Ni-64(p,n)Cu-64")
    material = target_material("Ni", 64, formula=formula)

    def between(enter: float, leave: float) -> float:
        return float(table.yield_bq_per_a((64, 29, 64), enter, leave, material=material))

    assert between(high, low) >= 0.0
    total = between(high, middle) + between(middle, low)
    assert total == pytest.approx(between(high, low), rel=1e-9, abs=1e-9 * between(30.0, 0.0))


def test_a_compound_yields_less_than_the_element() -> None:
    table = yield_table.require("Ni-64(p,n)Cu-64")
    oxide = target_material("Ni", 64, formula="NiO")
    pure, diluted = (float(table.yield_bq_per_a((64, 29, 64), 14.0, material=m)) for m in (None, oxide))
    assert 0.6 * pure < diluted < 0.95 * pure


@pytest.mark.parametrize("formula", ["NiO", "Ni", "Ni2O3"])
def test_the_yield_of_a_compound_is_that_of_the_folder(data: NuclearData, formula: str) -> None:
    table = yield_table.require("Ni-64(p,n)Cu-64")
    material = target_material("Ni", 64, formula=formula)
    mine = float(table.yield_bq_per_a((64, 29, 64), 14.0, 4.0, material=material))
    whole = thick_target(material, "p", data, "Ni")
    rates = whole.saturation_bq_per_a(14.0, 4.0)
    exact = sum(
        float(rate)
        for channel, rate in zip(whole.channels, rates, strict=True)
        if (channel.element, channel.residual_z, channel.residual_a) == ("Ni", 29, 64)
    )
    assert mine == pytest.approx(exact, rel=3e-3)


@pytest.mark.parametrize(
    ("text", "energy_mev"),
    [
        ("O-18(p,n)F-18", 17.0),
        ("Ni-64(p,n)Cu-64", 12.0),
        ("Mo-100(p,2n)Tc-99m", 20.0),
        ("Cu(p,x)Zn-65", 15.0),
    ],
)
def test_irradiations_without_a_folder_are_those_with_one(
    text: str, energy_mev: float, data: NuclearData, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = {"energy_mev": energy_mev, "current_a": 5e-5, "duration_s": 7200.0}
    with_folder = irradiate(text, data=data, **asked)
    monkeypatch.delenv("BECQ_NUCLEAR_DATA")
    alone = irradiate(text, **asked)
    assert alone.activity_eob_bq == pytest.approx(with_folder.activity_eob_bq, rel=3e-3)
    assert alone.thickness_g_cm2 == pytest.approx(with_folder.thickness_g_cm2, rel=3e-3)
    assert alone.heat_w == pytest.approx(with_folder.heat_w, rel=1e-9)
    known = with_folder.relative_uncertainty
    assert alone.relative_uncertainty == (known and pytest.approx(known, rel=0.01))
    assert known is not None or not text.startswith("Cu")
    for name in list(with_folder.impurities_bq)[:3]:
        assert alone.impurities_bq[name] == pytest.approx(with_folder.impurities_bq[name], rel=0.01), name


def test_out_of_range_is_an_error_with_the_range() -> None:
    table = yield_table.require("Ni-64(p,n)Cu-64")
    with pytest.raises(InputError, match="ends at 30 MeV"):
        table.yield_bq_per_a((64, 29, 64), 31.0)
    with pytest.raises(InputError, match="more energy"):
        table.yield_bq_per_a((64, 29, 64), 10.0, 12.0)


def test_what_is_not_tabulated_is_refused_with_a_list() -> None:
    assert yield_table.tabulated("Fe-54(d,n)Co-55") is None
    with pytest.raises(InputError, match=r"Bi-209\(a,2n\)At-211"):
        yield_table.require(parse_reaction("Fe-54(d,n)Co-55"))
    with pytest.raises(InputError, match="BECQ_NUCLEAR_DATA"):
        tabulated_target(target_material("Fe", 54), "d", "Fe")


def _builder():  # type: ignore[no-untyped-def]
    spec = importlib.util.spec_from_file_location("build_yield_table", ROOT / "scripts/build_yield_table.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("route", list(yield_table.routes()), ids=lambda route: str(route.reaction))
def test_every_route_is_the_same_with_and_without_a_folder(
    route: yield_table.Route, data: NuclearData, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Yield, uncertainty and impurities, for two energies.

    Just above a threshold the steps of the table are as coarse as their builder allows, which is said of the
    yield at the highest energy; the same holds for impurities, to 6 %, if they are more than 2e-4 of the product.
    """

    def run(energy: float, folder: NuclearData | None) -> BeamIrradiation:
        return irradiate(route.reaction, energy_mev=energy, current_a=1e-6, duration_s=3600.0, data=folder)

    highest = min(route.highest_mev, max(40.0, 1.6 * route.lowest_mev))
    top = run(route.lowest_mev + 0.8 * (highest - route.lowest_mev), data)
    for energy in (route.lowest_mev + 0.4 * (highest - route.lowest_mev), top.energy_mev):
        with_folder = run(energy, data)
        with monkeypatch.context() as patch:
            patch.delenv("BECQ_NUCLEAR_DATA")
            alone = run(energy, None)
        assert alone.saturation_yield_bq_per_a == pytest.approx(
            with_folder.saturation_yield_bq_per_a, rel=0.005, abs=2e-4 * top.saturation_yield_bq_per_a
        )
        spreads = with_folder.relative_uncertainty, alone.relative_uncertainty
        assert (spreads[0] is None) == (spreads[1] is None)
        if spreads[0] is not None:
            assert spreads[1] == pytest.approx(spreads[0], rel=0.01)
        for name, activity in with_folder.impurities_bq.items():
            sliver = 1e-3 * top.impurities_bq.get(name, 0.0) + 2e-4 * top.activity_eob_bq
            assert alone.impurities_bq.get(name, 0.0) == pytest.approx(activity, rel=0.06, abs=sliver), name


def test_specific_activity_is_the_same_without_a_folder(
    data: NuclearData, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Stable isotopes made beside the product (Re-185 with Re-186, Pd-102 with Pd-103) dilute it: the table
    # carries them. Without them these came out up to ten times too high.
    monkeypatch.delenv("BECQ_NUCLEAR_DATA", raising=False)
    compared = 0
    for listed in yield_table.routes():
        route = listed.reaction
        energy = min(0.9 * listed.highest_mev, max(1.5 * listed.lowest_mev, 16.0))
        own = irradiate(route, energy_mev=energy, current_a=1e-5, duration_s=1e4)
        full = irradiate(route, energy_mev=energy, current_a=1e-5, duration_s=1e4, data=data)
        if full.specific_activity_bq_g is None:
            assert own.specific_activity_bq_g is None
            continue
        assert own.specific_activity_bq_g == pytest.approx(full.specific_activity_bq_g, rel=0.02), str(route)
        compared += 1
    assert compared > 30
