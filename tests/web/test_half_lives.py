"""The half-lives that the islands tint by are those of the physics."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from becq.physics.nuclides import nuclide

TABLE = Path(__file__).resolve().parents[2] / "frontend" / "src" / "half_lives.ts"


def test_half_lives_agree_with_icrp_107():
    rows = re.findall(r'"([A-Z][a-z]?-\d+[mn]?)": ([0-9.e]+)', TABLE.read_text())
    assert len(rows) > 50
    for name, half_life_s in rows:
        assert float(half_life_s) == pytest.approx(nuclide(name).half_life_s, rel=1e-5), name
