"""Daily equivalent activity: published figures of hospitals, laws of the sum, what is not known.

``daily_equivalents.csv``: what three hospitals were allowed. Where only the yearly amount is printed beside the
daily equivalent, the daily amount is the one that divides it into a whole number of days (``daily_basis``).
"""

from __future__ import annotations

import csv
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from becq.errors import InputError
from becq.physics import decay_data
from becq.physics.elements import read_table
from becq.rules import workplace
from becq.rules.reference import transport_limits, workplace_classes

with (Path(__file__).parent / "daily_equivalents.csv").open(encoding="utf-8") as lines:
    PUBLISHED = list(csv.DictReader(lines))

GROUPS = ["very-high", "high", "moderate", "low"]
SIMPLE = "simple-liquid"


@pytest.mark.parametrize("row", PUBLISHED, ids=[f"{row['report']} {row['nuclide']}" for row in PUBLISHED])
def test_published_daily_equivalent(row: dict[str, str]) -> None:
    found = workplace.daily_equivalent_bq([row["nuclide"]], [float(row["daily_bq"])], [row["operation"]])
    assert found == pytest.approx(float(row["equivalent_bq"]), rel=1e-12)


@pytest.mark.parametrize(
    "row",
    [row for row in PUBLISHED if row["daily_basis"].startswith("yearly")],
    ids=lambda row: row["nuclide"],
)
def test_inferred_daily_amount_fits_the_printed_year(row: dict[str, str]) -> None:
    yearly, days = re.findall(r"yearly (\S+) Bq on (\d+) days", row["daily_basis"])[0]
    assert float(row["daily_bq"]) * int(days) == pytest.approx(float(yearly), rel=2e-3)


def test_class_of_the_published_workplaces() -> None:
    by_place: dict[tuple[str, str], list[dict[str, str]]] = {}
    for row in PUBLISHED:
        by_place.setdefault((row["report"], row["place"]), []).append(row)
    totals = [
        workplace.daily_equivalent_bq(
            [row["nuclide"] for row in rows],
            [float(row["daily_bq"]) for row in rows],
            [row["operation"] for row in rows],
        )
        for rows in by_place.values()
    ]
    assert totals == pytest.approx([3.33e7, 1.406e8, 1.11e8, 1.443e8])
    # The notices of Weihai and of the Nanhua hospital say class B.
    assert list(workplace_classes(np.array(totals, dtype=float))) == ["B", "B", "B", "B"]


@pytest.mark.parametrize(
    ("nuclide", "group"),
    [
        ("Ra-223", "very-high"), ("Ac-225", "very-high"), ("Am-241", "very-high"), ("Cf-252", "very-high"),
        ("Sr-90", "high"), ("At-211", "high"), ("Co-60", "high"),
        ("I-131", "moderate"), ("Lu-177", "moderate"), ("Mo-99", "moderate"), ("C-14", "moderate"),
        ("Cs-137", "moderate"), ("Ir-192", "moderate"), ("Ge-68", "moderate"),
        ("Tc-99m", "low"), ("F-18", "low"), ("I-123", "low"), ("H-3", "low"), ("Kr-85", "low"), ("Cu-64", "low"),
    ],
)  # fmt: skip
def test_groups(nuclide: str, group: str) -> None:
    assert workplace.radiotoxicity_group(nuclide) == group


def test_every_nuclide_of_the_programmes_has_a_group() -> None:
    """Policy isotopes that are radioactive; generators stand for parent and daughter."""
    named = {name for row in read_table("policy_isotopes.csv") for name in row["nuclide"].split(";") if name}
    radioactive = sorted(
        name for name in named if decay_data.known(name) and not decay_data.record(name).stable
    )
    assert len(radioactive) >= 20
    assert {workplace.radiotoxicity_group(name) for name in radioactive} <= set(GROUPS)


def test_groups_by_form() -> None:
    assert workplace.radiotoxicity_group("C-14", "dioxide") == "low"
    assert workplace.radiotoxicity_group("I-126") == "moderate"
    assert workplace.radiotoxicity_group("I-126", "vapour") == "high"
    with pytest.raises(
        InputError, match=r"Hg-197 has .* by form: say one of 'inorganic', 'organic', 'vapour'"
    ):
        workplace.radiotoxicity_group("Hg-197")
    with pytest.raises(InputError, match="no radiotoxicity group for N-13"):
        workplace.radiotoxicity_group("N-13")
    with pytest.raises(InputError):
        workplace.radiotoxicity_group("Xx-99")


def test_isomers_are_told_apart_by_half_life() -> None:
    # The list says 34.2 a and 12.6 h of Eu-150, 9.01 h and 0.173 h of Sb-128.
    assert workplace.radiotoxicity_group("Eu-150") == "high"
    assert workplace.radiotoxicity_group("Eu-150m") == "low"
    assert decay_data.half_life_s("Eu-150") > 1e4 * decay_data.half_life_s("Eu-150m")
    assert workplace.radiotoxicity_group("Sb-128") == "moderate"
    assert workplace.radiotoxicity_group("Sb-128m") == "low"


def test_toxic_groups_may_be_carried_in_smaller_amounts() -> None:
    """Independent of the list: A2, which inhalation mostly sets, grows from group to group."""
    limits = transport_limits()
    means = []
    for group in GROUPS:
        a2_bq = [
            limits[name, ""].a2_bq
            for name, forms in workplace.radiotoxicity_groups().items()
            if "" in forms and forms[""].group == group and (name, "") in limits
        ]
        finite = [value for value in a2_bq if np.isfinite(value)]
        assert len(finite) >= 20
        means.append(np.log10(finite).mean())
        if group == "very-high":
            assert max(finite) <= 0.03e12
    assert means == sorted(means)
    assert means[-1] - means[0] > 2.0


def test_factors_fall_by_ten() -> None:
    factors = [workplace.group_factors()[group].factor for group in GROUPS]
    assert list(workplace.group_factors()) == GROUPS
    assert np.allclose(np.diff(np.log10(factors)), -1.0)
    liquids = ("storage", "very-simple", "simple", "special")
    found = [workplace.operation_factor(f"{operation}-liquid") for operation in liquids]
    assert np.allclose(np.diff(np.log10(found)), -1.0)


def test_factors_that_the_published_figures_bear_out_are_no_assumptions() -> None:
    for row in PUBLISHED:
        assert not workplace.operation_factors()[row["operation"]].assumption
        assert not workplace.group_factors()[workplace.radiotoxicity_group(row["nuclide"])].assumption
    assert workplace.group_factors()["very-high"].assumption
    assert workplace.operation_factors()["storage-liquid"].assumption
    with pytest.raises(InputError, match="No operation factor for 'dusting': the table has storage-liquid"):
        workplace.operation_factor("dusting")


def test_rows_are_days() -> None:
    found = workplace.daily_equivalents_bq(["F-18", "I-131"], [[1e9, 0.0], [2e9, 1e8]], [SIMPLE, SIMPLE])
    assert np.allclose(found, [[1e7, 0.0], [2e7, 1e7]])


def test_what_is_not_known_is_not_zero() -> None:
    assert workplace.daily_equivalent_bq(["F-18"], [1e9], [None]) is None
    assert workplace.daily_equivalent_bq(["F-18"], [1e9], ["unheard-of"]) is None
    assert workplace.daily_equivalent_bq(["F-18", "N-13"], [1e9, 1e9], [SIMPLE, SIMPLE]) is None
    # Nothing of it handled: it does not matter.
    assert workplace.daily_equivalent_bq(["F-18", "N-13"], [1e9, 0.0], [SIMPLE, None]) == pytest.approx(1e7)
    assert workplace.daily_equivalent_bq([], [], []) == 0.0


def test_bad_input() -> None:
    with pytest.raises(InputError, match="there are 1 nuclides, 2 operations"):
        workplace.daily_equivalents_bq(["F-18"], [1e9], [SIMPLE, SIMPLE])
    with pytest.raises(InputError, match="from 0 upwards"):
        workplace.daily_equivalents_bq(["F-18"], [-1.0], [SIMPLE])
    with pytest.raises(InputError, match="from 0 upwards"):
        workplace.daily_equivalents_bq(["F-18"], [float("nan")], [SIMPLE])
    with pytest.raises(InputError):
        workplace.daily_equivalents_bq(["Fl-18"], [1.0], [SIMPLE])


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["F-18", "I-131", "Sr-90", "Ra-223", "Tc-99m"]),
            st.floats(0.0, 1e15),
            st.sampled_from(sorted(workplace.operation_factors())),
        ),
        max_size=8,
    ),
    st.floats(1e-3, 1e3),
)
def test_proportional_and_additive(rows: list[tuple[str, float, str]], times: float) -> None:
    nuclides, activities, operations = ([row[at] for row in rows] for at in range(3))
    whole = workplace.daily_equivalent_bq(nuclides, activities, operations)
    parts = [workplace.daily_equivalent_bq([n], [a], [o]) for n, a, o in rows]
    assert whole == pytest.approx(sum(part for part in parts if part is not None), rel=1e-9)
    more = workplace.daily_equivalent_bq(nuclides, [times * activity for activity in activities], operations)
    assert whole is not None
    assert more == pytest.approx(times * whole, rel=1e-9)
