"""A plan's deliveries by road from one site on one day → delivery rounds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date
from itertools import pairwise
from typing import Any

from becq.chain.network import Network
from becq.errors import InputError
from becq.planning.plan import Plan
from becq.planning.rounds.apart import search_apart
from becq.planning.rounds.calls import calls_of
from becq.planning.rounds.explanation import explain_barred, explain_missed, iso
from becq.planning.rounds.packing import Load
from becq.planning.rounds.result import (
    DeliveryRounds,
    Handover,
    Missed,
    RoundLeg,
    RoundTrip,
    VehicleDay,
)
from becq.planning.rounds.schedule import slack
from becq.planning.rounds.search import PATIENCE, search
from becq.planning.rounds.task import MINUTE_S, Task, make_task
from becq.planning.rounds.tours import DEPOT, Round, Tour


def make_rounds(
    network: Network,
    plan: Plan | Mapping[str, Any],
    site: str,
    day: date,
    *,
    time_limit_s: float = 30.0,
    patience: int = PATIENCE,
    apart: bool = False,
) -> DeliveryRounds:
    """The rounds by which ``site`` makes its deliveries of ``day`` (its own zone) by road.

    As many deliveries as can be, the weightiest priorities first, then the least cost. The same for the same
    input unless the time limit is met.

    :param plan: a plan of ``network``, or its data as ``Plan.as_dict`` gives it.
    :param apart: search in a process of its own, so that nothing can hold up the caller for good.
    :raises InputError: for a site that the network does not have, or a plan of another network.
    """
    if site not in network.site:
        raise InputError(
            f"There is no site '{site}' in the network; its sites with vehicles are {_homes(network)}"
        )
    calls = calls_of(plan, network, site, day)
    task = make_task(network, site, day, calls)
    searched = True
    if apart:
        found, searched = search_apart(task.problem, time_limit_s=time_limit_s, patience=patience)
    else:
        found = search(task.problem, time_limit_s=time_limit_s, patience=patience)
    vehicles = _vehicles(task, found.tours)
    missed: list[Missed] = [explain_missed(task, number) for number in found.left]
    missed += [explain_barred(task, call, code) for call, code in task.barred.values()]
    gaps = {call.product: call.packed.gap for call in calls if call.packed.gap}
    return DeliveryRounds(
        network=network.name,
        site=site,
        day=day.isoformat(),
        timezone=network.site[site].timezone,
        deliveries=len(calls),
        cost=sum(row.cost for row in vehicles),
        km=sum(row.km for row in vehicles),
        vehicles=vehicles,
        missed=sorted(missed, key=lambda row: (row.window_closes, row.delivery)),
        searched=searched,
        gaps=[{"product": product, "gap": gap} for product, gap in sorted(gaps.items())],
    )


def _homes(network: Network) -> str:
    return ", ".join(sorted({vehicle.site for vehicle in network.vehicles})) or "none"


def _vehicles(task: Task, tours: tuple[Tour, ...]) -> list[VehicleDay]:
    ordered = sorted(tours, key=lambda tour: (tour.fleet, tour.rounds[0].starts, _stops(tour)))
    numbers: Counter[int] = Counter()
    rows = []
    for tour in ordered:
        numbers[tour.fleet] += 1
        rows.append(_vehicle(task, tour, numbers[tour.fleet]))
    return rows


def _stops(tour: Tour) -> tuple[int, ...]:
    return tuple(visit.stop for each in tour.rounds for visit in each.visits)


def _vehicle(task: Task, tour: Tour, number: int) -> VehicleDay:
    vehicle, fleet = task.vehicles[tour.fleet], task.problem.fleets[tour.fleet]
    first, last = tour.rounds[0].starts, tour.rounds[-1].ends
    begins = [each.starts for each in tour.rounds[1:]] + [fleet.closes]
    rounds = [_round(task, tour.fleet, each, until) for each, until in zip(tour.rounds, begins, strict=True)]
    km = sum(each.km for each in rounds)
    hours = (last - first) / 60
    cost = vehicle.cost_per_day + vehicle.cost_per_km * km + vehicle.cost_per_hour * hours
    return VehicleDay(
        vehicle=vehicle.id,
        number=number,
        name=vehicle.name,
        name_zh=vehicle.name_zh,
        transport_index_limit=task.limits[tour.fleet],
        package_limit=vehicle.package_limit,
        starts=iso(task.moment(first)),
        ends=iso(task.moment(last)),
        duration_s=MINUTE_S * (last - first),
        km=km,
        cost=cost,
        currency=vehicle.currency,
        rounds=rounds,
    )


def _round(task: Task, fleet: int, given: Round, until: int) -> RoundTrip:
    """A round with what it carries; ``until``: when the vehicle must be back at the latest."""
    departs = task.moment(given.starts + task.loading(fleet))
    loads = [task.calls[visit.stop].packed.load_at(departs) for visit in given.visits]
    handovers = [_handover(task, fleet, number, given, load, departs) for number, load in enumerate(loads)]
    legs = _legs(task, fleet, given, loads, departs)
    return RoundTrip(
        loads=iso(task.moment(given.starts)),
        departs=iso(departs),
        returns=iso(task.moment(given.ends)),
        km=sum(leg.km for leg in legs),
        packages=sum(load.packages for load in loads),
        transport_index=legs[0].transport_index,
        slack_s=MINUTE_S * max(slack(task.problem, task.problem.fleets[fleet], given, until), 0),
        handovers=handovers,
        legs=legs,
    )


def _handover(task: Task, fleet: int, number: int, given: Round, load: Load, departs: float) -> Handover:
    visit = given.visits[number]
    call = task.calls[visit.stop]
    begins = task.moment(visit.begins)
    return Handover(
        delivery=call.delivery,
        order=call.order,
        lot=call.lot,
        site=call.site,
        product=call.product,
        nuclide=call.packed.nuclide,
        packages=load.packages,
        transport_index=None if load.index is None else load.indexes,
        category=load.category,
        activity_depart_bq=load.activity_bq,
        activity_arrive_bq=call.packed.activity_at(begins),
        activity_bq=call.packed.activity_bq,
        reference_time=iso(call.packed.reference),
        ready=iso(call.ready),
        window_opens=iso(call.opens),
        window_closes=iso(call.closes),
        arrives=iso(task.moment(visit.arrives)),
        begins=iso(begins),
        leaves=iso(task.moment(visit.begins + task.unloading(fleet))),
        spare_s=call.closes - begins,
    )


def _legs(task: Task, fleet: int, given: Round, loads: list[Load], departs: float) -> list[RoundLeg]:
    table = task.tables[fleet]
    places = [DEPOT, *(visit.stop + 1 for visit in given.visits), DEPOT]
    codes = [task.site, *(task.calls[visit.stop].site for visit in given.visits), task.site]
    leaves = [departs, *(task.moment(visit.begins + task.unloading(fleet)) for visit in given.visits)]
    ends = [*(task.moment(visit.arrives) for visit in given.visits), task.moment(given.ends)]
    legs = []
    for number, (a, b) in enumerate(pairwise(places)):
        aboard = range(number, len(loads))
        rates = [task.calls[given.visits[each].stop].packed.dose_rate_at(leaves[number]) for each in aboard]
        legs.append(
            RoundLeg(
                origin=codes[number],
                destination=codes[number + 1],
                starts=iso(leaves[number]),
                ends=iso(ends[number]),
                km=float(table.km[a, b]),
                packages=sum(loads[each].packages for each in aboard),
                transport_index=round(sum(loads[each].indexes for each in aboard), 1),
                dose_rate_sv_h=sum(rates),
            )
        )
    return legs


__all__ = ["make_rounds"]
