"""Whether a licence names a nuclide, and until when."""

from __future__ import annotations

from datetime import date

import pytest

from becq.chain.site import Site
from becq.physics import decay_data
from becq.physics.decay import decay
from becq.rules.holding import without_ingrown, without_progeny
from becq.rules.licence import refuse


def site(kind: str = "hospital", **licence: object) -> Site:
    return Site.model_validate(
        {"id": "h", "name": "H", "name_zh": "医院", "kind": kind, "lat": 30, "lon": 104, **licence}
    )


NUCLIDES = [{"nuclide": "I-131", "possession_limit": "4 GBq"}]
LICENSED = {"licence": {"nuclides": NUCLIDES, "valid_until": "2026-12-31"}}


def test_what_the_licence_names() -> None:
    assert refuse(site(**LICENSED), "I-131") is None
    assert refuse(site("airport"), "I-131") is None
    for refused in (refuse(site(**LICENSED), "Lu-177"), refuse(site(), "Lu-177")):
        assert refused is not None
        assert refused.sentence == "H has no licence for Lu-177."
        assert refused.sentence_zh == "医院的许可证不含Lu-177。"


@pytest.mark.parametrize(("day", "held"), [("2026-12-31", True), ("2027-01-01", False)])
def test_until_when_it_holds(day: str, held: bool) -> None:
    refused = refuse(site(**LICENSED), "I-131", date.fromisoformat(day))
    assert (refused is None) is held
    if refused is not None:
        assert refused.sentence == "The licence of H ended on 2026-12-31."


def test_progeny_of_what_is_licensed_is_covered_as_far_as_it_grew_in() -> None:
    held = {"I-131": 1e9, "Xe-131m": 1e6, "Lu-177": 1e6}
    assert without_progeny(site(**LICENSED), held) == {"I-131": 1e9, "Lu-177": 1e6}
    assert without_progeny(site(**LICENSED), {"I-131": 1e5, "Xe-131m": 1e6}) == {"I-131": 1e5, "Xe-131m": 1e6}
    assert without_progeny(site(), held) == held


@pytest.mark.parametrize(
    ("parent", "progeny"), [("Ac-225", "Bi-213"), ("Ac-225", "Fr-221"), ("Mo-99", "Tc-99m")]
)
def test_progeny_exceeds_its_parent_in_equilibrium(parent: str, progeny: str) -> None:
    rows = [{"nuclide": parent, "possession_limit": "4 GBq"}]
    licensed = site(licence={"nuclides": rows})
    later = decay([parent], [1e9], 30 * decay_data.half_life_s(progeny))
    grown = dict(zip(later.members, later.activities_bq.ravel().tolist(), strict=True))
    held = {parent: grown[parent], progeny: grown[progeny]}
    assert without_progeny(licensed, held) == {parent: grown[parent]}
    more = held | {progeny: 1.2 * grown[parent]}
    assert without_progeny(licensed, more) == more


def test_what_grew_in_within_a_lot_is_part_of_its_parent() -> None:
    rows = [{"nuclide": name, "possession_limit": "4 GBq"} for name in ("Mo-99", "Tc-99m")]
    licensed = site(licence={"nuclides": rows})
    generator = {"Mo-99": 1e9, "Tc-99m": 0.96e9}
    assert without_ingrown(licensed, generator) == {"Mo-99": 1e9}
    eluate = {"Mo-99": 1e3, "Tc-99m": 0.8e9}
    assert without_ingrown(licensed, eluate) == eluate
    assert without_ingrown(site(**LICENSED), generator) == generator  # the parent is not licensed
