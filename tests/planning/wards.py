"""A small network of orders in parts and with alternatives: two makers, a ward, a clinic and a flight."""

from __future__ import annotations

from typing import Any

from small import licence

from becq.chain.network import Network

DAY = "2026-12-07"
EVERYTHING = (
    ("Lu-177", "10 TBq"),
    ("Mo-99", "10 TBq"),
    ("Tc-99m", "10 TBq"),
    ("F-18", "10 TBq"),
    ("Ga-68", "10 TBq"),
)


def wards(**changes: Any) -> Network:
    """Stock to serve from; ``changes`` replace whole sections."""
    maker = licence(*EVERYTHING, scope="produce, sell, use")
    data: dict[str, Any] = {
        "name": "Wards",
        "sites": [
            {"id": "one", "name": "One", "name_zh": "甲", "kind": "reactor", "lat": 30.0, "lon": 104.0, "licence": maker},
            {"id": "two", "name": "Two", "name_zh": "乙", "kind": "reactor", "lat": 30.5, "lon": 104.0, "licence": maker},
            {"id": "ward", "name": "Ward", "name_zh": "病房", "kind": "hospital", "lat": 30.2, "lon": 104.3,
             "licence": licence(*EVERYTHING)},
            {"id": "clinic", "name": "Clinic", "name_zh": "诊所", "kind": "hospital", "lat": 30.3, "lon": 104.1,
             "licence": licence(("Mo-99", "10 TBq"))},
        ],
        "products": [
            {"id": "lu", "name": "Lu-177 chloride", "name_zh": "氯化镥-177", "nuclide": "Lu-177", "shelf_life": "10 d"},
            {"id": "lu-b", "name": "Lu-177 of maker B", "name_zh": "乙厂镥-177", "nuclide": "Lu-177", "shelf_life": "10 d"},
            {"id": "gen", "name": "Generator", "name_zh": "发生器", "kind": "generator", "nuclide": "Mo-99",
             "daughter": "Tc-99m", "shelf_life": "14 d"},
            {"id": "tc", "name": "Tc-99m eluate", "name_zh": "锝-99m洗脱液", "nuclide": "Tc-99m", "shelf_life": "3 d"},
        ],
        "lanes": [
            {"id": "road", "mode": "road", "origins": "*", "destinations": "*", "speed_kmh": 60, "handling": "30 min",
             "cost_per_trip": 100, "cost_per_km": 2},
        ],
        "stock": [
            lot("lu-1", "one", "lu", "10 GBq"),
            lot("lu-2", "two", "lu", "6 GBq"),
        ],
        "orders": [],
    }  # fmt: skip
    return Network.model_validate({**data, **changes})


def lot(name: str, site: str, product: str, activity: str) -> dict[str, Any]:
    """Stock whose activity is that of noon, the calibration time of the orders."""
    return {
        "id": name,
        "site": site,
        "product": product,
        "activity": activity,
        "reference_time": f"{DAY}T12:00",
    }


def order(
    name: str = "o", activity: str = "12 GBq", site: str = "ward", product: str = "lu", **more: Any
) -> dict[str, Any]:
    """An order for noon of the first day."""
    return {
        "id": name, "site": site, "product": product, "activity": activity, "calibration": f"{DAY}T12:00",
        "earliest": f"{DAY}T06:00", "latest": f"{DAY}T12:00", **more,
    }  # fmt: skip
