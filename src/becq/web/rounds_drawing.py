"""Delivery rounds as the page draws them: bars on a common axis of hours, stops with their windows."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from becq.web import frame

MOST_TICKS = 8
CATEGORIES = {"I-WHITE": "I", "II-YELLOW": "II", "III-YELLOW": "III"}


@dataclass(frozen=True, slots=True)
class Axis:
    """Hours on the axis; positions are per cent of its width."""

    start: datetime
    end: datetime

    def at(self, moment: datetime) -> float:
        """Position of a moment, cut off at the ends."""
        share = (moment - self.start) / (self.end - self.start)
        return round(100.0 * min(max(share, 0.0), 1.0), 3)

    def bar(self, kind: str, start: str, end: str, title: str = "") -> dict[str, Any]:
        """A bar between two instants."""
        left, right = (self.at(datetime.fromisoformat(text)) for text in (start, end))
        return {"kind": kind, "x": left, "width": round(right - left, 3), "title": title}

    def ticks(self, zone: ZoneInfo) -> list[dict[str, Any]]:
        """Full hours with their position."""
        hours = round((self.end - self.start) / timedelta(hours=1))
        step = max(1, math.ceil(hours / MOST_TICKS))
        moments = [self.start + timedelta(hours=n) for n in range(0, hours + 1, step)]
        return [{"x": self.at(moment), "label": f"{moment.astimezone(zone):%H}"} for moment in moments]


def axis_of(made: Mapping[str, Any]) -> Axis | None:
    """The hours from the first loading to the last return; None where nothing is driven."""
    if not made["vehicles"]:
        return None
    start = min(datetime.fromisoformat(row["starts"]) for row in made["vehicles"])
    end = max(datetime.fromisoformat(row["ends"]) for row in made["vehicles"])
    start = start.replace(minute=0, second=0)
    end = (end + timedelta(minutes=59, seconds=59)).replace(minute=0, second=0)
    return Axis(start, max(end, start + timedelta(hours=1)))


def draw_vehicles(
    made: Mapping[str, Any], axis: Axis, sites: Mapping[str, Any], products: Mapping[str, str], zone: ZoneInfo
) -> list[dict[str, Any]]:
    """Each vehicle with its bars and, for each round, its stops."""

    def clock(text: str) -> str:
        return f"{datetime.fromisoformat(text).astimezone(zone):%H:%M}"

    rows = []
    for row in made["vehicles"]:
        rounds = [
            _round(number, trip, axis, sites, products, clock)
            for number, trip in enumerate(row["rounds"], start=1)
        ]
        bars = [bar for each in rounds for bar in each["bars"]]
        rows.append(
            {
                "name": f"{frame.named(row)} {row['number']}",
                "starts": clock(row["starts"]),
                "ends": clock(row["ends"]),
                "duration_s": row["duration_s"],
                "km": f"{row['km']:,.0f}",
                "cost": f"{row['cost']:,.0f} {row['currency']}",
                "limit": row["transport_index_limit"],
                "packages": row["package_limit"],
                "highest": max(trip["transport_index"] for trip in row["rounds"]),
                "bars": bars,
                "rounds": rounds,
            }
        )
    return rows


def _round(
    number: int,
    trip: Mapping[str, Any],
    axis: Axis,
    sites: Mapping[str, Any],
    products: Mapping[str, str],
    clock: Any,
) -> dict[str, Any]:
    bars = [axis.bar("loading", trip["loads"], trip["departs"], f"{clock(trip['loads'])}")]
    stops = []
    for hand, leg in zip(trip["handovers"], trip["legs"], strict=False):
        site = sites.get(hand["site"]) or {"code": hand["site"], "name": hand["site"]}
        bars.append(axis.bar("driving", leg["starts"], leg["ends"]))
        if hand["begins"] != hand["arrives"]:
            bars.append(axis.bar("waiting", hand["arrives"], hand["begins"]))
        bars.append(
            axis.bar(
                "handing", hand["begins"], hand["leaves"], f"{clock(hand['begins'])} {frame.named(site)}"
            )
        )
        stops.append(
            {
                "at": clock(hand["begins"]),
                "opens": clock(hand["window_opens"]),
                "closes": clock(hand["window_closes"]),
                "window": axis.bar("window", hand["window_opens"], hand["window_closes"]),
                "mark": axis.at(datetime.fromisoformat(hand["begins"])),
                "spare_s": hand["spare_s"],
                "site": site,
                "order": hand["order"],
                "product": products.get(hand["product"], hand["product"]),
                "nuclide": hand["nuclide"],
                "packages": hand["packages"],
                "category": CATEGORIES.get(hand["category"] or "", ""),
                "index": hand["transport_index"],
                "aboard": leg["transport_index"],
                "dose_rate_usv_h": 1e6 * leg["dose_rate_sv_h"],
                "depart_bq": hand["activity_depart_bq"],
                "activity_bq": hand["activity_bq"],
                "reference": datetime.fromisoformat(hand["reference_time"]),
            }
        )
    last = trip["legs"][-1]
    bars.append(axis.bar("driving", last["starts"], last["ends"]))
    return {
        "number": number,
        "loads": clock(trip["loads"]),
        "departs": clock(trip["departs"]),
        "returns": clock(trip["returns"]),
        "km": f"{trip['km']:,.0f}",
        "packages": trip["packages"],
        "index": trip["transport_index"],
        "slack_s": trip["slack_s"],
        "bars": bars,
        "stops": stops,
    }


def draw_missed(
    made: Mapping[str, Any], sites: Mapping[str, Any], products: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Deliveries that no round makes, in the language of the page."""
    zh = frame.is_chinese()
    return [
        {
            "order": row["order"],
            "site": sites.get(row["site"]) or {"code": row["site"], "name": row["site"]},
            "product": products.get(row["product"], row["product"]),
            "opens": datetime.fromisoformat(row["window_opens"]),
            "closes": datetime.fromisoformat(row["window_closes"]),
            "sentence": row["sentence_zh"] if zh else row["sentence"],
            "remedy": row["remedy_zh"] if zh else row["remedy"],
        }
        for row in made["missed"]
    ]


__all__ = ["Axis", "axis_of", "draw_missed", "draw_vehicles"]
