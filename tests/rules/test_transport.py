"""Contents of packages against limits worked by hand, and the laws of mixtures."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from becq.errors import InputError
from becq.rules.reference import transport_limits
from becq.rules.transport import (
    air_fraction,
    excepted_fraction,
    exempt_concentration_fraction,
    exempt_fraction,
    item_fraction,
    limit_of,
    mixture_limit_bq,
    smallest_package,
    type_a_fraction,
    un_numbers,
)

TBQ = 1e12


def test_a_mixture_worked_by_hand() -> None:
    """I-131 (A2 0.7 TBq), Lu-177 (0.7), F-18 (0.6): 0.20/0.7 + 0.21/0.7 + 0.09/0.6 = 103/140."""
    held = {"I-131": 0.20 * TBQ, "Lu-177": 0.21 * TBQ, "F-18": 0.09 * TBQ}
    assert float(type_a_fraction(held)) == pytest.approx(103 / 140, rel=1e-12)
    # as special form the A1 rule: 3, 30 and 1 TBq
    special = 0.20 / 3 + 0.21 / 30 + 0.09 / 1
    assert float(type_a_fraction(held, special_form=True)) == pytest.approx(special, rel=1e-12)
    assert smallest_package(held, "liquid", surface_dose_rate_sv_h=1e-3).item() == "A"
    # with 0.42 TBq of Mo-99 (0.6) it is 103/140 + 0.7 and needs a Type B package
    more = {**held, "Mo-99": 0.42 * TBQ}
    assert float(type_a_fraction(more)) == pytest.approx(103 / 140 + 0.7, rel=1e-12)
    assert smallest_package(more, "liquid").item() == "B(U)"


def test_the_limit_of_a_mixture_by_the_formula_of_the_regulations() -> None:
    """A2 = 1 / (0.5/0.7 + 0.5/0.6) TBq for half I-131 and half Mo-99."""
    a2 = mixture_limit_bq({"I-131": 0.5, "Mo-99": 0.5})
    assert a2 == pytest.approx(TBQ / (0.5 / 0.7 + 0.5 / 0.6), rel=1e-12)
    assert float(type_a_fraction({"I-131": a2 / 2, "Mo-99": a2 / 2})) == pytest.approx(1.0, rel=1e-12)
    with pytest.raises(InputError, match="add up to 1"):
        mixture_limit_bq({"I-131": 0.5, "Mo-99": 0.6})


def test_progeny_that_the_parent_contains_counts_beyond_it_only() -> None:
    alone = float(type_a_fraction({"Mo-99": 0.3 * TBQ}))
    assert float(type_a_fraction({"Mo-99": 0.3 * TBQ, "Tc-99m": 0.29 * TBQ})) == pytest.approx(alone)
    beyond = float(type_a_fraction({"Mo-99": 0.3 * TBQ, "Tc-99m": 0.7 * TBQ}))
    assert beyond == pytest.approx(0.3 / 0.6 + 0.4 / 4, rel=1e-12)  # 0.4 TBq more than Mo-99; A2 is 4 TBq
    # the exempt values of Mo-99 do not contain Tc-99m (footnote b), so there both count
    both = float(exempt_fraction({"Mo-99": 5e5, "Tc-99m": 5e6}))
    assert both == pytest.approx(5e5 / 1e6 + 5e6 / 1e7)
    # those of Ra-223 contain its chain
    assert float(exempt_fraction({"Ra-223": 5e4, "Pb-211": 5e4})) == pytest.approx(0.5)


def test_exempt_excepted_and_type_a_follow_each_other() -> None:
    """I-131 liquid: exempt to 1 MBq, excepted to 1e-4 A2 = 70 MBq, Type A to 700 GBq."""
    amounts = np.array([0.99e6, 1e6, 1.01e6, 69.9e6, 70e6, 70.1e6, 699e9, 700e9, 701e9])
    types = smallest_package({"I-131": amounts}, "liquid")
    assert types.tolist() == [
        "exempt", "exempt", "excepted", "excepted", "excepted", "A", "A", "A", "B(U)",
    ]  # fmt: skip
    strong = smallest_package(
        {"I-131": amounts[:5]}, "liquid", surface_dose_rate_sv_h=[0, 0, 5e-6, 5e-6, 6e-6]
    )
    assert strong.tolist() == ["exempt", "exempt", "excepted", "excepted", "A"]


def test_excepted_limits_by_state_and_form() -> None:
    """Multiples of A1 (Cs-137: 2 TBq) and A2 (0.6 TBq) of table 2.2.7.2.4.1.2."""
    held = {"Cs-137": 6e6}
    assert float(excepted_fraction(held, "solid")) == pytest.approx(6e6 / (1e-3 * 0.6 * TBQ))
    assert float(excepted_fraction(held, "solid", special_form=True)) == pytest.approx(6e6 / (1e-3 * 2 * TBQ))
    assert float(excepted_fraction(held, "liquid")) == pytest.approx(6e6 / (1e-4 * 0.6 * TBQ))
    assert float(excepted_fraction(held, "solid", item=True)) == pytest.approx(6e6 / (0.6 * TBQ))
    tritium = {"H-3": 1e9}
    assert float(excepted_fraction(tritium, "gas")) == pytest.approx(1e9 / (2e-2 * 40 * TBQ))
    with pytest.raises(InputError, match="'plasma' is no state"):
        excepted_fraction(held, "plasma")


def test_limits_of_one_item_by_state_and_form() -> None:
    """Cs-137: A1 2, A2 0.6 TBq; solids 1e-2, liquids 1e-3 A2, gases 1e-3, tritium 2e-2 A2 (table 2.2.7.2.4.1.2)."""
    held = {"Cs-137": 6e6}
    assert float(item_fraction(held, "solid")) == pytest.approx(6e6 / (1e-2 * 0.6 * TBQ))
    assert float(item_fraction(held, "solid", special_form=True)) == pytest.approx(6e6 / (1e-2 * 2 * TBQ))
    assert float(item_fraction(held, "liquid")) == pytest.approx(6e6 / (1e-3 * 0.6 * TBQ))
    assert float(item_fraction({"H-3": 1e9}, "gas")) == pytest.approx(1e9 / (2e-2 * 40 * TBQ))


def test_type_b_by_air() -> None:
    """3000 A2 of other form; special form the lower of 3000 A1 and 1e5 A2 (GB 11806-2019, 7.1.4.3)."""
    assert float(air_fraction({"Co-60": 1200 * TBQ})) == pytest.approx(1.0)  # A2 0.4 TBq
    assert float(air_fraction({"Ir-192": 3000 * TBQ}, special_form=True)) == pytest.approx(1.0)  # A1 1 TBq
    assert float(air_fraction({"Am-241": 100 * TBQ}, special_form=True)) == pytest.approx(1.0)  # A2 1 GBq


def test_concentration_of_a_material() -> None:
    """1 kg with 50 kBq of Co-60 and 50 kBq of Cs-137, 10 Bq/g each: 5 + 5 = 10 times exempt."""
    held = {"Co-60": 5e4, "Cs-137": 5e4}
    assert float(exempt_concentration_fraction(held, 1000.0)) == pytest.approx(10.0)
    with pytest.raises(InputError, match="mass"):
        exempt_concentration_fraction(held, 0.0)


@pytest.mark.parametrize(
    ("nuclide", "kind", "a2"),
    [
        ("Zr-89", "beta-gamma", 0.02 * TBQ),
        ("Lu-177m", "beta-gamma", 0.02 * TBQ),
        ("Bi-213", "alpha", 9e-5 * TBQ),  # Po-213, shorter-lived than Bi-213, emits alpha
        ("Th-226", "alpha", 9e-5 * TBQ),
        ("Cm-250", "unknown", 9e-5 * TBQ),
    ],
)  # fmt: skip
def test_unlisted_nuclides_have_the_defaults(nuclide: str, kind: str, a2: float) -> None:
    found = limit_of(nuclide)
    assert (found.is_default, found.values.form, found.values.a2_bq) == (True, kind, pytest.approx(a2))


def test_uranium_of_unknown_form_has_the_strictest_limit() -> None:
    """U-234: A2 is 0.09, 0.02 and 0.006 TBq for fast, medium and slow absorption by the lung."""
    assert limit_of("U-234").values.a2_bq == pytest.approx(0.006 * TBQ)
    assert limit_of("U-234", form="fast lung absorption").values.a2_bq == pytest.approx(0.09 * TBQ)
    with pytest.raises(InputError, match="limits by form"):
        limit_of("U-234", form="yellow")


def test_un_numbers_of_packages() -> None:
    assert un_numbers("A") == ("2915",)
    assert un_numbers("A", special_form=True) == ("3332",)
    assert un_numbers("B(U)") == ("2916",)
    assert un_numbers("excepted") == ("2910",)
    assert un_numbers("excepted", item=True) == ("2911",)
    assert un_numbers("C") == ("3323",)
    assert "2912" in un_numbers("IP-2")
    assert un_numbers("A", fissile=True) == ("3327",)
    assert un_numbers("A", special_form=True, fissile=True) == ("3333",)
    assert un_numbers("IP-2", fissile=True) == ("3324", "3325", "3326")
    assert un_numbers("excepted", fissile=True) == ()
    with pytest.raises(InputError, match="no type of package"):
        un_numbers("D")


LISTED = sorted(nuclide for nuclide, form in transport_limits() if not form)
mixtures = st.dictionaries(st.sampled_from(LISTED), st.floats(0, 1e13), min_size=1, max_size=5)


@given(mixtures, st.floats(0, 100))
def test_fractions_are_proportional_to_the_activity(held: dict[str, float], factor: float) -> None:
    scaled = {name: value * factor for name, value in held.items()}
    expected = float(type_a_fraction(held)) * factor
    assert float(type_a_fraction(scaled)) == pytest.approx(expected, rel=1e-9, abs=1e-12)


@given(mixtures, mixtures)
def test_more_never_fits_better_and_parts_never_fit_worse(
    one: dict[str, float], two: dict[str, float]
) -> None:
    both = {name: one.get(name, 0.0) + two.get(name, 0.0) for name in {**one, **two}}
    together, apart = float(type_a_fraction(both)), [float(type_a_fraction(part)) for part in (one, two)]
    assert together >= max(apart) * (1 - 1e-12)
    assert together <= sum(apart) * (1 + 1e-12)


def test_many_packages_at_once_are_the_same_as_one_by_one() -> None:
    chance = np.random.default_rng(4)
    held = {name: chance.uniform(0, 1e12, 50) for name in ("Mo-99", "Tc-99m", "I-131")}
    together = type_a_fraction(held)
    for place in range(50):
        alone = type_a_fraction({name: values[place] for name, values in held.items()})
        assert together[place] == pytest.approx(float(alone))


def test_amounts_are_checked() -> None:
    with pytest.raises(InputError, match="from 0 upwards"):
        type_a_fraction({"I-131": -1.0})
    with pytest.raises(InputError, match="from 0 upwards"):
        type_a_fraction({"I-131": math.inf})
    with pytest.raises(InputError, match="without nuclides"):
        type_a_fraction({})
    with pytest.raises(InputError, match="No decay data"):
        type_a_fraction({"X-1": 1.0})


def test_what_the_chinese_edition_does_not_list() -> None:
    """Tb-161 came with the edition of 2018; GB 11806-2019 follows that of 2012."""
    assert not limit_of("Tb-161", "IAEA").is_default
    assert limit_of("Tb-161", "CN").is_default
    assert limit_of("Tb-161", "CN-51").is_default
    activity = 0.1 * TBQ
    assert float(type_a_fraction({"Tb-161": activity}, jurisdiction="CN")) == pytest.approx(0.1 / 0.02)
    assert float(type_a_fraction({"Tb-161": activity})) < 1


def test_what_the_chinese_table_lists_and_the_edition_of_2012_did_not() -> None:
    """GB 11806-2019, table B1, has Ge-69: 1, 1 TBq, 10 Bq/g, 1e6 Bq."""
    found = limit_of("Ge-69", "CN")
    assert not found.is_default
    assert (found.values.a1_bq, found.values.a2_bq) == (TBQ, TBQ)
    assert sum(row.in_gb_11806 for row in transport_limits().values()) == 342
