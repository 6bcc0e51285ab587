"""How the averages over the fission spectrum are chosen among evaluations, and what is shipped of them."""

from __future__ import annotations

import importlib.util
import math
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from becq.physics.reactor.cross_sections import reactions

SCRIPT = Path(__file__).resolve().parents[3] / "scripts" / "build_threshold_averages.py"


@pytest.fixture(scope="module")
def build() -> ModuleType:
    pytest.importorskip("polars")
    spec = importlib.util.spec_from_file_location("build_threshold_averages", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_one_level_is_not_a_whole_reaction(build: ModuleType) -> None:
    """A curve that climbs to 14 MeV is whole; one that peaks at 7 MeV and falls to nothing is one level."""
    energies = np.linspace(3.0, 20.0, 171)
    whole = np.clip(energies - 4.0, 0.0, 10.0)
    level = np.clip(energies - 4.0, 0.0, None) * np.exp(-((energies - 7.0) ** 2) / 4.0)
    for reaction in ("n,p", "n,a"):
        assert build.complete(reaction, 56, energies, whole)
        assert not build.complete(reaction, 56, energies, level)
    assert build.complete("n,a", 16, energies, level)  # light nuclei have few levels
    assert build.complete("n,2n", 56, energies, level)


def choice(build: ModuleType, covariance: float | None = None, **values: float) -> object:
    found = {
        name.replace("_", "-").replace("8-1", "8.1"): build.Average(v, True) for name, v in values.items()
    }
    return build.choose(found, covariance)


def test_dosimetry_wins(build: ModuleType) -> None:
    alone = {"irdff_2": 0.08, "jendl_5": 0.088}
    picked = choice(build, **alone)
    assert picked.value_b == 0.08
    assert picked.uncertainty_b == pytest.approx(0.08 * 1.4826 * math.log(1.1))
    same = choice(build, 0.03, **alone, endfb_8_1=0.0801)
    assert same.uncertainty_b == pytest.approx(0.03 * 0.08)
    other = choice(build, 0.03, **alone, endfb_8_1=0.05)  # the covariances are of another evaluation
    assert other.uncertainty_b > 0.01


def test_covariances_count_while_the_others_agree(build: ModuleType) -> None:
    assert choice(build, 0.1, endfb_8_1=0.010, jendl_5=0.011).value_b == 0.010
    assert choice(build, 0.1, endfb_8_1=0.010, jendl_5=0.020, eaf_2010=0.021).value_b == 0.020


def test_the_median_of_those_that_differ(build: ModuleType) -> None:
    picked = choice(build, endfb_8_1=0.010, jendl_5=0.012, jeff_4_0=0.01203, eaf_2010=0.015)
    assert picked.value_b == pytest.approx(0.012)
    assert picked.uncertainty_b == pytest.approx(
        0.012 * math.sqrt((math.log(1.2) ** 2 + math.log(1.25) ** 2) / 2)
    )
    far = choice(build, endfb_8_1=0.100, jendl_5=0.010, jendl_ad_2017=0.012, eaf_2010=0.011)
    assert far.value_b == pytest.approx(0.011)


def test_what_disagrees_or_is_a_part_is_left_out(build: ModuleType) -> None:
    apart = choice(build, endfb_8_1=0.0035, jendl_5=0.0106, tendl_2025=0.0153)
    assert apart.value_b is None
    assert "3.5 to 15 mb" in apart.note
    parts = build.choose({"endfb-8.1": build.Average(1e-3, False)}, None)
    assert parts.value_b is None
    assert "part of its levels" in parts.note
    assert (
        build.choose({"endfb-8.1": build.Average(1e-6, True), "jendl-5": build.Average(2e-6, True)}, None)
        is None
    )


def test_the_spectrum_counts_above_12_mev(build: ModuleType) -> None:
    found = {"irdff-2": build.Average(8e-5, True, 14.2), "endfb-8.1": build.Average(8e-5, True, 14.2)}
    hard = build._with_spectrum(build.choose(found, 0.01), found)
    assert hard.uncertainty_b == pytest.approx(8e-5 * math.hypot(0.01, 0.25))
    assert "above 12 MeV" in hard.assumption
    soft = {name: build.Average(a.value_b, True, 8.0) for name, a in found.items()}
    assert build._with_spectrum(build.choose(soft, 0.01), soft).uncertainty_b == pytest.approx(8e-7)


@pytest.mark.parametrize(
    ("target", "reaction", "least_mb", "most_mb"),
    [
        # one level each, as the pointwise tables of ENDF/B-VIII.1 have it, would be 0.11, 0.39 and 60 mb
        ("Fe-56", "n,p", 1.0, 1.2),
        ("Fe-54", "n,a", 0.7, 0.95),
        ("Fe-54", "n,p", 75.0, 85.0),
        ("S-32", "n,p", 60.0, 75.0),
    ],
)
def test_shipped_averages_hold_every_level(
    target: str, reaction: str, least_mb: float, most_mb: float
) -> None:
    row = next(r for r in reactions(target) if r.reaction == reaction)
    assert row.fission_b is not None
    assert least_mb < 1e3 * row.fission_b < most_mb
    assert row.fission_u_b is not None
