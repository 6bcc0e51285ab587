"""Control levels of surface contamination: the rows, the notes of the table, what is not known."""

from __future__ import annotations

import numpy as np
import pytest

from becq.errors import InputError
from becq.rules import surface


def test_levels() -> None:
    assert surface.surface_limit("controlled", "bench", "beta").limit_bq_cm2 == 40.0
    assert surface.surface_limit("supervised", "skin", "beta").limit_bq_cm2 == 0.4
    assert surface.surface_limit("", "skin", "alpha").limit_bq_cm2 == 0.04
    with pytest.raises(
        InputError, match="No level of contamination by beta emitters for 'bench' in zone 'street'"
    ):
        surface.surface_limit("street", "bench", "beta")


def test_levels_that_were_not_read_are_not_guessed() -> None:
    with pytest.raises(InputError, match="No level of contamination by alpha emitters for 'bench'"):
        surface.surface_limit("controlled", "bench", "alpha")
    with pytest.raises(InputError, match="docs/reference-data.md lists the gaps"):
        surface.surface_limit("supervised", "bench", "beta")


def test_laws_of_the_levels() -> None:
    limits = surface.surface_limits()
    for (zone, item, emitter), row in limits.items():
        if emitter == "beta" and item == "skin":
            assert row.limit_bq_cm2 == pytest.approx(10 * limits[zone, item, "alpha"].limit_bq_cm2)
        assert row.basis == "read"
    skin = max(row.limit_bq_cm2 for row in limits.values() if row.item == "skin")
    assert skin < min(row.limit_bq_cm2 for row in limits.values() if row.item == "bench")


def test_fractions() -> None:
    found = surface.contamination_fractions([[0.0, 40.0], [20.0, 80.0]], "controlled", "bench", "beta")
    assert np.allclose(found, [[0.0, 1.0], [0.5, 2.0]])
    soft = surface.contamination_fractions(2.0, "", "skin", "beta", times=surface.SOFT_BETA_TIMES)
    assert soft == pytest.approx(1.0)
    with pytest.raises(InputError, match="from 0 upwards"):
        surface.contamination_fractions(-1.0, "", "skin", "beta")
