"""Options: which lot can serve which demand, on which itinerary, with the exact decay coefficient.

A demand is an order, the input of a conversion batch, or a pharmacy's wish for generators to elute. Each
option has a reference time; ``per_release`` is the activity at that reference time per activity at the
release of the lot, exp(-lambda (reference - release)). With shelf lives bounding the interval nothing
overflows, whatever the horizon.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np

from becq.chain.network import Network
from becq.chain.order import Order
from becq.physics.generators import eluate_activity_bq
from becq.planning.lots import DAY_S, Lot, enumerate_lots
from becq.planning.past import Past
from becq.planning.possession import USE_HOLD_S, Possession, Stay
from becq.planning.routes import CHEAPEST, MOST_WAYS, Itinerary, Routes
from becq.planning.servings import Serving, servings
from becq.rules.licence import end_of_licence, refuse

if TYPE_CHECKING:
    from becq.planning.limits import Limits

LARGE, FEW_WAYS = 5000, 3
"""With more orders than this a lot keeps this many ways to a receiver, unless one of them never fills."""
LONGEST_BACK_S = 2 * DAY_S
"""A lot may be released at most this long after the calibration time of an order it serves."""


@dataclass(frozen=True, slots=True)
class Option:
    """One way to serve one demand. ``least``/``most`` are Bq at ``reference``; times in epoch seconds.

    ``equivalent`` and ``price`` are those of the serving of an order (``becq.planning.servings``).
    """

    lot: int
    demand: int
    way: Itinerary
    reference: float
    per_release: float
    least: float
    most: float
    hold_until: float
    equivalent: float = 1.0
    price: float = 0.0


@dataclass(frozen=True, slots=True)
class Demand:
    """What an option serves.

    ``kind`` is order, input (``lot`` consumes it), deploy (eluted on site) or store (sent, and of no use as
    planned). ``target`` is what a plan calls a store.
    """

    kind: str
    site: str
    product: str
    order: Order | None = None
    lot: int | None = None
    target: str = ""


class Window(NamedTuple):
    """Calibration time of an order and the window of its delivery, epoch seconds."""

    reference: float
    earliest: float
    latest: float


@dataclass
class Problem:
    """Everything the model, the greedy planner and the reasons work on."""

    network: Network
    first: date
    days: int
    orders: list[Order]
    lots: list[Lot]
    routes: Routes
    demands: list[Demand]
    options: list[Option]
    elution: dict[tuple[int, int], float]
    """(option of a deployment, eluting lot) → daughter at elution per parent Bq at the option's reference."""
    elution_stock: dict[int, float]
    """Eluting lot → daughter that the generators in stock on the site give it, Bq."""
    history: Past | None = None
    frozen: dict[int, float] = field(default_factory=dict)
    """Option that was sent already → its Bq."""
    of_demand: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    of_lot: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    input_demand: dict[int, int] = field(default_factory=dict)
    """Converting lot → its input demand."""
    _weights: dict[int, float] = field(default_factory=dict)
    elution_of_slot: dict[int, list[tuple[int, float]]] = field(default_factory=lambda: defaultdict(list))
    elution_of_option: dict[int, list[tuple[int, float]]] = field(default_factory=lambda: defaultdict(list))

    @cached_property
    def windows(self) -> dict[int, Window]:
        """Order's demand → its times in epoch seconds."""
        instant = self.network.instant
        return {
            number: Window(
                *(
                    instant(t).timestamp()
                    for t in (row.order.calibration, row.order.earliest, row.order.latest)
                )
            )
            for number, row in enumerate(self.demands)
            if row.order is not None
        }

    @cached_property
    def possession(self) -> Possession:
        """What receivers may hold."""
        stays: dict[tuple[str, str], list[Stay] | None] = {}
        for number, demand in enumerate(self.demands):
            wanted = servings(demand.order) if demand.order else [Serving(demand.product, 0.0)]
            for serving in wanted:
                product = self.network.product[serving.product]
                key = demand.site, product.nuclide
                rows = stays.setdefault(key, [])
                if demand.order is None:
                    stays[key] = None
                elif rows is not None:
                    window = self.windows[number]
                    generator = product.kind == "generator"
                    until = window.reference + (
                        product.shelf_life + LONGEST_BACK_S if generator else USE_HOLD_S
                    )
                    rows.append(Stay(window.earliest, until, window.reference, serving.activity_bq))
        return Possession(self.network, self.lots, stays)

    @cached_property
    def limits(self) -> Limits:
        """Limits of the law that choices could break, and what they refuse."""
        from becq.planning.limits import find_limits

        return find_limits(self)

    @cached_property
    def start(self) -> float:
        """Start of the horizon, or now where a plan is made again: nothing new moves before it."""
        midnight = datetime.combine(self.first, datetime.min.time(), self.network.zone).timestamp()
        return midnight if self.history is None else max(midnight, self.history.now)

    @cached_property
    def most_ways(self) -> int:
        """Ways that a lot has to a receiver at most, where each needs a departure that may fill up."""
        return MOST_WAYS if len(self.orders) <= LARGE else FEW_WAYS

    def weight(self, demand: int) -> float:
        """Worth of serving the whole of an order; see ``becq.planning.model``."""
        return self._weights[demand]

    def weigh_alike(self) -> None:
        """Let orders weigh by their activity alone: policies other than priority know no classes."""
        for number, weight in self._weights.items():
            order = self.demands[number].order
            assert order is not None
            self._weights[number] = weight / PRIORITY_WEIGHT[order.priority]

    def index(self) -> None:
        """Build the look-ups once options are complete."""
        for number, option in enumerate(self.options):
            self.of_demand[option.demand].append(number)
            self.of_lot[option.lot].append(number)
        for (number, slot), factor in self.elution.items():
            self.elution_of_slot[slot].append((number, factor))
            self.elution_of_option[number].append((slot, factor))
        self.input_demand = {d.lot: n for n, d in enumerate(self.demands) if d.lot is not None}
        totals: dict[str, float] = defaultdict(float)
        counts: dict[str, int] = defaultdict(int)
        for order in self.orders:
            totals[order.product] += order.activity
            counts[order.product] += 1
        self._weights = {
            number: PRIORITY_WEIGHT[demand.order.priority]
            * demand.order.activity
            * counts[demand.product]
            / totals[demand.product]
            for number, demand in enumerate(self.demands)
            if demand.order is not None
        }


PRIORITY_WEIGHT = {1: 9.0, 2: 3.0, 3: 1.0}
"""Worth of one order of average size by priority class (assumption, one policy of several)."""


class Shelf(NamedTuple):
    """The lots of one product that one site makes or holds, by release."""

    releases: list[float]
    lots: list[int]


def build_problem(network: Network, first: date, days: int, history: Past | None = None) -> Problem:
    """Enumerate lots, demands and options of ``network`` from ``first`` for ``days`` days.

    ``history`` is what has happened of a plan that is made again.
    """
    lots = enumerate_lots(network, first, days)
    if history is not None:
        lots = history.amend(lots)
    routes = Routes(network, first, days, history.cancelled if history is not None else None)
    orders = network.demand(first, days)
    if history is not None:
        lots = history.narrow(network, lots, orders)
    demands: list[Demand] = [Demand("order", o.site, o.product, order=o) for o in orders]
    demands += [
        Demand("input", lot.site, lot.input_product or "", lot=number)
        for number, lot in enumerate(lots)
        if lot.converts
    ]
    deployed = dict.fromkeys((lot.site, lot.input_product or "") for lot in lots if lot.elutes)
    demands += [Demand("deploy", site, product) for site, product in deployed]
    problem = Problem(network, first, days, orders, lots, routes, demands, [], {}, {}, history)
    shelves = _shelves(problem, set(deployed))
    for number, demand in enumerate(demands):
        if history is not None and not history.concerns(demand.product):
            continue
        if demand.order is not None:
            for serving in servings(demand.order):
                if may_hold(problem, demand, serving.product):
                    for site, shelf in shelves[serving.product].items():
                        problem.options.extend(_order_options(problem, number, serving, site, shelf))
            continue
        if not may_hold(problem, demand, demand.product):
            continue
        for shelf in shelves[demand.product].values():
            if demand.lot is not None:
                for maker in shelf.lots:
                    problem.options.extend(_input_options(problem, number, maker))
            else:
                for maker in shelf.lots:
                    problem.options.extend(_deploy_options(problem, number, maker))
    if history is not None:
        history.freeze(problem)
    _elutions(problem)
    if history is not None:
        history.settle(problem)
    problem.index()
    return problem


def _shelves(problem: Problem, deployed: set[tuple[str, str]]) -> dict[str, dict[str, Shelf]]:
    """Product → site → its lots: those that the site's licence allows, but generators in use on it."""
    found: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for number, lot in enumerate(problem.lots):
        if lot.is_stock and (lot.site, lot.product) in deployed:
            continue
        if refuse(problem.network.site[lot.site], lot.nuclide, _day(problem, lot.site, lot.release)) is None:
            found[lot.product][lot.site].append(number)
    shelves: dict[str, dict[str, Shelf]] = defaultdict(dict)
    for product, sites in found.items():
        for site, numbers in sites.items():
            numbers.sort(key=lambda n: (problem.lots[n].release, n))
            shelves[product][site] = Shelf([problem.lots[n].release for n in numbers], numbers)
    return shelves


def may_hold(problem: Problem, demand: Demand, product: str) -> bool:
    """Whether the receiver's licence has a product's nuclide in scope on the day it is wanted."""
    site, name = problem.network.site[demand.site], problem.network.product[product].nuclide
    return refuse(site, name, wanted_on(problem, demand)) is None


def wanted_on(problem: Problem, demand: Demand) -> date:
    """The day of the receiver for which a demand's licence is looked at: an order may come on the first."""
    if demand.order is not None:
        return problem.network.instant(demand.order.earliest).astimezone(_zone(problem, demand.site)).date()
    if demand.lot is not None:
        return _day(problem, demand.site, problem.lots[demand.lot].start)
    return problem.first


def _day(problem: Problem, site: str, moment: float) -> date:
    return datetime.fromtimestamp(moment, _zone(problem, site)).date()


def _zone(problem: Problem, site: str) -> ZoneInfo:
    return problem.network.site[site].zone


def _in_force(problem: Problem, ways: list[Itinerary], origin: str, destination: str) -> list[Itinerary]:
    """The ways that leave and arrive while the licences of both sites hold."""
    leaving, coming = (end_of_licence(problem.network.site[code]) for code in (origin, destination))
    return [way for way in ways if way.depart < leaving and way.arrive < coming]


def _order_options(problem: Problem, number: int, wanted: Serving, site: str, shelf: Shelf) -> list[Option]:
    """Ways from the lots of ``site`` to the order of demand ``number``; none where decay or time forbids.

    ``shelf`` is of the product of ``wanted``.
    """
    network, routes = problem.network, problem.routes
    order = problem.demands[number].order
    assert order is not None
    window = problem.windows[number]
    product = network.product[wanted.product]
    fastest = routes.fastest_s(site, order.site)
    if fastest is None:
        return []
    last = min(window.reference + LONGEST_BACK_S, window.latest - fastest)
    lots = [
        maker
        for maker in shelf.lots[: bisect_right(shelf.releases, last)]
        if problem.lots[maker].expires >= max(window.reference, window.earliest)
    ]
    least = wanted.least_bq
    fit = [maker for maker in lots if _is_strong_enough(problem, maker, number, wanted.activity_bq, least)]
    if not fit:
        return []
    decay_const = problem.lots[fit[0]].decay_const
    is_ample = problem.possession.is_ample(order.site, product.nuclide, decay_const)
    ready = max(problem.start, min(problem.lots[maker].release for maker in fit))
    timetabled = routes.timetabled(site, order.site, ready, window.earliest, window.latest)
    last_moment = end_of_licence(network.site[order.site]) - 1.0
    found = []
    for maker in fit:
        lot = problem.lots[maker]
        per_release = math.exp(-lot.decay_const * (window.reference - lot.release))
        most = min(wanted.activity_bq, lot.supply_bq * per_release)
        hold = lot.expires if product.kind == "generator" else window.reference + USE_HOLD_S
        ready, latest = max(lot.release, problem.start), min(window.latest, lot.expires, last_moment)
        known = [way for way in timetabled if way.arrive <= latest]
        if len(timetabled) == MOST_WAYS:  # others may stand behind those that leave too early
            known = routes.timetabled(site, order.site, ready, window.earliest, latest)
        ways = routes.choose(
            site, order.site, ready, window.earliest, latest, known, 1 if is_ample else CHEAPEST,
            problem.most_ways, late=not is_ample,
        )  # fmt: skip
        for way in _in_force(problem, ways, site, order.site):
            found.append(
                Option(
                    maker, number, way, window.reference, per_release, least, most, hold,
                    wanted.equivalent, wanted.price,
                )
            )  # fmt: skip
    return found


def _is_strong_enough(problem: Problem, maker: int, number: int, whole: float, least: float) -> bool:
    """Whether one batch can fill an order's least part, and is concentrated enough at its calibration.

    ``whole`` and ``least``: activity that is all of the order, and the least of a part, Bq.
    """
    lot = problem.lots[maker]
    per_release = math.exp(-lot.decay_const * (problem.windows[number].reference - lot.release))
    least_specific = problem.network.product[lot.product].min_specific_activity
    if (
        least_specific is not None
        and lot.specific_activity_bq_g is not None
        and lot.specific_activity_bq_g * per_release < least_specific
    ):
        return False
    most = min(whole, lot.supply_bq * per_release)
    return least <= most and most > 0


def _input_options(problem: Problem, number: int, maker: int) -> list[Option]:
    source = problem.lots[maker]
    index = problem.demands[number].lot
    assert index is not None
    user = problem.lots[index]
    if source.release > user.start or source.expires < user.start:
        return []
    per_release = math.exp(-source.decay_const * (user.start - source.release))
    most = min(user.max_input_bq, source.supply_bq * per_release)
    if problem.routes.fastest_s(source.site, user.site) is None:
        return []
    ready = max(source.release, problem.start)
    # As late as roads allow: what has not left can still be sent elsewhere.
    late = not problem.possession.is_ample(user.site, source.nuclide, source.decay_const)
    ways = problem.routes.itineraries(
        source.site, user.site, ready, user.start - 0.5 * DAY_S, user.start, late=late
    ) or problem.routes.itineraries(source.site, user.site, ready, ready, user.start, late=late)
    return [
        Option(maker, number, way, user.start, per_release, 0.0, most, user.start)
        for way in _in_force(problem, ways[: problem.most_ways * (1 + late)], source.site, user.site)
    ]


def _deploy_options(problem: Problem, number: int, maker: int) -> list[Option]:
    source, demand = problem.lots[maker], problem.demands[number]
    ready = max(source.release, problem.start)
    ways = problem.routes.itineraries(source.site, demand.site, ready, ready, source.expires)
    found = []
    for way in _in_force(problem, ways[: problem.most_ways], source.site, demand.site):
        per_release = math.exp(-source.decay_const * (way.arrive - source.release))
        most = source.supply_bq * per_release
        if math.isinf(most):
            most = source.max_input_bq * source.input_factor * per_release
        found.append(Option(maker, number, way, way.arrive, per_release, 0.0, most, source.expires))
    return found


def largest_output(problem: Problem, number: int) -> float:
    """Most that a lot could ever give at release, Bq, were every input and generator sent to it."""
    lot = problem.lots[number]
    if lot.converts:
        return lot.max_input_bq * lot.input_factor
    if lot.elutes:
        grown = sum(factor * problem.options[n].most for n, factor in problem.elution_of_slot[number])
        return problem.elution_stock.get(number, 0.0) + grown
    return lot.supply_bq


def _elutions(problem: Problem) -> None:
    """Coefficients of elution for a fixed schedule: every scheduled slot without outage is eluted.

    A slot whose eluate is not used leaves more for the next, so a plan never counts on more than is there.
    """
    slots: dict[tuple[str, str], list[int]] = defaultdict(list)
    for number, lot in enumerate(problem.lots):
        if lot.elutes and lot.outage is None:
            slots[lot.site, lot.input_product or ""].append(number)
    for numbers in slots.values():
        numbers.sort(key=lambda number: problem.lots[number].start)
    for stock in problem.lots:
        numbers = slots.get((stock.site, stock.product), []) if stock.is_stock else []
        for slot, daughter in _daughters(problem, numbers, [(stock, stock.release)])[0] if numbers else []:
            problem.elution_stock[slot] = problem.elution_stock.get(slot, 0.0) + daughter * stock.supply_bq
    deployments: dict[tuple[str, str], list[int]] = defaultdict(list)
    for number, option in enumerate(problem.options):
        demand = problem.demands[option.demand]
        if demand.kind == "deploy":
            deployments[demand.site, demand.product].append(number)
    for where, options in deployments.items():
        arrivals = [(problem.lots[problem.options[n].lot], problem.options[n].way.arrive) for n in options]
        for number, found in zip(options, _daughters(problem, slots.get(where, []), arrivals), strict=True):
            for slot, daughter in found:
                problem.elution[number, slot] = daughter / problem.options[number].per_release


def _daughters(
    problem: Problem, numbers: list[int], generators: list[tuple[Lot, float]]
) -> list[list[tuple[int, float]]]:
    """(slot, daughter Bq taken) per Bq of parent at release, for each generator and its arrival.

    ``numbers`` are the slots by time; a generator was last eluted when it was released.
    """
    starts = [problem.lots[n].start for n in numbers]
    usable = [
        range(bisect_left(starts, max(arrive, lot.release)), bisect_right(starts, lot.expires))
        for lot, arrive in generators
    ]
    found: list[list[tuple[int, float]]] = [[] for _ in generators]
    by_pair: dict[tuple[str, str], list[int]] = defaultdict(list)
    for row, slots in enumerate(usable):
        if slots:
            by_pair[generators[row][0].nuclide, problem.lots[numbers[slots[0]]].nuclide].append(row)
    processes = [problem.network.process[problem.lots[n].process or ""] for n in numbers]
    for (parent, daughter), rows in by_pair.items():
        width = max(len(usable[row]) for row in rows)
        times = np.full((len(rows), width), np.inf)
        share = np.zeros((len(rows), width))
        for at, row in enumerate(rows):
            for place, slot in enumerate(usable[row]):
                times[at, place] = starts[slot] - generators[row][0].release
                share[at, place] = processes[slot].elution_efficiency or 0.0
        taken = eluate_activity_bq(parent, daughter, np.ones(len(rows)), times, share)
        for at, row in enumerate(rows):
            for place, slot in enumerate(usable[row]):
                lot = problem.lots[numbers[slot]]
                finished = math.exp(-lot.decay_const * (lot.release - lot.start))
                kept = processes[slot].processing_yield * finished
                found[row].append((numbers[slot], float(taken[at, place]) * kept))
    return found
