"""The folder of nuclear data that tests of this package may use: where it is missing they are skipped."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from becq.physics.accelerator import nuclear_data

_BESIDE = Path(__file__).resolve().parents[4] / "shared" / "data" / "nuclear"


@pytest.fixture(autouse=True)
def _folder_beside_the_checkout(monkeypatch: pytest.MonkeyPatch) -> None:
    if not os.environ.get(nuclear_data.VARIABLE) and _BESIDE.is_dir():
        monkeypatch.setenv(nuclear_data.VARIABLE, str(_BESIDE))


@pytest.fixture
def nuclear_folder() -> Path:
    """The folder of evaluated cross sections."""
    found = nuclear_data.folder()
    if found is None:
        pytest.skip(f"needs evaluated cross sections: set {nuclear_data.VARIABLE} or put them in ../shared")
    return found


@pytest.fixture
def data(nuclear_folder: Path) -> nuclear_data.NuclearData:
    """The cross sections of that folder."""
    return nuclear_data.load(nuclear_folder)
