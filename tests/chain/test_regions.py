"""Sites by region: who counts where, and what they order."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from becq.chain.network import Network
from becq.chain.regions import division_name, regions
from becq.errors import InputError


def site(code: str, **more: Any) -> dict[str, Any]:
    return {"id": code, "name": code, "name_zh": code, "kind": "hospital", "lat": 30, "lon": 104, **more}


def order(code: str, where: str, **more: Any) -> dict[str, Any]:
    return {
        "id": code, "site": where, "product": "FDG", "activity": "2 GBq", "days": "mon,thu",
        "earliest": "07:00", "latest": "08:00", "calibration": "09:00", **more,
    }  # fmt: skip


NETWORK = Network.model_validate(
    {
        "name": "Regions",
        "sites": [
            site("WUHOU", division="510107", jurisdiction="CN-51"),
            site("CHENGDU", division="510100", kind="radiopharmacy"),
            site("SICHUAN", division="510000"),
            site("BY-NAME", province="四川"),
            site("DONGCHENG", division="110101"),
            site("XIANTAO", division="429004"),
            site("PETTEN", province="Noord-Holland", jurisdiction="IAEA"),
            site("AT-SEA", jurisdiction="IAEA"),
        ],
        "products": [{"id": "FDG", "name": "FDG", "name_zh": "FDG", "nuclide": "F-18", "shelf_life": "10 h"}],
        "standing_orders": [
            order("A", "WUHOU", patients=3),
            order("B", "CHENGDU", days="daily", valid_to="2026-06-30"),
            order("C", "DONGCHENG"),
        ],
    }
)


def sites(by: Any) -> dict[str, list[str]]:
    return {each.code: [site.id for site in each.sites] for each in regions(NETWORK, by)}


def test_by_province_a_name_counts_too() -> None:
    assert sites("province") == {
        "110000": ["DONGCHENG"],
        "420000": ["XIANTAO"],
        "510000": ["WUHOU", "CHENGDU", "SICHUAN", "BY-NAME"],
        "Noord-Holland": ["PETTEN"],
        "": ["AT-SEA"],
    }


def test_by_prefecture_a_municipality_is_one() -> None:
    """Districts of Beijing have no prefecture above them; Xiantao stands directly under Hubei."""
    assert sites("prefecture") == {
        "110000": ["DONGCHENG"],
        "429004": ["XIANTAO"],
        "510000": ["SICHUAN"],
        "510100": ["WUHOU", "CHENGDU"],
        "": ["BY-NAME", "PETTEN", "AT-SEA"],
    }
    coarse = [each.code for each in regions(NETWORK, "prefecture") if each.is_coarse]
    assert coarse == ["510000"], "Sichuan is no prefecture, Beijing counts as one"


def test_by_county_what_is_coarser_says_so() -> None:
    found = {each.code: each.is_coarse for each in regions(NETWORK, "county")}
    assert found == {
        "110101": False,
        "429004": False,
        "510000": True,
        "510100": True,
        "510107": False,
        "": False,
    }


def test_by_jurisdiction() -> None:
    found = {each.code: (each.name_en, len(each.sites)) for each in regions(NETWORK, "jurisdiction")}
    assert found == {"CN": ("China", 5), "CN-51": ("Sichuan", 1), "IAEA": ("IAEA", 2)}


def test_week_of_orders() -> None:
    [_, _, sichuan, _, _] = regions(NETWORK, "province")
    assert sichuan.weekly_activity_bq == {"F-18": (2 + 7) * 2e9}
    assert sichuan.standing == 2
    assert sichuan.weekly_patients == 6
    assert sichuan.kinds == {"hospital": 3, "radiopharmacy": 1}
    [_, _, later, _, _] = regions(NETWORK, "province", date(2026, 7, 1))
    assert later.weekly_activity_bq == {"F-18": 2 * 2e9}, "order B has ended"


def test_names() -> None:
    assert division_name("510107", zh=True) == "四川省成都市武侯区"
    assert division_name("510107", zh=False).endswith(", Chengdu, Sichuan")
    with pytest.raises(InputError, match="use province, prefecture"):
        regions(NETWORK, "planet")  # type: ignore[arg-type]
