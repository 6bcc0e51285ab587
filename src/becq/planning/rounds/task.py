"""From deliveries and vehicles to a routing problem in minutes, hundreds of metres and tenths of an index."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np

from becq.chain.fields import WEEKDAYS
from becq.chain.network import Network
from becq.chain.vehicle import Vehicle
from becq.physics.radiation.packages import EXCLUSIVE
from becq.planning.rounds.calls import Call
from becq.planning.rounds.packing import TENTHS, Load
from becq.planning.rounds.roads import RoadTable, road_table
from becq.planning.rounds.tours import DEPOT, Choice, Fleet, Stop, TourProblem, cost_bound
from becq.rules.rulebook import builtin

MINUTE_S = 60.0
PER_KM = 10
"""Steps of distance in a km."""
PER_CURRENCY = 6000.0
"""Steps of money in one unit of the currency: prices with two decimals, for a km or an hour, are whole."""
MOST_MONEY = 1e9
"""Where a day of all vehicles costs more steps than this, steps are made coarser."""
UNLIMITED = 10**6
MOST_CHOICES = 16
"""Steps of its falling index that a delivery is considered with; between two of them it counts as before."""
WORTH = {1: 9, 2: 3, 3: 1}
"""Worth of a delivery by the priority of its order, as in the plan."""


@dataclass(frozen=True, slots=True, eq=False)
class Task:
    """The routing problem of a site and a day.

    :ivar midnight: epoch seconds from which minutes count.
    :ivar calls: stops of ``problem``, in the same order; ``vehicles``, ``tables``: its fleets.
    :ivar per_currency: steps of money in one unit of the currency.
    :ivar limits: largest sum of transport indexes of each fleet.
    :ivar barred: calls that no vehicle may carry at all → reason code; they are not in ``calls``.
    """

    network: Network
    site: str
    day: date
    midnight: float
    calls: tuple[Call, ...]
    vehicles: tuple[Vehicle, ...]
    tables: tuple[RoadTable, ...]
    limits: tuple[float | None, ...]
    per_currency: float
    problem: TourProblem
    barred: dict[str, tuple[Call, str]]

    def moment(self, minute: float) -> float:
        """Epoch seconds of a minute of the day."""
        return self.midnight + MINUTE_S * minute

    def loading(self, fleet: int) -> int:
        """Minutes that loading takes."""
        return minutes_up(self.vehicles[fleet].loading)

    def unloading(self, fleet: int) -> int:
        """Minutes that handing over takes."""
        return minutes_up(self.vehicles[fleet].unloading)


def make_task(network: Network, site: str, day: date, calls: Sequence[Call]) -> Task:
    """The routing problem of ``calls`` and of the vehicles that stand at ``site`` and drive that day."""
    zone = network.site[site].zone
    midnight = datetime.combine(day, datetime.min.time(), zone).timestamp()
    vehicles = tuple(
        row for row in network.vehicles if row.site == site and WEEKDAYS[day.weekday()] in row.days
    )
    legal = index_limit(network.site[site].jurisdiction, day)
    limits = tuple(_least(row.transport_index_limit, legal) for row in vehicles)
    codes = [call.site for call in calls]
    reached = road_table(network, site, codes).reached
    barred: dict[str, tuple[Call, str]] = {}
    kept: list[Call] = []
    choices: list[tuple[Choice, ...]] = []
    first = min((_minute(row.shift_start) for row in vehicles), default=0)
    head = min((minutes_up(row.loading) for row in vehicles), default=0)
    for call, is_reached in zip(calls, reached, strict=True):
        found: tuple[Choice, ...] = ()
        if not vehicles:
            barred[call.delivery] = call, "no_vehicle"
        elif not is_reached:
            barred[call.delivery] = call, "no_road"
        elif (
            math.floor((call.closes - midnight) / MINUTE_S + 1e-9) < (call.opens - midnight) / MINUTE_S - 1e-9
        ):
            barred[call.delivery] = call, "expired"
        else:
            begin = max(math.ceil((call.ready - midnight) / MINUTE_S - 1e-9), first)
            end = max(math.floor((call.closes - midnight) / MINUTE_S + 1e-9), begin)
            found = _choices(
                lambda minute, call=call: call.packed.load_at(midnight + MINUTE_S * (minute + head)),  # type: ignore[misc]
                begin,
                end,
            )
            if not found:
                barred[call.delivery] = call, "package"
        if found:
            kept.append(call)
            choices.append(found)
    tables = tuple(road_table(network, site, [call.site for call in kept], row.speed_kmh) for row in vehicles)
    steps = _money_steps(vehicles)
    fleets = tuple(
        _fleet(row, table, limit, steps) for row, table, limit in zip(vehicles, tables, limits, strict=True)
    )
    if not _may_bind(choices, fleets):
        choices = [each[:1] for each in choices]
    stops = tuple(
        Stop(
            max(math.ceil((call.opens - midnight) / MINUTE_S - 1e-9), 0),
            math.floor((call.closes - midnight) / MINUTE_S + 1e-9),
            each,
        )
        for call, each in zip(kept, choices, strict=True)
    )
    bound = cost_bound(TourProblem(stops, fleets)) if stops else 1
    stops = tuple(
        Stop(stop.opens, stop.closes, stop.choices, WORTH[call.priority] * bound)
        for call, stop in zip(kept, stops, strict=True)
    )
    problem = TourProblem(stops, fleets)
    return Task(network, site, day, midnight, tuple(kept), vehicles, tables, limits, steps, problem, barred)


def index_limit(jurisdiction: str, day: date) -> float | None:
    """The largest sum of transport indexes on a vehicle by the rules in force; None where none says so."""
    bounds = [
        rule.bound
        for rule in builtin().of("vehicle", jurisdiction, day).rules
        if rule.quantity == "transport_index_sum" and rule.comparison == "<=" and rule.bound is not None
    ]
    return min(bounds, default=None)


def minutes_up(duration_s: float) -> int:
    """Whole minutes that hold a duration."""
    return math.ceil(duration_s / MINUTE_S - 1e-9)


def _least(*limits: float | None) -> float | None:
    return min((limit for limit in limits if limit is not None), default=None)


def _minute(clock: object) -> int:
    hour, minute = clock.hour, clock.minute  # type: ignore[attr-defined]
    return int(hour) * 60 + int(minute)


def _money_steps(vehicles: Sequence[Vehicle]) -> float:
    """Steps of money in one unit of the currency, so that sums of worth stay whole numbers of 64 bits."""
    day = sum(
        row.count * (row.cost_per_day + 24 * row.cost_per_hour + 1000 * row.cost_per_km) for row in vehicles
    )
    steps = PER_CURRENCY
    while steps * day > MOST_MONEY:
        steps /= 10
    return steps


def _fleet(row: Vehicle, table: RoadTable, limit: float | None, steps: float) -> Fleet:
    opens, closes = _minute(row.shift_start), _minute(row.shift_end)
    duration = table.minutes + minutes_up(row.unloading)
    duration[DEPOT] = table.minutes[DEPOT] + minutes_up(row.loading)
    np.fill_diagonal(duration, 0)
    return Fleet(
        count=row.count,
        capacity=(
            UNLIMITED if row.package_limit is None else row.package_limit,
            UNLIMITED if limit is None else math.floor(limit * TENTHS + 1e-6),
        ),
        opens=opens,
        closes=closes,
        longest=closes - opens if row.duty is None else math.floor(row.duty / MINUTE_S + 1e-9),
        fixed=round(row.cost_per_day * steps),
        per_distance=round(row.cost_per_km * steps / PER_KM),
        per_duration=round(row.cost_per_hour * steps / 60),
        distance=np.rint(table.km * PER_KM).astype(np.int64),
        duration=duration,
    )


def _choices(load_at: Callable[[int], Load], begin: int, end: int) -> tuple[Choice, ...]:
    """A delivery's loads from ``begin`` to ``end``: each with the minute from which it holds.

    Loads only fall, so the minutes at which they change are found by halving. Packages that only travel under
    exclusive use are left out: none remains where that holds to the end.
    """
    found: list[Choice] = []
    known: dict[int, tuple[int, int, bool]] = {}

    def at(minute: int) -> tuple[int, int, bool]:
        if minute not in known:
            load = load_at(minute)
            shared = load.index is None or load.category not in (None, EXCLUSIVE)
            known[minute] = load.packages, round(load.indexes * TENTHS), shared
        return known[minute]

    def split(low: int, high: int) -> None:
        if at(low) == at(high) or high - low <= 1:
            if at(low) != at(high):
                found.append(_choice(high, at(high)))
            return
        middle = (low + high) // 2
        split(low, middle)
        split(middle, high)

    found.append(_choice(begin, at(begin)))
    split(begin, end)
    shared = [choice for choice in found if known[choice.ready][2]]
    if len(shared) > MOST_CHOICES:
        step = len(shared) / MOST_CHOICES
        shared = [shared[int(n * step)] for n in range(MOST_CHOICES)]
    return tuple(shared)


def _choice(minute: int, load: tuple[int, int, bool]) -> Choice:
    return Choice(minute, load[:2])


def _may_bind(choices: Sequence[tuple[Choice, ...]], fleets: Sequence[Fleet]) -> bool:
    """Whether some vehicle could be too small for all deliveries at once as they first leave."""
    totals = [sum(each[0].load[dimension] for each in choices) for dimension in range(2)]
    return any(total > most for fleet in fleets for total, most in zip(totals, fleet.capacity, strict=True))


__all__ = ["Task", "index_limit", "make_task", "minutes_up"]
