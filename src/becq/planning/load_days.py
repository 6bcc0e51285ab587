"""How far a plan uses what there is, day by day: positions, departures, possession limits.

Days are those of the network's zone; of possession, of the site's. A resource is taken as in
:mod:`becq.planning.loads`: a machine to EOB, a cell or a line until its processing ends, changeover included;
what is available are its positions less outages. A departure is taken by packages, one for each delivery or
supply aboard. Possession is the most that is there at a moment of the day, as
:mod:`becq.planning.compliance` counts it, against the limit of the licence.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal

from becq.chain.fields import WEEKDAYS
from becq.chain.network import Network
from becq.planning.compliance import daily_holdings
from becq.planning.lots import CELLS

Record = Mapping[str, Any]
Kind = Literal["resource", "departure", "possession"]
PRICED: Mapping[str, Kind] = {
    "position": "resource",
    "package": "departure",
    "transport_index": "departure",
    "licence": "possession",
    "maker_limit": "possession",
}
"""Kinds of shadow prices (``becq.planning.prices``) that belong to a load."""


@dataclass(frozen=True, slots=True)
class DailyLoad:
    """What is taken and available of one thing on each day of a plan.

    :ivar id: resource, lane, or site.
    :ivar unit: h of positions, packages ("1"), or Bq.
    :ivar count: batches, packages, or 0.
    :ivar peak: the largest share of a single departure; of other loads that of a day.
    """

    kind: Kind
    id: str
    site: str
    to: str
    nuclide: str
    unit: str
    count: int
    taken: tuple[float, ...]
    available: tuple[float, ...]
    peak: float

    @property
    def shares(self) -> tuple[float | None, ...]:
        """Taken of available by day; None where something is taken of nothing."""
        return tuple(
            used / there if there > 0 else (0.0 if used == 0 else None)
            for used, there in zip(self.taken, self.available, strict=True)
        )

    @property
    def worst(self) -> float:
        """The largest share of a day, or of a departure."""
        return max((share for share in (*self.shares, self.peak) if share is not None), default=0.0)

    @property
    def mean(self) -> float:
        """Taken of available over all days; of possession the mean of the days."""
        there = sum(self.available)
        return sum(self.taken) / there if there > 0 else 0.0


def daily_loads(network: Network, plan: Record) -> list[DailyLoad]:
    """Every load of a plan: resources, lanes with a capacity that something takes, licences that bind.

    :param plan: data of a plan of ``network``, as ``Plan.as_dict`` gives it.
    """
    return [
        *_resources(network, plan),
        *_departures(network, plan),
        *_possession(network, plan),
    ]


def days_of(plan: Record) -> list[date]:
    """The days of a plan."""
    first = datetime.fromisoformat(plan["from"]).date()
    return [first + timedelta(days=offset) for offset in range(plan["days"])]


def price_of(load: DailyLoad, prices: Iterable[Record]) -> Record | None:
    """The dearest of the shadow prices that belong to a load: by what it serves, then by what it saves."""
    own = [
        row
        for row in prices
        if PRICED.get(row["kind"]) == load.kind
        and row["id"] == load.id
        and (load.kind != "departure" or (row["origin"], row["to"]) == (load.site, load.to))
        and (load.kind != "possession" or row["nuclide"] in {None, load.nuclide})
    ]
    return max(own, key=lambda row: (row["orders"], row["saving"]), default=None)


# --- resources ---------------------------------------------------------------------------------------


def _resources(network: Network, plan: Record) -> Iterator[DailyLoad]:
    bounds = _bounds(network, plan)
    spans: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for row in plan["batches"]:
        resource = network.resource.get(row["resource"] or "")
        if resource is None or row.get("state") == "lost":
            continue
        until = _seconds(row["eob"])
        process = network.process.get(row["process"] or "")
        if resource.kind in CELLS and process is not None:
            until += process.processing_time
        spans[resource.id].append((_seconds(row["start"]), until + resource.changeover))
    for resource in network.resources:
        down = _joined(
            (network.instant(outage.start).timestamp(), network.instant(outage.end).timestamp())
            for outage in resource.outages
        )
        taken = tuple(_within(spans[resource.id], day) / 3600.0 for day in bounds)
        there = tuple(resource.positions * (day[1] - day[0] - _within(down, day)) / 3600.0 for day in bounds)
        peak = max((used / most for used, most in zip(taken, there, strict=True) if most > 0), default=0.0)
        yield DailyLoad(
            "resource", resource.id, resource.site, "", "", "h", len(spans[resource.id]), taken, there, peak
        )


def _bounds(network: Network, plan: Record) -> list[tuple[float, float]]:
    """Begin and end of each day, in epoch seconds; a day on which clocks change is longer or shorter."""
    midnights = [
        datetime.combine(day, datetime.min.time(), network.zone).timestamp() for day in days_of(plan)
    ]
    end = datetime.combine(days_of(plan)[-1] + timedelta(days=1), datetime.min.time(), network.zone)
    return list(zip(midnights, [*midnights[1:], end.timestamp()], strict=True))


def _within(spans: Iterable[tuple[float, float]], day: tuple[float, float]) -> float:
    return sum(max(0.0, min(end, day[1]) - max(start, day[0])) for start, end in spans)


def _joined(spans: Iterable[tuple[float, float]]) -> list[tuple[float, float]]:
    """Spans that overlap as one."""
    found: list[tuple[float, float]] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], end)
        else:
            found.append((start, end))
    return found


# --- departures --------------------------------------------------------------------------------------


def _departures(network: Network, plan: Record) -> Iterator[DailyLoad]:
    """Lanes by their ends, the departures of a day together; those with a capacity that something takes."""
    aboard: Counter[tuple[str, str, str, float]] = Counter()
    for row in (*plan["deliveries"], *plan["supplies"]):
        for leg in row["legs"]:
            if "leaves" in leg:
                aboard[leg["lane"], leg["from"], leg["to"], _seconds(leg["leaves"])] += 1
    used = {key[:3] for key in aboard}
    days = days_of(plan)
    for lane, origin, to in sorted(used):
        taken, there, peak, count = [0.0] * len(days), [0.0] * len(days), 0.0, 0
        for number, leaves, capacity in _timetable(network, lane, origin, days):
            packages = aboard[lane, origin, to, leaves]
            count += packages
            if capacity is None:
                continue
            taken[number] += packages
            there[number] += capacity
            peak = max(peak, packages / capacity if capacity else 0.0)
        if any(there):
            yield DailyLoad("departure", lane, origin, to, "", "1", count, tuple(taken), tuple(there), peak)


def _timetable(
    network: Network, lane: str, origin: str, days: list[date]
) -> Iterator[tuple[int, float, int | None]]:
    """Number of the day, moment and capacity of each departure of a lane."""
    zone = network.site[origin].zone
    for number, day in enumerate(days):
        for line in network.lane[lane].departures:
            if WEEKDAYS[day.weekday()] in line.days:
                yield number, datetime.combine(day, line.time, zone).timestamp(), line.capacity_packages


# --- possession --------------------------------------------------------------------------------------


def _possession(network: Network, plan: Record) -> Iterator[DailyLoad]:
    """Sites and nuclides with a limit: the most of each day."""
    peaks: dict[tuple[str, str], list[float]] = defaultdict(list)
    for site, nuclide, _day, peak_bq in daily_holdings(plan, network):
        peaks[site.id, nuclide].append(peak_bq)
    for (code, nuclide), taken in peaks.items():
        licence = network.site[code].licence
        limit = licence.limit_bq(nuclide) if licence else None
        if limit is None:
            continue
        yield DailyLoad(
            "possession", code, code, "", nuclide, "Bq", 0, tuple(taken), (limit,) * len(taken),
            max(taken) / limit,
        )  # fmt: skip


def _seconds(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()
