"""What containers of waste are judged by: solids, liquids with and without I-131, disused sources."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from becq.physics import decay_data
from becq.rules.document import facts_of
from becq.rules.evaluation import evaluate
from becq.rules.rulebook import builtin

CLOSED = date(2026, 1, 1)
CLEAN_WATER = {"alpha_bq_l": 0.1, "beta_bq_l": 1.0}


def judged(days: float, *nuclides: str, jurisdiction: str = "CN", **container: Any) -> dict[str, str]:
    """Rule → severity, for a container of 1 MBq of each nuclide after some days in the store."""
    one = {
        "id": "c",
        "closed": f"{CLOSED} 00:00",
        "contents": [{"nuclide": name, "activity": "1 MBq"} for name in nuclides],
        **container,
    }
    hours = timedelta(hours=round(24 * days, 2))
    at = f"{CLOSED + timedelta(days=hours.days)} {hours.seconds // 3600:02d}:{hours.seconds // 60 % 60:02d}"
    facts = facts_of({"waste": {"at": at, "jurisdiction": jurisdiction, "containers": [one]}})
    found = evaluate(builtin(), facts).findings(("block", "warn", "note", "ok"))
    return {each.rule: each.severity for each in found}


@pytest.mark.parametrize(("days", "severity"), [(3, "block"), (30, "block"), (30.1, "ok")])
def test_short_lived_liquids_wait_thirty_days(days: float, severity: str) -> None:
    assert judged(days, "Tc-99m", state="liquid", **CLEAN_WATER) == {
        "cn-waste-liquid-short": severity,
        "cn-waste-gross-alpha": "ok",
        "cn-waste-gross-beta": "ok",
    }


def test_iodine_lifts_no_rule_of_what_else_is_in_the_tank() -> None:
    ten = 10 * decay_data.half_life_s("Sr-89") / 86400
    for days, severity in ((188.0, "block"), (ten - 1, "block"), (ten + 1, "ok")):
        found = judged(days, "I-131", "Sr-89", state="liquid", i131_bq_l=5.0, **CLEAN_WATER)
        assert found["cn-waste-liquid"] == severity
        assert "cn-waste-liquid-i131" not in found  # measured, and below 10 Bq/L
    found = judged(20, "I-131", "Tc-99m", state="liquid", **CLEAN_WATER)
    assert found["cn-waste-liquid-short"] == found["cn-waste-liquid-i131"] == "block"


def test_iodine_alone_is_released_by_time_or_by_measurement() -> None:
    assert judged(179.9, "I-131", state="liquid", **CLEAN_WATER)["cn-waste-liquid-i131"] == "block"
    assert judged(180, "I-131", state="liquid", **CLEAN_WATER)["cn-waste-liquid-i131"] == "ok"
    early = judged(40, "I-131", state="liquid", i131_bq_l=9.9, **CLEAN_WATER)
    assert early == {"cn-waste-gross-alpha": "ok", "cn-waste-gross-beta": "ok"}


@pytest.mark.parametrize("place", ["CN", "IAEA"])
def test_levels_of_clearance_are_for_solids(place: str) -> None:
    rule = f"{place.lower()}-waste-clearance"
    assert judged(1, "Lu-177", jurisdiction=place, mass="1 kg")[rule] == "block"
    liquid = judged(1, "Lu-177", jurisdiction=place, mass="1 kg", state="liquid", **CLEAN_WATER)
    assert rule not in liquid
    assert set(liquid.values()) - {"ok"}, "nothing passes in silence"


@pytest.mark.parametrize(("returned", "severity"), [(None, "block"), ("maker", "ok"), ("store", "ok")])
def test_a_disused_source_is_returned_and_never_cleared(returned: str | None, severity: str) -> None:
    known = {"returned_to": returned} if returned else {}
    old = judged(5000, "Cs-137", state="sealed-source", mass="1 kg", **known)
    assert old == {"cn-waste-sealed-source": severity}
    elsewhere = judged(5000, "Cs-137", jurisdiction="IAEA", state="sealed-source", mass="1 kg", **known)
    assert elsewhere == {"iaea-waste-other": "note"}
