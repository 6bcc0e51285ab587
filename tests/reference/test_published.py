"""Every published value that can be recomputed: within 10 %, or explained in deviations.csv."""

from __future__ import annotations

import sys
from collections.abc import Iterable

import numpy as np
import pytest
from beams import nuclear_folder
from comparison import FILES, FROM_FOLDER, HERE, Comparison, compare, deviations

QUICK = tuple(f for f in FILES if f not in FROM_FOLDER)
ALL = [pytest.param(f, marks=pytest.mark.slow) if f in FROM_FOLDER else f for f in FILES]

# file, kind ("" for all): rows recomputed at least, deviation of the median at most, share within 10 % at least
SCORES: dict[tuple[str, str], tuple[int, float, float]] = {
    ("accelerator_yields.csv", "recommended"): (120, 0.02, 0.88),  # with evaluations of 2001 to 2003
    ("accelerator_yields.csv", "measured"): (160, 0.12, 0.20),
    ("accelerator_yields.csv", "calculated"): (55, 0.06, 0.55),
    ("stopping_powers.csv", "same tables"): (55, 0.001, 1.0),
    ("stopping_powers.csv", "independent"): (15, 0.015, 1.0),
    ("monitor_cross_sections.csv", ""): (100, 0.01, 0.85),
    ("reactor_yields.csv", "another code"): (205, 0.015, 0.55),
    ("cross_sections_published.csv", "recommended"): (600, 0.005, 0.65),
    ("cross_sections_published.csv", "measured"): (450, 0.02, 0.50),
    ("fission_production.csv", "measured"): (85, 0.01, 0.90),
    ("fission_production.csv", "recommended"): (40, 0.01, 0.90),
    ("gamma_constants.csv", ""): (160, 0.01, 0.85),
    ("shielding.csv", ""): (140, 0.08, 0.55),
    ("buildup_factors.csv", ""): (180, 0.01, 0.80),
    ("half_life_values.csv", ""): (125, 0.0005, 1.0),
    ("half_lives.csv", ""): (178, 0.0005, 1.0),
    ("generator_values.csv", ""): (12, 0.03, 1.0),
    ("technetium_fraction.csv", ""): (55, 0.03, 1.0),
    ("generator_maximum.csv", ""): (3, 0.005, 1.0),
    ("decay_chains.csv", ""): (540, 1e-10, 1.0),
}


def of(file: str) -> tuple[Comparison, ...]:
    """The rows of a file; skipped where the data for it are missing."""
    if file in FROM_FOLDER and nuclear_folder() is None:
        pytest.skip("needs evaluated cross sections: set BECQ_NUCLEAR_DATA or put them in ../shared")
    return compare(file)


@pytest.mark.parametrize("file", ALL)
def test_every_deviation_is_explained_once(file: str) -> None:
    wrong = []
    for row in of(file):
        if not row.deviates:
            continue
        for_it = [d for d in deviations() if d.covers(row)]
        if len(for_it) != 1:
            wrong.append(f"{row.subject}, {row.condition}: ratio {row.ratio:.3g}, {len(for_it)} explanations")
        elif not for_it[0].low <= row.ratio <= for_it[0].high:  # type: ignore[operator]
            interval = f"{for_it[0].low:g} to {for_it[0].high:g}"
            wrong.append(f"{row.subject}, {row.condition}: ratio {row.ratio:.4g}, explained from {interval}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("file", ALL)
def test_no_explanation_is_idle(file: str) -> None:
    off = [row for row in of(file) if row.deviates]
    idle = [d for d in deviations() if d.file == file and not any(d.covers(row) for row in off)]
    unknown = {s for d in deviations() if d.file == file for s in d.subjects} - {row.subject for row in off}
    assert not idle
    assert not unknown


def test_explanations_are_for_known_files_and_say_something() -> None:
    for deviation in deviations():
        assert deviation.file in FILES
        assert deviation.low <= deviation.high
        assert not 0.9 < deviation.low <= deviation.high < 1.1
        assert len(deviation.reason) > 25


@pytest.mark.parametrize(
    ("file", "kind"),
    [pytest.param(*key, marks=pytest.mark.slow) if key[0] in FROM_FOLDER else key for key in SCORES],
)
def test_scores(file: str, kind: str) -> None:
    rows, median, share = SCORES[file, kind]
    ratios = np.array([r.ratio for r in of(file) if r.ratio is not None and kind in {"", r.kind}])
    assert ratios.size >= rows
    assert abs(np.median(ratios) - 1) <= median
    assert np.mean(np.abs(ratios - 1) <= 0.1) >= share


def count(files: Iterable[str]) -> int:
    return sum(row.ratio is not None for file in files for row in compare(file))


def test_number_of_published_values() -> None:
    """2500 without the folder of nuclear data: half of them cross sections and decay chains."""
    assert count(QUICK) >= 2500
    chains = ("cross_sections_published.csv", "decay_chains.csv")
    assert count(f for f in QUICK if f not in chains) >= 1000


def test_rows_that_cannot_be_recomputed_say_why() -> None:
    for file in QUICK:
        for row in compare(file):
            assert (row.computed is None) == bool(row.why), row


@pytest.mark.slow
def test_page_holds_the_numbers_of_now(monkeypatch: pytest.MonkeyPatch) -> None:
    """docs/validation.md is what scripts/build_validation.py writes; run that after a change of physics."""
    if nuclear_folder() is None:
        pytest.skip("needs evaluated cross sections: set BECQ_NUCLEAR_DATA or put them in ../shared")
    monkeypatch.setattr(sys, "path", [*sys.path, str(HERE.parents[1] / "scripts")])
    import build_validation

    written = build_validation.PAGE.read_text(encoding="utf-8").splitlines()
    for line, now in zip(written, build_validation.page().splitlines(), strict=True):
        assert line == now
    for picture in ("ratios", *(field[0] for field in build_validation.FIELDS)):
        path = build_validation.IMAGES / f"validation-{picture}.svg"
        assert 10_000 < path.stat().st_size < 150_000
