"""Changes of a network for a what-if, as data: a slot more, a limit raised, a window opened.

A variation is a row with a ``kind``, read from JSON like an event; unlike an event it has not happened, and a
plan made with it holds only once the change is made. :func:`vary_network` puts variations into a network.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter, ValidationError

from becq.chain.fields import ActivityBq, Count, Day, DurationS, Instant, Slug, Text
from becq.chain.item import Row
from becq.chain.lane import Departure, Lane
from becq.chain.network import Network
from becq.chain.order import Order
from becq.chain.process import Outage, Process, Resource
from becq.errors import InputError, Problem, ProblemsError
from becq.planning.amendments import DAYS, with_limits, with_slots
from becq.planning.lots import enumerate_lots
from becq.planning.permits import Permission, with_approvals

DIRECT = "direct-road"


class Slot(Row):
    """A batch may start at one moment that the calendar of its process does not have."""

    kind: Literal["slot"] = "slot"
    process: Slug = Field(description="Process")
    start: Instant = Field(description="When the batch may start")


class Positions(Row):
    """A resource with another number of positions."""

    kind: Literal["positions"] = "positions"
    resource: Slug = Field(description="Resource")
    positions: Count = Field(ge=1, description="Positions that it then has")


class Limit(Row):
    """A possession limit of a licence, or a nuclide that is not on it yet."""

    kind: Literal["limit"] = "limit"
    site: Slug = Field(description="Site that holds the licence")
    nuclide: Text = Field(description="Nuclide")
    limit: ActivityBq = Field(gt=0, description="Possession limit that it then has")


class Permit(Row):
    """An approval of transfers of a calendar year, new or raised."""

    kind: Literal["permit"] = "permit"
    origin: Slug = Field(alias="from", description="Site that hands over")
    destination: Slug = Field(alias="to", description="Site that receives")
    nuclide: Text = Field(description="Nuclide")
    activity: ActivityBq = Field(gt=0, description="Activity approved for the year, at departure")
    day: Day = Field(description="A day of the year for which it is approved")


class Lifted(Row):
    """A resource or process works in spite of its outages that touch a span."""

    kind: Literal["lifted"] = "lifted"
    name: Slug = Field(description="Resource or process")
    start: Instant = Field(description="Start of the span")
    end: Instant = Field(description="End of the span")


class Window(Row):
    """The delivery window of an order opened earlier or later, its calibration moved along or not."""

    kind: Literal["window"] = "window"
    order: Text = Field(description="Order")
    earlier: DurationS = Field(default=0.0, ge=0, description="How much earlier the window opens")
    later: DurationS = Field(default=0.0, ge=0, description="How much later the window closes")
    calibration: DurationS = Field(default=0.0, ge=0, description="How much later the calibration time is")


class Partial(Row):
    """Less than was ordered is taken."""

    kind: Literal["partial"] = "partial"
    order: Text = Field(description="Order")


class Divided(Row):
    """An order is taken in parts."""

    kind: Literal["divided"] = "divided"
    order: Text = Field(description="Order")


class Drive(Row):
    """A drive of its own from a site to a site, at speed and tariff of a road lane."""

    kind: Literal["drive"] = "drive"
    origin: Slug = Field(alias="from", description="Where it starts")
    destination: Slug = Field(alias="to", description="Where it ends")
    like: Slug = Field(description="Road lane whose speed and tariff it has")


class Seats(Row):
    """More packages on one departure."""

    kind: Literal["seats"] = "seats"
    lane: Slug = Field(description="Lane of the timetable")
    origin: Slug = Field(alias="from", description="Terminal where it leaves")
    destination: Slug = Field(alias="to", description="Terminal where it arrives")
    leaves: Instant = Field(description="When it leaves")
    packages: Count = Field(default=1, ge=1, description="Packages that it takes beyond its capacity")


Variation = Annotated[
    Slot | Positions | Limit | Permit | Lifted | Window | Partial | Divided | Drive | Seats,
    Field(discriminator="kind"),
]
_VARIATIONS: TypeAdapter[list[Variation]] = TypeAdapter(list[Variation])
KINDS = ("slot", "positions", "limit", "permit", "lifted", "window", "partial", "divided", "drive", "seats")


@dataclass(frozen=True)
class Varied:
    """A network with variations in it.

    ``touched`` are the resources, processes, sites and orders concerned, whose part of a plan is to be looked
    at again. ``forbidden`` are batches of slots on other days than theirs.
    """

    network: Network
    touched: frozenset[str]
    forbidden: frozenset[str]


def read_variations(rows: Sequence[Mapping[str, Any]], where: str = "variations") -> list[Variation]:
    """The variations of JSON rows. Raises ProblemsError, which names the field."""
    try:
        return _VARIATIONS.validate_python([dict(row) for row in rows])
    except ValidationError as error:
        raise ProblemsError(
            [
                Problem(
                    where,
                    int(detail["loc"][0]) + 1 if detail["loc"] else None,
                    ".".join(str(part) for part in detail["loc"][2:]) or None,
                    "is missing"
                    if detail["type"] == "missing"
                    else f"the kind is one of {', '.join(KINDS)}"
                    if detail["type"].startswith("union_tag")
                    else detail["msg"].removeprefix("Value error, "),
                    "see docs/replan.md for the form",
                )
                for detail in error.errors(include_url=False)
            ]
        ) from error


def write_variations(rows: Iterable[Variation]) -> list[dict[str, Any]]:
    """The variations as JSON-ready rows."""
    return [row.model_dump(mode="json", by_alias=True, exclude_none=True) for row in rows]


def vary_network(network: Network, variations: Sequence[Variation], first: date, days: int) -> Varied:
    """Put ``variations`` into ``network`` for a plan of ``days`` days from ``first``.

    Raises InputError for one that names nothing in the network.
    """
    touched: set[str] = set()
    forbidden: set[str] = set()
    for row in variations:
        touched |= _check(network, row)
    limits = {(row.site, row.nuclide): row.limit for row in variations if isinstance(row, Limit)}
    network = with_limits(network, limits) if limits else network
    permits = [row for row in variations if isinstance(row, Permit)]
    if permits:
        network = with_approvals(
            network,
            [Permission(p.origin, p.destination, p.nuclide, p.activity, p.day) for p in permits],
        )
    network = _with_positions(network, variations)
    network = _without_outages(network, [row for row in variations if isinstance(row, Lifted)])
    network = _with_orders(network, variations, first, days)
    network = _with_lanes(network, variations)
    slots = [row for row in variations if isinstance(row, Slot)]
    if slots:
        network, forbidden = _with_slots(network, slots, first, days)
    return Varied(network, frozenset(touched), frozenset(forbidden))


def _check(network: Network, row: Variation) -> set[str]:
    """What a variation touches; InputError where the network has no such thing."""
    named: list[tuple[str, str, Mapping[str, Any]]] = []
    if isinstance(row, Slot):
        named = [("process", row.process, network.process)]
    elif isinstance(row, Positions):
        named = [("resource", row.resource, network.resource)]
    elif isinstance(row, Limit):
        named = [("site", row.site, network.site)]
    elif isinstance(row, Permit):
        named = [("site", name, network.site) for name in (row.origin, row.destination)]
    elif isinstance(row, Lifted):
        named = [("resource or process", row.name, {**network.resource, **network.process})]
    elif isinstance(row, Drive):
        named = [("site", name, network.site) for name in (row.origin, row.destination)]
        named.append(("road lane", row.like, network.lane))
    elif isinstance(row, Seats):
        named = [("lane", row.lane, network.lane)]
    for what, name, known in named:
        if name not in known:
            raise InputError(f"a variation names the {what} {name!r}, which the network does not have")
    if isinstance(row, Drive):
        if network.lane[row.like].mode != "road":
            raise InputError(f"a drive is like a road lane, and {row.like!r} is none")
        return {row.destination}
    if isinstance(row, Permit):
        return {row.origin, row.destination}
    if isinstance(row, Window | Partial | Divided):
        return {row.order}
    if isinstance(row, Seats):
        return {row.lane}
    return {named[0][1]}


def _with_positions(network: Network, variations: Sequence[Variation]) -> Network:
    wanted = {row.resource: row.positions for row in variations if isinstance(row, Positions)}
    if not wanted:
        return network
    return network.with_rows(
        resources=[
            row.model_copy(update={"positions": wanted[row.id]}) if row.id in wanted else row
            for row in network.resources
        ]
    )


def _without_outages(network: Network, lifted: Sequence[Lifted]) -> Network:
    if not lifted:
        return network

    def stands(row: Resource | Process, outage: Outage) -> bool:
        begins, ends = network.instant(outage.start), network.instant(outage.end)
        return not any(
            each.name == row.id and begins < network.instant(each.end) and network.instant(each.start) < ends
            for each in lifted
        )

    return network.with_rows(
        resources=[
            row.model_copy(update={"outages": [each for each in row.outages if stands(row, each)]})
            for row in network.resources
        ],
        processes=[
            row.model_copy(update={"outages": [each for each in row.outages if stands(row, each)]})
            for row in network.processes
        ],
    )


def _with_orders(network: Network, variations: Sequence[Variation], first: date, days: int) -> Network:
    """The orders concerned changed; standing orders become the single ones that they make."""
    windows = [row for row in variations if isinstance(row, Window)]
    partial = {row.order for row in variations if isinstance(row, Partial)}
    divided = {row.order for row in variations if isinstance(row, Divided)}
    named = {row.order for row in windows} | partial | divided
    if not named:
        return network
    orders = {order.id: order for order in network.demand(first, days)}
    for name in sorted(named - orders.keys()):
        raise InputError(f"a variation names the order {name!r}, which is not in these days")
    for name in named:
        orders[name] = _changed(network, orders[name], windows, name in partial, name in divided)
    if named <= {order.id for order in network.orders}:
        return network.with_rows(orders=[orders.get(order.id, order) for order in network.orders])
    return network.with_rows(orders=list(orders.values()), standing_orders=[])


def _changed(
    network: Network, order: Order, windows: Sequence[Window], takes_less: bool, in_parts: bool
) -> Order:
    moments = {name: network.instant(getattr(order, name)) for name in ("earliest", "latest", "calibration")}
    for row in windows:
        if row.order == order.id:
            moments["earliest"] -= timedelta(seconds=row.earlier)
            moments["latest"] += timedelta(seconds=row.later)
            moments["calibration"] += timedelta(seconds=row.calibration)
    taken = {"partial": order.partial or takes_less, "split": order.split or in_parts}
    return order.model_copy(update={**moments, **taken})


def _with_lanes(network: Network, variations: Sequence[Variation]) -> Network:
    if not any(isinstance(row, Drive | Seats) for row in variations):
        return network
    lanes: list[Lane] = list(network.lanes)
    known = {lane.id for lane in lanes}
    number = 0
    for row in variations:
        if isinstance(row, Drive):
            number += 1
            name = DIRECT if number == 1 and DIRECT not in known else f"{DIRECT}+{number}"
            lanes.append(
                network.lane[row.like].model_copy(
                    update={
                        "id": name, "origins": [row.origin], "destinations": [row.destination],
                        "both_ways": False, "max_km": None, "distance_km": None,
                    }
                )
            )  # fmt: skip
        elif isinstance(row, Seats):
            lanes = [_with_seats(network, lane, row) if lane.id == row.lane else lane for lane in lanes]
    return network.with_rows(lanes=lanes)


def _with_seats(network: Network, lane: Lane, row: Seats) -> Lane:
    """More packages on the line of the timetable that leaves then; on that day of every week."""
    leaves = network.instant(row.leaves).astimezone(network.site[row.origin].zone)
    day, lines = DAYS[leaves.weekday()], []
    found = False
    for line in lane.departures:
        is_it = line.time == leaves.time().replace(tzinfo=None) and day in line.days
        if not is_it or line.capacity_packages is None:
            lines.append(line)
            found |= is_it
            continue
        found = True
        others = [each for each in line.days if each != day]
        lines += [line.model_copy(update={"days": others})] if others else []
        more: dict[str, Any] = {"days": [day], "capacity_packages": line.capacity_packages + row.packages}
        lines.append(line.model_copy(update=more))
    if not found:
        times = ", ".join(sorted({f"{line.time:%H:%M}" for line in lane.departures}))
        raise InputError(f"no departure of {lane.id} leaves at {leaves:%Y-%m-%d %H:%M}; it leaves at {times}")
    departures: list[Departure] = lines
    return lane.model_copy(update={"departures": departures})


def _with_slots(network: Network, slots: Sequence[Slot], first: date, days: int) -> tuple[Network, set[str]]:
    """Each slot as a process of its own, and its batches of other weeks."""
    of_process: dict[str, list[datetime]] = defaultdict(list)
    for row in slots:
        zone = network.site[network.process[row.process].site].zone
        of_process[row.process].append(network.instant(row.start).astimezone(zone))
    rows: list[Process] = []
    meant: dict[str, set[float]] = {}
    for process in network.processes:
        wanted = of_process.get(process.id, [])
        (same, *copies) = with_slots(process, wanted)
        rows += [same, *copies]
        for copy in copies:
            meant[copy.id] = {
                slot.timestamp() for slot in wanted if slot.time() in copy.start_times
                and DAYS[slot.weekday()] in copy.start_days
            }  # fmt: skip
    network = network.with_rows(processes=rows)
    forbidden = {
        lot.id
        for lot in enumerate_lots(network, first, days)
        if lot.process in meant and lot.start not in meant[lot.process]
    }
    return network, forbidden


__all__ = [
    "Divided",
    "Drive",
    "Lifted",
    "Limit",
    "Partial",
    "Positions",
    "Seats",
    "Slot",
    "Variation",
    "Varied",
    "Window",
    "read_variations",
    "vary_network",
    "write_variations",
]
