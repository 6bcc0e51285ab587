"""Transport index and categories: the rules' own examples and boundaries."""

from __future__ import annotations

import json
from dataclasses import asdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from becq.errors import InputError
from becq.physics.radiation.dose_rate import dose_rate
from becq.physics.radiation.packages import (
    category,
    package_radiation,
    package_transport_index,
    transport_index,
)


@pytest.mark.parametrize(
    ("one_metre_msv_h", "index"),
    [
        (0.0113, 1.2),
        (0.0, 0.0),
        (0.0005, 0.0),
        (0.00051, 0.1),
        (0.001, 0.1),
        (0.01, 1.0),
        (0.0101, 1.1),
        (0.1, 10.0),
        (0.03, 3.0),
        (0.007, 0.7),
    ],
)
def test_transport_index(one_metre_msv_h: float, index: float) -> None:
    """SSR-6 para 523 (c): rounded up to the first decimal (1.13 becomes 1.2), 0.05 or less may be zero."""
    assert transport_index(one_metre_msv_h * 1e-3) == index


@given(st.floats(min_value=0.0, max_value=1e-2))
def test_transport_index_never_rounds_down(rate: float) -> None:
    index = transport_index(rate)
    exact = rate * 1e5
    assert index >= exact - 1e-6 or exact <= 0.05 * (1 + 1e-9)
    assert index - exact < 0.1 + 1e-6
    assert index == pytest.approx(round(index, 1), abs=1e-12)


@pytest.mark.parametrize(
    ("index", "surface_msv_h", "label"),
    [
        (0.0, 0.005, "I-WHITE"),
        (0.1, 0.004, "II-YELLOW"),
        (0.0, 0.006, "II-YELLOW"),
        (1.0, 0.5, "II-YELLOW"),
        (1.1, 0.5, "III-YELLOW"),
        (0.5, 0.51, "III-YELLOW"),
        (10.0, 2.0, "III-YELLOW"),
        (10.1, 1.0, "III-YELLOW, exclusive use"),
        (3.0, 2.1, "III-YELLOW, exclusive use"),
    ],
)
def test_category(index: float, surface_msv_h: float, label: str) -> None:
    """Table 8 of SSR-6: the higher category rules when index and surface dose rate differ."""
    assert category(index, surface_msv_h * 1e-3) == label


def test_package_is_dose_rate_at_its_surface_and_a_metre_on() -> None:
    shield = [("lead", 0.05)]
    package = package_radiation({"Mo-99": 2e10, "I-131": 1e9}, shield, outer_radius_m=0.15)
    at = [
        (n, a, dose_rate(n, a, r, shield).dose_rate_sv_h)
        for r in (0.15, 1.15)
        for n, a in (("Mo-99", 2e10), ("I-131", 1e9))
    ]
    assert package.surface_sv_h == pytest.approx(at[0][2] + at[1][2], rel=1e-12)
    assert package.one_metre_sv_h == pytest.approx(at[2][2] + at[3][2], rel=1e-12)
    assert package.transport_index == transport_index(package.one_metre_sv_h)
    assert package.category == category(package.transport_index, package.surface_sv_h)
    assert sum(package.by_nuclide_sv_h.values()) == pytest.approx(package.one_metre_sv_h, rel=1e-12)
    assert json.loads(json.dumps(asdict(package)))["category"] == package.category
    assert (
        package_transport_index({"Mo-99": 2e10, "I-131": 1e9}, shield, outer_radius_m=0.15)
        == package.transport_index
    )


def test_unshielded_strong_source_may_not_travel() -> None:
    package = package_radiation({"Ir-192": 4e12}, outer_radius_m=0.2)
    assert package.category == "not allowed"


@pytest.mark.parametrize(
    ("call", "word"),
    [
        (lambda: transport_index(-1.0), "not negative"),
        (lambda: category(-0.1, 0.0), "negative"),
        (lambda: category(1.0, 0.02), "10 mSv/h"),
        (lambda: package_radiation({}, outer_radius_m=0.1), "contents"),
        (lambda: package_radiation({"F-18": 1e9}, outer_radius_m=0.0), "radius"),
        (lambda: package_radiation({"F-18": 1e9}, [("lead", 0.2)], outer_radius_m=0.1), "thicker"),
    ],
)
def test_bad_input(call, word: str) -> None:
    with pytest.raises(InputError, match=word):
        call()


def test_a_package_is_as_old_as_its_source() -> None:
    """20 GBq of Mo-99 just separated: at 1.15 m from the source and 1 m from the surface stands the same."""
    point = dose_rate("Mo-99", 20e9, 1.15, age_s=0.0).dose_rate_sv_h
    package = package_radiation({"Mo-99": 20e9}, outer_radius_m=0.15, age_s=0.0)
    assert package.one_metre_sv_h == pytest.approx(point, rel=1e-12)
    alone = package_radiation({"Mo-99": 20e9}, outer_radius_m=0.15, progeny={"Tc-99m": 0.0})
    assert alone.one_metre_sv_h == pytest.approx(point, rel=1e-12)


def test_neutrons_leave_a_package_without_a_category() -> None:
    package = package_radiation({"Cf-252": 2e7}, outer_radius_m=0.3)
    assert (package.category, package.complete) == (None, False)
    assert package.neutrons_at_most_sv_h > package.one_metre_sv_h
    assert package_radiation({"U-238": 2e7}, outer_radius_m=0.3).category == "I-WHITE"
    assert package_radiation({"Cf-252": 1e12}, outer_radius_m=0.3).category == "not allowed"
