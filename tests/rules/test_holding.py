"""What is handled on a site, against the workplaces that its licence lists."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

import pytest

from becq.chain.network import Network
from becq.chain.site import Site
from becq.errors import InputError
from becq.rules.document import facts_of
from becq.rules.evaluation import evaluate
from becq.rules.holding import operations, table, workplaces
from becq.rules.rulebook import builtin

DAY = date(2026, 12, 7)
LAB = {
    "workplace": "Hot lab",
    "workplace_class": "B",
    "nuclide": "I-131",
    "operation": "simple-liquid",
    "daily_limit": "5 GBq",
    "yearly_limit": "1 TBq",
}
WARD = LAB | {"workplace": "Ward", "nuclide": "Lu-177", "daily_limit": "20 GBq"}
HELD = [{"nuclide": name, "possession_limit": "1 TBq"} for name in ("I-131", "Lu-177", "Ra-223")]


def site(*rows: dict[str, Any], licence: bool = True) -> Site:
    known = {"licence": {"nuclides": HELD, "operations": list(rows)}} if licence else {}
    return Site.model_validate(
        {"id": "h", "name": "H", "name_zh": "医院", "kind": "hospital", "lat": 30, "lon": 104, **known}
    )


def judged(where: Site, handled: dict[str, float]) -> dict[tuple[str, str], str]:
    """(rule, subject) → severity."""
    facts = {
        "operation": table("operation", operations(where, DAY, handled, handled)),
        "workplace": table("workplace", workplaces(where, DAY, handled)),
    }
    found = evaluate(builtin(), facts).findings(("block", "warn", "note", "ok"))
    return {(each.rule, each.subject): each.severity for each in found}


def test_a_nuclide_that_no_workplace_is_licensed_for_is_found() -> None:
    assert judged(site(LAB, WARD), {"Ra-223": 5e9}) == {
        ("cn-operation-nuclide", "H"): "block",
        ("cn-workplace-class-b", "H, Hot lab"): "note",
        ("cn-workplace-class-b", "H, Ward"): "note",
    }
    assert judged(site(LAB, WARD), {"I-131": 5e9, "Lu-177": 2e10}) == {
        ("cn-operation-nuclide", "H, Hot lab"): "ok",
        ("cn-operation-nuclide", "H, Ward"): "ok",
        ("cn-operation-daily", "H, Hot lab"): "ok",
        ("cn-operation-daily", "H, Ward"): "ok",
        ("cn-operation-yearly", "H, Hot lab"): "ok",
        ("cn-operation-yearly", "H, Ward"): "ok",
        ("cn-workplace-class-b", "H, Hot lab"): "ok",
        ("cn-workplace-class-b", "H, Ward"): "ok",
    }


def test_a_workplace_above_its_bound_stays_so_whatever_else_was_handled_there() -> None:
    # I-131: factor 0.1 of its group, 1 of simple operation: 5e10 Bq count 5e9, above 4e9
    assert judged(site(LAB), {"I-131": 5e10})["cn-workplace-class-b", "H, Hot lab"] == "block"
    assert judged(site(LAB), {"I-131": 5e10, "Ra-223": 5e9})["cn-workplace-class-b", "H, Hot lab"] == "block"


def test_an_exempt_amount_needs_no_workplace() -> None:
    found = judged(site(LAB), {"Ra-223": 1e5})  # exempt up to 1e5 Bq
    assert found == {("cn-workplace-class-b", "H, Hot lab"): "ok"}
    assert ("cn-operation-nuclide", "H") in judged(site(LAB), {"Ra-223": 1.01e5})


@pytest.mark.parametrize(
    ("where", "nuclide", "licensed"),
    [
        (site(LAB), "I-131", True),
        (site(LAB), "Ra-223", False),
        (site(), "I-131", None),  # no workplaces are known
        (site(), "Cf-252", False),
        (site(licence=False), "I-131", False),
    ],
)
def test_what_is_known_of_the_workplaces(where: Site, nuclide: str, licensed: bool | None) -> None:
    (row,) = operations(where, DAY, {nuclide: 1e9})
    assert row["workplace_licensed"] is licensed
    found = Counter(judged(where, {nuclide: 1e12}).values())
    assert found["ok"] == (2 if licensed else 0)  # the licence names it; the yearly maximum is kept
    assert found["block"] == {True: 2, False: 1, None: 0}[licensed]
    assert (found["note"] > 0) is (licensed is None or (nuclide == "Ra-223"))


def test_the_note_names_what_cannot_be_counted() -> None:
    handled = {"I-131": 1e9, "Ra-223": 5e9}
    (row,) = workplaces(site(LAB), DAY, handled)
    assert row["daily_equivalent_bq"] is None
    assert row["daily_equivalent_known_bq"] == pytest.approx(1e8)
    assert "Ra-223" in row["daily_equivalent_bq_gap"]
    assert "Ra-223" in row["daily_equivalent_bq_gap_zh"]
    unsaid = {name: value for name, value in LAB.items() if name != "operation"}
    (row,) = workplaces(site(unsaid), DAY, {"I-131": 1e9})
    assert (row["daily_equivalent_bq"], row["daily_equivalent_known_bq"]) == (None, 0.0)
    (row,) = workplaces(site(LAB), DAY, {"I-131": 1e9})
    assert (row["daily_equivalent_bq"], row["daily_equivalent_bq_gap"]) == (pytest.approx(1e8), None)


def test_a_year_contains_its_day() -> None:
    network = Network.model_validate({"name": "n", "sites": [site(LAB).model_dump(exclude_none=True)]})

    def document(year: str) -> dict[str, Any]:
        handled = [{"nuclide": "I-131", "activity": "1 GBq"}]
        whole = [{"nuclide": "I-131", "activity": year}]
        return {
            "site_day": {"site": "h", "day": "2026-12-07", "handled": handled, "handled_this_year": whole}
        }

    assert facts_of(document("1 GBq"), "day", network)["operation"]["year_operated_bq"].to_list() == [1e9]
    with pytest.raises(InputError, match="handled_this_year of I-131 is less"):
        facts_of(document("0.9 GBq"), "day", network)


def test_documents_speak_of_sites_that_hold_something() -> None:
    there = [site(LAB), site(LAB).model_copy(update={"id": "apt", "kind": "airport"})]
    network = Network.model_validate(
        {"name": "n", "sites": [row.model_dump(exclude_none=True) for row in there]}
    )
    posting = {
        "origin": "h",
        "destination": "h",
        "nuclide": "I-131",
        "activity": "1 GBq",
        "day": "2026-12-07",
    }
    for document, said in (
        ({"posting": posting | {"destination": "apt"}}, "goods only pass through it"),
        ({"site_day": {"site": "apt", "day": "2026-12-07"}}, "goods only pass through it"),
    ):
        with pytest.raises(InputError, match=said):
            facts_of(document, "document", network)
