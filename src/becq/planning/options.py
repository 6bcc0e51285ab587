"""Options: which lot can serve which demand, on which itinerary, with the exact decay coefficient.

A demand is an order, the input of a conversion batch, or a pharmacy's wish for generators to elute. Each
option has a reference time; ``per_release`` is the activity at that reference time per activity at the
release of the lot, exp(-lambda (reference - release)). With shelf lives bounding the interval nothing
overflows, whatever the horizon.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from becq.chain.network import Network
from becq.chain.order import Order
from becq.physics.generators import eluate_activity_bq
from becq.planning.lots import DAY_S, Lot, enumerate_lots
from becq.planning.routes import Itinerary, Routes
from becq.rules.licence import refuse

USE_HOLD_S = DAY_S
"""A dose counts against the receiver's licence until one day after its calibration (assumption)."""
LONGEST_BACK_S = 2 * DAY_S
"""A lot may be released at most this long after the calibration time of an order it serves."""


@dataclass(frozen=True, slots=True)
class Option:
    """One way to serve one demand. ``least``/``most`` are Bq at ``reference``; times in epoch seconds."""

    lot: int
    demand: int
    way: Itinerary
    reference: float
    per_release: float
    least: float
    most: float
    hold_until: float


@dataclass(frozen=True, slots=True)
class Demand:
    """What an option serves: ``kind`` is order, input (``lot`` consumes it) or deploy (eluted on site)."""

    kind: str
    site: str
    product: str
    order: Order | None = None
    lot: int | None = None


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
    of_demand: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    of_lot: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    input_demand: dict[int, int] = field(default_factory=dict)
    """Converting lot → its input demand."""
    _weights: dict[int, float] = field(default_factory=dict)
    elution_of_slot: dict[int, list[tuple[int, float]]] = field(default_factory=lambda: defaultdict(list))
    elution_of_option: dict[int, list[tuple[int, float]]] = field(default_factory=lambda: defaultdict(list))

    @property
    def start(self) -> float:
        """Start of the horizon: nothing moves before it."""
        return datetime.combine(self.first, datetime.min.time(), self.network.zone).timestamp()

    def weight(self, demand: int) -> float:
        """Worth of serving the whole of an order; see ``becq.planning.model``."""
        return self._weights[demand]

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


def build_problem(network: Network, first: date, days: int) -> Problem:
    """Enumerate lots, demands and options of ``network`` from ``first`` for ``days`` days."""
    lots = enumerate_lots(network, first, days)
    routes = Routes(network, first, days)
    orders = network.demand(first, days)
    demands: list[Demand] = [Demand("order", o.site, o.product, order=o) for o in orders]
    demands += [
        Demand("input", lot.site, lot.input_product or "", lot=number)
        for number, lot in enumerate(lots)
        if lot.converts
    ]
    deployed = dict.fromkeys((lot.site, lot.input_product or "") for lot in lots if lot.elutes)
    demands += [Demand("deploy", site, product) for site, product in deployed]
    problem = Problem(network, first, days, orders, lots, routes, demands, [], {}, {})

    makers: dict[str, list[int]] = defaultdict(list)
    for number, lot in enumerate(lots):
        if lot.is_stock and (lot.site, lot.product) in deployed:
            continue
        if refuse(network.site[lot.site], lot.nuclide, _day(lot.release)) is None:
            makers[lot.product].append(number)
    for number, demand in enumerate(demands):
        if not may_hold(problem, demand):
            continue
        for maker in makers[demand.product]:
            if demand.order is not None:
                problem.options.extend(order_options(problem, number, maker))
            elif demand.lot is not None:
                problem.options.extend(_input_options(problem, number, maker))
            else:
                problem.options.extend(_deploy_options(problem, number, maker))
    _elutions(problem)
    problem.index()
    return problem


def may_hold(problem: Problem, demand: Demand) -> bool:
    """Whether the receiver's licence has the nuclide in scope on the day it is wanted."""
    site, name = problem.network.site[demand.site], problem.network.product[demand.product].nuclide
    return refuse(site, name, wanted_on(problem, demand)) is None


def wanted_on(problem: Problem, demand: Demand) -> date:
    """The day for which a demand's licence is looked at."""
    if demand.order is not None:
        return _day(problem.network.instant(demand.order.latest).timestamp())
    return _day(problem.lots[demand.lot].start) if demand.lot is not None else problem.first


def _day(moment: float) -> date:
    return datetime.fromtimestamp(moment, UTC).date()


def order_options(problem: Problem, number: int, maker: int) -> list[Option]:
    """Ways from lot ``maker`` to the order of demand ``number``; none where decay or time forbids."""
    network, lot = problem.network, problem.lots[maker]
    order = problem.demands[number].order
    assert order is not None
    reference = network.instant(order.calibration).timestamp()
    if lot.expires < reference or lot.release > reference + LONGEST_BACK_S:
        return []
    product = network.product[lot.product]
    per_release = math.exp(-lot.decay_const * (reference - lot.release))
    least_specific = product.min_specific_activity
    if (
        least_specific is not None
        and lot.specific_activity_bq_g is not None
        and lot.specific_activity_bq_g * per_release < least_specific
    ):
        return []
    most = min(order.activity, lot.supply_bq * per_release)
    least = 0.0 if order.partial else order.activity * (1 - order.tolerance)
    if most < least or most <= 0:
        return []
    hold = lot.expires if product.kind == "generator" else reference + USE_HOLD_S
    ways = problem.routes.itineraries(
        lot.site,
        order.site,
        max(lot.release, problem.start),
        network.instant(order.earliest).timestamp(),
        min(network.instant(order.latest).timestamp(), lot.expires),
    )
    return [Option(maker, number, way, reference, per_release, least, most, hold) for way in ways]


def _input_options(problem: Problem, number: int, maker: int) -> list[Option]:
    source = problem.lots[maker]
    index = problem.demands[number].lot
    assert index is not None
    user = problem.lots[index]
    if source.release > user.start or source.expires < user.start:
        return []
    per_release = math.exp(-source.decay_const * (user.start - source.release))
    most = min(user.max_input_bq, source.supply_bq * per_release)
    fastest = problem.routes.fastest_s(source.site, user.site)
    if fastest is None:
        return []
    ready = max(source.release, problem.start)
    # As late as roads allow: what has not left can still be sent elsewhere.
    ways = problem.routes.itineraries(
        source.site, user.site, ready, user.start - 0.5 * DAY_S, user.start
    ) or problem.routes.itineraries(source.site, user.site, ready, ready, user.start)
    return [Option(maker, number, way, user.start, per_release, 0.0, most, user.start) for way in ways]


def _deploy_options(problem: Problem, number: int, maker: int) -> list[Option]:
    source, demand = problem.lots[maker], problem.demands[number]
    ready = max(source.release, problem.start)
    ways = problem.routes.itineraries(source.site, demand.site, ready, ready, source.expires)
    found = []
    for way in ways:
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
    for (site, product), numbers in slots.items():
        for stock in problem.lots:
            if stock.is_stock and stock.site == site and stock.product == product:
                for slot, daughter in _daughters(problem, numbers, stock, stock.release, stock.release):
                    problem.elution_stock[slot] = (
                        problem.elution_stock.get(slot, 0.0) + daughter * stock.supply_bq
                    )
    for number, option in enumerate(problem.options):
        demand = problem.demands[option.demand]
        if demand.kind != "deploy":
            continue
        numbers = slots.get((demand.site, demand.product), [])
        generator = problem.lots[option.lot]
        for slot, daughter in _daughters(problem, numbers, generator, generator.release, option.way.arrive):
            problem.elution[number, slot] = daughter / option.per_release


def _daughters(
    problem: Problem, numbers: list[int], generator: Lot, eluted: float, on_site: float
) -> list[tuple[int, float]]:
    """(slot, daughter Bq taken) per Bq of parent at ``eluted``, the generator's last elution."""
    usable = [n for n in numbers if on_site <= problem.lots[n].start <= generator.expires]
    if not usable:
        return []
    processes = [problem.network.process[problem.lots[n].process or ""] for n in usable]
    taken = eluate_activity_bq(
        generator.nuclide,
        problem.lots[usable[0]].nuclide,
        1.0,
        [problem.lots[n].start - eluted for n in usable],
        [process.elution_efficiency or 0.0 for process in processes],
    )
    found = []
    for number, process, daughter in zip(usable, processes, taken, strict=True):
        slot = problem.lots[number]
        finished = math.exp(-slot.decay_const * (slot.release - slot.start))
        found.append((number, float(daughter) * process.processing_yield * finished))
    return found
