"""Elutions of the whole chain: against the pair formulas, the plain chain, a leaflet, and the laws."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from becq.errors import InputError
from becq.physics import decay_data
from becq.physics.decay import decay
from becq.physics.elution import elute, rested_column
from becq.physics.generator_kinds import kind, kinds
from becq.physics.generators import eluate_activity_bq

H = 3600.0
D = 86400.0
PAIRS = [("Mo-99", "Tc-99m"), ("Ge-68", "Ga-68"), ("Sr-90", "Y-90"), ("W-188", "Re-188")]
PAIRS += [("Dy-166", "Ho-166"), ("Sr-82", "Rb-82"), ("Ra-225", "Ac-225")]

# Poltechnet SPC (POLATOM; in Czech at medicinous.com, spc70923), section 2: Mo-99 activity in GBq at
# calibration and the largest Tc-99m activity that can be eluted then, 24 h after the last elution.
POLTECHNET = [(2.6, 2.3), (4.5, 4.0), (6.8, 6.0), (9.2, 8.0), (11, 10), (14, 12), (17, 15), (21, 18)]
POLTECHNET += [(22, 20), (29, 25), (41, 35), (46, 40), (57, 50)]


@pytest.mark.parametrize(("parent", "daughter"), PAIRS)
def test_without_breakthrough_it_is_the_pair_formula(parent: str, daughter: str) -> None:
    half_life = decay_data.half_life_s(daughter)
    times = np.array([0.3, 0.3, 1.0, 2.5, 4.0]) * half_life
    share = [0.9, 0.5, 0.8, 0.0, 1.0]
    whole = elute(parent, daughter, [1e9, 3e9], times, share)
    pair = eluate_activity_bq(parent, daughter, np.array([1e9, 3e9]), times, share)
    np.testing.assert_allclose(whole.of(daughter), pair, rtol=1e-11)


def test_a_leaflet_of_a_technetium_generator() -> None:
    """Two digits of both, and the leaflet's own ratios scatter from 0.854 to 0.909: 0.887 here."""
    printed = np.array(POLTECHNET)
    got = elute("Mo-99", "Tc-99m", printed[:, 0], [0.0], 1.0, rest_s=24 * H).of("Tc-99m")[:, 0]
    ratios = got / printed[:, 1]
    assert ratios.min() > 0.97
    assert ratios.max() < 1.04
    assert np.median(ratios) == pytest.approx(1, abs=0.02)


def test_bismuth_through_short_lived_members() -> None:
    """Ac-225 → Fr-221 → At-217 → Bi-213: the first eluate is the chain's own Bi-213."""
    got = elute("Ac-225", "Bi-213", 1e9, [3 * H], 0.76)
    alone = decay("Ac-225", 1e9, 3 * H)
    assert got.of("Bi-213")[0] == pytest.approx(0.76 * alone.of("Bi-213"), rel=1e-12)
    assert got.of("Ac-225")[0] == 0
    assert got.after_bq[0, got.members.index("Pb-209")] == pytest.approx(alone.of("Pb-209"), rel=1e-12)


def test_isotopes_leave_together() -> None:
    """Tc-99 leaves with Tc-99m; after a complete elution none of either is left."""
    got = elute("Mo-99", "Tc-99m", 1e10, [72 * H, 96 * H], 1.0)
    assert got.after_bq[0, 1:] == pytest.approx(0, abs=0)
    # a complete elution leaves the second eluate as if the generator were 24 h old
    fresh = elute("Mo-99", "Tc-99m", 1e10, [24 * H], 1.0)
    assert got.isotopic_share[1] == pytest.approx(fresh.isotopic_share[0], rel=1e-12)
    assert got.isotopic_share[0] < got.isotopic_share[1]


@given(
    st.sampled_from(PAIRS),
    st.lists(st.floats(0.0, 3.0), min_size=1, max_size=6),
    st.floats(0.0, 1.0),
    st.floats(0.0, 1e-2),
    st.floats(0.0, 5.0),
)
def test_nothing_is_lost(
    pair: tuple[str, str], gaps: list[float], efficiency: float, breakthrough: float, rest: float
) -> None:
    """Column and eluates, all decayed to the end, are the chain that was never eluted."""
    parent, daughter = pair
    unit = decay_data.half_life_s(daughter)
    times = np.cumsum(gaps) * unit
    got = elute(parent, daughter, 1e9, times, efficiency, breakthrough=breakthrough, rest_s=rest * unit)
    end = times[-1] + unit
    pieces = decay(got.members, got.eluates_bq, end - times).activities_bq.sum(axis=0)
    left = got.column_bq([end])[0]
    whole = decay(got.members, got.start_bq, end)
    np.testing.assert_allclose(pieces + left, whole.activities_bq, rtol=1e-9)


def test_the_column_between_and_at_elutions() -> None:
    got = elute("Mo-99", "Tc-99m", 1e10, [5 * H, 20 * H], [0.7, 0.9], rest_s=24 * H)
    np.testing.assert_allclose(got.column_bq([0.0])[0], got.start_bq)
    np.testing.assert_allclose(got.column_bq([5 * H, 20 * H]), got.after_bq, rtol=1e-12)
    np.testing.assert_allclose(got.column_bq([20 * H - 1e-6])[0], got.before_bq[1], rtol=1e-9)


def test_breakthrough_grows_in_the_eluate() -> None:
    """Against the chain: after the time told, the eluate holds the limit."""
    got = elute("Mo-99", "Tc-99m", 1e10, [24 * H, 30 * H], 0.9, breakthrough=5e-5)
    at = got.time_to_ratio_s(1.5e-4)
    assert (at > 0).all()
    assert at[1] < at[0]
    for eluate, t in zip(got.eluates_bq, at, strict=True):
        then = decay(got.members, eluate, t)
        assert then.of("Mo-99") / then.of("Tc-99m") == pytest.approx(1.5e-4, rel=1e-9)


def test_a_limit_passed_at_once_and_one_never_reached() -> None:
    got = elute("Mo-99", "Tc-99m", 1e10, [0.0, 24 * H], 0.9, breakthrough=1e-3)
    assert got.time_to_ratio_s(1e-5).tolist() == [0.0, 0.0]
    assert got.breakthrough_ratio[0] == math.inf  # nothing had grown: parent alone
    clean = elute("Mo-99", "Tc-99m", 1e10, [24 * H], 0.9)
    assert clean.time_to_ratio_s(1e-5).tolist() == [math.inf]
    # alone with its parent the daughter comes to equilibrium: parent/daughter never exceeds 1/R
    assert got.time_to_ratio_s(1.2)[1] == math.inf


def test_breakthrough_grows_with_use() -> None:
    flat = elute("Ge-68", "Ga-68", 1e9, np.arange(1, 4) * D, 0.6, breakthrough=1e-6)
    aged = elute("Ge-68", "Ga-68", 1e9, np.arange(1, 4) * D, 0.6, breakthrough=1e-6, breakthrough_growth=2.0)
    np.testing.assert_allclose(aged.of("Ge-68") / flat.of("Ge-68"), [1, 2, 4], rtol=1e-5)
    worn = elute("Ge-68", "Ga-68", 1e9, np.arange(1, 4) * D, 0.6, breakthrough=0.5, breakthrough_growth=10.0)
    assert (worn.after_bq[1:, 0] == 0).all()


def test_the_rested_column_scales_the_parent_to_one() -> None:
    assert rested_column("Mo-99", 0.0).tolist() == [1.0, 0.0, 0.0]
    rested = rested_column("Mo-99", 400 * H)
    p, d = math.log(2) / (65.94 * H), math.log(2) / (6.015 * H)
    assert rested[1] == pytest.approx(0.8773 * d / (d - p), rel=1e-9)
    with pytest.raises(InputError, match="Nothing is left of Sr-82"):
        rested_column("Sr-82", 1e12)


def test_kinds_are_known_to_the_decay_data_and_carry_sources() -> None:
    assert list(kinds()) == ["mo99", "ge68", "sr90", "w188", "dy166", "ra225", "ac225", "sr82"]
    for each in kinds().values():
        assert decay_data.half_life_s(each.parent) > decay_data.half_life_s(each.daughter)
        assert 0 < each.efficiency <= 1
        given_figures = {figure for figure, _ in each.sources}
        assert "efficiency" in given_figures
        assert (each.breakthrough is None) == ("breakthrough" not in given_figures)
        assert (each.limit_ratio is None) == ("limit" not in given_figures)
        assert math.isinf(each.life_s) == ("life" not in given_figures)
        assert (each.life_from in {"making", "calibration"}) == ("life" in given_figures)
        assert bool(each.note[0]) == bool(each.note[1])
    assert kind("Mo-99/Tc-99m") is kind("MO99") is kind("mo-99")
    assert "0.2 kBq per MBq" in kind("sr82").note[0]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("钼-99", "mo99"),
        ("99Mo", "mo99"),
        ("锗-68", "ge68"),
        ("99Mo / 99mTc", "mo99"),
        ("锶-82/铷-82", "sr82"),
    ],
)
def test_a_kind_by_its_parent_in_any_spelling(text: str, code: str) -> None:
    assert kind(text) is kinds()[code]


@pytest.mark.parametrize("text", ["Mo-99/Tc-99", "锶-89", "Tc-99m", "Mo-99/Tc-99m/Tc-99", "/"])
def test_what_is_no_kind(text: str) -> None:
    with pytest.raises(InputError, match="not a generator known here"):
        kind(text)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"daughter": "I-131"}, "not radioactive progeny"),
        ({"elution_times_s": [5.0, 1.0]}, "ascending"),
        ({"elution_times_s": [-1.0]}, "ascending"),
        ({"efficiency": 1.2}, "between 0 and 1"),
        ({"efficiency": [0.5, 0.5]}, "one for each"),
        ({"breakthrough": -0.1}, "between 0 and 1"),
        ({"breakthrough_growth": 0.5}, "at least 1"),
        ({"rest_s": -1.0}, "not negative"),
        ({"parent_activity_bq": -1.0}, "not negative"),
        ({"shares": {"Pb": 0.5}}, "No Pb"),
    ],
)
def test_what_is_refused(arguments: dict, message: str) -> None:
    usual = {
        "parent": "Mo-99",
        "daughter": "Tc-99m",
        "parent_activity_bq": 1e9,
        "elution_times_s": [1.0],
        "efficiency": 0.9,
    }
    with pytest.raises(InputError, match=message):
        elute(**(usual | arguments))


def test_an_unknown_kind_lists_those_known() -> None:
    with pytest.raises(InputError, match=r"mo99 \(Mo-99/Tc-99m\)"):
        kind("xx1")
