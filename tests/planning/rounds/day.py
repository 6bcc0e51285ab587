"""A day of a pharmacy, made by hand: a network, and a plan that promises what is to be delivered."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from becq.chain.network import Network

ZONE = ZoneInfo("Asia/Shanghai")
MONDAY = datetime(2026, 12, 7, tzinfo=ZONE)
VAN: dict[str, Any] = {
    "id": "van", "site": "pharmacy", "name": "Van", "name_zh": "厢式车", "count": 1, "shift_start": "05:00",
    "shift_end": "18:00", "loading": "15 min", "unloading": "10 min", "cost_per_day": 300, "cost_per_km": 2.5,
    "cost_per_hour": 60,
}  # fmt: skip
PACKAGINGS: list[dict[str, Any]] = [
    {"id": "pot", "products": ["fdg"], "shield": "lead", "thickness_mm": 30, "radius_mm": 150},
    {"id": "box", "products": ["tc", "i131"], "shield": "lead", "thickness_mm": 5, "radius_mm": 120},
]
PLACES = {  # hospital → degrees north and east of the pharmacy
    "a": (0.05, 0.0), "b": (0.05, 0.08), "c": (-0.1, 0.02), "d": (0.3, -0.3), "e": (-0.6, 0.5),
}  # fmt: skip
NUCLIDE = {"fdg": "F-18", "tc": "Tc-99m", "i131": "I-131"}


def clock(text: str) -> datetime:
    """A time of the Monday."""
    hour, minute = text.split(":")
    return MONDAY + timedelta(hours=int(hour), minutes=int(minute))


def a_day(
    calls: list[dict[str, Any]], vehicles: list[dict[str, Any]] | None = None, **changes: Any
) -> tuple[Network, dict[str, Any]]:
    """A network and a plan whose deliveries are ``calls``.

    A call has to (a hospital), product, gbq at its calibration, opens, closes, calibration ("08:30"), released
    and perhaps priority and expires.
    """
    orders, batches, deliveries = [], {}, []
    for number, call in enumerate(calls):
        name, lot = f"o{number}", f"{call['product']}@{call['released']}"
        utc = {key: clock(call[key]).astimezone(ZoneInfo("UTC")).isoformat() for key in ("released", "opens")}
        reference = clock(call.get("calibration", call["closes"]))
        orders.append(
            {
                "id": name, "site": call["to"], "product": call["product"], "activity": f"{call['gbq']} GBq",
                "calibration": reference, "earliest": clock(call["opens"]), "latest": clock(call["closes"]),
                "priority": call.get("priority", 2),
            }
        )  # fmt: skip
        expires = clock(call.get("expires", "23:59")).astimezone(ZoneInfo("UTC")).isoformat()
        batches[lot] = {"id": lot, "release": utc["released"], "expires": expires}
        deliveries.append(
            {
                "id": f"{name}<{lot}", "order": name, "lot": lot, "product": call["product"],
                "nuclide": NUCLIDE[call["product"]], "from": "pharmacy", "to": call["to"],
                "depart": utc["released"], "arrive": utc["opens"], "activity_bq": call["gbq"] * 1e9,
                "reference_time": reference.astimezone(ZoneInfo("UTC")).isoformat(),
                "legs": [{"mode": "road"}],
            }
        )  # fmt: skip
    sites = [
        {"id": "pharmacy", "name": "Pharmacy", "name_zh": "核药房", "kind": "radiopharmacy", "lat": 30.6, "lon": 104.0},
        *(
            {"id": code, "name": f"Hospital {code}", "name_zh": f"{code}医院", "kind": "hospital",
             "lat": 30.6 + north, "lon": 104.0 + east}
            for code, (north, east) in PLACES.items()
        ),
    ]  # fmt: skip
    network = {
        "name": "A day",
        "sites": sites,
        "products": [
            {"id": name, "name": name, "name_zh": name, "nuclide": nuclide, "shelf_life": "10 h"}
            for name, nuclide in NUCLIDE.items()
        ],
        "lanes": [
            {"id": "road", "mode": "road", "origins": ["pharmacy"], "destinations": ["*"], "speed_kmh": 60,
             "max_km": 200, "handling": "30 min"}
        ],
        "vehicles": [VAN] if vehicles is None else vehicles,
        "packagings": PACKAGINGS,
        "orders": orders,
    } | changes  # fmt: skip
    plan = {
        "from": MONDAY.isoformat(), "days": 1, "batches": list(batches.values()), "deliveries": deliveries
    }  # fmt: skip
    return Network.model_validate(network), plan
