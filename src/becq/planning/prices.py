"""Shadow prices: what one more of a limit would be worth, in service and in cost.

They come from two linear programmes over each part of the network: service made largest, and cost made least
at the service that the plan gives every order. In both, batches and packages may be started and sent in
fractions: a price is that of the relaxation. Of activities it is the dual, that of a small change. Of
batches, positions and packages it is what the relaxation gains with one whole more. What a plan gains by one
may be less (half a batch is not there to be had), or more, where it lacks a whole batch that the relaxation
has in parts.

Where a limit lies just at a step, what is lost by less and what is won by more differ: the price is of more
(the programmes are priced with each limit a hundredth of a percent wider). That of a batch is of what it
gives, without its own position, inputs and cost.

A part in which every order has what was ordered has no price in service. Of a network too large to be solved
at once the parts are those of the solver, in which no departure is full: their departures have no price.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Any

import highspy
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix, csc_matrix, csr_matrix, vstack

from becq.planning.allocation import Allocation
from becq.planning.labels import Label
from becq.planning.model import Array, Model
from becq.planning.options import Problem
from becq.planning.price_names import name_limit
from becq.planning.programme import Programme, load, take

TOP = 100
"""Rows told of each kind, the dearest first."""
LEAST_SERVICE, LEAST_SAVING = 1e-6, 0.01
"""Orders and currency from which on a price is one: less is a rounding."""
MANY_ORDERS = 10.0
"""Where a gigabecquerel would serve more than this, the price is told of a megabecquerel."""
ENOUGH = 1 - 1e-6
WORKERS = 2
WHOLE = frozenset({"batch", "position", "package"})
"""Units that are had whole only: the relaxation is solved again with one more of each that has a price."""
WIDER = 1e-4
"""By how much of its row's scale each limit is widened, so that a price is of more and not of less."""
CHEAP = 20_000
"""Columns of a model up to which its plan is priced without being asked to: a second or two."""
COST_AT_MOST = 20_000
"""Columns up to which a part is priced in cost as well: the second programme is the harder one."""

Indices = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Price:
    """What one more ``unit`` of a limit is worth; times are ISO 8601, UTC.

    ``service`` is in the objective of the plan (orders of average size, by priority weighing by their class),
    ``orders`` in orders of average size whatever their class, as the same change of the plan serves them;
    ``saving`` is in the currency of the network at the service of the plan.
    """

    kind: str
    id: str
    unit: str
    nuclide: str | None
    start: str | None
    end: str | None
    origin: str | None
    to: str | None
    service: float
    orders: float
    saving: float


def find_prices(
    model: Model, values: Array, per_bq: Mapping[int, float], apart: bool, limit_s: float
) -> list[Price]:
    """The binding limits of the relaxation around a plan, by kind and by price.

    :param values: the columns of the plan.
    :param per_bq: demand → orders of average size of its product that 1 Bq is.
    :param apart: leave departures out; see ``Model.components``.
    :param limit_s: parts that are not through by then have no prices.
    """
    deadline = time.monotonic() + limit_s
    labelled = np.array(sorted(model.labels), dtype=np.intp)
    upper = model.row_upper.copy()
    upper[labelled] += WIDER
    relaxed = replace(model, integer=np.zeros(model.integer.size, dtype=bool), row_upper=upper)
    weight = _order_weights(model, per_bq)
    parts = [
        part for part in model.components(apart=apart) if any(int(row) in model.labels for row in part[1])
    ]
    parts.sort(key=lambda part: part[0].size)
    count = model.row_upper.size
    whole = np.zeros(count, dtype=bool)
    whole[[row for row, label in model.labels.items() if label.unit in WHOLE]] = True
    service, orders, saving = np.zeros(count), np.zeros(count), np.zeros(count)

    def price(part: tuple[Indices, Indices]) -> None:
        columns, rows = part
        if (model.order[columns] >= 0).any() and _is_short(model, columns, values):
            service[rows], orders[rows] = _serving(relaxed, columns, rows, weight, whole[rows], deadline)
        if columns.size <= COST_AT_MOST:
            saving[rows] = _costing(relaxed, columns, rows, values, whole[rows], deadline)

    with ThreadPoolExecutor(max_workers=WORKERS) as pool:
        list(pool.map(price, parts))
    own = np.zeros(count)
    for row in labelled:
        if model.labels[int(row)].kind == "batch":
            own[row] = _own_cost(model, int(row))
    saving = np.maximum(0.0, saving - own)
    found = [
        _price(label, float(service[row]), float(orders[row]), float(saving[row]))
        for row, label in model.labels.items()
        if service[row] > LEAST_SERVICE or saving[row] > LEAST_SAVING
    ]
    return list(_dearest(found))


def _price(label: Label, service: float, orders: float, saving: float) -> Price:
    """The duals of a row per unit of its limit, of small activities per megabecquerel."""
    size, unit = label.size, label.unit
    if unit == "GBq" and service / size > MANY_ORDERS:
        size, unit = size * 1e3, "MBq"
    times = _instant(label.start), _instant(label.end)
    each = service / size, orders / size, saving / size
    return Price(label.kind, label.id, unit, label.nuclide, *times, label.origin, label.to, *each)


def price_plan(
    problem: Problem, model: Model, allocation: Allocation, *, apart: bool, limit_s: float
) -> list[dict[str, Any]]:
    """The prices around a finished plan as JSON-ready rows; see :func:`find_prices`."""
    total: dict[str, float] = defaultdict(float)
    count: dict[str, int] = defaultdict(int)
    for order in problem.orders:
        total[order.product] += order.activity
        count[order.product] += 1
    per_bq = {
        number: count[demand.product] / total[demand.product]
        for number, demand in enumerate(problem.demands)
        if demand.order is not None
    }
    found = find_prices(model, model.start_vector(allocation), per_bq, apart, limit_s)
    return [asdict(price) | name_limit(problem, price.kind, price.id) for price in found]


def _dearest(found: list[Price]) -> Iterator[Price]:
    by_kind: dict[str, list[Price]] = defaultdict(list)
    for price in found:
        by_kind[price.kind].append(price)
    for kind in sorted(by_kind):
        rows = by_kind[kind]
        rows.sort(key=lambda row: (-row.service, -row.saving, row.id, row.start or ""))
        yield from rows[:TOP]


def _order_weights(model: Model, per_bq: Mapping[int, float]) -> Array:
    """What a whole flow column serves, in orders of average size."""
    found = np.zeros(model.worth.size)
    for column in np.flatnonzero(model.order >= 0):
        found[column] = per_bq[int(model.order[column])] * model.scale[column]
    return found


def _is_short(model: Model, columns: Indices, values: Array) -> bool:
    """Whether service of a part could be more: nothing of what it is worth at most is missing otherwise."""
    worth = model.worth[columns]
    most: dict[int, float] = defaultdict(float)
    for demand, each in zip(model.order[columns].tolist(), worth.tolist(), strict=True):
        most[demand] = max(most[demand], each)
    return float(worth @ values[columns]) < ENOUGH * sum(most.values())


def _serving(
    model: Model,
    columns: Indices,
    rows: Indices,
    weight: Array,
    whole: NDArray[np.bool_],
    deadline: float,
) -> tuple[Array, Array]:
    """(worth, orders) that one more of each row's right-hand side gives, where service is made largest."""
    highs: Any = load(take(model, columns, rows, -model.worth[columns]), deadline)
    highs.run()
    none = np.zeros(rows.size)
    if highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return none, none
    prices = np.maximum(0.0, -np.array(highs.getSolution().row_dual))
    status, basic = highs.getBasicVariables()
    if status != highspy.HighsStatus.kOk:
        return prices, none
    there = basic >= 0
    gains = np.zeros(rows.size)
    gains[there] = weight[columns][basic[there]]
    status, orders = highs.getBasisTransposeSolve(gains)
    if status != highspy.HighsStatus.kOk:
        return prices, none
    orders = np.where(prices > LEAST_SERVICE, np.asarray(orders), 0.0)
    for row, gain, found in _one_more(highs, model, rows, prices * whole, LEAST_SERVICE, deadline):
        prices[row], orders[row] = gain, max(0.0, float(weight[columns] @ found))
    return prices, orders


def _one_more(
    highs: Any, model: Model, rows: Indices, prices: Array, least: float, deadline: float
) -> Iterator[tuple[int, float, Array]]:
    """(row, what is gained, how the columns change) with one whole more of each row that has a price.

    The gain is at most the price. Of rows beyond :data:`TOP` and where time is out nothing is gained.
    """
    if not (prices > least).any():
        return
    upper = model.row_upper[rows]
    upper = upper - [WIDER if int(row) in model.labels else 0.0 for row in rows]
    for row in np.flatnonzero(upper < model.row_upper[rows]).tolist():
        highs.changeRowBounds(row, float(model.row_lower[rows[row]]), float(upper[row]))
    highs.run()
    base = float(highs.getInfo().objective_function_value)
    values = np.array(highs.getSolution().col_value)
    for number, row in enumerate(np.argsort(-prices, kind="stable").tolist()):
        if prices[row] <= least:
            return
        if number >= TOP or time.monotonic() > deadline:
            yield row, 0.0, np.zeros(values.size)
            continue
        lower = float(model.row_lower[rows[row]])
        highs.changeRowBounds(row, lower, float(upper[row]) + 1.0)
        highs.run()
        if highs.getModelStatus() == highspy.HighsModelStatus.kOptimal:
            gain = max(0.0, base - float(highs.getInfo().objective_function_value))
            yield row, gain, np.array(highs.getSolution().col_value) - values
        else:
            yield row, 0.0, np.zeros(values.size)
        highs.changeRowBounds(row, lower, float(upper[row]))


def _costing(
    model: Model, columns: Indices, rows: Indices, values: Array, whole: NDArray[np.bool_], deadline: float
) -> Array:
    """What one more of each row's right-hand side saves, where every order gets what the plan gives it."""
    cost = model.cost[columns]
    if not cost.any():
        return np.zeros(rows.size)
    order = model.order[columns]
    demands, place = np.unique(order[order >= 0], return_inverse=True)
    at = np.flatnonzero(order >= 0)
    share = coo_matrix((model.scale[columns][at], (place, at)), shape=(demands.size, columns.size)).tocsr()
    largest = np.maximum(share.max(axis=1).toarray().ravel(), 1e-300)
    share = csr_matrix(share.multiply(1.0 / largest[:, None]))
    given = np.asarray(share @ values[columns])
    kept = given > LEAST_SERVICE
    part = csr_matrix(model.matrix[rows][:, columns])
    floors = Programme(
        csc_matrix(vstack([part, share[kept]])),
        np.concatenate([model.row_lower[rows], given[kept] * (1 - 1e-6)]),
        np.concatenate([model.row_upper[rows], np.full(int(kept.sum()), np.inf)]),
        model.lower[columns],
        model.upper[columns],
        model.integer[columns],
        cost,
    )
    highs: Any = load(floors, deadline)
    highs.run()
    if highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return np.zeros(rows.size)
    prices: Array = np.maximum(0.0, -np.array(highs.getSolution().row_dual)[: rows.size])
    for row, gain, _ in _one_more(highs, model, rows, prices * whole, LEAST_SAVING, deadline):
        prices[row] = gain
    return prices


def _own_cost(model: Model, row: int) -> float:
    """The cost of the batch whose supply a row is."""
    return float(sum(model.cost[column] for column in model.matrix[row].indices if model.integer[column]))


def _instant(seconds: float | None) -> str | None:
    return None if seconds is None else datetime.fromtimestamp(round(seconds), UTC).isoformat()
