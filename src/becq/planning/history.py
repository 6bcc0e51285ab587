"""The frozen part of a replan, as the planner takes it: lots as they are, departures that do not go, flows
that have been sent.

A replan keeps the whole horizon of its plan. The past is in it as batches that are started and flows that are
fixed, so that resources, licences, departures and elutions are counted once and in one way.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from becq.chain.network import Network
from becq.chain.order import Order
from becq.chain.site import TRANSIT_KINDS
from becq.errors import InputError
from becq.planning.events import FailedBatch, LateBatch, MeasuredActivity, RushOrder
from becq.planning.families import Families
from becq.planning.lots import Lot
from becq.planning.options import Demand, Option, Problem
from becq.planning.parts import Parts
from becq.planning.pins import Fixed, Pins, resolve_pins
from becq.planning.possession import USE_HOLD_S
from becq.planning.routes import MAX_TRANSIT_WAIT_S, Itinerary, Leg, Trip
from becq.planning.servings import equivalent_of, is_closed
from becq.planning.situation import Free, Note, Record, Situation
from becq.planning.standing import delay

FREE = "free"
"""Kind of a lot that is a package under way or arrived, whose further use is open."""


@dataclass(frozen=True)
class Keep:
    """A plan in the numbers of a problem: batches, and activity (Bq at its reference) of each option."""

    lots: frozenset[int]
    flows: Mapping[int, float]


@dataclass
class History:
    """What the planner asks about the past of a replan."""

    situation: Situation
    previous: Record
    free_of: dict[str, Free] = field(default_factory=dict)
    pinned: frozenset[str] = frozenset()
    """Batches and orders that are pinned now and were not before, or are to be looked at again."""
    held: set[int] = field(default_factory=set)
    """Options of the previous plan that are still to come and stay as they were."""
    held_orders: set[str] = field(default_factory=set)
    """Orders that nothing new touches."""
    new_orders: set[str] = field(default_factory=set)
    """Orders of the network that the previous plan did not know."""
    open_products: frozenset[str] | None = None
    """Of a large plan: the products of the families that something new touches. None where all are open."""
    may_go: Callable[[str, InputError], bool] | None = None
    """Whether a pin that is no longer possible may be dropped."""

    @property
    def now(self) -> float:
        """Nothing new starts or leaves before this moment (epoch seconds)."""
        return self.situation.now

    def amend(self, lots: list[Lot]) -> list[Lot]:
        """The lots as they are, without those that nobody began, with packages under way."""
        found = []
        for lot in lots:
            if lot.is_stock:
                found.append(lot)
            elif lot.id in self.situation.begun:
                found.append(self.situation.begun[lot.id])
            else:
                later = self._later(lot)
                if later.start >= self.now:
                    found.append(later)
        by_id = {lot.id: lot for lot in found}
        for free in self.situation.free:
            lot = self._package(free, by_id)
            by_id[lot.id] = lot
            found.append(lot)
            self.free_of[lot.id] = free
        return found

    @property
    def is_narrow(self) -> bool:
        """Whether some products stay as they were, with the places that they take on departures.

        Only where the bound of the previous plan counts no departure as full: it then holds for each family.
        """
        return self.open_products is not None

    def concerns(self, product: str) -> bool:
        """Whether something new touches the family of a product."""
        return self.open_products is None or product in self.open_products

    def narrow(self, network: Network, lots: list[Lot], orders: Sequence[Order]) -> list[Lot]:
        """The lots without those that only families could use which nothing new touches.

        Elutions stay: every scheduled one takes from its generator, whether the plan uses it or not.
        """
        self.open_products = None
        self.new_orders = {order.id for order in orders} - {
            row["order"] for row in (*self.previous["deliveries"], *self.previous["unmet"])
        }
        if not self.previous.get("apart"):
            return lots
        product = {lot.id: lot.product for lot in lots} | {order.id: order.product for order in orders}
        rows = (*self.previous["deliveries"], *self.previous["supplies"])
        for row in (*self.previous["batches"], *rows, *self.previous["unmet"]):
            product.setdefault(row.get("order") or row["id"], row["product"])
        named = self._named({lot.id: lot for lot in lots}) | self._unsettled(rows)
        touched = {product[name] for name in named if name in product}
        self.open_products = Families(network, lots).of(touched)
        known = {row["id"] for row in self.previous["batches"]}
        known |= (self.previous.get("pins") or {}).get("batches", {}).keys()
        return [
            lot for lot in lots if lot.is_stock or lot.elutes or lot.id in known or self.concerns(lot.product)
        ]

    def _unsettled(self, rows: Sequence[Record]) -> set[str]:
        """Whom and whence the sends went that did not leave as planned, or cannot."""
        found: set[str] = set()
        for row in rows:
            if row["id"] in self.situation.void or any(
                "leaves" in leg
                and _seconds(leg["leaves"]) >= self.now
                and self.situation.cancels(leg["lane"], leg["from"], leg["to"], _seconds(leg["leaves"]))
                for leg in row["legs"]
            ):
                found |= {row["order"], row["lot"]}
        return found

    def cancelled(self, trip: Trip) -> bool:
        """Whether a departure does not go."""
        return self.situation.cancels(trip.lane, trip.origin, trip.destination, trip.leaves)

    def freeze(self, problem: Problem) -> None:
        """Put what has been sent into ``problem`` as options with one possible flow (``problem.frozen``).

        Options that the past forbids go: another delivery of an order that has left, and a package that would
        lie at a terminal for too long.
        """
        lots = {lot.id: number for number, lot in enumerate(problem.lots)}
        orders = {d.order.id: n for n, d in enumerate(problem.demands) if d.order is not None}
        inputs = {problem.lots[d.lot].id: n for n, d in enumerate(problem.demands) if d.lot is not None}
        sites = {f"{d.site}:{d.product}": n for n, d in enumerate(problem.demands) if d.kind == "deploy"}
        frozen: list[tuple[Option, float]] = []
        come: dict[int, list[float]] = {}
        for row in (*self.situation.left, *self._staying()):
            target = row["order"]
            demand = orders.get(target, inputs.get(target, sites.get(target, -1)))
            if demand < 0 or row["lot"] not in lots:
                raise InputError(
                    f"{row['lot']} or {target} is not in the network; give the plan's own network"
                )
            frozen.append(self._sent(problem, row, lots[row["lot"]], demand, len(row["legs"])))
            if problem.demands[demand].order is not None:
                come.setdefault(demand, []).append(frozen[-1][1] * frozen[-1][0].equivalent)
        for free in self.situation.free:
            problem.demands.append(Demand("store", free.site, free.row["product"], target=free.id))
            lot = lots[free.row["lot"]]
            frozen.append(self._sent(problem, free.row, lot, len(problem.demands) - 1, free.legs))
        closed = {demand for demand, parts in come.items() if is_closed(problem.demands[demand].order, parts)}
        problem.options[:] = [
            option
            for option in problem.options
            if option.demand not in closed and not self._lies_too_long(problem, option)
        ]
        for option, activity in frozen:
            problem.frozen[len(problem.options)] = activity
            problem.options.append(option)
        begin = len(problem.options) - len(frozen) + len(self.situation.left)
        self.held = set(range(begin, begin + len(self._staying())))
        self._hold(problem)

    def _staying(self) -> list[Record]:
        """What the previous plan is still to send of families that nothing new touches."""
        if self.open_products is None:
            return []
        sent = {(row["order"], row["lot"], row["arrive"]) for row in self.situation.left}
        return [
            self._not_before_now(row)
            for row in (*self.previous["deliveries"], *self.previous["supplies"])
            if not self.concerns(row["product"]) and (row["order"], row["lot"], row["arrive"]) not in sent
        ]

    def _not_before_now(self, row: Record) -> Record:
        """What a batch still to begin takes from its own site is handed over now, if not earlier."""
        if row["legs"] or _seconds(row["depart"]) >= self.now:
            return row
        now = datetime.fromtimestamp(self.now, UTC).isoformat()
        return {**row, "depart": now, "arrive": now}

    def _hold(self, problem: Problem) -> None:
        """Leave as they were the parts that nothing new touches."""
        kept, parts = self.keep(problem), Parts(problem, departures=not self.is_narrow)
        touched = parts.of(self._new(problem, kept))
        held = {
            number: activity
            for number, activity in kept.flows.items()
            if parts.part(("lot", problem.options[number].lot)) not in touched
        }
        stays = [
            (option, problem.frozen.get(number), number in self.held)
            for number, option in enumerate(problem.options)
            if number in problem.frozen or parts.part(("lot", option.lot)) in touched
        ]
        copies = [replace(problem.options[n], least=bq, most=bq) for n, bq in held.items()]
        problem.options[:] = [option for option, _, _ in stays] + copies
        problem.frozen.clear()
        problem.frozen.update({n: bq for n, (_, bq, _) in enumerate(stays) if bq is not None})
        self.held = {n for n, (_, _, is_held) in enumerate(stays) if is_held}
        self.held.update(range(len(stays), len(problem.options)))
        problem.frozen.update({n: problem.options[n].most for n in self.held})
        self.held_orders = {
            demand.order.id
            for number, demand in enumerate(problem.demands)
            if demand.order is not None
            and (not self.concerns(demand.product) or parts.part(("demand", number)) not in touched)
        }

    def _new(self, problem: Problem, kept: Keep) -> Iterator[tuple[str, Hashable]]:
        """Lots and demands that are not as the previous plan had them."""
        there = {lot.id: number for number, lot in enumerate(problem.lots)}
        wanted = {_target(problem, demand): number for number, demand in enumerate(problem.demands)}
        named = self._named({lot.id: lot for lot in problem.lots})
        done = {(row["order"], row["lot"], row["arrive"]) for row in self.situation.left}
        mapped = {
            (
                _target(problem, problem.demands[option.demand]),
                problem.lots[option.lot].id,
                round(option.way.arrive),
            )
            for option in (problem.options[number] for number in kept.flows)
        }
        for row in (*self.previous["deliveries"], *self.previous["supplies"]):
            if (row["order"], row["lot"], row["arrive"]) in done or not self.concerns(row["product"]):
                continue
            if (row["order"], row["lot"], round(_seconds(row["arrive"]))) not in mapped:
                named |= {row["order"], row["lot"]}
        for name in named:
            if name in there:
                yield "lot", there[name]
            if name in wanted:
                yield "demand", wanted[name]

    def _named(self, lots: Mapping[str, Lot]) -> set[str]:
        """Batches, packages and orders that events and pins name, and batches that are not as they were."""
        known = len(self.previous.get("events") or [])
        events = self.situation.events[known:]
        named = {
            event.batch for event in events if isinstance(event, LateBatch | FailedBatch | MeasuredActivity)
        }
        named |= {event.order.id for event in events if isinstance(event, RushOrder)} | self.pinned
        named |= self.new_orders
        lost = {row["id"] for row in self.previous["batches"] if row.get("state") == "lost"}
        named |= self.free_of.keys() | (self.situation.dead.keys() - lost)
        for row in self.previous["batches"]:
            if row["id"] not in lots or lots[row["id"]].outage is not None:
                named.add(row["id"])
        return named

    def settle(self, problem: Problem) -> None:
        """Put measured eluates in the place of computed ones."""
        for number, lot in enumerate(problem.lots):
            if lot.id in self.situation.eluate_bq:
                problem.elution_stock[number] = self.situation.eluate_bq[lot.id]
                for pair in [pair for pair in problem.elution if pair[1] == number]:
                    del problem.elution[pair]

    def fix(self, problem: Problem, pins: Pins) -> Fixed:
        """``pins`` with what has happened: begun batches, packages under way, flows sent."""
        fixed = resolve_pins(problem, pins, self.may_go)
        happened = {
            number
            for number, lot in enumerate(problem.lots)
            if lot.id in self.situation.begun or lot.id in self.free_of
        }
        staying = {row["id"] for row in self.previous["batches"] if not self.concerns(row["product"])}
        happened |= {n for n, lot in enumerate(problem.lots) if lot.id in staying and not lot.is_stock}
        return replace(
            fixed, start=fixed.start | happened, forbid=fixed.forbid - happened, flows=problem.frozen
        )

    def keep(self, problem: Problem) -> Keep:
        """The previous plan in the numbers of ``problem``, as far as it still exists in it."""
        plan = self.previous
        lots = {lot.id: number for number, lot in enumerate(problem.lots)}
        names = [_target(problem, demand) for demand in problem.demands]
        known: dict[tuple[str, str, int], list[int]] = {}
        for number, option in enumerate(problem.options):
            consumer = problem.demands[option.demand].lot
            stands = problem.lots[option.lot].outage or (
                consumer is not None and problem.lots[consumer].outage
            )
            if number not in problem.frozen and not stands:
                key = (names[option.demand], problem.lots[option.lot].id, round(option.way.arrive))
                known.setdefault(key, []).append(number)
        flows: dict[int, float] = {}
        for row in (*plan["deliveries"], *plan["supplies"]):
            for number in known.get((row["order"], row["lot"], round(_seconds(row["arrive"]))), []):
                way = problem.options[number].way
                if [leg.lane for leg in way.legs] == [leg["lane"] for leg in row["legs"]]:
                    flows[number] = row["activity_bq"]
                    break
        return Keep(frozenset(lots[row["id"]] for row in plan["batches"] if row["id"] in lots), flows)

    def state(self, lot: str) -> str:
        """Where a batch stands: planned, begun, lost."""
        if lot in self.situation.dead:
            return "lost"
        return "begun" if lot in self.situation.begun or lot in self.free_of else "planned"

    def sent(self, option: int) -> bool:
        """Whether a decided option has left already."""
        return option not in self.held

    def holds(self, order: str) -> bool:
        """Whether an order is one that nothing new touches."""
        return order in self.held_orders

    def void(self, order: str) -> Note | None:
        """Why what the previous plan would have sent to an order by now did not leave, if that is so."""
        for row in self.previous["deliveries"]:
            if row["order"] == order and row["id"] in self.situation.void:
                return self.situation.void[row["id"]]
        return None

    def _later(self, lot: Lot) -> Lot:
        """A batch to come, later where it is said to start later, and under outage where it then is."""
        later = delay(self.situation, lot)
        if later is lot:
            return lot
        network = self.situation.network
        later = replace(later, outage=None, outage_zh=None)
        spans = [(outage, later.release) for outage in network.process[lot.process or ""].outages]
        if lot.resource:
            spans += [(outage, later.busy_until) for outage in network.resource[lot.resource].outages]
        for outage, end in spans:
            begins, ends = (network.instant(moment).timestamp() for moment in (outage.start, outage.end))
            if begins < max(end, later.start + 1.0) and later.start < ends:
                zh = outage.reason_zh or outage.reason
                return replace(later, outage=outage.reason, outage_zh=zh)
        return later

    def _package(self, free: Free, lots: Mapping[str, Lot]) -> Lot:
        """The lot that a package under way is: whole at a terminal, to be shared out at a site."""
        source = lots.get(free.row["lot"])
        if source is None:
            raise InputError(f"{free.row['lot']} is not in the network; give the plan's own network")
        reference = _seconds(free.row["reference_time"])
        activity = free.row["activity_bq"] * math.exp(source.decay_const * (reference - free.arrive))
        specific = source.specific_activity_bq_g
        age = source.decay_const * (free.arrive - source.release)
        return replace(
            source,
            id=free.id,
            kind=FREE,
            process=None,
            site=free.site,
            resource=None,
            start=free.arrive,
            busy_until=free.arrive,
            eob=free.arrive,
            release=free.arrive,
            activity_eob_bq=activity,
            supply_bq=activity,
            input_product=None,
            max_input_bq=0.0,
            input_factor=0.0,
            max_units=1 if self._at_terminal(free.site) else None,
            cost=0.0,
            specific_activity_bq_g=None if specific is None else specific * math.exp(-age),
            outage=None,
            outage_zh=None,
        )

    def _at_terminal(self, site: str) -> bool:
        return self.situation.network.site[site].kind in TRANSIT_KINDS

    def _lies_too_long(self, problem: Problem, option: Option) -> bool:
        lot = problem.lots[option.lot]
        return (
            lot.kind == FREE
            and self._at_terminal(lot.site)
            and option.way.depart > lot.release + MAX_TRANSIT_WAIT_S
        )

    def _sent(self, problem: Problem, row: Record, lot: int, demand: int, legs: int) -> tuple[Option, float]:
        """The option that a send of the previous plan is, and its activity at the option's reference."""
        source, wanted = problem.lots[lot], problem.demands[demand]
        way = way_of(row, legs, source.release)
        row_reference = _seconds(row["reference_time"])
        equivalent = 1.0
        if wanted.order is not None:
            equivalent = equivalent_of(wanted.order, source.product)
            reference = problem.network.instant(wanted.order.calibration).timestamp()
            generator = problem.network.product[source.product].kind == "generator"
            hold = source.expires if generator else reference + USE_HOLD_S
        elif wanted.lot is not None:
            reference = hold = problem.lots[wanted.lot].start
        else:
            reference = way.arrive
            # What waits on a site for a use not yet decided counts there until it expires.
            hold = way.arrive if self._at_terminal(wanted.site) else source.expires
        activity = row["activity_bq"] * math.exp(source.decay_const * (row_reference - reference))
        per_release = math.exp(-source.decay_const * (reference - source.release))
        option = Option(lot, demand, way, reference, per_release, activity, activity, hold, equivalent)
        return option, activity


def _target(problem: Problem, demand: Demand) -> str:
    """What the rows of a plan call a demand."""
    if demand.order is not None:
        return demand.order.id
    if demand.lot is not None:
        return problem.lots[demand.lot].id
    return demand.target or f"{demand.site}:{demand.product}"


def way_of(row: Record, legs: int, release: float) -> Itinerary:
    """The dated way of a plan's delivery, or its first ``legs`` legs; what was booked costs what it cost.

    What is handed over on the site is so at ``release`` of its lot, where that has become later.
    """
    found = [_leg(leg) for leg in row["legs"][:legs]]
    if not found:
        moment = max(_seconds(row["arrive"]), release)
        return Itinerary((), moment, moment, 0.0)
    return Itinerary(tuple(found), found[0].start, found[-1].end, row["cost"])


def _leg(leg: Mapping[str, Any]) -> Leg:
    start, end = _seconds(leg["start"]), _seconds(leg["end"])
    ends = leg["from"], leg["to"]
    if "leaves" not in leg:
        return Leg(leg["lane"], leg["mode"], *ends, start, end)
    leaves, lands = _seconds(leg["leaves"]), _seconds(leg["lands"])
    number = leg["number"] or None
    trip = Trip(leg["lane"], leg["mode"], *ends, start, end, None, 0.0, leaves, lands, number)
    return Leg(leg["lane"], leg["mode"], *ends, start, end, trip.key, trip)


def _seconds(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()
