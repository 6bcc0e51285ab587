"""Recommended curves: the tables, what comes before what, isomers, natural elements, uncertainties."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from becq.physics import decay_data
from becq.physics.accelerator import recommended
from becq.physics.accelerator.curves import Curve
from becq.physics.accelerator.irradiation import irradiate, saturation_yields_bq_per_a
from becq.physics.accelerator.isotopes import natural_abundances, threshold_mev
from becq.physics.accelerator.materials import target_material
from becq.physics.accelerator.natural_curves import is_natural, natural_curves
from becq.physics.accelerator.nuclear_data import NuclearData
from becq.physics.accelerator.precursors import without_precursors
from becq.physics.accelerator.state_curves import with_states
from becq.physics.accelerator.thick_target import thick_target
from becq.physics.accelerator.yield_uncertainty import NIST_STOPPING, half_life_part
from becq.physics.elements import elements, read_table
from becq.physics.half_lives import half_life_uncertainty_s
from becq.physics.nuclides import nuclide

TABLES = ("recommended_cross_sections.csv", "recommended_elements.csv")
ROWS = [row for table in TABLES for row in read_table(table)]
REFERENCE = Path(__file__).resolve().parents[2] / "reference" / "monitor_cross_sections.csv"
BEFORE_THRESHOLD = 0.03


def _published(source: str) -> list[dict[str, str]]:
    with REFERENCE.open(encoding="utf-8") as stream:
        return [row for row in csv.DictReader(stream) if row["source"].startswith(source)]


def _numbers(row: dict[str, str], column: str) -> np.ndarray:
    return np.array(row[column].split(), dtype=float)


def _of_element(reaction: str) -> Curve:
    """The curve of "Ti(d,xn)V-48"."""
    target, rest = reaction.split("(")
    projectile, product = rest[0], nuclide(rest.split(")")[1])
    return recommended.natural(projectile, target)[product.z, product.a]


def test_every_row_is_in_order() -> None:
    assert len(ROWS) > 160
    for row in ROWS:
        energy, sigma = _numbers(row, "energy_mev"), _numbers(row, "cross_section_mb")
        assert energy.shape == sigma.shape, row["target"]
        assert (np.diff(energy) > 0).all(), row["target"]
        assert (sigma > 0).all(), row["target"]
        assert sigma.max() < 1600, row["target"]  # mb: less than any nucleus' geometric cross section
        assert decay_data.known(row["residual"])
        assert row["source"].startswith(recommended.CITED)
        spread = _numbers(row, "uncertainty_mb") if "uncertainty_mb" in row else np.empty(0)
        assert spread.size in (0, energy.size), row["target"]
        assert (spread > 0).all(), row["target"]
    keys = [(r["projectile"], r["target"], r["residual"], r["states"]) for r in ROWS]
    assert len(keys) == len(set(keys))


def test_a_curve_lies_above_the_threshold_of_its_product() -> None:
    """A product under a wrong name would show: masses of AME2020 against the energies of the table."""
    for row in ROWS:
        symbol, _, a = row["target"].partition("-")
        z, product = elements()[symbol].z, nuclide(row["residual"])
        found = (
            threshold_mev((z, t), row["projectile"], (product.z, product.a))
            for t in ([int(a)] if a else natural_abundances(symbol))
        )
        threshold = min(t for t in found if t is not None)
        energy, sigma = _numbers(row, "energy_mev"), _numbers(row, "cross_section_mb")
        below = np.interp(np.minimum(energy, threshold), energy, sigma, left=0.0)
        lost = float(np.trapezoid(np.where(energy < threshold, below, 0.0), energy))
        assert lost <= BEFORE_THRESHOLD * float(np.trapezoid(sigma, energy)), row


def test_uncertainties_belong_to_curves() -> None:
    known = {(r["projectile"], r["target"], r["residual"]) for r in read_table(TABLES[0])}
    rows = list(read_table("recommended_uncertainties.csv"))
    assert len(rows) > 60
    for row in rows:
        assert (row["projectile"], row["target"], row["residual"]) in known
        relative = _numbers(row, "relative_uncertainty")
        assert (np.diff(_numbers(row, "energy_mev")) > 0).all()
        assert (relative > 0).all()
        assert relative.min() >= 0.01


@pytest.mark.parametrize("row", _published("Hermanne A."), ids=lambda r: f"{r['reaction']}-{r['energy_mev']}")
def test_monitors_are_those_of_the_portal(row: dict[str, str]) -> None:
    """Files of the portal, read in another copy: Hermanne et al. 2018, Nucl. Data Sheets 148, 338."""
    curve, energy = _of_element(row["reaction"]), float(row["energy_mev"])
    assert float(curve.at(energy)) * 1e3 == pytest.approx(float(row["value"]), rel=0.005)
    relative = float(row["uncertainty"]) / float(row["value"])
    assert float(curve.relative_uncertainty(energy)) == pytest.approx(relative, rel=0.04)


@pytest.mark.parametrize(
    ("projectile", "channel", "energy", "printed", "uncertainty"),
    [
        ("p", (86, 39, 86), 13.2, 770.9, 32.5),
        ("p", (86, 39, 86), 20.2, 202.9, 8.6),
        ("p", (88, 39, 86), 33.5, 381.8, 17.2),
        ("p", (88, 39, 86), 40.6, 464.7, 20.0),
    ],
)
def test_positron_emitters_are_those_of_the_portal(
    projectile: str, channel: tuple[int, int, int], energy: float, printed: float, uncertainty: float
) -> None:
    """Files sr6p86yt.txt and sr8p86yt.txt of the portal, read at github elisemma/Master-project-code."""
    curve = recommended.totals(projectile, "Sr")[channel]
    assert float(curve.at(energy)) * 1e3 == pytest.approx(printed, rel=0.005)
    assert float(curve.relative_uncertainty(energy)) == pytest.approx(uncertainty / printed, rel=0.04)


def test_a_yield_is_that_of_the_portal(data: NuclearData) -> None:
    """sr6p86yt.txt: a thick Sr-86 target at 20.2 MeV gives 1.57E+04 MBq/uA of Y-86 at saturation."""
    value = saturation_yields_bq_per_a("Sr-86(p,n)Y-86", 20.2, data=data)
    assert float(value) == pytest.approx(1.57e16, rel=0.03)


def test_curves_that_cannot_be_are_not_used() -> None:
    assert (124, 53, 123) not in recommended.totals("p", "Te")  # above the reaction cross section
    assert (176, 71, 177) not in recommended.totals("d", "Yb")  # counts Yb-177 in
    assert ((176, 71, 177), "") in recommended.states("d", "Yb")


def test_fluorine_18_is_that_of_2003(data: NuclearData) -> None:
    """Takacs et al. 2003, EXFOR D4111; TENDL has half of it at 5 MeV."""
    curve = data.curve("p", "O", (18, 9, 18))
    rows = [r for r in _published("Takacs S.") if r["reaction"] == "O-18(p,n)F-18"]
    assert len(rows) == 10
    for row in rows:
        printed = float(row["value"])
        assert float(curve.at(float(row["energy_mev"]))) * 1e3 == pytest.approx(printed, rel=0.03)


def test_the_folder_comes_before_the_tables_and_they_before_tendl(data: NuclearData) -> None:
    assert "TECDOC-1211" in data.curve("p", "Te", (123, 53, 123)).source
    assert data.curve("p", "Y", (89, 40, 89)).source.startswith(recommended.CITED)
    assert data.curve("p", "Te", (124, 53, 123)).at(22.6) < 1.0  # barn


def test_elements_without_a_file_answer_from_recommended_curves(data: NuclearData) -> None:
    run = irradiate(
        "Mo-100(d,3n)Tc-99m", energy_mev=25.0, exit_mev=15.0, current_a=1e-6, duration_s=3600.0, data=data
    )
    assert run.activity_eob_bq > 0
    assert any("only recommended reactions" in note for note in run.notes)


def test_ground_state_and_isomer_add_up(data: NuclearData) -> None:
    """Cr-52(p,n): both states are evaluated, so TENDL's total (355 mb at 10 MeV) is not used."""
    channel = 52, 25, 52
    shares = data.state_shares("p", "Cr", channel, [10.0, 14.0])
    total = data.curve("p", "Cr", channel).at([10.0, 14.0]) * 1e3
    parts = recommended.states("p", "Cr")
    for state in ("", "m"):
        own = parts[channel, state].at([10.0, 14.0]) * 1e3
        np.testing.assert_allclose(shares[state] * total, own, rtol=1e-9)
    assert own[0] == pytest.approx(304.4, rel=0.004)  # Mn-52m, as printed
    assert (shares[""] * total)[1] == pytest.approx(137.9, rel=0.004)  # Mn-52g, as printed


ENERGY = np.arange(5.0, 31.0)


@given(
    st.lists(st.floats(0.0, 1.0), min_size=26, max_size=26),
    st.lists(st.floats(0.0, 1.0), min_size=26, max_size=26),
    st.sampled_from(["", "m"]),
    st.integers(3, 25),
)
def test_the_other_state_has_the_rest_and_never_less_than_nothing(
    whole: list[float], part: list[float], state: str, last: int
) -> None:
    total = Curve(ENERGY, np.array(whole), "library")
    own = Curve(ENERGY[: last + 1], np.array(part)[: last + 1], "evaluation")
    curve, states = with_states(total, {state: own})
    assert states.keys() == {"", "m"}
    assert all((values >= 0).all() for _, values in states.values())
    both = sum(np.interp(ENERGY, *points) for points in states.values())
    np.testing.assert_allclose(both, curve.at(ENERGY), atol=1e-15)
    np.testing.assert_allclose(np.interp(own.energy_mev, *states[state]), own.cross_section_b)
    assert (curve.at(ENERGY) >= total.at(ENERGY) - 1e-15).all()


def test_natural_targets_take_the_curve_of_the_element(data: NuclearData) -> None:
    nature = natural_abundances("Cu")
    plain = data.curves("p", "Cu")
    scaled = natural_curves("p", "Cu", plain)
    energy = np.linspace(4.0, 60.0, 57)
    for residual, whole in recommended.natural("p", "Cu").items():
        inside = energy[energy <= whole.last_mev]
        total = sum(
            nature[c[0]] * np.interp(inside, k.energy_mev, k.cross_section_b, left=0.0, right=0.0)
            for c, k in scaled.items()
            if c[1:] == residual and c[0] in nature
        )
        np.testing.assert_allclose(total, whole.at(inside), rtol=1e-3, atol=1e-6)
    assert scaled[65, 29, 64] is plain[65, 29, 64]
    assert is_natural("Cu", nature)
    assert not is_natural("Cu", {63: 0.99, 65: 0.01})


def test_an_enriched_target_keeps_its_isotopes(data: NuclearData) -> None:
    rows = {}
    for enrichment in (None, 0.97):
        material = target_material("Cu", 65 if enrichment else None, enrichment=enrichment)
        target = thick_target(material, "p", data, "Cu")
        rows[enrichment] = next(
            c.curve for c in target.channels if (c.target_a, c.residual_z, c.residual_a) == (65, 30, 65)
        )
    assert rows[0.97] is data.curve("p", "Cu", (65, 30, 65))
    assert rows[None].source.startswith(recommended.CITED)


def test_short_lived_precursors_are_not_counted_twice(data: NuclearData) -> None:
    """natCu(a,x)Zn-65 counts Ga-65 (15 min) in; V-47 (33 min) is no precursor of V-48."""
    nature, curves = natural_abundances("Cu"), data.curves("a", "Cu")
    whole = recommended.natural("a", "Cu")[30, 65]
    direct = without_precursors(whole, (30, 65), curves, nature)
    energy = np.array([18.0, 22.0, 26.0])
    gallium = nature[63] * curves[63, 31, 65].at(energy)
    np.testing.assert_allclose(direct.at(energy), whole.at(energy) - gallium, rtol=1e-9)
    np.testing.assert_allclose(direct.relative_uncertainty(energy), whole.relative_uncertainty(energy))
    titanium = recommended.natural("p", "Ti")[23, 48]
    assert (
        without_precursors(titanium, (23, 48), data.curves("p", "Ti"), natural_abundances("Ti")) is titanium
    )


def test_uncertainty_of_a_thick_target_by_another_integration(data: NuclearData) -> None:
    """natTi(p,x)V-48, 20 to 8 MeV: fully correlated over energy, with 2 % of the stopping power."""
    run = irradiate("Ti(p,xn)V-48", energy_mev=20.0, exit_mev=8.0, current_a=1e-6, duration_s=60.0, data=data)
    curve = recommended.natural("p", "Ti")[23, 48]
    energy = np.linspace(8.0, 20.0, 4001)
    slowing = thick_target(target_material("Ti", None), "p", data, "Ti").stopping.mass_stopping_power(energy)
    sigma = curve.at(energy)
    scale = np.trapezoid(curve.relative_uncertainty(energy) * sigma / slowing, energy) / np.trapezoid(
        sigma / slowing, energy
    )
    assert run.relative_uncertainty is not None
    assert 0.04 < scale < 0.06
    life = half_life_part("V-48", 60.0)
    assert run.relative_uncertainty == pytest.approx(
        np.sqrt(scale**2 + NIST_STOPPING**2 + life**2), rel=0.005
    )


def test_without_uncertainties_there_is_none(data: NuclearData) -> None:
    run = irradiate("O-18(p,n)F-18", energy_mev=18.0, current_a=1e-6, duration_s=60.0, data=data)
    assert run.relative_uncertainty is None


@pytest.mark.parametrize("duration_s", [60.0, 6600.0, 1e6])
def test_what_a_half_life_adds_by_differences(duration_s: float) -> None:
    """dA/dT of A = 1 − exp(−ln2·t/T) by finite differences."""
    life, spread = decay_data.half_life_s("F-18"), half_life_uncertainty_s("F-18")
    assert spread is not None

    def grown(half_life_s: float) -> float:
        return float(-np.expm1(-np.log(2) * duration_s / half_life_s))

    expected = (grown(life - spread) - grown(life + spread)) / 2 / grown(life)
    assert half_life_part("F-18", duration_s) == pytest.approx(expected, rel=1e-3, abs=1e-12)
