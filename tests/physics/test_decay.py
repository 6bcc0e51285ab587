"""Decay of inventories against an arbitrary-precision solution, and the contract of the shapes."""

import csv
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest
import radioactivedecay as rd

from becq.errors import InputError
from becq.physics import bateman, decay_data
from becq.physics.bateman import Operator
from becq.physics.decay import chain, decay, decay_factor
from becq.physics.nuclides import nuclide

REFERENCE = Path(__file__).parents[1] / "reference" / "decay_chains.csv"


def test_every_entry_agrees_with_arbitrary_precision() -> None:
    expected: dict[str, dict[float, dict[str, float]]] = defaultdict(lambda: defaultdict(dict))
    with REFERENCE.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            expected[row["start"]][float(row["elapsed_s"])][row["member"]] = float(row["activity_bq"])
    assert {"Mo-99", "Ac-225", "Ra-223", "U-238", "Ge-68", "Sr-90", "Th-229", "Lu-177m"} <= set(expected)
    for name, by_time in expected.items():
        times = np.array(list(by_time))
        ours = decay(name, 1e9, times)
        matrices = 1e9 * chain(name).transfer_matrix(times)[:, :, ours.members.index(name)]
        for i, t in enumerate(times):
            for k, member in enumerate(ours.members):
                exact = by_time[t].get(member, 0.0)
                for got in (ours.activities_bq[i, k], matrices[i, k]):
                    assert got == pytest.approx(exact, rel=1e-12, abs=1e-250), (name, member, t)


def test_mixed_inventory_agrees_with_arbitrary_precision() -> None:
    start = {"Mo-99": 3e9, "Tc-99m": 1e9, "I-131": 2e8, "Lu-177m": 5e5}
    exact = rd.InventoryHP(start, "Bq").decay(30.0, "h").activities()
    ours = decay(list(start), np.array(list(start.values())), 30 * 3600.0)
    for member in ours.members:
        assert float(ours.of(member)) == pytest.approx(exact[member], rel=1e-12)


@pytest.mark.parametrize("gap", [0.0, 1e-15, 1e-12, 1e-8, 1e-4])
@pytest.mark.parametrize("t", [1e-6, 1.0, 50.0])
def test_near_equal_half_lives_keep_their_digits(gap: float, t: float) -> None:
    """Three members with λ, λ(1+gap), λ(1+2gap): the last grows like λ²·t²/2·e^(−λt) as the gap closes."""
    rates = np.array([1.0, 1.0 + gap, 1.0 + 2 * gap])
    operator = Operator.of(rates, np.diag(rates[1:], -1))
    got = operator.apply(np.array([[1.0]]), np.array([0]), np.array([t]))[0]
    spread = t * gap
    series = 1 - spread + 7 / 12 * spread**2  # divided difference of e^(−λt), to second order in the gap
    second = rates[1] * rates[2] * t**2 / 2 * np.exp(-t)
    assert got[2] == pytest.approx(second * series, rel=1e-12 + spread**3)


def test_plain_bateman_sums_would_fail_here() -> None:
    """The guard has work to do: without it the same entries are lost."""
    operator = chain("Ac-225").activity_operator
    t, columns = np.array([1e-3]), np.array([0])
    good = operator.apply(np.array([[1.0]]), columns, t)
    assert operator.vectors is not None
    assert operator.inverse is not None
    plain = operator.vectors @ (np.exp(-operator.rates * t) * operator.inverse[:, 0])
    assert np.abs(plain / good[0] - 1).max() > 1e-6


def test_shapes_follow_broadcasting() -> None:
    members = ("Mo-99", "Tc-99m", "Tc-99")
    assert decay("Mo-99", 1.0, 1.0).activities_bq.shape == (3,)
    assert decay("Mo-99", np.ones(5), 1.0).activities_bq.shape == (5, 3)
    assert decay("Mo-99", np.ones(5), np.ones(5)).activities_bq.shape == (5, 3)
    grid = decay(["Tc-99m", "Mo-99"], np.ones((5, 1, 2)), np.arange(7.0))
    assert grid.members == members
    assert grid.activities_bq.shape == (5, 7, 3)
    assert decay("Mo-99", np.ones(0), np.ones(0)).activities_bq.shape == (0, 3)
    assert grid.of(nuclide("Tc-99m")).shape == (5, 7)
    assert grid.atoms().shape == (5, 7, 3)


def test_members_restrict_and_order_the_answer() -> None:
    whole = decay("Ac-225", 1e9, 86400.0)
    part = decay("Ac-225", 1e9, 86400.0, members=["Bi-213", "Ac-225"])
    assert part.members == ("Bi-213", "Ac-225")
    assert part.of("Bi-213") == pytest.approx(float(whole.of("Bi-213")), rel=1e-13)
    mixed = decay(["I-131", "Mo-99"], [1.0, 2.0], 3600.0, members=["Tc-99m"])
    assert float(mixed.of("Tc-99m")) == pytest.approx(
        float(decay("Mo-99", 2.0, 3600.0).of("Tc-99m")), rel=1e-13
    )


def test_blocks_do_not_show() -> None:
    rng = np.random.default_rng(3)
    rows = bateman._ROWS + 7
    activities, t = rng.uniform(0, 1e12, (rows, 2)), rng.uniform(0, 1e5, rows)
    whole = decay(["Mo-99", "Tc-99m"], activities, t).activities_bq
    for i in (0, bateman._ROWS - 1, bateman._ROWS, rows - 1):
        one = decay(["Mo-99", "Tc-99m"], activities[i], t[i]).activities_bq
        np.testing.assert_allclose(whole[i], one, rtol=1e-12)


def test_decay_factor_looks_both_ways() -> None:
    half_life = decay_data.half_life_s("F-18")
    np.testing.assert_allclose(decay_factor("F-18", [0, half_life, -half_life]), [1, 0.5, 2], rtol=1e-14)
    assert decay_factor(nuclide("Yb-176"), 1e9) == 1.0


def test_nothing_after_a_very_long_time() -> None:
    got = decay("F-18", 1e9, 1e12)
    assert got.activities_bq[0] == 0.0


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: decay("Mo-99", 1.0, -1.0), "must be finite and not negative"),
        (lambda: decay("Mo-99", 1.0, np.nan), "must be finite"),
        (lambda: decay("Mo-99", np.inf, 1.0), "not a finite number"),
        (lambda: decay("99mTc", 1.0, 1.0), "No decay data"),
        (lambda: decay("Pb-208", 1.0, 1.0), "stable"),
        (lambda: decay(["Mo-99", "Tc-99m"], np.ones(3), 1.0), "do not fit 2 nuclides"),
        (lambda: decay("Mo-99", np.ones(3), np.ones(4)), "do not fit times"),
        (lambda: decay(["Mo-99", "Mo-99"], np.ones(2), 1.0), "listed twice"),
        (lambda: decay([], np.ones(0), 1.0), "At least one"),
        (lambda: decay("Mo-99", 1.0, 1.0, members=["I-131"]), "not radioactive progeny"),
        (lambda: decay("Mo-99", 1.0, 1.0).of("I-131"), "not in this inventory"),
    ],
)
def test_errors_say_what_is_wrong(call, message: str) -> None:
    with pytest.raises(InputError, match=message):
        call()
