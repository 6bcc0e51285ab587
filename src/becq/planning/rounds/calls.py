"""Which deliveries of a plan a pharmacy drives on a day, and what each of them asks for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from becq.chain.network import Network
from becq.errors import InputError
from becq.planning.plan import Plan
from becq.planning.rounds.packing import Packed, pack

Record = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Call:
    """One delivery to make by road: epoch seconds throughout.

    :ivar ready: when its lot is released, and not before the plan was made anew.
    :ivar opens: begin of the window of the order; ``closes``: its end, cut off where the lot expires.
    """

    delivery: str
    order: str
    lot: str
    site: str
    product: str
    priority: int
    ready: float
    opens: float
    closes: float
    packed: Packed


def as_record(plan: Plan | Record) -> Record:
    """A plan as data, with ``from`` and ``to`` of its deliveries."""
    return plan.as_dict() if isinstance(plan, Plan) else plan


def rounds_of(plan: Plan | Record, network: Network) -> list[tuple[str, date]]:
    """The (site, day) pairs of a plan on which a site with vehicles delivers by road, in that order."""
    found = {
        (row["from"], _day(row, network))
        for row in as_record(plan)["deliveries"]
        if _by_road(row) and any(vehicle.site == row["from"] for vehicle in network.vehicles)
    }
    return sorted(found)


def calls_of(plan: Plan | Record, network: Network, site: str, day: date) -> list[Call]:
    """What ``site`` delivers by road on a day of its zone, by the plan's times of arrival.

    :raises InputError: where the plan is not one of this network.
    """
    data = as_record(plan)
    first = datetime.fromisoformat(data["from"])
    orders = {order.id: order for order in network.demand(first.date(), int(data["days"]))}
    batches = {row["id"]: row for row in data["batches"]}
    return sorted(_calls(data, network, site, day, orders, batches), key=lambda call: call.delivery)


def _calls(
    data: Record,
    network: Network,
    site: str,
    day: date,
    orders: Mapping[str, Any],
    batches: Mapping[str, Record],
) -> Iterator[Call]:
    now = _seconds(data["now"]) if data.get("now") else 0.0
    for row in data["deliveries"]:
        if row["from"] != site or not _by_road(row) or _day(row, network) != day:
            continue
        order, lot = orders.get(row["order"]), batches.get(row["lot"])
        if order is None or lot is None or row["to"] not in network.site:
            what = f"order '{row['order']}'" if order is None else f"lot '{row['lot']}' or site '{row['to']}'"
            raise InputError(
                f"The plan delivers {what}, which the network does not have; "
                "give the network that the plan was made of"
            )
        reference = _seconds(row["reference_time"])
        yield Call(
            delivery=row["id"],
            order=row["order"],
            lot=row["lot"],
            site=row["to"],
            product=row["product"],
            priority=order.priority,
            ready=max(_seconds(lot["release"]), now),
            opens=network.instant(order.earliest).timestamp(),
            closes=min(network.instant(order.latest).timestamp(), _seconds(lot["expires"])),
            packed=pack(network, row["product"], row["nuclide"], row["activity_bq"], reference),
        )


def _by_road(row: Record) -> bool:
    """Whether a delivery is yet to be driven, and driven all the way."""
    if row.get("state", "planned") != "planned":
        return False
    return bool(row["legs"]) and all(leg["mode"] == "road" for leg in row["legs"])


def _day(row: Record, network: Network) -> date:
    return datetime.fromisoformat(row["arrive"]).astimezone(network.site[row["from"]].zone).date()


def _seconds(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


__all__ = ["Call", "as_record", "calls_of", "rounds_of"]
