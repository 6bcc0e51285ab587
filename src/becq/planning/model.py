"""The mixed-integer programme as sparse matrices.

Columns: ``y`` (a batch is started), ``u`` (an option that travels or serves an order is used) and ``x``
(its activity, as a share of the most it could be). Rows, all scaled to order one:

- supply of a lot: what leaves it, referred to its release, is at most what it gives; for a conversion what
  its inputs give; for an elution what the generators on the site have grown;
- an option is used only if its lot is started (disaggregated: this makes the relaxation tight);
- an order is served by at most one option, between its tolerance and its activity, or in parts
  (:mod:`becq.planning.order_rows`);
- positions of a resource, packages of a batch and of a departure, possession limits of receivers;
- the limits of the law that several choices share (:mod:`becq.planning.limits`).

Rows that no choice could break are left out, so that the programme falls into small independent parts.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

from becq.planning.allocation import Allocation
from becq.planning.labels import Label
from becq.planning.limit_rows import Places, add_limits
from becq.planning.options import Problem
from becq.planning.order_rows import add_orders, largest_held, package_bound
from becq.planning.past import Kept, Past
from becq.planning.pins import Fixed

Array = NDArray[np.float64]
GIGA = 1e9
CHANGE_PRICE = 200.0
"""What a batch or a way that was not in the plan before must save to be taken, in the currency of the network
(assumption: a phone call and a new label)."""
HASTY = 25.0
"""Times that a change is dearer where the plan before was stopped by its time limit (assumption): what that
left undone is no fault of what has happened since."""


@dataclass(frozen=True)
class Model:
    """max ``worth`` · z, then min ``cost`` · z, subject to row_lower <= A z <= row_upper and bounds."""

    matrix: csr_matrix
    row_lower: Array
    row_upper: Array
    lower: Array
    upper: Array
    integer: NDArray[np.bool_]
    worth: Array
    cost: Array
    change: Array
    """Price of a column that the plan which is changed did not use, and of one that brings another product
    than was ordered; part of no cost that is told."""
    lot_column: dict[int, int]
    use_column: dict[int, int]
    flow_column: dict[int, int]
    eluate_column: dict[int, int]
    """Batch of elution → column of what it takes, where a limit counts it."""
    scale: Array
    """Bq per unit of each flow column, of an order's in what it names (1 for others)."""
    order: NDArray[np.intp]
    """Demand number of the order that a flow column serves, -1 for other columns."""
    served: NDArray[np.intp]
    """Demand number of the order that a flow or use column belongs to, -1 for other columns."""
    option: NDArray[np.intp]
    """Option of the flow and the use column of an order that takes one option at most, -1 for others."""
    departures: NDArray[np.bool_]
    """Rows that hold departures and approvals of transfers to what they take."""
    spare: NDArray[np.bool_]
    """Columns of ways that only a full departure could make worth taking: a cheaper way does the same."""
    labels: Mapping[int, Label]
    """Row → what it limits, where that is something that could be had more of."""
    equivalent: Mapping[int, float] = field(default_factory=dict)
    """Flow column that brings another product than was ordered → Bq of what was for which 1 Bq stands."""
    serve_column: Mapping[int, int] = field(default_factory=dict)
    """Demand of an order that comes in parts → column that says whether it is served."""
    is_remade: bool = False
    """Whether a plan is made again: what serves as well and is nearer to the plan before is better."""
    is_hasty: bool = False
    """Whether the plan before was stopped by its time limit: what it lacked is no reason to change it now."""
    apart: bool = False
    """Whether to solve it in parts as if no departure could be full, however small it is."""

    def components(self, *, apart: bool = False) -> list[tuple[NDArray[np.intp], NDArray[np.intp]]]:
        """Independent parts as (columns, rows), the one with the first column first.

        :param apart: leave out the rows of departures and spare columns: a relaxation of the whole.
        """
        rows, columns = self.matrix.shape
        coo = self.matrix.tocoo()
        kept = np.ones(coo.nnz, dtype=bool)
        if apart:
            kept = ~self.departures[coo.row] & ~self.spare[coo.col]
        links = csr_matrix(
            (np.ones(int(kept.sum())), (coo.row[kept] + columns, coo.col[kept])),
            shape=(rows + columns, rows + columns),
        )
        count, label = connected_components(links, directed=False)
        order = np.argsort(label, kind="stable")
        splits = np.split(order, np.cumsum(np.bincount(label, minlength=count))[:-1])
        parts = [(part[part < columns], part[part >= columns] - columns) for part in splits]
        if apart:
            parts = [part for part in parts if not (part[0].size == 1 and self.spare[part[0][0]])]
        return sorted((part for part in parts if part[0].size), key=lambda part: int(part[0][0]))

    def start_vector(self, allocation: Allocation) -> Array:
        """The columns' values of an allocation."""
        z = np.zeros(self.matrix.shape[1])
        for lot in allocation.started:
            if lot in self.lot_column:
                z[self.lot_column[lot]] = 1.0
            if lot in self.eluate_column:
                column = self.eluate_column[lot]
                z[column] = allocation.eluate[lot] / self.scale[column]
        for flow in allocation.flows:
            column = self.flow_column[flow.option]
            z[column] += flow.activity_bq * self.equivalent.get(column, 1.0) / self.scale[column]
            if flow.option in self.use_column:
                z[self.use_column[flow.option]] = 1.0
                serve = self.serve_column.get(int(self.served[column]))
                if serve is not None:
                    z[serve] = 1.0
        return z

    def activity_bq(self, column: int, value: float) -> float:
        """What a flow column sends at ``value``, Bq of the product that is sent."""
        return value * float(self.scale[column]) / self.equivalent.get(column, 1.0)


class _Rows:
    def __init__(self) -> None:
        self.row: list[int] = []
        self.column: list[int] = []
        self.value: list[float] = []
        self.lower: list[float] = []
        self.upper: list[float] = []
        self.labels: dict[int, Label] = {}

    def add(
        self, terms: Iterable[tuple[int, float]], lower: float, upper: float, label: Label | None = None
    ) -> None:
        number = len(self.lower)
        if label is not None:
            self.labels[number] = label
        merged: dict[int, float] = defaultdict(float)
        for column, value in terms:
            merged[column] += value
        self.row += [number] * len(merged)
        self.column += merged.keys()
        self.value += merged.values()
        self.lower.append(lower)
        self.upper.append(upper)


class _Columns:
    def __init__(self) -> None:
        self.lower: list[float] = []
        self.upper: list[float] = []
        self.integer: list[bool] = []
        self.worth: list[float] = []
        self.cost: list[float] = []
        self.scale: list[float] = []
        self.order: list[int] = []

    def add(
        self,
        upper: float,
        *,
        lower: float = 0.0,
        integer: bool,
        worth: float = 0.0,
        cost: float = 0.0,
        scale: float = 1.0,
        order: int = -1,
    ) -> int:
        self.lower.append(lower)
        self.upper.append(upper)
        self.integer.append(integer)
        self.worth.append(worth)
        self.cost.append(cost)
        self.scale.append(scale)
        self.order.append(order)
        return len(self.lower) - 1


def build_model(problem: Problem, fixed: Fixed | None = None, kept: Kept | None = None) -> Model:
    """The programme of ``problem`` with the pins ``fixed``; whatever is not in ``kept`` has its price."""
    fixed = fixed or Fixed()
    columns, rows = _Columns(), _Rows()
    lot_column: dict[int, int] = {}
    for number, lot in enumerate(problem.lots):
        if not lot.is_stock and (lot.outage is None or number in fixed.start):
            lot_column[number] = columns.add(
                0.0 if number in fixed.forbid else 1.0,
                lower=1.0 if number in fixed.start else 0.0,
                integer=True,
                cost=lot.cost,
            )
    is_hasty = kept is not None and problem.history is not None and _was_stopped(problem.history)
    use_column: dict[int, int] = {}
    flow_column: dict[int, int] = {}
    for number, option in enumerate(problem.options):
        demand = problem.demands[option.demand]
        ends = (option.lot, demand.lot) if demand.lot is not None else (option.lot,)
        if any(problem.lots[n].outage is not None and n not in fixed.start for n in ends):
            continue
        if number in problem.limits.refused and number not in fixed.flows:
            continue
        worth = 0.0
        if demand.order is not None:
            whole = option.most * option.equivalent
            worth = problem.weight(option.demand) * whole / demand.order.activity
        sent = 1.0 if number in fixed.flows else 0.0
        flow_column[number] = columns.add(
            1.0,
            lower=sent,
            integer=False,
            worth=worth,
            scale=option.most * option.equivalent,
            order=option.demand if demand.order is not None else -1,
        )
        if demand.order is not None or option.way.legs:
            use_column[number] = columns.add(1.0, lower=sent, integer=True, cost=option.way.cost)
    _use_rows(problem, rows, lot_column, use_column, flow_column)
    serve_column = add_orders(problem, rows, columns, fixed, use_column, flow_column)
    _supply_rows(problem, rows, lot_column, use_column, flow_column)
    _resource_rows(problem, rows, lot_column)
    before = len(rows.lower)
    _departure_rows(problem, rows, use_column)
    departures = np.zeros(len(rows.lower), dtype=bool)
    departures[before:] = True
    _licence_rows(problem, rows, flow_column, fixed)
    places = Places(lot_column, use_column, flow_column)
    eluate_column, of_departures = add_limits(problem, rows, columns, places, fixed)
    departures = np.concatenate([departures, np.zeros(len(rows.lower) - departures.size, dtype=bool)])
    departures[of_departures] = True
    return Model(
        matrix=csr_matrix((rows.value, (rows.row, rows.column)), shape=(len(rows.lower), len(columns.lower))),
        row_lower=np.array(rows.lower),
        row_upper=np.array(rows.upper),
        lower=np.array(columns.lower),
        upper=np.array(columns.upper),
        integer=np.array(columns.integer, dtype=bool),
        worth=np.array(columns.worth),
        cost=np.array(columns.cost),
        change=_changes(len(columns.cost), lot_column, use_column, kept, fixed) * (HASTY if is_hasty else 1.0)
        + _preferences(problem, len(columns.cost), use_column),
        lot_column=lot_column,
        use_column=use_column,
        flow_column=flow_column,
        eluate_column=eluate_column,
        scale=np.array(columns.scale),
        order=np.array(columns.order, dtype=np.intp),
        served=_served(problem, len(columns.cost), flow_column, use_column),
        option=_undivided(problem, len(columns.cost), flow_column, use_column),
        departures=departures,
        is_remade=kept is not None,
        is_hasty=is_hasty,
        spare=_spare(problem, len(columns.cost), flow_column, use_column, fixed),
        labels=rows.labels,
        equivalent={
            column: problem.options[n].equivalent
            for n, column in flow_column.items()
            if problem.options[n].equivalent != 1.0
        },
        serve_column=serve_column,
    )


def _served(
    problem: Problem, size: int, flow_column: dict[int, int], use_column: dict[int, int]
) -> NDArray[np.intp]:
    found = np.full(size, -1, dtype=np.intp)
    for number, column in (*flow_column.items(), *use_column.items()):
        demand = problem.options[number].demand
        if problem.demands[demand].order is not None:
            found[column] = demand
    return found


def _undivided(
    problem: Problem, size: int, flow_column: dict[int, int], use_column: dict[int, int]
) -> NDArray[np.intp]:
    found = np.full(size, -1, dtype=np.intp)
    for number, column in (*flow_column.items(), *use_column.items()):
        order = problem.demands[problem.options[number].demand].order
        if order is not None and not order.split:
            found[column] = number
    return found


def _spare(
    problem: Problem, size: int, flow_column: dict[int, int], use_column: dict[int, int], fixed: Fixed
) -> NDArray[np.bool_]:
    """Ways from a lot to an order besides the cheapest, where the receiver's licence is ample."""
    found = np.zeros(size, dtype=bool)
    first: set[tuple[int, int]] = set()
    for number in use_column:
        option = problem.options[number]
        demand, lot = problem.demands[option.demand], problem.lots[option.lot]
        if demand.order is None or not problem.possession.is_ample(demand.site, lot.nuclide, lot.decay_const):
            continue
        pair = option.lot, option.demand
        if pair in first and number not in fixed.flows:
            found[flow_column[number]] = found[use_column[number]] = True
        first.add(pair)
    return found


def _was_stopped(history: Past) -> bool:
    return bool(history.previous.get("timed_out"))


def _changes(
    size: int, lot_column: dict[int, int], use_column: dict[int, int], kept: Kept | None, fixed: Fixed
) -> Array:
    price = np.zeros(size)
    if kept is not None:
        price[[column for lot, column in lot_column.items() if lot not in kept.lots]] = CHANGE_PRICE
        known = kept.flows.keys() | fixed.flows.keys()
        price[[column for option, column in use_column.items() if option not in known]] = CHANGE_PRICE
    return price


def _preferences(problem: Problem, size: int, use_column: dict[int, int]) -> Array:
    """The price of serving an order otherwise than it says first."""
    price = np.zeros(size)
    for number, column in use_column.items():
        price[column] = problem.options[number].price
    return price


def _use_rows(
    problem: Problem,
    rows: _Rows,
    lot_column: dict[int, int],
    use_column: dict[int, int],
    flow_column: dict[int, int],
) -> None:
    grouped: dict[tuple[int, int], list[int]] = defaultdict(list)
    for number, column in flow_column.items():
        option = problem.options[number]
        if number in use_column:
            used = use_column[number]
            rows.add([(column, 1.0), (used, -1.0)], -math.inf, 0.0)
            if option.least > 0:
                rows.add([(column, 1.0), (used, -option.least / option.most)], 0.0, math.inf)
            order = problem.demands[option.demand].order
            if order is not None and not order.split:
                grouped[option.lot, option.demand].append(used)
            elif option.lot in lot_column:
                rows.add([(used, 1.0), (lot_column[option.lot], -1.0)], -math.inf, 0.0)
        user = problem.demands[option.demand].lot
        if user is not None:
            rows.add([(column, 1.0), (lot_column[user], -1.0)], -math.inf, 0.0)
    for (lot, _), used_columns in grouped.items():
        if lot in lot_column:
            rows.add([*((c, 1.0) for c in used_columns), (lot_column[lot], -1.0)], -math.inf, 0.0)


def _supply_rows(
    problem: Problem,
    rows: _Rows,
    lot_column: dict[int, int],
    use_column: dict[int, int],
    flow_column: dict[int, int],
) -> None:
    options = problem.options
    for number, lot in enumerate(problem.lots):
        if number not in lot_column and not lot.is_stock:
            continue
        out = [n for n in problem.of_lot[number] if n in flow_column]
        if not out:
            continue
        at_release = [(flow_column[n], options[n].most / options[n].per_release) for n in out]
        if lot.converts:
            into = [n for n in problem.of_demand[problem.input_demand[number]] if n in flow_column]
            full = lot.max_input_bq * lot.input_factor
            given = [(flow_column[n], -options[n].most * lot.input_factor / full) for n in into]
            rows.add([*((c, v / full) for c, v in at_release), *given], -math.inf, 0.0)
            rows.add([*((c, v / full) for c, v in at_release), (lot_column[number], -1.0)], -math.inf, 0.0)
            rows.add(
                [
                    *((flow_column[n], options[n].most / lot.max_input_bq) for n in into),
                    (lot_column[number], -1.0),
                ],
                -math.inf,
                0.0,
            )
        elif lot.elutes:
            stock = problem.elution_stock.get(number, 0.0)
            grown = [
                (flow_column[n], options[n].most * factor)
                for n, factor in problem.elution_of_slot[number]
                if n in flow_column
            ]
            full = max(stock + sum(v for _, v in grown), max(v for _, v in at_release))
            rows.add(
                [*((c, v / full) for c, v in at_release), *((c, -v / full) for c, v in grown)],
                -math.inf,
                stock / full,
            )
            rows.add([*((c, v / full) for c, v in at_release), (lot_column[number], -1.0)], -math.inf, 0.0)
        else:
            terms = [(c, v / lot.supply_bq) for c, v in at_release]
            if lot.is_stock:
                in_hand = Label("stock", lot.id, "GBq", lot.supply_bq / GIGA, lot.nuclide)
                rows.add(terms, -math.inf, 1.0, in_hand)
            else:
                batch = Label("batch", lot.process or lot.id, "batch", 1.0, lot.nuclide, lot.start, lot.eob)
                rows.add([*terms, (lot_column[number], -1.0)], -math.inf, 0.0, batch)
        if lot.max_units is not None and not lot.is_stock:
            packed = [n for n in out if n in use_column and options[n].way.legs]
            if len(packed) > lot.max_units or lot.max_units == 0:
                rows.add(
                    [*((use_column[n], 1.0) for n in packed), (lot_column[number], -float(lot.max_units))],
                    -math.inf,
                    0.0,
                )


def _resource_rows(problem: Problem, rows: _Rows, lot_column: dict[int, int]) -> None:
    by_resource: dict[str, list[int]] = defaultdict(list)
    for number in lot_column:
        resource = problem.lots[number].resource
        if resource is not None:
            by_resource[resource].append(number)
    for resource, numbers in by_resource.items():
        positions = problem.network.resource[resource].positions
        seen: set[tuple[int, ...]] = set()
        for moment in sorted({problem.lots[n].start for n in numbers}):
            under_way = tuple(
                n for n in numbers if problem.lots[n].start <= moment < problem.lots[n].busy_until
            )
            if len(under_way) > positions and under_way not in seen:
                seen.add(under_way)
                until = min(problem.lots[n].busy_until for n in under_way)
                position = Label("position", resource, "position", 1.0, None, moment, until)
                rows.add([(lot_column[n], 1.0) for n in under_way], -math.inf, positions, position)


def _departure_rows(problem: Problem, rows: _Rows, use_column: dict[int, int]) -> None:
    loads: dict[tuple[str, str, str, float], list[int]] = defaultdict(list)
    for number in use_column:
        for leg in problem.options[number].way.legs:
            if leg.departure is not None and leg.departure in problem.routes.capacity:
                loads[leg.departure].append(number)
    for departure, numbers in loads.items():
        capacity = problem.routes.capacity[departure]
        # An order takes at most one of its ways, or so many parts: that many packages at most.
        if package_bound(problem, numbers) > capacity:
            lane, origin, to, leaves = departure
            label = Label("package", lane, "package", 1.0, None, leaves, None, to, origin)
            rows.add([(use_column[n], 1.0) for n in numbers], -math.inf, capacity, label)


def _licence_rows(problem: Problem, rows: _Rows, flow_column: dict[int, int], fixed: Fixed) -> None:
    received: dict[tuple[str, str], list[int]] = defaultdict(list)
    for number in flow_column:
        option = problem.options[number]
        if option.way.legs:
            site = problem.demands[option.demand].site
            received[site, problem.lots[option.lot].nuclide].append(number)
    for (site, name), numbers in received.items():
        limit = problem.possession.limit_bq(site, name)
        decay_const = problem.lots[problem.options[numbers[0]].lot].decay_const
        if limit is None or problem.possession.is_ample(site, name, decay_const):
            continue
        for moment in sorted({problem.options[n].way.arrive for n in numbers}):
            present = [
                n for n in numbers if problem.options[n].way.arrive <= moment < problem.options[n].hold_until
            ]
            held = {
                n: problem.options[n].most * math.exp(-decay_const * (moment - problem.options[n].reference))
                for n in present
            }
            sent = sum(activity for n, activity in held.items() if n in fixed.flows)
            room = max(limit - problem.possession.stock_bq(site, name, moment), sent)
            if largest_held(problem, held) > room:
                rows.add(
                    [(flow_column[n], activity / limit) for n, activity in held.items()],
                    -math.inf,
                    room / limit,
                    Label("licence", site, "GBq", limit / GIGA, name, moment, moment),
                )
