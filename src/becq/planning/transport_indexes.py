"""The sum of transport indexes that a timetabled departure takes.

A departure has its own limit (``transport_index_limit`` of the network) and that of the rules for a
conveyance that is not under exclusive use: trains, and aircraft of whatever kind. The transport index of a
delivery is that of its packages as it leaves (:mod:`becq.planning.rounds.packing`); it is whole tenths, so
that counting the dose rate and a tenth more for each package is on the safe side. What has no packaging in
the network has no known transport index: it is not counted, and the plan says so.
"""

from __future__ import annotations

import math
from collections import defaultdict
from datetime import date, datetime
from functools import cache

import numpy as np

from becq.chain.fields import WEEKDAYS
from becq.chain.network import Network
from becq.planning.labels import Label
from becq.planning.limits import INDEX, ROUNDING, Limit, Limits, Ways
from becq.planning.rounds.packing import TENTHS, pack
from becq.planning.routes import Trip
from becq.planning.verdicts import forbidden
from becq.rules.subject import DEFAULT_JURISDICTION

MODES = {"train": "rail", "flight": "air"}
LARGE = 1e6
"""A sum of transport indexes beyond every limit."""
INDEX_PER_SV_H = 1e5
"""Transport index per dose rate at 1 m: mSv/h times 100."""
NOTHING_BELOW = 0.05
"""A transport index up to this counts as none."""
Key = tuple[str, str, str, float]


def add(ways: Ways, found: Limits) -> None:
    """Add the departures that the plan could ask for more transport index than they take."""
    problem = ways.problem
    network = problem.network
    per_bq, per_use, unknown = _indexes(ways)
    aboard: dict[Key, list[int]] = defaultdict(list)
    trips: dict[Key, Trip] = {}
    unpacked: set[str] = set()
    own: dict[tuple[str, str, str, float, float], float | None] = {}
    for number, option in enumerate(problem.options):
        for leg in option.way.legs:
            if leg.trip is None:
                continue
            if unknown[option.lot]:
                unpacked.add(problem.lots[option.lot].product)
            elif per_bq[number] > 0:
                aboard[leg.trip.key].append(number)
                trips[leg.trip.key] = leg.trip
    for key, numbers in aboard.items():
        trip = trips[key]
        line = trip.lane, trip.origin, trip.destination, trip.leaves, trip.lands
        if line not in own:
            own[line] = limit_of(network, trip)
        capacity = own[line]
        if capacity is None:
            continue
        group = np.full(ways.lot.size, -1, dtype=np.intp)
        group[numbers] = 0
        if ways.most_of(group, per_bq * ways.most + per_use, 1)[0] > capacity * (1 + ROUNDING):
            found.rows.append(_row(network, trip, numbers, per_bq, per_use, capacity))
    if unpacked:
        names = sorted(network.product[name].name for name in unpacked)
        names_zh = sorted(network.product[name].name_zh for name in unpacked)
        found.unchecked.append(
            (
                f"No packaging is known of {', '.join(names)}: the transport index of what departs with it "
                "was not counted.",
                f"{'、'.join(names_zh)}未给出包装：未计入班次的运输指数。",
            )
        )


def limit_of(network: Network, trip: Trip) -> float | None:
    """The largest sum of transport indexes on a departure, its own or by the rules; None where none is."""
    zone = network.site[trip.origin].zone
    leaves = datetime.fromtimestamp(trip.leaves, zone)
    limits = [
        line.transport_index_limit
        for line in network.lane[trip.lane].departures
        if line.time == leaves.time()
        and WEEKDAYS[leaves.weekday()] in line.days
        and line.duration == trip.lands - trip.leaves
        and line.transport_index_limit is not None
    ]
    legal = _legal(network.site[trip.origin].jurisdiction, leaves.date(), trip.mode)
    return min([*limits, *([] if legal is None else [legal])], default=None)


@cache
def _legal(jurisdiction: str, day: date, mode: str) -> float | None:
    """The sum that the rules forbid to exceed on any train, or on any aircraft, not under exclusive use."""
    facts = {
        "label": "",
        "jurisdiction": jurisdiction or DEFAULT_JURISDICTION,
        "day": day,
        "mode": MODES.get(mode, mode),
        "exclusive_use": False,
        "transport_index_sum": LARGE,
    }
    limits = [row.limit for row in forbidden("vehicle", [facts]) if "transport_index_sum" in row.rule.facts]
    return min(limits, default=None)


def _indexes(ways: Ways) -> tuple[np.ndarray, np.ndarray, list[bool]]:
    """Transport index of each option per Bq at its reference and per use; lots of which it is not known."""
    problem = ways.problem
    each_bq, capacity, unknown = [], [], []
    for lot in problem.lots:
        packed = pack(problem.network, lot.product, lot.nuclide, 1.0, 0.0)
        unknown.append(packed.one_metre_sv_h_bq is None)
        each_bq.append((packed.one_metre_sv_h_bq or 0.0) * INDEX_PER_SV_H)
        capacity.append(math.inf if packed.capacity_bq is None else packed.capacity_bq)
    each, full = np.array(each_bq)[ways.lot], np.array(capacity)[ways.lot]
    leaving = ways.at(ways.depart)
    # A package that holds its share of the most that could leave still counts as none.
    counts = each * np.minimum(ways.most * leaving, full) > NOTHING_BELOW
    tenth = 1.0 / TENTHS
    per_bq = np.where(counts, leaving * (each + tenth / full), 0.0)
    return per_bq, np.where(counts, tenth, 0.0), unknown


def _row(
    network: Network, trip: Trip, numbers: list[int], per_bq: np.ndarray, per_use: np.ndarray, capacity: float
) -> Limit:
    leaves = datetime.fromtimestamp(trip.leaves, network.site[trip.origin].zone)
    what = f"{trip.lane}{f' ({trip.number})' if trip.number else ''}"
    return Limit(
        INDEX,
        capacity,
        f"The departure of {what} on {leaves:%m-%d %H:%M} takes a sum of transport indexes of {capacity:g} "
        "at most, which would be exceeded.",
        f"{leaves:%m-%d %H:%M}的{what}班次运输指数之和不得超过{capacity:g}，将超过。",
        {number: float(per_bq[number]) for number in numbers},
        {number: float(per_use[number]) for number in numbers},
        label=Label(INDEX, trip.lane, "TI", 1.0, None, trip.leaves, None, trip.destination, trip.origin),
    )
