"""Licence findings just below, at and above the limit."""

from __future__ import annotations

import pytest

from becq.chain.site import Site
from becq.rules.licence import check_possession, check_scope


def site(kind: str = "hospital", **licence: object) -> Site:
    return Site.model_validate(
        {"id": "h", "name": "H", "name_zh": "医院", "kind": kind, "lat": 30, "lon": 104, **licence}
    )


LICENSED = {"licence": {"nuclides": [{"nuclide": "I-131", "possession_limit": "4 GBq"}]}}


@pytest.mark.parametrize(("held", "severity"), [(3.99e9, "ok"), (4e9, "ok"), (4.01e9, "block")])
def test_possession(held: float, severity: str) -> None:
    finding = check_possession(site(**LICENSED), "I-131", held)
    assert finding.severity == severity
    assert finding.limit == 4e9
    assert finding.source.startswith("State Council order 449")


def test_scope() -> None:
    assert check_scope(site(**LICENSED), "I-131").severity == "ok"
    assert check_scope(site(**LICENSED), "Lu-177").severity == "block"
    assert check_scope(site(), "I-131").severity == "block"
    assert check_scope(site("airport"), "I-131").severity == "ok"
