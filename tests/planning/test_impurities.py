"""What decays slower than the drug grows in its share: batches that have too much of it are not given."""

from __future__ import annotations

import math
from typing import Any

import pytest
from small import small_network
from test_limits import FIRST, rows

from becq.chain.consistency import inconsistencies
from becq.chain.impurity import Impurity, read_impurities, write_impurities
from becq.chain.survey import Survey
from becq.planning import Plan, plan
from becq.planning.options import build_problem

LU_S, LUM_S = 6.6443 * 86400, 160.44 * 86400
"""Half-lives of Lu-177 and Lu-177m (ICRP-107: 6.647 d, 160.4 d), near enough to tell days apart."""

LATER = {"start": "2026-12-13T00:00:00+08:00", "end": "2026-12-22T00:00:00+08:00", "reason": "once is enough"}


def doses(days: tuple[int, ...], product: str = "lu-bulk") -> list[dict[str, Any]]:
    return [
        {"id": f"dose-{day}", "site": "near", "product": product, "activity": "2 GBq",
         "calibration": f"2026-12-{day}T12:00:00+08:00", "earliest": f"2026-12-{day}T08:00:00+08:00",
         "latest": f"2026-12-{day}T12:00:00+08:00"}
        for day in days
    ]  # fmt: skip


def made(share: str | None, days: tuple[int, ...] = (14, 20), product: str = "lu-bulk", **more: Any) -> Plan:
    """A batch of Lu-177 with EOB on Friday the 11th at 08:00, for doses at noon of some days."""
    fields: dict[str, Any] = {} if share is None else {"impurities": share}
    drugs = {"drug": "lu-177-chloride-ca", "shelf_life": "20 d"}
    network = small_network(
        standing_orders=[], stock=[], orders=doses(days, product),
        products=rows("products", lu_bulk=drugs, lu_psma=drugs),
        processes=rows("processes", irr_lu={**fields, "outages": [LATER]}, label_lu=more),
    )  # fmt: skip
    return plan(network, FIRST, 14)


def grown(share: float, days: float) -> float:
    """The share of Lu-177m some days after EOB: written anew."""
    return share * math.exp(math.log(2) * days * 86400 * (1 / LU_S - 1 / LUM_S))


def test_the_share_at_calibration_decides() -> None:
    """At most 0.05 % (label of LutaPol): a share that reaches it between the 14th and the 20th."""
    share = 0.0005 / grown(1.0, 6.0)
    assert grown(share, 3.2) < 0.0005 < grown(share, 9.2)
    found = made(f"Lu-177m = {100 * share} %")
    assert [row.order for row in found.deliveries] == ["dose-14"]
    (unmet,) = found.unmet
    assert (unmet.order, unmet.reason) == ("dose-20", "impurity")
    assert "Lu-177m" in unmet.sentence
    assert made(f"Lu-177m = {0.2 * share}").unmet == []


@pytest.mark.parametrize(("margin", "served"), [(0.97, 1), (1.03, 0)])
def test_at_the_limit(margin: float, served: int) -> None:
    share = margin * 0.0005 / grown(1.0, 9 + 4 / 24)
    assert len(made(f"Lu-177m = {share}", (20,)).deliveries) == served


def test_a_conversion_has_the_worst_of_what_it_could_take() -> None:
    share = 0.0005 / grown(1.0, 6.0)
    found = made(f"Lu-177m = {share}", (14, 20), "lu-psma")
    assert [row.order for row in found.deliveries] == ["dose-14"]
    assert [row.reason for row in found.unmet] == ["impurity"]


def test_where_nothing_is_stated_nothing_is_refused_but_told() -> None:
    found = made(None)
    assert found.unmet == []
    assert any("Lu-177 chloride state no impurities" in row["sentence"] for row in found.unchecked)
    told = build_problem(small_network(), FIRST, 2).limits.unchecked
    assert not any("impurities" in sentence for sentence, _ in told)


def test_impurities_are_read_as_written() -> None:
    text = "Lu-177m = 0.02 %; Yb-175：0.1 kBq/MBq"
    found = read_impurities(text)
    assert [(each.nuclide, each.share) for each in found] == [
        ("Lu-177m", pytest.approx(2e-4)),
        ("Yb-175", pytest.approx(1e-4)),
    ]
    assert read_impurities(write_impurities(found)) == found
    assert read_impurities([{"nuclide": "Lu-177m", "share": "0.1 %"}]) == [Impurity("Lu-177m", 0.001)]
    for wrong in ("Lu-177m", "Lu-177m = 2", "Lu-177m = 1 GBq", "Lu-177m = 1 %; Lu-177m = 2 %", "Xx-1 = 1 %"):
        with pytest.raises(ValueError, match=r"Lu-177m|impurity|Xx"):
            read_impurities(wrong)


@pytest.mark.parametrize(
    ("drug", "said"),
    [
        ("lu-177-clorid", "there is no drug"),
        ("f-18-fdg", "is a drug of F-18, the product is Lu-177"),
        ("lu-177-chloride-ca", ""),
    ],
)
def test_a_drug_is_one_of_the_table_and_of_the_product_s_nuclide(drug: str, said: str) -> None:
    network = small_network(products=rows("products", lu_bulk={"drug": drug}))
    found = [flaw.message for flaw in inconsistencies(Survey.of(network)) if flaw.path[-1] == "drug"]
    assert [said in message for message in found] == ([True] if said else [])
